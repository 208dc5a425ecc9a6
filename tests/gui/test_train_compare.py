"""Runs chosen in the table, compared in a window of their own, and written as files."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView
from training_project import make_project

from meviewer.experiment.comparison import compare
from meviewer.experiment.runs import FoldResult, RunCard, RunFolder
from meviewer.experiment.scoring import score
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_text import to_toml
from meviewer.gui.dialogs.train_compare import CompareDialog
from meviewer.gui.perspectives.train import TrainPerspective
from meviewer.gui.running.background import Background
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.gui.stores.workspace import Workspace
from meviewer.gui.theme import Theme
from meviewer.present.comparison_plot import forests, words
from meviewer.present.training_stored import short_scores

CLASSES = ("a", "b")


def write_run(project, name, wrong, **changes):
    """A finished run of 4 subjects with 4 clips each, of which these are not recognised."""
    spec = ExperimentSpec(**changes)
    run = project.add_run(name, to_toml(spec), "done")
    subjects = tuple(f"sub{n}" for n in range(4))
    card = RunCard(
        classes=CLASSES,
        subjects=subjects,
        clips={},
        labels="x",
        n_samples=16,
        device="CPU",
        versions={},
        created="",
    )
    folder = RunFolder.start(project.run_folder(run), spec, card)
    folds = []
    for fold, subject in enumerate(subjects):
        truth = (0, 1, 0, 1)
        said = tuple(1 - t if 4 * fold + k in wrong else t for k, t in enumerate(truth))
        rows = tuple((1.0 - s, float(s)) for s in said)
        values = {"truth": truth, "predicted": said, "probabilities": rows, "per_seed": (rows,)}
        named = {"names": tuple("wxyz"), "sample_ids": (1, 2, 3, 4)}
        folds.append(FoldResult(fold=fold, subject=subject, **named, **values))
        folder.write(folds[-1], b"weights")
    project.update_run(run.id, state="done", scores=short_scores(score(folds, spec, card)))
    return run.id


@pytest.fixture
def bench(qtbot, tmp_path):
    project = make_project(tmp_path / "project")
    made = SimpleNamespace(qtbot=qtbot, project=project, theme=Theme("dark"))
    made.ids = [
        write_run(project, "run-001", {0, 5, 6, 11, 13}),
        write_run(project, "run-002", set(), epochs=5),
        write_run(project, "run-003", {0, 5}, shuffle_labels=True),
    ]
    project.add_run("run-004", to_toml(ExperimentSpec()), "cancelled")
    made.background = Background()
    workspace = Workspace(made.background)
    workspace._project = project
    made.view = TrainPerspective(made.theme, workspace, JobQueue())
    made.view.runs._take_project()
    qtbot.addWidget(made.view)
    yield made
    made.view.shutdown()
    made.background.shutdown()
    project.close()


def select(bench, *lines):
    table = bench.view.table._table
    flags = QItemSelectionModel.SelectionFlag
    table.selectionModel().clearSelection()
    for line in lines:
        index = table.model().index(line, 0)
        table.selectionModel().select(index, flags.Select | flags.Rows)


def test_two_runs_with_results_can_be_compared(bench):
    table = bench.view.table
    assert table._table.selectionMode() is QAbstractItemView.SelectionMode.ExtendedSelection
    select(bench, 1)
    assert not table._compare.isEnabled()
    select(bench, 0, 1)  # the newest was cancelled before it had tested anything
    assert not table._compare.isEnabled()
    select(bench, 1, 3)
    assert table._compare.isEnabled()
    assert table.selected_runs == (bench.ids[0], bench.ids[2])
    bench.view.runs.changed.emit()
    assert table.selected_runs == (bench.ids[0], bench.ids[2])


def test_the_window_shows_scores_differences_and_doubts(bench):
    select(bench, 2, 3)
    bench.qtbot.mouseClick(bench.view.table._compare, Qt.MouseButton.LeftButton)
    dialog = bench.view.comparison
    bench.qtbot.waitUntil(lambda: dialog.found is not None, timeout=20_000)
    assert dialog.summary.text() == "2 runs on the same 16 clips of 4 subjects"
    assert "run-002 is better than run-001" in dialog.verdicts.text()
    assert "run-001 has 1 seed" in dialog.notes.text()
    assert [cells[0].text for cells in dialog.runs.rows] == ["run-001", "run-002"]
    assert dialog.pairs.rows[0][0].text == "run-002 − run-001"
    assert dialog.pairs.rows[0][6].text == "5"
    (bar,) = dialog.apart.forest.bars
    assert bar.value == pytest.approx(dialog.found.pairs[0].differences["uf1"][0])
    assert dialog.scores.accessibleName() == "UF1 of each run"
    bench.qtbot.mouseClick(dialog.measure._group.button(2), Qt.MouseButton.LeftButton)
    assert dialog.scores.accessibleName() == "Accuracy of each run"
    dialog.show()
    assert not dialog.grab().isNull()
    dialog.close()


@pytest.mark.parametrize("ending", [".csv", ".tex", ".svg", ".png"])
def test_it_is_written_as_the_ending_says(bench, tmp_path, ending):
    runs = bench.view.runs.folders(bench.ids[:2])
    dialog = CompareDialog(bench.theme, bench.background, runs)
    bench.qtbot.addWidget(dialog)
    bench.qtbot.waitUntil(lambda: dialog.found is not None, timeout=20_000)
    dialog.write(tmp_path / f"comparison{ending}")
    assert (tmp_path / f"comparison{ending}").stat().st_size > 100
    dialog.write(tmp_path / "comparison.xyz")
    assert "Not a format" in dialog.card.accessibleName()


def test_runs_that_cannot_be_compared_say_why(bench):
    shutil.rmtree(bench.view.runs.folders(bench.ids[:1])[0][1])
    dialog = CompareDialog(bench.theme, bench.background, bench.view.runs.folders(bench.ids[:2]))
    bench.qtbot.addWidget(dialog)
    bench.qtbot.waitUntil(lambda: not dialog.card.isHidden(), timeout=20_000)
    assert "holds no run" in dialog.card.accessibleName()
    assert not dialog.export.isEnabled()


def test_the_plot_has_round_ticks_and_says_what_chance_may_explain(bench):
    runs = [(n, RunFolder.open(f)) for n, f in bench.view.runs.folders(bench.ids)]
    scores, apart = forests(compare(runs), "uf1")
    for forest in (scores, apart):
        assert forest.low <= min(bar.low for bar in forest.bars)
        assert forest.high >= max(bar.high for bar in forest.bars)
        assert 2 <= len(forest.ticks) <= 8
    assert "0" in [text for _value, text in apart.ticks]
    assert [bar.clear for bar in apart.bars] == [
        not low <= 0 <= high
        for _v, low, high in (p.differences["uf1"] for p in compare(runs).pairs)
    ]
    assert "run-001: " in words(scores)
