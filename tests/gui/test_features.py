"""Computing the features of the open project: started, followed and stopped in the window."""

from factories import annotation, event

from meviewer.experiment.records import Featured, Preparing
from meviewer.jobs.protocol import Job
from meviewer.present.feature_jobs import FEATURES, failures, outcome, share_of
from meviewer.project.features import FeatureStore


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
    action.trigger()
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
    action.trigger()
    action.trigger()
    qtbot.waitUntil(lambda: job_of(opened).over, timeout=60_000)
    assert job_of(opened).state == "cancelled"
    assert action.text() == "Compute features…"
    assert len(opened.context.jobs.jobs()) == 1


def test_news_of_the_same_project_does_not_stop_it(opened, qtbot):
    opened.context.actions["features"].trigger()
    opened.context.workspace.project_changed.emit()
    assert not job_of(opened).stopping
    opened.context.actions["features"].trigger()
    qtbot.waitUntil(lambda: job_of(opened).over, timeout=60_000)


def test_how_far_it_is_and_what_came_of_it_in_words():
    job = Job(FEATURES)
    assert share_of(job, None) is None
    assert share_of(job, Preparing(done=0, total=0)) is None
    assert share_of(job, Preparing(done=1, total=4)) == 0.25
    assert share_of(Job("train"), Preparing(done=1, total=4)) is None
    assert outcome(()) == "Stopped; what was computed is kept"
    bad = Featured(sample_id=1, event_id=1, subject="s", clip="c", state="failed", reason="gone")
    assert failures((bad,)) == ("s/c: gone",)
