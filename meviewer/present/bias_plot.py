"""The plot of a bias report as values: a lane a group and keyframe, with a box and all points."""

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
    """One event in a lane.

    Attributes
    ----------
    ms : float
        Shift.
    height : float
        Place in the lane, -1 to 1, so that equal shifts do not hide one another.
    beside_ms : float
        Where it is drawn on the axis: in a crowd up to a third of a frame beside its shift.
    event : Compared
    """

    ms: float
    height: float
    beside_ms: float
    event: Compared


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
    """

    lanes: tuple[Lane, ...]
    low: float
    high: float
    ticks: tuple[float, ...]
    n_groups: int


def bias_plot(report: BiasReport, edges: Sequence[Edge] = tuple(Edge)) -> BiasPlot:
    """Return the plot of some keyframes of a report."""
    events = grouped(report.events, report.by) if report.events else {}
    lanes = tuple(
        _lane(group.name, edge, at == 0, events[group.name], group.edge(edge).interval_ms)
        for group in report.groups
        for at, edge in enumerate(edges)
    )
    low, high, ticks = _axis([dot.beside_ms for lane in lanes for dot in lane.dots])
    return BiasPlot(lanes, low, high, ticks, len(report.groups))


def _lane(
    group: str, edge: Edge, first: bool, events: Sequence[Compared], interval: Interval | None
) -> Lane:
    ordered = sorted(events, key=lambda one: (one.shift_ms(edge), one.sample_id, one.event_id))
    shifts = [one.shift_ms(edge) for one in ordered]
    crowded = max(Counter(shifts).values()) > _CROWD
    reach_ms = [_FRAME_SHARE * frames_to_ms(1, one.rate) if crowded else 0.0 for one in ordered]
    dots = tuple(
        Dot(ms, _even(at, _UPWARDS), ms + reach_ms[at] * _even(at, _SIDEWAYS), ordered[at])
        for at, ms in enumerate(shifts)
    )
    return Lane(group, edge, first, dots, _box([dot.ms for dot in dots]), interval)


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
