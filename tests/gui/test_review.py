"""The review queue in the window: what is doubtful comes first, says why, and keys walk through."""

from __future__ import annotations

import pytest
from factories import annotation, event, moving_frames, write_project
from PySide6.QtCore import Qt

from meviewer.core.annotation import Status
from meviewer.core.events import Edge, Source
from meviewer.project.project import Project


@pytest.fixture
def doubtful(tmp_path):
    """Four labelled clips; the apex of the third lies 16 frames behind the motion."""
    frames = moving_frames(60, 96, 80, onset=10, apex=30, offset=50)
    folder = write_project(tmp_path / "project", tmp_path, frames)
    with Project.open(folder) as project:
        for sample_id in project.sample_ids():
            apex = 46 if sample_id == 3 else 30
            status = Status.COMMITTED if sample_id == 4 else Status.DRAFT
            project.set_tier(sample_id, "A", annotation(event(1, 10, apex, 50), status=status), "")
    return folder


@pytest.fixture
def shown(window, doubtful, qtbot):
    window.context.workspace.open_path(doubtful)
    qtbot.waitUntil(lambda: window.context.workspace.session is not None, timeout=30_000)
    window.activateWindow()
    window.setFocus()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def test_n_opens_the_most_doubtful_clip_and_selects_the_keyframe(shown, qtbot):
    context, panel = shown.context, shown._perspectives["annotate"].clips
    context.workspace.open_sample(1)
    qtbot.keyClick(shown, "n")  # kept until the queue is there
    qtbot.waitUntil(lambda: bool(context.review.order), timeout=120_000)
    assert context.review.order[0] == 3
    assert context.review.entry(3).edge is Edge.APEX
    assert "apex" in context.review.entry(3).why
    order = context.review.order
    assert order.index(1) > 0
    qtbot.waitUntil(lambda: context.workspace.session.sample.id == 3, timeout=30_000)
    assert context.selection.edge is Edge.APEX
    qtbot.keyClick(shown, "n")
    goal = order[1]
    qtbot.waitUntil(lambda: context.workspace.session.sample.id == goal, timeout=30_000)

    panel.orders.button(1).click()
    assert panel.model.shown() == order
    assert panel.model.rows[2].note == context.review.entry(3).why
    for _ in range(order.index(goal)):
        before = context.workspace.session.sample.id
        qtbot.keyClick(shown, "n", Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda b=before: context.workspace.session.sample.id != b, timeout=30_000)
    assert context.workspace.session.sample.id == 3
    assert context.selection.edge is Edge.APEX
    qtbot.waitUntil(lambda: not shown.busy, timeout=60_000)

    # What was put right is no longer doubtful, and the order stays below one's feet.
    doubt = context.review.entry(3).share
    context.playhead.set_frame(30)
    qtbot.keyClick(shown, "p")
    context.actions["commit-next"].trigger()
    qtbot.waitUntil(lambda: context.workspace.session.sample.id == order[1], timeout=30_000)
    qtbot.waitUntil(lambda: not shown.busy, timeout=120_000)
    assert context.review.entry(3).share < doubt
    assert context.review.order == order


@pytest.fixture
def ranked(shown, qtbot):
    """The window with its queue made, the first clip of the list open."""
    shown.context.review.ask()
    qtbot.waitUntil(lambda: bool(shown.context.review.order), timeout=120_000)
    qtbot.waitUntil(lambda: not shown.busy, timeout=120_000)
    assert shown.context.workspace.session.sample.id == 1
    return shown


