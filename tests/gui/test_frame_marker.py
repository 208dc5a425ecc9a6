"""Frames are marked after their labels are durable, and never in their way."""

from __future__ import annotations

import threading

import pytest

from meviewer.core.events import Edge
from meviewer.project import frame_marks, mark_rows
from meviewer.project.project import Project


def settled(window, qtbot):
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def marked(window, coder="A", sample_id=1):
    found = mark_rows.stored(window.context.workspace.project, sample_id, coder)
    return set().union(*(one.frames for one in found.values()))


def test_frames_are_marked_on_opening_and_after_each_edit(opened, qtbot):
    settled(opened, qtbot)
    assert marked(opened) == {12, 26, 50}
    opened.context.playhead.set_frame(31)
    opened.context.editor.set_here(Edge.APEX)
    qtbot.waitUntil(lambda: marked(opened) == {12, 31, 50})
    opened.context.workspace.undo()
    qtbot.waitUntil(lambda: marked(opened) == {12, 26, 50})


def test_labels_that_begin_are_marked(opened, qtbot):
    settled(opened, qtbot)
    workspace = opened.context.workspace
    workspace.open_sample(4)
    settled(opened, qtbot)
    opened.context.playhead.set_frame(7)
    opened.context.editor.set_here(Edge.ONSET)
    qtbot.waitUntil(lambda: marked(opened, sample_id=4) == {7})


def test_labels_are_durable_while_their_frames_are_still_read(opened, monkeypatch, qtbot):
    settled(opened, qtbot)
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_):
        begun.set()
        assert go_on.wait(20)

    monkeypatch.setattr(frame_marks, "keep_up", slow)
    opened.context.playhead.set_frame(31)
    opened.context.editor.set_here(Edge.APEX)
    assert begun.wait(20)
    opened.context.playhead.set_frame(32)
    opened.context.editor.set_here(Edge.APEX)
    assert opened.context.workspace.flush()
    (one,) = opened.context.workspace.project.annotation(1, "A")
    assert one.apex == 32
    go_on.set()


def test_what_is_labelled_last_is_marked_before_the_window_is_gone(opened, small_project, qtbot):
    settled(opened, qtbot)
    opened.context.playhead.set_frame(31)
    opened.context.editor.set_here(Edge.APEX)
    opened.close()
    with Project.open(small_project) as project:
        (one,) = mark_rows.stored(project, 1, "A").values()
        assert one.frames == {12, 31, 50}


@pytest.mark.parametrize("error", [RuntimeError("no"), OSError("disk")])
def test_marks_that_fail_stop_nothing(opened, monkeypatch, qtbot, error):
    settled(opened, qtbot)
    tried = []

    def fail(*_):
        tried.append(1)
        raise error

    monkeypatch.setattr(frame_marks, "keep_up", fail)
    for frame in (31, 32):
        opened.context.playhead.set_frame(frame)
        opened.context.editor.set_here(Edge.APEX)
        assert opened.context.workspace.flush()
    qtbot.waitUntil(lambda: bool(tried))
    assert not opened._card.isVisible()


def test_a_clip_is_compared_after_the_frames_of_all_labels_are_marked(opened, monkeypatch, qtbot):
    settled(opened, qtbot)
    workspace, go_on = opened.context.workspace, threading.Event()
    monkeypatch.setattr(frame_marks, "keep_up", lambda *_: go_on.wait(20))
    opened.context.playhead.set_frame(31)
    opened.context.editor.set_here(Edge.APEX)
    assert workspace.flush()
    assert not workspace.marked()(0.0)
    with qtbot.waitSignal(workspace.session_changed):
        workspace.open_sample(2)
    assert opened.context.shifts.comparing
    go_on.set()
    settled(opened, qtbot)
    assert workspace.marked()()
