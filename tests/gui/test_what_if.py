"""The what-if strip and the lane of a run: in the background, blind-first, nothing changed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from factories import annotation, event
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from what_if_runs import CLASSES, Oracle, shares, write_run

from meviewer.core import edits
from meviewer.core.annotation import Status
from meviewer.core.events import Edge, Keyframes
from meviewer.experiment.spec import KERNEL
from meviewer.gui.panels.timeline import TimelinePanel
from meviewer.gui.panels.what_if import WhatIfPanel
from meviewer.gui.stores import what_if
from meviewer.gui.widgets.timeline import Timeline
from meviewer.jobs.protocol import Crashed, Killed
from meviewer.present.timeline import Lane, LaneEvent, TimelineState
from meviewer.project.blind import BlindRule, set_rule
from meviewer.project.project import Project


@pytest.fixture
def with_runs(small_project):
    """The small project with a run that can answer, and two that cannot."""
    runs = small_project / "runs"
    write_run(runs / "run-001", created="2026-01-03")
    write_run(runs / "run-002", created="2026-01-02", network=KERNEL)
    write_run(runs / "run-003", created="2026-01-01", finished=(1,))
    return small_project


@pytest.fixture
def oracle(window):
    made = Oracle()
    window.context.what_if._resident._make_process = made
    return made


@pytest.fixture
def asked(with_runs, oracle, opened, qtbot):
    """The window on the project, the strip unfolded."""
    context = opened.context
    panel = opened.findChild(WhatIfPanel)
    panel.fold.toggle()
    qtbot.waitUntil(lambda: len(context.what_if.run.runs) == 3, timeout=20_000)
    qtbot.waitUntil(lambda: panel.runs.count() == 4)
    return opened


@pytest.fixture
def chosen(asked, qtbot):
    pick(asked, "run-001")
    settle(asked, qtbot)
    return asked


def panel_of(window):
    return window.findChild(WhatIfPanel)


def pick(window, name):
    combo = panel_of(window).runs
    at = next(at for at in range(combo.count()) if combo.itemData(at) == name)
    combo.setCurrentIndex(at)
    combo.activated.emit(at)


def settle(window, qtbot):
    """Wait until everything has been answered and drawn."""
    store, panel = window.context.what_if, panel_of(window)
    qtbot.waitUntil(lambda: not store.waiting and not window.busy, timeout=20_000)
    qtbot.waitUntil(lambda: panel.strip.state == store.state(), timeout=20_000)


def label_of(window):
    return window.context.editor.selected.keyframes


def lanes(window):
    state = window.findChild(TimelinePanel).timeline.state
    return [lane for lane in state.lanes if lane.name.startswith("Run")]


def test_folded_nothing_is_looked_for_and_nobody_is_asked(with_runs, oracle, opened):
    assert not panel_of(opened).fold.unfolded
    assert opened.context.what_if.run.runs == ()
    assert oracle.started == []


def test_without_a_run_it_says_what_it_would_show_and_how_to_get_one(opened, oracle, qtbot):
    panel = panel_of(opened)
    panel.fold.toggle()
    qtbot.waitUntil(lambda: "train one in Train" in panel.words, timeout=20_000)
    assert panel.strip.isHidden()
    assert oracle.started == []


def test_only_runs_that_can_answer_for_the_clip_are_offered(asked):
    combo = panel_of(asked).runs
    texts = [combo.itemText(at) for at in range(combo.count())]
    assert texts[:2] == ["No run", "run-001"]
    assert texts[2] == "run-002: a kernel ridge keeps no network"
    assert "trained on this subject" in texts[3]
    enabled = [combo.model().item(at).isEnabled() for at in range(combo.count())]
    assert enabled == [True, True, False, False]
    assert panel_of(asked).words.startswith("Choose a run")
    # A long reason takes no room from the reach beside it.
    reach = panel_of(asked).reach
    assert reach.width() >= reach.sizeHint().width()
    assert combo.view().minimumWidth() > combo.width()


def test_the_strip_has_the_answers_of_the_run_for_each_place_of_the_apex(chosen, oracle):
    state, marks = panel_of(chosen).strip.state, label_of(chosen)
    assert state.classes == CLASSES
    assert [one.frame for one in state.columns] == list(range(marks.apex - 6, marks.apex + 7))
    for column in state.columns:
        assert column.guess.shares == shares((marks.onset, column.frame, marks.offset))
    assert oracle.marks[0] == (marks.onset, marks.apex, marks.offset)
    assert len(oracle.marks) == len(set(oracle.marks)) == 13
    assert oracle.asked[0]["subject"] == "s01"
    assert oracle.started[0].arguments["run"].endswith("run-001")
    assert "Asked: fold of subject s01, held out" in panel_of(chosen)._who.text()


def test_dragging_the_apex_asks_only_for_what_is_not_known(chosen, oracle, qtbot):
    before = len(oracle.marks)
    chosen.context.selection.set_edge(Edge.APEX)
    chosen.context.actions["nudge-on"].trigger()
    settle(chosen, qtbot)
    marks = label_of(chosen)
    assert oracle.marks[before:] == [(marks.onset, marks.apex + 6, marks.offset)]
    state = panel_of(chosen).strip.state
    assert state.columns[state.middle].frame == marks.apex
    assert all(one.guess is not None and not one.stale for one in state.columns)


def test_when_the_onset_moves_old_answers_are_out_of_date_until_new_ones_come(
    chosen, oracle, qtbot
):
    oracle.held = []
    chosen.context.selection.set_edge(Edge.ONSET)
    chosen.context.actions["nudge-on"].trigger()
    qtbot.waitUntil(lambda: len(oracle.held) == 13)
    panel = panel_of(chosen)
    qtbot.waitUntil(lambda: all(one.stale for one in panel.strip.state.columns))
    assert panel.words == "keyframes have moved: asking, 0 of 13"
    oracle.answer(2)
    qtbot.waitUntil(lambda: panel.words.endswith("asking, 2 of 13"))
    state = panel.strip.state
    assert not state.columns[state.middle].stale
    assert state.columns[state.middle].guess.shares == shares(
        (label_of(chosen).onset, label_of(chosen).apex, label_of(chosen).offset)
    )
    oracle.answer(11)
    settle(chosen, qtbot)
    # Back again, all of it is known.
    n_asked = len(oracle.marks)
    chosen.context.workspace.undo()
    settle(chosen, qtbot)
    assert len(oracle.marks) == n_asked
    assert not any(one.stale for one in panel.strip.state.columns)


def test_while_a_handle_is_held_the_newest_keyframes_are_asked_first(chosen, oracle, qtbot):
    oracle.held = []
    editor = chosen.context.editor
    for frame in (13, 14, 15):
        editor.drag(1, Edge.ONSET, frame, 77)
    marks = label_of(chosen)
    assert (marks.onset, oracle.held[0][1]) == (15, (15, marks.apex, marks.offset))
    assert {one[1][0] for one in oracle.held} == {15}
    editor.drop()
    oracle.held = None


def test_pointing_says_frame_and_probabilities_and_a_click_goes_there(chosen, qtbot):
    panel, marks = panel_of(chosen), label_of(chosen)
    strip, before = panel.strip, chosen.context.workspace.session.annotation
    place, at_first = strip.column_box(3).center().toPoint(), strip.mapTo(chosen, QPoint())
    qtbot.mouseMove(strip, QPoint(place.x() - 1, place.y()))
    qtbot.mouseMove(strip, place)
    number = 101 + marks.apex - 3
    qtbot.waitUntil(
        lambda: panel.words.startswith(f"Frame {number}, 3 frames (15 ms) earlier: surprise")
    )
    assert strip.accessibleDescription() == panel.words
    assert strip.mapTo(chosen, QPoint()) == at_first
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.context.playhead.frame == marks.apex - 3
    assert chosen.context.workspace.session.annotation == before
    assert not chosen.context.workspace.session.undo_stack.canUndo()


def test_by_keys_alone_to_the_strip_along_it_and_to_a_frame(chosen, qtbot):
    panel, marks = panel_of(chosen), label_of(chosen)
    frame = chosen.context.playhead.frame
    qtbot.keyClick(chosen, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert panel.strip.hasFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(panel.strip, key)
    # Arrows go through the columns here, not through the frames.
    assert chosen.context.playhead.frame == frame
    assert "2 frames (10 ms) later" in panel.words
    qtbot.keyClick(panel.strip, Qt.Key.Key_Return)
    assert chosen.context.playhead.frame == marks.apex + 2
    qtbot.keyClick(panel.strip, Qt.Key.Key_Home)
    qtbot.keyClick(panel.strip, Qt.Key.Key_Space)
    assert chosen.context.playhead.frame == marks.apex - 6
    assert not chosen.context.playhead.playing
    qtbot.keyClick(panel.strip, Qt.Key.Key_Minus)
    settle(chosen, qtbot)
    assert len(panel.strip.state.columns) == 7
    qtbot.keyClick(panel.strip, Qt.Key.Key_Up)
    assert panel.runs.hasFocus()
    qtbot.keyClick(panel.runs, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert panel.strip.hasFocus()
    qtbot.keyClick(panel.strip, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert not panel.fold.unfolded


def test_the_reach_is_said_in_ms_and_remembered(chosen, oracle, qtbot):
    panel = panel_of(chosen)
    assert panel.reach.currentText() == "±6 frames (±30 ms)"
    panel.reach.setCurrentIndex(0)
    panel.reach.activated.emit(0)
    settle(chosen, qtbot)
    assert len(panel.strip.state.columns) == 7
    assert chosen.context.preferences["what-if.reach"] == "3"


def test_the_run_is_remembered_for_its_project(chosen, qtbot):
    store = chosen.context.what_if.run
    store.reread()
    qtbot.waitUntil(lambda: not chosen.busy)
    assert store.chosen is not None
    assert store.chosen.name == "run-001"
    assert str(chosen.context.workspace.project.folder.resolve()) in store._kept()
    pick_none(chosen)
    assert store.chosen is None
    assert store._kept() == {}


def pick_none(window):
    combo = panel_of(window).runs
    combo.setCurrentIndex(0)
    combo.activated.emit(0)


def test_without_the_run_the_process_goes_and_nothing_is_shown(chosen, oracle, qtbot):
    pick_none(chosen)
    panel = panel_of(chosen)
    qtbot.waitUntil(lambda: panel.strip.isHidden())
    assert oracle.gone == 1
    assert panel.strip.state is None
    assert panel.words.startswith("Choose a run")


def test_a_run_that_was_trained_further_is_asked_anew(chosen, oracle, with_runs, qtbot):
    before = len(oracle.marks)
    from meviewer.experiment.run_values import FoldResult
    from meviewer.experiment.runs import RunFolder

    run = RunFolder.open(with_runs / "runs" / "run-001")
    run.write(FoldResult(fold=2, subject=""), b"the final model")
    chosen.context.what_if.run.reread()
    qtbot.waitUntil(lambda: len(oracle.started) == 2, timeout=20_000)
    settle(chosen, qtbot)
    assert oracle.marks[before:] == oracle.marks[:before]


@pytest.mark.parametrize("end", [Crashed(status=-11, stderr="terrible"), Killed()])
def test_a_process_that_dies_is_told_and_asked_again_only_when_wanted(asked, oracle, qtbot, end):
    oracle.held = []
    pick(asked, "run-001")
    oracle.end(end)
    panel = panel_of(asked)
    qtbot.waitUntil(lambda: "Choose the run again" in panel.words)
    assert len(oracle.started) == 1
    chosen_event = asked.context.selection
    chosen_event.set_edge(Edge.ONSET)
    asked.context.actions["nudge-on"].trigger()
    assert len(oracle.started) == 1
    oracle.held = None
    pick(asked, "run-001")
    settle(asked, qtbot)
    assert panel.strip.state.n_known == 13


def test_the_lane_says_class_and_probability_over_the_span_of_each_event(chosen, oracle, qtbot):
    session = chosen.context.workspace.session
    events = session.annotation.events
    session.commit(annotation(*events, event(2, 52, 55, 58)), "another one")
    assert lanes(chosen) == []
    chosen.context.actions["run-lane"].trigger()
    settle(chosen, qtbot)
    (lane,) = lanes(chosen)
    assert lane.name == "Run run-001"
    first, second = lane.events
    assert (first.onset, first.offset, first.selected) == (12, 50, True)
    assert first.share == max(shares((12, 26, 50)))
    assert first.label == "surprise 64 %"
    assert (second.onset, second.share) == (52, max(shares((52, 55, 58))))
    assert "held out" in first.words
    assert panel_of(chosen).lane.isChecked()
    chosen.context.actions["run-lane"].trigger()
    assert lanes(chosen) == []


def test_of_many_events_the_nearest_are_asked_and_the_others_stay_empty(
    chosen, oracle, qtbot, monkeypatch
):
    monkeypatch.setattr(what_if, "_MOST_EVENTS", 3)
    session = chosen.context.workspace.session
    others = [event(n, 20 + 2 * n, 21 + 2 * n, 22 + 2 * n) for n in range(2, 12)]
    session.commit(annotation(*session.annotation.events, *others), "many")
    chosen.context.actions["run-lane"].trigger()
    settle(chosen, qtbot)
    (lane,) = lanes(chosen)
    assert [bar.share > 0 for bar in lane.events] == [True] * 3 + [False] * 8
    assert "not asked" in lane.events[-1].words
    chosen.context.selection.set_event(11)
    settle(chosen, qtbot)
    (lane,) = lanes(chosen)
    assert [bar.share > 0 for bar in lane.events[-3:]] == [True] * 3


def test_an_event_without_an_apex_or_room_for_one_is_not_asked_about(chosen, oracle, qtbot):
    session, before = chosen.context.workspace.session, len(oracle.marks)
    chosen.context.selection.set_event(None)
    panel = panel_of(chosen)
    qtbot.waitUntil(lambda: "Select an event" in panel.words)
    session.commit(annotation(event(5, 20, 20, 21)), "short")
    chosen.context.selection.set_event(5)
    qtbot.waitUntil(lambda: "no place for an apex" in panel.words)
    assert len(oracle.marks) == before


@pytest.mark.parametrize("share", [0.2, 0.9])
def test_a_bar_of_the_lane_is_filled_as_high_as_its_probability(theme, qtbot, share):
    plain, filled = (drawn(theme, qtbot, one) for one in (None, share))
    box = np.flatnonzero((plain != filled).any(axis=2).any(axis=1))
    full = np.flatnonzero((plain != drawn(theme, qtbot, 1.0)).any(axis=2).any(axis=1))
    assert box[-1] == full[-1]
    assert len(box) / len(full) == pytest.approx(share, abs=0.1)


def drawn(theme, qtbot, share):
    """A timeline with one lane of a run, (H, W, 4)."""
    bar = LaneEvent(1, 10, None, 50, share=share)
    lane = Lane("Run x", "prediction", (bar,), machine=True)
    made = Timeline(theme)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show_state(TimelineState("clip", 60, range(60), Fraction(200), lanes=(lane,)))
    image = made.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(image.constBits(), np.uint8)
    return pixels.reshape(image.height(), image.width(), 4).copy()


# Blind first


@pytest.fixture
def blind(with_runs, window, oracle, qtbot):
    """A coder who has to judge first; the run is chosen, strip and lane are wanted."""
    with Project.open(with_runs) as project:
        set_rule(project, "A", BlindRule(0.0))
    context = window.context
    context.workspace.open_path(with_runs)
    qtbot.waitUntil(lambda: context.analysis.curves is not None, timeout=20_000)
    assert context.workspace.session.blind
    panel_of(window).fold.toggle()
    qtbot.waitUntil(lambda: len(context.what_if.run.runs) == 3, timeout=20_000)
    qtbot.waitUntil(lambda: panel_of(window).runs.count() == 4)
    pick(window, "run-001")
    context.actions["run-lane"].trigger()
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    return window


def test_blind_nothing_is_asked_and_nothing_is_shown(blind, oracle, qtbot):
    panel = panel_of(blind)
    blind.context.actions["nudge-on"].trigger()
    qtbot.waitUntil(lambda: "commit" in panel.words.lower())
    assert oracle.started == []
    assert blind.context.what_if.state() is None
    assert blind.context.what_if.who() == ""
    assert panel.strip.state is None
    assert panel.strip.accessibleDescription() == ""
    assert lanes(blind) == []


def test_what_is_known_falls_silent_for_a_coder_who_must_judge_first(chosen, oracle, qtbot):
    """Answers that coder A has seen are no answers for B, who labels the same clip blind."""
    context = chosen.context
    context.actions["run-lane"].trigger()
    settle(chosen, qtbot)
    n_asked = len(oracle.marks)
    context.workspace.flush()
    project = context.workspace.project
    sample = context.workspace.session.sample.id
    project.set_tier(sample, "B", annotation(event(1, 12, 26, 50)), "test")
    set_rule(project, "B", BlindRule(0.0))
    context.workspace.set_coder("B")
    qtbot.waitUntil(lambda: context.workspace.session.coder == "B", timeout=20_000)
    assert context.workspace.session.blind
    assert label_of(chosen) == Keyframes(12, 26, 50)
    panel = panel_of(chosen)
    qtbot.waitUntil(lambda: panel.strip.state is None)
    assert lanes(chosen) == []
    assert "surprise" not in panel.words + panel.strip.accessibleDescription()
    assert len(oracle.marks) == n_asked


def test_after_the_commit_the_run_speaks(blind, oracle, qtbot):
    context = blind.context
    session = context.workspace.session
    session.commit(edits.set_status(session.annotation, Status.COMMITTED), "commit")
    assert not session.blind
    settle(blind, qtbot)
    assert panel_of(blind).strip.state.n_known == 13
    (lane,) = lanes(blind)
    assert len(lane.events) == 1