def press(window, qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key that opens another clip; return the id of its sample."""
    with qtbot.waitSignal(window.context.workspace.session_changed, timeout=30_000):
        qtbot.keyClick(window, key, modifier)
    return window.context.workspace.session.sample.id


def on_disk(window, sample_id):
    workspace = window.context.workspace
    assert workspace.flush()
    return workspace.project.annotation(sample_id, "A").status


def status_line(window):
    return window._bar._doing.whole_text()


def walk_to_the_worst(window, qtbot):
    while window.context.workspace.session.sample.id != window.context.review.order[0]:
        press(window, qtbot, "n", SHIFT)


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_commit_and_next_goes_on_in_the_queue_from_a_clip_of_the_queue(ranked, qtbot):
    context = ranked.context
    order = context.review.order
    assert order[0] == 3  # the list ends behind 4
    walk_to_the_worst(ranked, qtbot)
    assert status_line(ranked) == "Review queue: clip 1 of 4 (Ctrl+Return goes on in it)"
    for place, wanted in enumerate(order[1:], 2):
        assert press(ranked, qtbot, Qt.Key.Key_Return, CTRL) == wanted
        assert status_line(ranked).startswith(f"Review queue: clip {place} of 4")
    qtbot.keyClick(ranked, Qt.Key.Key_Return, CTRL)
    assert status_line(ranked) == "Committed; this was the last clip of the review queue"
    assert context.workspace.session.sample.id == order[-1]
    assert {on_disk(ranked, at) for at in order} == {Status.COMMITTED}


def test_commit_and_next_follows_the_list_from_a_clip_of_the_list(ranked, qtbot):
    assert press(ranked, qtbot, "n") != 1
    while ranked.context.workspace.session.sample.id != 1:  # by the list back to its head
        press(ranked, qtbot, Qt.Key.Key_PageUp)
    assert press(ranked, qtbot, Qt.Key.Key_Return, CTRL) == 2
    assert on_disk(ranked, 1) is Status.COMMITTED


def test_a_clip_that_left_the_list_when_it_was_committed_is_gone_on_from(ranked, qtbot):
    context, panel = ranked.context, ranked._perspectives["annotate"].clips
    panel.filter.set_statuses(frozenset({Status.DRAFT}))
    drafts = [at for at in context.review.order if at != 4]
    assert drafts[0] == 3
    context.workspace.open_sample(4)
    qtbot.waitUntil(lambda: context.workspace.session.sample.id == 4, timeout=30_000)
    assert press(ranked, qtbot, "n") == 3
    for wanted in drafts[1:]:
        assert press(ranked, qtbot, Qt.Key.Key_Return, CTRL) == wanted
        qtbot.waitUntil(lambda: not ranked.busy, timeout=120_000)


def test_a_clip_of_the_queue_that_cannot_be_opened_is_passed_over(ranked, tmp_path, qtbot):
    context, order = ranked.context, ranked.context.review.order
    walk_to_the_worst(ranked, qtbot)
    broken = context.workspace.project.sample(order[1]).clip_path
    broken.rename(tmp_path / "elsewhere")
    with qtbot.waitSignal(context.workspace.failed):
        qtbot.keyClick(ranked, "n")
    assert context.workspace.session.sample.id == order[0]
    assert press(ranked, qtbot, "n") == order[2]


def test_the_filter_says_how_many_there_are_and_keys_keep_to_it(shown, qtbot):
    context, panel = shown.context, shown._perspectives["annotate"].clips
    texts = [action.text() for action in panel.filter.menu().actions()]
    assert "draft  (3)" in texts
    assert "committed  (1)" in texts
    panel.filter.set_statuses(frozenset({Status.COMMITTED}))
    assert panel.model.shown() == (4,)
    assert "committed" in panel.filter.toolTip()
    panel.filter.set_statuses(frozenset())
    assert len(panel.model.shown()) == 4
    panel.search.setText("s02")
    assert panel.model.shown() == (3, 4)
    context.workspace.open_sample(3)
    qtbot.waitUntil(lambda: context.workspace.session.sample.id == 3, timeout=30_000)
    context.workspace.step_sample(1)
    qtbot.waitUntil(lambda: context.workspace.session.sample.id == 4, timeout=30_000)


def test_keys_go_on_through_all_clips_where_a_search_has_left_one(shown, qtbot):
    panel, workspace = shown._perspectives["annotate"].clips, shown.context.workspace
    panel.search.setText("s02/c02")
    panel.search.returnPressed.emit()
    qtbot.waitUntil(lambda: workspace.session.sample.name == "c02")
    wanted = workspace.project.sample_ids()[-2]
    with qtbot.waitSignal(workspace.session_changed):
        workspace.step_sample(-1)
    assert workspace.session.sample.id == wanted


def test_a_right_suggestion_costs_no_more_than_eight_keys(opened, qtbot):
    context, presses = opened.context, []

    def press(key, *modifiers):
        presses.append(key)
        both = Qt.KeyboardModifier.NoModifier
        for one in modifiers:
            both |= one
        qtbot.keyClick(opened, key, both)

    for sample_id in (1, 2, 3):
        session = context.workspace.session
        assert session.sample.id == sample_id
        qtbot.waitUntil(lambda: context.analysis.suggested_keyframes() is not None, timeout=30_000)
        wished = context.analysis.suggested_keyframes()
        del presses[:]
        press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        press(Qt.Key.Key_3)
        press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert len(presses) <= 8
        qtbot.waitUntil(
            lambda goal=sample_id + 1: context.workspace.session.sample.id == goal,
            timeout=30_000,
        )
        assert context.workspace.flush()
        stored = context.workspace.project.annotation(sample_id, "A")
        assert stored.status is Status.COMMITTED
        assert stored.events[0].keyframes == wished
        assert stored.events[0].source is Source.GAMDSS
        assert stored.events[0].emotion == "surprise"
