"""Train from the first click to the scores, with a worker process that makes its records up."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import msgspec
from fake_training import CLASSES
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QSpinBox
from train_bench import idle, press, rows
from training_project import label

from meviewer.core.errors import MissingExtraError
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_set import SpecSet, read_any
from meviewer.experiment.spec_text import from_toml, read
from meviewer.gui.perspectives.train import TrainPerspective
from meviewer.gui.running.background import Background
from meviewer.gui.stores import training_devices
from meviewer.gui.stores.workspace import Workspace
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.train_controls import value_of
from meviewer.present.training_layout import counts


def choose(bench, name, value):
    box = bench.view.form._form.control(name).control
    assert isinstance(box, QComboBox)
    at = box.findData(value)
    box.setCurrentIndex(at)
    box.activated.emit(at)


def test_the_form_offers_what_project_and_machine_have(bench):
    form = bench.view.form._form
    assert value_of(form.control("label_tier")) == "truth"
    device = form.control("device").control
    assert [device.itemData(n) for n in range(device.count())] == ["auto", "cuda", "cpu"]
    assert "NVIDIA Test GPU" in device.itemText(0)
    texts = bench.view.form._checks.texts
    assert texts[0] == "19 clips of 4 subjects, 5 classes"
    assert "1 clip left out: it has no label in this tier" in texts
    assert bench.view.form._train.isEnabled()


def test_training_runs_from_the_button_to_scores_in_the_project(bench):
    press(bench, bench.view.form._train)
    assert rows(bench)[0]["State"] == "running"
    idle(bench)
    job = bench.asked[-1]
    assert job.task == "train"
    assert from_toml(job.arguments["spec"]) == bench.view.form.state.spec
    assert job.arguments["project"] == str(bench.folder)
    assert job.arguments["out"] == str(bench.folder / "runs" / "run-001")
    assert job.arguments["resume"] is False
    run = bench.project.runs()[0]
    assert run.state == "done"
    assert run.scores["folds_done"] == 4
    row = rows(bench)[0]
    assert row["State"] == "done"
    assert row["UF1"] == bench.view.scores._figures.texts[0][1] != "–"
    cells = bench.view.folds._grid.cells
    assert [cell.subject for cell in cells] == ["sub01", "sub02", "sub03", "sub04"]
    assert all(cell.state == "done" for cell in cells)
    confusion = bench.view.scores._matrix.confusion
    assert confusion.classes == CLASSES
    assert sum(map(sum, confusion.counts)) == 20
    assert all(n > 0 for n in bench.view.live._curves.n_points)


def test_the_matrix_grows_fold_by_fold_and_cancel_keeps_what_is_done(bench):
    # 5 records before the first fold, then 8 a fold: the third fold hangs after its second epoch.
    bench.extra["train"] = {"stop_at": 5 + 2 * 8 + 3, "end": "hang"}
    press(bench, bench.view.form._train)
    states = bench.view.runs
    bench.qtbot.waitUntil(lambda: len(states.chosen.state.epochs) == 2, timeout=20_000)
    assert sum(map(sum, bench.view.scores._matrix.confusion.counts)) == 10
    cells = bench.view.folds._grid.cells
    assert [cell.state for cell in cells] == ["done", "done", "now", "wait"]
    assert cells[2].text == "2/5"
    assert bench.view.live._resume.isHidden()
    press(bench, bench.view.live._cancel)
    idle(bench)
    row = rows(bench)[0]
    assert (row["State"], row["Ended"]) == ("cancelled", "2 folds kept")
    assert bench.project.runs()[0].scores["folds_done"] == 2
    assert [cell.state for cell in bench.view.folds._grid.cells] == ["done", "done", "wait", "wait"]
    assert not bench.view.live._resume.isHidden()
    assert bench.view.live._cancel.isHidden()


def test_a_crash_shows_its_reason_and_can_be_resumed(bench):
    bench.extra["train"] = {"stop_at": 9, "end": "crash"}
    press(bench, bench.view.form._train)
    idle(bench)
    assert rows(bench)[0]["State"] == "crashed"
    card = bench.view.live._card
    assert card.isVisible()
    assert "out of luck" in card.accessibleName()
    bench.extra["train"] = {}
    press(bench, bench.view.live._resume)
    idle(bench)
    assert bench.asked[-1].arguments["resume"] is True
    assert bench.asked[-1].arguments["out"] == bench.asked[-2].arguments["out"]
    assert rows(bench)[0]["State"] == "done"
    assert len(bench.project.runs()) == 1
    assert card.isHidden()


def test_a_control_run_follows_with_shuffled_labels_and_its_score_is_shown(bench):
    bench.view.form._form.control("control").control.setChecked(True)
    press(bench, bench.view.form._train)
    assert [row["State"] for row in rows(bench)] == ["queued", "running"]
    idle(bench)
    specs = [from_toml(job.arguments["spec"]) for job in bench.asked if job.task == "train"]
    assert [spec.shuffle_labels for spec in specs] == [False, True]
    assert msgspec.structs.replace(specs[1], shuffle_labels=False) == specs[0]
    titles = [title for title, _, _ in bench.view.scores._figures.texts]
    assert titles[-1] == "Control UF1"


def test_an_error_of_the_worker_is_told_with_what_to_do(bench):
    bench.extra["train"] = {"stop_at": 0, "end": "fail"}
    press(bench, bench.view.form._train)
    idle(bench)
    assert rows(bench)[0]["State"] == "failed"
    words = bench.view.live._card.accessibleName()
    assert "Two subjects are needed: sub01" in words
    assert "Label another." in words


def test_one_subject_alone_cannot_be_trained_on_and_the_check_names_it(bench):
    for sample in bench.project.samples():
        if sample.subject == "sub02":
            label(bench.project, sample.id, "B", "disgust" if sample.id % 2 else "surprise")
    bench.workspace.project_changed.emit()
    choose(bench, "label_tier", "B")
    idle(bench)
    assert not bench.view.form._train.isEnabled()
    assert any("one subject, sub02" in text for text in bench.view.form._checks.texts)
    words = bench.view.form._obstacle.accessibleName()
    assert "at least two subjects: 5 samples, subjects: sub02" in words
    assert "Add labelled clips of another subject." in words
    choose(bench, "label_tier", "truth")
    idle(bench)
    assert bench.view.form._obstacle.isHidden()


def test_labels_that_change_are_looked_at_again(bench):
    last = bench.project.samples()[-1]
    label(bench.project, last.id, "truth", "disgust")
    bench.workspace.saved_changed.emit(True)
    idle(bench)
    assert bench.view.form._checks.texts[0] == "20 clips of 4 subjects, 5 classes"


def test_editing_fields_changes_the_spec_and_says_how_it_differs_from_the_preset(bench):
    epochs = bench.view.form._form.control("epochs").control
    assert isinstance(epochs, QSpinBox)
    epochs.setValue(7)
    assert bench.view.form.state.spec.epochs == 7
    captions = [group._caption.text() for group in bench.view.form._form._groups]
    assert "1 field differs from the preset" in captions[0]
    choose(bench, "preset", "1")
    assert bench.view.form.state.spec.input_px == 28
    assert epochs.value() == bench.view.form.state.spec.epochs == 20


def test_the_wheel_over_a_field_scrolls_and_changes_nothing(bench):
    box = bench.view.form._form.control("epochs").control
    before = box.value()
    middle = QPointF(box.rect().center())
    wheel = QWheelEvent(
        middle,
        box.mapToGlobal(middle),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, wheel)
    assert box.value() == before


def test_more_settings_show_every_field_of_the_spec(bench):
    bench.view.form._more.setChecked(True)
    shown = set(bench.view.form._form._rows)
    not_shown = set(ExperimentSpec.__struct_fields__) - shown
    spec = bench.view.form.state.spec
    beside_others = {name for name in not_shown if not counts(name, spec)}
    of_pictures = {name for name in not_shown if name.startswith("pictures")}
    # The first comes with the network, the second is the control run.
    assert not_shown == {"network_config", "shuffle_labels"} | beside_others | of_pictures


def test_the_command_names_a_file_that_holds_the_experiment(bench):
    press(bench, bench.view.form._copy)
    words = QGuiApplication.clipboard().text().split()
    assert words[:2] == ["meviewer", "train"]
    assert read(Path(words[2])) == bench.view.form.state.spec
    assert words[3:] == ["--project", str(bench.folder), "--out", words[2].removesuffix(".toml")]


def test_the_command_of_a_run_resumes_it(bench):
    bench.extra["train"] = {"stop_at": 9, "end": "crash"}
    press(bench, bench.view.form._train)
    idle(bench)
    press(bench, bench.view.live._copy)
    command = QGuiApplication.clipboard().text()
    folder = bench.folder / "runs" / "run-001"
    assert command.startswith(f"meviewer train {folder / 'spec.toml'} ")
    assert command.endswith(f"--out {folder} --resume")


def test_the_open_clip_is_recognised_by_the_run_on_show(bench):
    assert not bench.view.clip._run.isEnabled()
    press(bench, bench.view.form._train)
    idle(bench)
    sample = bench.project.samples()[0]
    annotation = bench.project.annotation(sample.id, "truth")
    bench.workspace._session = SimpleNamespace(sample=sample, annotation=annotation, blind=False)
    bench.workspace.session_changed.emit()
    press(bench, bench.view.clip._run)
    idle(bench)
    asked = bench.asked[-1]
    assert asked.arguments["run"] == str(bench.folder / "runs" / "run-001")
    assert asked.arguments["clips"] == [
        {"path": str(sample.clip_path), "keyframes": (10, 20, 30), "subject": "sub01"}
    ]
    shown = bench.view.clip._bars.bars
    assert (shown[0].name, shown[0].text, shown[0].best) == ("happiness", "62 %", True)
    assert "Onset 111, apex 121, offset 131" in bench.view.clip._words.text()
    bench.workspace._session = None
    bench.workspace.session_changed.emit()
    assert bench.view.clip._bars.bars == ()


def test_a_run_of_an_earlier_window_that_never_ended_is_stopped_and_can_be_resumed(bench):
    from meviewer.experiment.spec_text import to_toml

    bench.project.add_run("run-004", to_toml(ExperimentSpec()), state="running")
    bench.workspace.project_changed.emit()
    assert rows(bench)[0]["State"] == "stopped"
    press(bench, bench.view.live._resume)
    idle(bench)
    assert rows(bench)[0]["State"] == "done"
    assert bench.view.live._curves.isVisible()
    press(bench, bench.view.form._train)
    assert rows(bench)[0]["Run"] == "run-005"
    assert bench.view.live._curves.isHidden()
    idle(bench)


def test_without_torch_the_form_says_what_to_install(bench, monkeypatch):
    def missing():
        raise MissingExtraError("Training needs PyTorch", where="torch", now="install it")

    monkeypatch.setattr(training_devices.extra, "require", missing)
    view = TrainPerspective(bench.theme, bench.workspace, bench.jobs)
    bench.qtbot.addWidget(view)
    view.show()
    bench.qtbot.waitUntil(lambda: not view.background.busy, timeout=20_000)
    assert view.form._obstacle.isVisible()
    assert "Training needs PyTorch" in view.form._obstacle.accessibleName()
    assert not view.form._train.isEnabled()
    view.background.shutdown()


def test_a_read_only_project_can_be_looked_at_and_not_trained_on(bench):
    bench.project.read_only = True
    bench.workspace.project_changed.emit()
    idle(bench)
    assert not bench.view.form._train.isEnabled()
    assert "No training can be added" in bench.view.form._obstacle.accessibleName()


def test_everything_fits_into_a_small_window_and_follows_the_theme(bench):
    press(bench, bench.view.form._train)
    idle(bench)
    assert bench.view.minimumSizeHint().width() <= 1280
    assert bench.view.minimumSizeHint().height() <= 676
    before = bench.view.grab().toImage()
    bench.theme.switch("light")
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert bench.view.grab().toImage() != before


def test_without_a_project_nothing_can_be_started_and_it_says_so(qtbot, qapp):
    background = Background()
    view = TrainPerspective(Theme("dark"), Workspace(background))
    qtbot.addWidget(view)
    view.form._look()
    assert view.form._checks.texts == ("No project is open",)
    assert not view.form._train.isEnabled()
    assert not view.form._copy.isEnabled()
    view.shutdown()
    background.shutdown()


def test_a_folder_of_pictures_is_looked_at_and_trained_on(bench, tmp_path, monkeypatch):
    for subject in ("s1", "s2", "s3"):
        for name in ("negative", "positive"):
            path = tmp_path / "pictures" / subject / name / "a.png"
            path.parent.mkdir(parents=True)
            path.write_bytes(b"not decoded here")
    form = bench.view.form
    choose(bench, "source", "pictures")
    idle(bench)
    assert "Choose one with a picture" in form._checks.texts[0]
    assert not form._train.isEnabled()
    chosen = str(tmp_path / "pictures")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen)
    press(bench, form._form.control("pictures").control)
    idle(bench)
    assert form._checks.texts[0] == "6 clips of 3 subjects, 2 classes"
    assert value_of(form._form.control("pictures")) == chosen
    line = form._form.control("pictures_pattern").control
    line.setText("{subject}/x/{class}/{name}")
    line.editingFinished.emit()
    idle(bench)
    assert "does not look like" in form._checks.texts[0]
    line = form._form.control("pictures_pattern").control
    line.setText("{subject}/{class}/{name}")
    line.editingFinished.emit()
    idle(bench)
    press(bench, form._train)
    idle(bench)
    spec = from_toml(bench.asked[-1].arguments["spec"])
    assert (spec.pictures, spec.pictures_pattern) == (chosen, "{subject}/{class}/{name}")
    row = rows(bench)[0]
    assert (row["Motion"], row["Labels"]) == ("pictures, 28 px", "pictures")


def test_the_preset_that_compares_queues_all_its_runs(bench):
    from meviewer.present.training_presets import PRESETS

    at = next(n for n, preset in enumerate(PRESETS) if preset.reselects)
    choose(bench, "preset", str(at))
    assert not bench.view.form._train.isEnabled()
    assert "meviewer suggest" in bench.view.form._obstacle.accessibleName()
    with bench.project.bulk():
        for sample in bench.project.samples():
            label(bench.project, sample.id, "gamdss", "", (11, 20, 30))
    bench.view.form._take_project()
    idle(bench)
    press(bench, bench.view.form._copy)
    words = QGuiApplication.clipboard().text().split()
    assert isinstance(read_any(Path(words[2])), SpecSet)
    press(bench, bench.view.form._train)
    idle(bench)
    specs = [from_toml(job.arguments["spec"]) for job in bench.asked if job.task == "train"]
    tiers = [(one.label_tier, one.emotion_tier, one.test_tier) for one in specs]
    wanted = [("truth", "", ""), ("gamdss", "truth", ""), ("gamdss", "truth", "truth")]
    assert tiers == wanted
    assert {one.seeds for one in specs} == {(0, 1, 2)}
