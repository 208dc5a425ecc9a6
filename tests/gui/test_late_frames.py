"""Frames that take long to decode come a little later, and only those that are still wanted."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from meviewer.core.errors import ClipError
from meviewer.gui.stores import frame_fetcher as frame_module
from meviewer.gui.widgets.frame_view import to_image


@pytest.fixture
def slow(opened, monkeypatch):
    """A window in which every frame counts as slow, and none comes before the gate is open."""
    gate, clip = threading.Event(), opened.context.workspace.session.clip
    asked, true = [], clip.frame

    def frame(i):
        if threading.current_thread() is not threading.main_thread():
            assert gate.wait(10)
        asked.append((i, threading.current_thread() is threading.main_thread()))
        return true(i)

    monkeypatch.setattr(frame_module, "_QUICK_PX", -1)
    monkeypatch.setattr(clip, "frame", frame)
    opened.gate, opened.asked, opened.true_frame = gate, asked, true
    yield opened
    gate.set()


def shows(window, i):
    view = window._perspectives["annotate"].frame_panel.view
    return view._image == to_image(np.asarray(window.true_frame(i)))


def test_the_thread_that_draws_does_not_decode_and_the_frame_arrives(slow, qtbot):
    slow.context.playhead.set_frame(3)
    assert not shows(slow, 3)
    slow.gate.set()
    qtbot.waitUntil(lambda: shows(slow, 3))
    assert slow.asked == [(3, False)]


def test_of_many_moves_only_the_last_counts(slow, qtbot):
    for i in (3, 9, 14, 20):
        slow.context.playhead.set_frame(i)
    slow.gate.set()
    qtbot.waitUntil(lambda: shows(slow, 20))
    qtbot.waitUntil(lambda: not slow.busy)
    assert slow.asked == [(3, False), (20, False)]
    assert shows(slow, 20)


def test_a_late_frame_does_not_cover_a_quick_one(slow, monkeypatch):
    slow.context.playhead.set_frame(3)
    monkeypatch.setattr(frame_module, "_QUICK_PX", 16e6)
    slow.context.playhead.set_frame(9)
    assert shows(slow, 9)
    slow.gate.set()
    assert slow.context.background.wait_idle()
    assert shows(slow, 9)


def test_a_late_fault_is_told(slow, qtbot, monkeypatch):
    def broken(i):
        raise ClipError("Frame damaged", where=f"frame {i}", why="cut off", now="go on")

    monkeypatch.setattr(slow.context.workspace.session.clip, "frame", broken)
    panel = slow._perspectives["annotate"].frame_panel
    slow.context.playhead.set_frame(3)
    qtbot.waitUntil(lambda: panel._fault.isVisible())
    assert not panel.view.has_frame
