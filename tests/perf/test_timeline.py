"""The timeline with as much as it has to bear: 10 curves of 100,000 points and 2,000 events."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest
from perf.timing import told
from PySide6.QtCore import QRect

from meviewer.core.events import Keyframes
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.timeline import Timeline
from meviewer.present.curves import pyramid
from meviewer.present.timeline import Curve, Handles, Lane, LaneEvent, TimelineState, Track
from meviewer.present.timeline_range import Range

pytestmark = pytest.mark.perf
_N, _EVENTS, _CURVES = 100_000, 2_000, 10


def long_state(moved=0):
    """Return a state whose selected event has moved by some frames; curves are made once."""
    events = tuple(
        LaneEvent(at, at * 50, at * 50 + 10, at * 50 + 30, "disgust") for at in range(_EVENTS)
    )
    first = LaneEvent(0, 0, 10 + moved, 30, "disgust", selected=True)
    return TimelineState(
        clip="long",
        n_frames=_N,
        numbers=range(_N),
        rate=Fraction(200),
        tracks=(Track("D", "u", _curves(), 900.0),),
        lanes=(Lane("A", "coder_a", (first, *events[1:]), editable=True),),
        handles=Handles(0, 0, Keyframes(0, 10 + moved, 30)),
    )


_MADE = []


def _curves():
    if not _MADE:
        rng = np.random.default_rng(0)
        lines = [pyramid(np.abs(np.cumsum(rng.standard_normal(_N)))) for _ in range(_CURVES)]
        _MADE.extend(Curve(f"c{at}", "curve", line) for at, line in enumerate(lines))
    return tuple(_MADE)


@pytest.fixture
def timeline(qtbot, qapp):
    theme = Theme("dark")
    theme.apply(qapp)
    made = Timeline(theme)
    qtbot.addWidget(made)
    made.resize(1600, 320)
    made.show()
    made.show_state(long_state())
    made.repaint()
    yield made
    qapp.setStyleSheet("")


def cost_ms(acts):
    """Return the processor time of this thread for each act, which others disturb least."""
    spent = []
    for act in acts:
        began = time.thread_time()
        act()
        spent.append((time.thread_time() - began) * 1000)
    return spent


def test_redrawing_all_of_it(timeline):
    """Goal: 8 ms, wherever one looks."""

    def look(low, high):
        timeline.set_range(Range(low, high))
        timeline.repaint()

    places = [(k * 900.0, k * 900.0 + 100_000 / (1 + k % 9)) for k in range(40)]
    spent = cost_ms([lambda a=a, b=b: look(a, min(b, _N - 1.0)) for a, b in places])
    assert told("timeline, other frames in sight", spent) < 80


def test_redrawing_what_is_near(timeline):
    """Goal: 8 ms, also where every frame has its own place and events their names."""

    def look(low, high):
        timeline.set_range(Range(low, high))
        timeline.repaint()

    places = [(k * 913.0, k * 913.0 + 20 * 2 ** (k % 7)) for k in range(42)]
    spent = cost_ms([lambda a=a, b=b: look(a, b) for a, b in places])
    assert told("timeline, few frames in sight", spent) < 80


def test_another_size(timeline):
    """Goal: 8 ms."""

    def resize(width):
        timeline.resize(width, 320)
        timeline.repaint()

    spent = cost_ms([lambda w=w: resize(w) for w in range(1500, 1600, 4)])
    assert told("timeline, another size", spent) < 80


def test_redrawing_after_a_step_of_a_drag(timeline):
    """Goal: 8 ms."""

    def move(state):
        timeline.show_state(state)
        timeline.repaint()

    states = [long_state(moved) for moved in range(20)]
    spent = cost_ms([lambda s=s: move(s) for s in states])
    assert told("timeline, a keyframe moved", spent) < 80


def test_moving_the_cursor(timeline):
    """Goal: 2 ms."""
    spent = cost_ms(
        [lambda x=x: timeline.repaint(QRect(x, 0, 14, 320)) for x in range(200, 900, 10)]
    )
    assert timeline._picture is not None
    assert told("timeline, cursor", spent) < 20
