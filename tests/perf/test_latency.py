"""From the hand to the picture: keys, the cursor, drags, and a thread that must not be held up."""

from __future__ import annotations

import time

import pytest
from perf.timing import Paints, Watchdog, told, until, until_painted
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from meviewer.core.events import Edge
from meviewer.present.timeline_geometry import flags
from meviewer.present.timeline_hits import handle_numbers

pytestmark = pytest.mark.perf
LEFT = Qt.MouseButton.LeftButton


def annotate(window):
    return window._perspectives["annotate"]


def read_all(window):
    clip = window.context.workspace.session.clip
    for k in range(clip.n_frames):
        clip.frame(k)


def press(window, key):
    return lambda: QTest.keyClick(window, key)


def test_scrubbing_a_cached_clip_by_key(window):
    """Goal: 33 ms."""
    read_all(window)
    view = Paints(annotate(window).frame_panel.view)
    QTest.keyClick(window, Qt.Key.Key_Home)
    keys = [Qt.Key.Key_Right] * 100 + [Qt.Key.Key_Left] * 100
    spent = [until_painted(view, press(window, key)) for key in keys]
    assert told("key to frame, cached 640x480", spent) < 330


def test_scrubbing_with_an_overlay(window, qtbot):
    read_all(window)
    view = Paints(annotate(window).frame_panel.view)
    QTest.keyClick(window, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: not window.busy, timeout=60_000)
    spent = [until_painted(view, press(window, Qt.Key.Key_Right)) for _ in range(60)]
    assert told("key to frame with the difference over it", spent) < 600


def test_scrubbing_a_clip_that_is_not_cached(window):
    """Goal: 100 ms."""
    workspace = window.context.workspace
    view = Paints(annotate(window).frame_panel.view)
    QTest.keyClick(window, Qt.Key.Key_Home)
    spent = []
    for _ in range(60):
        workspace._cache.clear()
        spent.append(until_painted(view, press(window, Qt.Key.Key_Right)))
    assert told("key to frame, not cached", spent) < 1000


def test_the_cursor_of_the_timeline(window):
    timeline = annotate(window).timeline.timeline
    painted = Paints(timeline)
    place = timeline.place
    y = int(place.ruler.top + place.ruler.height / 2)
    QTest.mousePress(timeline, LEFT, pos=QPoint(int(place.x(10)), y))
    spent = []
    for frame in range(11, 110):
        to = QPoint(round(place.x(frame)), y)
        spent.append(until_painted(painted, lambda to=to: QTest.mouseMove(timeline, to)))
    QTest.mouseRelease(timeline, LEFT, pos=to)
    assert window.context.playhead.frame == 109
    assert told("mouse to cursor and frame", spent) < 330


def drag_onset(window, perspective):
    """Drag the onset to and fro by the mouse; return the milliseconds to each painted handle."""
    timeline = window._perspectives[perspective].timeline.timeline
    painted, place = Paints(timeline), timeline.place
    marks = {
        f.edge: f for f in flags(timeline.state.handles, handle_numbers(timeline.state), place)
    }
    box = marks[Edge.ONSET].box
    start = QPoint(int(box.left + box.width / 2), int(box.top + box.height / 2))
    QTest.mousePress(timeline, LEFT, pos=start)
    spent = []
    for step in [*range(1, 25), *range(25, -20, -1)]:
        to = start + QPoint(round(step * place.px_per_frame), 0)
        if to.x() == start.x():
            continue
        spent.append(until_painted(painted, lambda to=to: QTest.mouseMove(timeline, to)))
    QTest.mouseRelease(timeline, LEFT, pos=to)
    return spent


@pytest.mark.parametrize("perspective", ["annotate", "inspect"])
def test_dragging_a_handle(perspective, window, qtbot):
    """Curves, suggestion, inspector and frame follow; in Inspect so do pictures, a bit later.

    Goal: the UI thread is away for 30 ms at most.
    """
    window.show_perspective(perspective)
    qtbot.waitUntil(lambda: not window.busy, timeout=60_000)
    with Watchdog() as dog:
        spent = drag_onset(window, perspective)
    qtbot.waitUntil(lambda: not window.busy, timeout=60_000)
    assert window.context.workspace.session.annotation.events[0].onset == 22 - 19
    assert told(f"mouse to handle in {perspective}", spent) < 1000
    assert told(f"UI thread away in a drag in {perspective}", dog.gaps_ms) < 1000
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def open_clips(window, qtbot):
    """Open one clip after another, there and back; return how long the event loop was away."""
    with Watchdog() as dog:
        for by in (1, 1, 1, -1, -1, -1):
            window.context.workspace._cache.clear()
            with qtbot.waitSignal(window.context.workspace.session_changed):
                window.context.workspace.step_sample(by)
            qtbot.waitUntil(lambda: window.context.analysis.curves is not None, timeout=60_000)
            qtbot.waitUntil(lambda: not window.busy, timeout=60_000)
    return dog.gaps_ms


@pytest.mark.parametrize("perspective", ["annotate", "inspect"])
def test_the_ui_thread_while_clips_are_opened(perspective, window, qtbot):
    """Goal: away for 100 ms at most while clips are read and pictures computed."""
    window.show_perspective(perspective)
    qtbot.waitUntil(lambda: not window.busy, timeout=60_000)
    gaps = open_clips(window, qtbot)
    told(f"UI thread away while clips are opened in {perspective}", gaps)
    assert max(gaps) < 1000


def test_opening_the_next_clip(window, qtbot):
    spent = []
    for by in (1, 1, 1, -1, -1, -1):
        window.context.workspace._cache.clear()
        began = time.perf_counter()
        with qtbot.waitSignal(window.context.workspace.session_changed):
            window.context.workspace.step_sample(by)
        spent.append((time.perf_counter() - began) * 1000)
        qtbot.waitUntil(lambda: not window.busy, timeout=60_000)
    assert told("next clip, its first frame", spent) < 3000


def test_pictures_that_follow_a_dragged_keyframe(window_on, cropped_project, qtbot):
    """Goal: 60 ms from the move to both dynamic images, flow and MM-COF at 280x340.

    The UI thread is away for 30 ms at most.
    """
    window = window_on(cropped_project)
    window.show_perspective("inspect")
    qtbot.waitUntil(lambda: not window.busy, timeout=60_000)
    bench, editor = window._perspectives["inspect"].bench, window.context.editor
    numbers = window.context.workspace.session.clip.numbers
    apex, spent = Paints(bench.tiles[-1].view), []
    with Watchdog() as dog:
        for frame in range(40, 72):
            wanted, began = str(numbers[frame]), time.perf_counter()
            editor.drag(1, Edge.APEX, frame, 9)
            before = apex.count
            until(lambda w=wanted, n=before: bench.tiles[0].note == w and apex.count > n)
            spent.append((time.perf_counter() - began) * 1000)
    editor.drop()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # for other tests
    qtbot.waitUntil(lambda: not window.busy, timeout=60_000)
    told("UI thread away while pictures follow", dog.gaps_ms)
    # Whoever takes longer than the rest of a quarter of a second also sees exact pictures begun.
    assert told("mouse to both dynamic images, flow and MM-COF", spent) < 600
