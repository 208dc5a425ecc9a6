"""The differences of two coders as a plot: a lane a pair and keyframe, a dot an event."""

from __future__ import annotations

from collections.abc import Sequence

from meviewer.core.events import Edge
from meviewer.core.frames import frames_to_ms
from meviewer.core.labels import normalise
from meviewer.experiment.agreement_project import Disagreement
from meviewer.experiment.agreement_values import Agreement, AgreementReport, Unit
from meviewer.present.bias_plot import BiasPlot, Lane, Point, lane_of, plot_of
from meviewer.present.wording import shift

AXIS = "second coder less first, ms (right of 0: the second is later)"
LEGEND = (
    "box: quartiles and median; whiskers: up to 1.5 IQR; bar below: 95 % interval of the mean; "
    "full dot: same emotion, hollow: another"
)


def agreement_plot(report: AgreementReport, edges: Sequence[Edge] = tuple(Edge)) -> BiasPlot:
    """Return the plot of some keyframes of all pairs; `Dot.event` is a `Disagreement`."""
    lanes: list[Lane] = []
    for pair in report.pairs:
        first = True
        for edge in edges:
            points = _points(pair, edge)
            if points:
                interval = pair.measure(edge.value).bias_ms.interval
                lanes.append(lane_of(_name(pair), edge, points, interval, first))
                first = False
    return plot_of(lanes, AXIS, LEGEND)


def _name(pair: Agreement) -> str:
    return " → ".join(pair.coders)


def _points(pair: Agreement, edge: Edge) -> list[Point]:
    found = [
        _point(unit, (pair.coders[0], pair.coders[1]), edge)
        for unit in pair.units
        if _comparable(unit, edge)
    ]
    return sorted(found, key=lambda one: (one.ms, one.words))


def _comparable(unit: Unit, edge: Edge) -> bool:
    events = [event for event in unit.events if event is not None]
    return len(events) == 2 and (edge is not Edge.APEX or all(event.has_apex for event in events))


def _point(unit: Unit, coders: tuple[str, str], edge: Edge) -> Point:
    first, second = (event for event in unit.events if event is not None)
    by = second.keyframes[edge] - first.keyframes[edge]
    ms = frames_to_ms(by, unit.rate)
    same = normalise(first.emotion) == normalise(second.emotion)
    words = f"{unit.subject}/{unit.clip}, {edge.value}: {shift(by, unit.rate)}"
    if not same:
        words += f"; {first.emotion or 'no emotion'} and {second.emotion or 'no emotion'}"
    event = Disagreement(unit, coders, edge.value, float(by), ms)
    return Point(ms, frames_to_ms(1, unit.rate), event, same, words)
