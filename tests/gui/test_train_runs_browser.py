"""Runs kept in order: paused, stopped after a fold, put in line, found, noted, renamed, deleted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog
from train_bench import idle, press, rows

from meviewer.present.wording import counted

SLOW = {"pause_s": 0.2, "subjects": 3, "epochs": 3}


def start(bench, **extra):
    bench.extra["train"] = extra
    press(bench, bench.view.form._train)


def select(bench, *names):
    table = bench.view.table._table
    table.clearSelection()
    shown = [row["Run"] for row in rows(bench)]
    flags = QItemSelectionModel.SelectionFlag
    for name in names:
        index = table.model().index(shown.index(name), 0)
        table.selectionModel().setCurrentIndex(index, flags.Select | flags.Rows)


def trigger(bench, name):
    bench.view.table.menu.refresh()
    action = bench.view.table.menu.actions[name]
    assert action.isEnabled()
    action.trigger()


def offered(bench):
    bench.view.table.menu.refresh()
    return {n for n, action in bench.view.table.menu.actions.items() if action.isEnabled()}


def state_of(bench, name):
    return next(row["State"] for row in rows(bench) if row["Run"] == name)


def test_a_paused_run_waits_until_it_is_told_to_go_on(bench):
    live, runs = bench.view.live, bench.view.runs
    start(bench, **SLOW | {"epochs": 12})
    bench.qtbot.waitUntil(lambda: runs.chosen.state.started is not None, timeout=20_000)
    press(bench, live._pause)
    assert state_of(bench, "run-001") == "paused"
    assert live._pause.text() == "Continue"
    assert live._run._detail.text() == "paused"
    # What was said before the pause may still be under way.
    bench.qtbot.wait(2000)
    said = runs.chosen.state.n_epochs
    bench.qtbot.wait(2000)
    assert runs.chosen.state.n_epochs == said
    assert not runs.chosen.state.finished
    assert bench.jobs.busy
    press(bench, live._pause)
    idle(bench)
    assert state_of(bench, "run-001") == "done"


def test_a_run_stops_after_its_fold_and_goes_on_later(bench):
    start(bench, **SLOW | {"subjects": 6, "epochs": 8})
    bench.qtbot.waitUntil(lambda: bool(bench.view.runs.chosen.state.started), timeout=20_000)
    press(bench, bench.view.live._finish)
    idle(bench)
    # One, unless the machine is so busy that the button comes a fold later.
    kept = len(bench.view.runs.chosen.state.folds)
    assert 0 < kept < 6
    row = rows(bench)[0]
    assert (row["State"], row["Ended"]) == ("stopped", f"{counted(kept, 'fold')} kept")
    assert bench.project.runs()[0].state == "stopped"
    cells = [cell.state for cell in bench.view.folds._grid.cells]
    assert cells == ["done"] * kept + ["wait"] * (6 - kept)
    assert not bench.view.live._resume.isHidden()
    assert bench.view.live._finish.isHidden()
    bench.extra["train"] = {}
    press(bench, bench.view.live._resume)
    idle(bench)
    assert state_of(bench, "run-001") == "done"


def test_runs_wait_in_line_change_their_places_and_outlive_one_that_fails(bench):
    start(bench, stop_at=6, end="hang")
    for _ in range(3):
        press(bench, bench.view.form._train)
    notes = {row["Run"]: row["Ended"] for row in rows(bench)}
    assert notes["run-002"] == "next in line"
    assert notes["run-004"] == "3. in line"
    select(bench, "run-004")
    trigger(bench, "up")
    trigger(bench, "up")
    notes = {row["Run"]: row["Ended"] for row in rows(bench)}
    assert (notes["run-004"], notes["run-002"]) == ("next in line", "2. in line")
    assert "up" not in offered(bench)
    select(bench, "run-002")
    trigger(bench, "remove")
    bench.extra["train"] = {"stop_at": 0, "end": "fail"}
    bench.view.runs.choose(1)
    press(bench, bench.view.live._cancel)
    idle(bench)
    states = {row["Run"]: row["State"] for row in rows(bench)}
    assert states == {
        "run-001": "cancelled",
        "run-002": "cancelled",
        "run-003": "failed",
        "run-004": "failed",
    }
    asked = [job.arguments["out"][-7:] for job in bench.asked if job.task == "train"]
    assert asked == ["run-001", "run-004", "run-003"]


def tops(bench):
    """Where the panels above the runs begin, and how high they are."""
    view = bench.view
    parts = (view.folds, view.scores, view.live)
    return [(one.mapTo(view, QPoint()).y(), one.height()) for one in parts]


def test_panels_stay_where_they_are_while_a_run_begins_and_one_is_deleted(bench):
    finish_some(bench, 2)
    before = tops(bench)
    select(bench, "run-001")
    trigger(bench, "delete")
    idle(bench)
    assert bench.view.table._deleted.isVisible()
    assert tops(bench) == before
    start(bench, stop_at=0, end="hang")
    bench.qtbot.waitUntil(lambda: not bench.view.live._curves.isVisible(), timeout=20_000)
    bench.qtbot.waitUntil(lambda: bench.jobs.busy, timeout=20_000)
    assert tops(bench) == before
    press(bench, bench.view.live._cancel)
    idle(bench)


def finish_some(bench, n):
    for _ in range(n):
        press(bench, bench.view.form._train)
        idle(bench)


def test_words_find_runs_and_notes_count(bench):
    finish_some(bench, 2)
    bench.view.desk.write_notes(1, "the one for the paper\nwith care")
    assert (bench.folder / "runs" / "run-001" / "notes.txt").read_text().startswith("the one")
    assert rows(bench)[1]["Notes"] == "the one for the paper with care"
    bench.view.table.search.setText("PAPER light")
    assert [row["Run"] for row in rows(bench)] == ["run-001"]
    assert bench.view.table._panel._note.text() == "1 of 2"
    bench.view.table.search.setText("no such")
    table = bench.view.table
    assert table._stack.currentWidget() is table._none
    assert "no such" in table._none.accessibleName()
    table.search.clear()
    assert len(rows(bench)) == 2
    assert table._stack.currentWidget() is table._table


def test_of_the_run_that_a_training_begins_from_the_end_is_seen(bench):
    finish_some(bench, 1)
    facts = bench.view.runs.facts(1)
    bench.view.form.begin_from(facts.spec, bench.folder / "runs" / "run-001")
    line = bench.view.form._form.control("start_from").control
    assert line.text().endswith("run-001")
    assert line.cursorPosition() == len(line.text())
    assert line.toolTip().startswith(line.text())


def test_a_deleted_run_goes_to_the_trash_and_comes_back(bench):
    finish_some(bench, 2)
    folder = bench.folder / "runs" / "run-001"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kept.txt").write_text("kept")
    before = bench.project.runs()
    select(bench, "run-001")
    bench.view.table._table.setFocus()
    bench.qtbot.keyClick(bench.view.table._table, Qt.Key.Key_Delete)
    assert [run.name for run in bench.project.runs()] == ["run-002"]
    assert not folder.exists()
    assert (bench.folder / "runs" / "trash" / "run-001" / "kept.txt").exists()
    press(bench, bench.view.table._undo)
    idle(bench)
    assert bench.project.runs() == before
    assert (folder / "kept.txt").read_text() == "kept"
    assert bench.view.table._deleted.isHidden()
    assert bench.view.runs.chosen.run_id == 1


def test_the_run_on_show_is_another_one_once_it_is_deleted(bench):
    finish_some(bench, 2)
    bench.view.desk.delete([2])
    assert bench.view.runs.chosen.run_id == 1
    bench.view.desk.delete([1])
    assert bench.view.runs.chosen.run_id is None
    assert bench.view.live._stack.currentIndex() == 0


def test_a_run_takes_its_folder_along_when_it_is_renamed(bench, monkeypatch):
    finish_some(bench, 1)
    (bench.folder / "runs" / "run-001").mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("light, A", True))
    select(bench, "run-001")
    trigger(bench, "rename")
    assert rows(bench)[0]["Run"] == "light, A"
    assert (bench.folder / "runs" / "light, A").is_dir()
    assert not (bench.folder / "runs" / "run-001").exists()


@pytest.mark.parametrize("name", ["", "a/b", "..", "trash", "run-002", "x" * 101])
def test_a_name_that_is_none_is_refused_in_words(bench, name):
    finish_some(bench, 2)
    bench.view.desk.rename(1, name)
    assert {row["Run"] for row in rows(bench)} == {"run-001", "run-002"}
    assert "A run cannot be called that" in bench.view.form._card.accessibleName()


def test_a_run_that_is_trained_is_neither_renamed_nor_deleted(bench):
    start(bench, stop_at=6, end="hang")
    select(bench, "run-001")
    assert offered(bench) == {"notes"}
    bench.view.desk.delete([1])
    assert [run.name for run in bench.project.runs()] == ["run-001"]
    assert "cancel it first" in bench.view.form._card.accessibleName().lower()
    press(bench, bench.view.live._cancel)
    idle(bench)


def test_the_next_run_does_not_take_the_name_of_one_in_the_trash(bench):
    finish_some(bench, 1)
    (bench.folder / "runs" / "run-001").mkdir(parents=True, exist_ok=True)
    bench.view.desk.delete([1])
    finish_some(bench, 1)
    assert [run.name for run in bench.project.runs()] == ["run-002"]


def test_a_training_begins_from_the_weights_of_a_run(bench):
    finish_some(bench, 1)
    select(bench, "run-001")
    trigger(bench, "tune")
    idle(bench)
    spec = bench.view.form.state.spec
    assert spec.start_from == str(bench.folder / "runs" / "run-001")
    assert bench.view.form._more.isChecked()
    press(bench, bench.view.form._train)
    idle(bench)
    assert "start_from" in bench.asked[-1].arguments["spec"]


def test_figures_and_tables_of_a_run_are_written_together(bench, monkeypatch, tmp_path):
    finish_some(bench, 1)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    select(bench, "run-001")
    trigger(bench, "files")
    idle(bench)
    names = {path.name for path in (tmp_path / "run-001").iterdir()}
    figures = {f"{n}.{e}" for n in ("curves", "folds", "confusion") for e in ("png", "svg", "pdf")}
    tables = {"scores.csv", "subjects.csv", "confusion.csv", "clips.csv", "tables.tex"}
    assert names == figures | tables


def test_the_subjects_are_a_table_the_weakest_first(bench):
    finish_some(bench, 1)
    bench.view.scores._of.button(2).click()
    shown = [line[0].text for line in bench.view.scores._subjects.rows]
    assert shown == ["sub02", "sub03", "sub01", "sub04"]


def test_what_a_run_will_take_is_said_before_it_starts(bench):
    cost = bench.view.form._cost
    assert cost.isVisible()
    # The best device there is a GPU, whose time nobody knows.
    assert "about" not in cost.text()
    assert cost.text().endswith("MiB")
    bench.view.form._edit("device", "cpu")
    assert cost.text().startswith("Takes about ")


def test_a_network_is_written_for_other_programs_by_a_worker(bench, monkeypatch, tmp_path):
    finish_some(bench, 1)
    out = tmp_path / "light.onnx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    said = []
    bench.view.said.connect(said.append)
    select(bench, "run-001")
    trigger(bench, "onnx")
    idle(bench)
    assert bench.asked[-1].task == "export-onnx"
    assert bench.asked[-1].arguments["run"] == str(bench.folder / "runs" / "run-001")
    assert said[-1] == "light.onnx: final model, checked with nothing"
    bench.extra["export-onnx"] = {"end": "missing"}
    trigger(bench, "onnx")
    idle(bench)
    assert "further libraries" in bench.view.form._card.accessibleName()
