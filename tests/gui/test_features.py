"""Computing the features of the open project: started, followed and stopped in the window."""

from factories import annotation, event
from PySide6.QtCore import Qt

from meviewer.experiment.records import Featured, Preparing
from meviewer.gui.dialogs.compute_features import ComputeFeaturesDialog
from meviewer.jobs.protocol import Job
from meviewer.nn.feature_plan import FeatureOptions
from meviewer.present.feature_jobs import FEATURES, amount, failures, outcome, share_of
from meviewer.project.features import FeatureStore


def asked(window, qtbot):
    """Return the dialog, once it knows what there is to do."""
    window.context.actions["features"].trigger()
    dialog = window.findChild(ComputeFeaturesDialog)
    qtbot.waitUntil(lambda: "look at" in dialog.amount.text(), timeout=20_000)
    return dialog


def compute(window, qtbot):
    dialog = asked(window, qtbot)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def job_of(window):
    return window.context.jobs.jobs()[-1]


def stop_button(window):
    return window._bar._stop


def test_without_a_project_there_is_nothing_to_compute(window):
    assert not window.context.actions["features"].isEnabled()
    assert stop_button(window).isHidden()


def test_the_window_computes_the_features_of_the_coder_and_names_what_failed(opened, qtbot):
    project = opened.context.workspace.project
    gone = project.find_sample("s02", "c01")
    # Else it is known already: the clips of the small project are all the same.
    project.set_tier(gone.id, "A", annotation(event(1, 11, 26, 50)), "moved")
    for path in gone.clip_path.glob("*.png"):
        path.unlink()
    action = opened.context.actions["features"]
    compute(opened, qtbot)
    assert action.text().startswith("Stop")
    assert not stop_button(opened).isHidden()
    qtbot.waitUntil(lambda: job_of(opened).over, timeout=60_000)
    found = job_of(opened)
    assert (found.task, found.state, found.share) == (FEATURES, "done", 1.0)
    events = [one for one in found.records if isinstance(one, Featured)]
    states = {(one.subject, one.clip): one.state for one in events}
    assert len(states) == 3
    assert states.pop(("s02", "c01")) == "failed"
    assert "failed" not in states.values()
    store = FeatureStore(project.features_folder)
    keys = [key for one in events for key in one.keys.values()]
    assert len(keys) == 6
    assert all(store.get(key) is not None for key in keys)
    assert stop_button(opened).isHidden()
    assert action.text() == "Compute features…"
    assert "s02/c01" in opened._card._why.text()


def test_the_action_stops_what_it_has_started(opened, qtbot):
    action = opened.context.actions["features"]
    compute(opened, qtbot)
    action.trigger()
    qtbot.waitUntil(lambda: job_of(opened).over, timeout=60_000)
    assert job_of(opened).state == "cancelled"
    assert action.text() == "Compute features…"
    assert len(opened.context.jobs.jobs()) == 1


def test_news_of_the_same_project_does_not_stop_it(opened, qtbot):
    compute(opened, qtbot)
    opened.context.workspace.project_changed.emit()
    assert not job_of(opened).stopping
    opened.context.actions["features"].trigger()
    qtbot.waitUntil(lambda: job_of(opened).over, timeout=60_000)


def test_the_dialog_asks_for_what_the_command_takes(opened, qtbot):
    dialog = asked(opened, qtbot)
    assert dialog.amount.text() == "3 events to look at."
    assert dialog.options() == FeatureOptions()
    dialog.size_px.setValue(64)
    dialog.device.setCurrentIndex(1)
    dialog.kinds["di"].setChecked(False)
    with qtbot.waitSignal(dialog.wanted) as wanted:
        qtbot.mouseClick(dialog.compute, Qt.MouseButton.LeftButton)
    options = wanted.args[0]
    assert options == FeatureOptions(("flow", "mm-cof"), 64, device="auto")
    qtbot.waitUntil(lambda: job_of(opened).over, timeout=60_000)
    done = [one for one in job_of(opened).records if isinstance(one, Featured)]
    assert {tuple(sorted(one.keys)) for one in done} == {("flow", "mm-cof")}


def test_without_a_face_nothing_can_be_cut_out_and_the_dialog_says_so(opened, qtbot):
    dialog = asked(opened, qtbot)
    dialog.aligned.setChecked(True)
    qtbot.waitUntil(lambda: "left out" in dialog.amount.text(), timeout=20_000)
    assert dialog.amount.text().startswith("0 events to look at. 3 events left out")
    assert not dialog.compute.isEnabled()
    dialog.aligned.setChecked(False)
    qtbot.waitUntil(dialog.compute.isEnabled, timeout=20_000)
    for box in dialog.kinds.values():
        box.setChecked(False)
    assert not dialog.compute.isEnabled()
    dialog.reject()
    assert not opened.context.jobs.jobs()


def test_what_is_left_out_in_words():
    assert amount(1, ()) == "1 event to look at."
    assert amount(4, ("no face",)) == "4 events to look at. 1 event left out: no face."
    many = ("no face", "no apex", "no apex", "too short")
    assert amount(4, many).endswith("4 events left out: no apex (2); no face; and others.")


def test_how_far_it_is_and_what_came_of_it_in_words():
    job = Job(FEATURES)
    assert share_of(job, None) is None
    assert share_of(job, Preparing(done=0, total=0)) is None
    assert share_of(job, Preparing(done=1, total=4)) == 0.25
    assert share_of(Job("train"), Preparing(done=1, total=4)) is None
    assert outcome(()) == "Stopped; what was computed is kept"
    bad = Featured(sample_id=1, event_id=1, subject="s", clip="c", state="failed", reason="gone")
    assert failures((bad,)) == ("s/c: gone",)
