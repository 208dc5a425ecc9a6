"""The lane of our own estimate: off at first, follows edits, accepted in one step of undo."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.events import Edge, Keyframes, Source
from meviewer.gui.dialogs.refuse import RefuseDialog
from meviewer.gui.panels.timeline import TimelinePanel
from meviewer.gui.stores import label_worth
from meviewer.motion import estimate as estimating
from meviewer.motion.estimate import Estimate


@pytest.fixture
def asked(monkeypatch):
    """Answers 12, 33, 48 to every label, without computing; notes the questions."""
    questions = []

    def answer(frames, label, rate_hz, *, label_sd_ms, hidden=None):
        questions.append((label, label_sd_ms))
        middle = np.array((12.0, 33.0, 48.0))
        course = np.sin(np.linspace(0, np.pi, len(frames)))
        cells = np.ones((1, 1))
        return Estimate(
            label, middle, middle - 2, middle + 2, course, cells, True, (), {"version": "0"}
        )

    monkeypatch.setattr(estimating, "estimate", answer)
    return questions


def model_lanes(window):
    state = window.findChild(TimelinePanel).timeline.state
    return [lane for lane in state.lanes if lane.model is not None]


@pytest.fixture
def switched(opened, asked, qtbot):
    opened.context.actions["model"].trigger()
    qtbot.waitUntil(lambda: opened.context.estimate.found is not None, timeout=10_000)
    return opened


def test_nothing_is_estimated_before_somebody_asks(opened, asked):
    assert not opened.context.estimate.on
    assert opened.context.estimate.found is None
    assert not model_lanes(opened)
    assert not asked


def test_the_lane_shows_intervals_and_the_course(switched):
    (lane,) = model_lanes(switched)
    assert [band.edge for band in lane.model.bands] == list(Edge)
    assert [band.middle for band in lane.model.bands] == [12, 33, 48]
    assert len(lane.model.course) == 60
    assert "never instead of the coder" in lane.model.words


def test_the_lane_goes_when_it_is_switched_off_and_the_choice_is_kept(switched):
    assert switched.context.preferences["estimate.on"] == "yes"
    switched.context.actions["model"].trigger()
    assert not model_lanes(switched)
    assert switched.context.preferences["estimate.on"] == ""


def test_it_follows_edits_and_keeps_what_it_knows(switched, asked, qtbot):
    editor, session = switched.context.editor, switched.context.workspace.session
    before = editor.selected.keyframes
    switched.context.playhead.set_frame(14)
    editor.set_here(Edge.ONSET)
    now = editor.selected.keyframes
    qtbot.waitUntil(lambda: asked[-1][0] == now, timeout=10_000)
    qtbot.waitUntil(lambda: switched.context.estimate.found is not None, timeout=10_000)
    switched.context.workspace.undo()
    assert session.annotation.events[0].keyframes == before
    assert switched.context.estimate.found.label == before
    assert [label for label, _ in asked].count(before) == 1


def test_accepting_is_one_step_with_its_source_and_reason(switched):
    context = switched.context
    before = context.editor.selected.keyframes
    context.actions["accept-model"].trigger()
    event = context.editor.selected
    assert event.keyframes == Keyframes(12, 33, 48)
    assert event.source is Source.MODEL
    context.workspace.undo()
    assert context.editor.selected.keyframes == before


def refuse(window):
    window.context.actions["reject-model"].trigger()
    window.findChild(RefuseDialog).refuse.click()


def test_a_refused_estimate_is_shown_no_more(switched, qtbot):
    context, said = switched.context, []
    context.editor.said.connect(said.append)
    before = context.editor.selected.keyframes
    refuse(switched)
    event = context.editor.selected
    assert event.keyframes == before
    assert event.rejected == (Keyframes(12, 33, 48),)
    (lane,) = model_lanes(switched)
    assert (lane.events, lane.model.waiting) == ((), "refused")
    for action in ("accept-model", "reject-model"):
        context.actions[action].trigger()
    assert context.editor.selected == event
    assert said == ["You have refused the model's estimate for this event"] * 2
    context.workspace.undo()
    assert context.editor.selected.rejected == ()
    assert model_lanes(switched)[0].events


def test_a_refusal_is_kept_in_the_journal_with_what_was_refused(switched):
    context = switched.context
    refuse(switched)
    assert context.workspace.flush()
    rows = context.workspace.project.history(context.workspace.session.sample.id)
    (row,) = (row for row in rows if row.text == "Reject the model's estimate")
    assert "5-95 % of frames 10.0..14.0" in row.reason


def test_an_edit_does_not_bring_back_what_was_refused(switched, qtbot):
    context = switched.context
    refuse(switched)
    context.editor.nudge(1)
    qtbot.waitUntil(lambda: context.estimate.found is not None, timeout=10_000)
    assert context.estimate.keyframes() is None
    assert model_lanes(switched)[0].model.waiting == "refused"


def test_a_label_within_reach_is_left_alone(switched, qtbot):
    said = []
    switched.context.editor.said.connect(said.append)
    switched.context.actions["accept-model"].trigger()
    qtbot.waitUntil(lambda: switched.context.estimate.found is not None, timeout=10_000)
    switched.context.actions["accept-model"].trigger()
    assert said == ["The model has no evidence against this label"]


def test_an_unlabelled_apex_says_nothing(switched):
    """The sd of a keyframe that nobody set is as wide as the clip."""
    store = switched.context.estimate
    assert store.reason().startswith("model ")
    assert 10 * max(estimating.USUAL_SD_MS) < estimating.UNKNOWN_SD_MS


def test_without_evidence_the_lane_says_so(opened, asked, monkeypatch, qtbot):
    def doubt(frames, label, rate_hz, *, label_sd_ms, hidden=None):
        at = np.array((10.0, 30.0, 50.0))
        none = np.zeros((1, 1))
        return Estimate(label, at, at, at, np.zeros(60), none, False, ("nothing moves",), {})

    monkeypatch.setattr(estimating, "estimate", doubt)
    opened.context.actions["model"].trigger()
    qtbot.waitUntil(lambda: opened.context.estimate.found is not None, timeout=10_000)
    (lane,) = model_lanes(opened)
    assert not lane.events
    assert lane.model.waiting == "no evidence against the label"
    assert opened.context.estimate.keyframes() is None


def test_double_labels_of_the_project_say_what_a_label_is_worth(
    opened, asked, qtbot, small_project, monkeypatch
):
    looked = []

    def worth_in(*question):
        looked.append(question)
        return (11.0, 12.0, 13.0)

    monkeypatch.setattr(label_worth, "worth_in", worth_in)
    assert looked == []  # nobody wants an estimate yet
    opened.context.actions["model"].trigger()
    qtbot.waitUntil(lambda: bool(asked) and asked[-1][1] == (11.0, 12.0, 13.0), timeout=10_000)
    opened.context.actions["clip-on"].trigger()
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    assert looked == [(small_project, "A", "")]  # once for a coder and a data set
