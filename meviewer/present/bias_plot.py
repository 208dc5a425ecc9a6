"""A plot of shifts as values: a lane a group and keyframe, with a box and all points."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meviewer.core.events import Edge
from meviewer.core.frames import frames_to_ms
from meviewer.experiment.bias import BiasReport
from meviewer.experiment.bias_events import Compared, grouped
from meviewer.experiment.intervals import Interval
from meviewer.present.wording import signed

AXIS = "suggested less labelled, ms (right of 0: the suggestion is later)"

LEGEND = (
    "box: quartiles and median; whiskers: up to 1.5 IQR; bar below: 95 % interval of the median; "
    "full dot: with evidence, hollow: without"
)

_UPWARDS, _SIDEWAYS = 0.7548776662466927, 0.5698402909980532
"""Multiples of these fill a square evenly (the R2 sequence)."""

_CROWD = 6
_FRAME_SHARE = 0.3
_MOST_TICKS = 9
_LEAST_SPAN_MS = 10.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One event in a lane, full or hollow.

    Attributes
    ----------
    ms : float
        Shift.
    height : float
        Place in the lane, -1 to 1, so that equal shifts do not hide one another.
    beside_ms : float
        Where it is drawn on the axis: in a crowd up to a third of a frame beside its shift.
    event : object
        What it stands for: a `Compared` in a bias report.
    full : bool
    words : str
        The same in a line.
    """

    ms: float
    height: float
    beside_ms: float
    event: object
    full: bool = True
    words: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """Quartiles, median and whiskers (ms)."""

    low: float
    q1: float
    median: float
    q3: float
    high: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One keyframe of one group.

    Attributes
    ----------
    group : str
    edge : Edge
    first : bool
        Whether it is the topmost of its group.
    dots : tuple of Dot
    box : Box or None
        None for a single event.
    interval : Interval or None
    """

    group: str
    edge: Edge
    first: bool
    dots: tuple[Dot, ...]
    box: Box | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class BiasPlot:
    """Lanes from top to bottom over one axis of ms.

    Attributes
    ----------
    lanes : tuple of Lane
    low, high : float
        Ends of the axis, ms; 0 is inside.
    ticks : tuple of float
    n_groups : int
    axis, legend : str
        What stands below it.
    """

    lanes: tuple[Lane, ...]
    low: float
    high: float
    ticks: tuple[float, ...]
    n_groups: int
    axis: str = AXIS
    legend: str = LEGEND


@dataclass(frozen=True, slots=True)
class Point:
    """One shift that is to be drawn; ``frame_ms`` is the time of one frame of its clip."""

    ms: float
    frame_ms: float
    event: object
    full: bool
    words: str


def bias_plot(report: BiasReport, edges: Sequence[Edge] = tuple(Edge)) -> BiasPlot:
    """Return the plot of some keyframes of a report."""
    events = grouped(report.events, report.by) if report.events else {}
    lanes = tuple(
        lane_of(
            group.name,
            edge,
            _points(events[group.name], edge),
            group.edge(edge).interval_ms,
            at == 0,
        )
        for group in report.groups
        for at, edge in enumerate(edges)
    )
    return plot_of(lanes)


def plot_of(lanes: Sequence[Lane], axis: str = AXIS, legend: str = LEGEND) -> BiasPlot:
    """Put lanes over an axis that holds all of them."""
    low, high, ticks = _axis([dot.beside_ms for lane in lanes for dot in lane.dots])
    n_groups = sum(lane.first for lane in lanes)
    return BiasPlot(tuple(lanes), low, high, ticks, n_groups, axis, legend)


def lane_of(
    group: str, edge: Edge, points: Sequence[Point], interval: Interval | None, first: bool
) -> Lane:
    """Return one lane; points in the order of their shifts, one or more."""
    crowded = max(Counter(one.ms for one in points).values()) > _CROWD
    share = _FRAME_SHARE if crowded else 0.0
    dots = tuple(
        Dot(
            one.ms,
            _even(at, _UPWARDS),
            one.ms + share * one.frame_ms * _even(at, _SIDEWAYS),
            one.event,
            one.full,
            one.words,
        )
        for at, one in enumerate(points)
    )
    return Lane(group, edge, first, dots, _box([dot.ms for dot in dots]), interval)


def _points(events: Sequence[Compared], edge: Edge) -> list[Point]:
    ordered = sorted(events, key=lambda one: (one.shift_ms(edge), one.sample_id, one.event_id))
    return [
        Point(
            one.shift_ms(edge), frames_to_ms(1, one.rate), one, one.has_evidence, _words(one, edge)
        )
        for one in ordered
    ]


def _words(event: Compared, edge: Edge) -> str:
    ms = signed(event.shift_ms(edge), 1)
    return f"{event.subject}/{event.clip}, coder {event.coder}: {ms} ms"


def _even(at: int, step: float) -> float:
    """Return a place between -1 and 1; those of neighbours lie far apart."""
    return 2 * math.fmod((at + 0.5) * step, 1) - 1


def _box(values: Sequence[float]) -> Box | None:
    if len(values) < 2:
        return None
    q1, median, q3 = (float(each) for each in np.percentile(values, (25, 50, 75)))
    reach = 1.5 * (q3 - q1)
    low = min(value for value in values if value >= q1 - reach)
    high = max(value for value in values if value <= q3 + reach)
    return Box(low, q1, median, q3, high)


def _axis(values: Sequence[float]) -> tuple[float, float, tuple[float, ...]]:
    """Return the ends of an axis that holds all values and 0, and round numbers on it."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    low, high = min(low, 0.0), max(high, 0.0)
    if high - low < _LEAST_SPAN_MS:
        low, high = low - _LEAST_SPAN_MS / 2, high + _LEAST_SPAN_MS / 2
    margin = 0.04 * (high - low)
    low, high = low - margin, high + margin
    steps = (s * 10.0**k for k in range(7) for s in (1, 2, 5))
    step = next(step for step in steps if (high - low) / step <= _MOST_TICKS)
    first, last = math.ceil(low / step), math.floor(high / step)
    return low, high, tuple(at * step for at in range(first, last + 1))
