"""What stands on the curves: suggestions on their peaks, and the handles of the selected event."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen

from meviewer.core.events import Edge
from meviewer.gui.theme import Type
from meviewer.gui.widgets.shapes import mark_shape
from meviewer.gui.widgets.timeline_ink import Ink
from meviewer.present.timeline import Suggestion, TimelineState
from meviewer.present.timeline_geometry import Box, Flag, Geometry, flags
from meviewer.present.timeline_hits import handle_numbers, suggestion_y


def paint_suggestions(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Paint each suggestion on the curve that made it, with its alternatives as rings."""
    area = Box(place.plot_left, place.tracks.top, place.tracks.width, place.height)
    with ink.clipped(area):
        for mark in state.suggestions:
            _suggestion(ink, state, place, mark)
        for mark in state.suggestions:
            if mark.number:
                _words(ink, state, place, mark)


def paint_leads(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Lead from each peak down to the lane that says the same; lanes are drawn over it."""
    lanes = [at for at, lane in enumerate(state.lanes) if lane.role == "gamdss"]
    bottom = place.lane(lanes[0]).bottom - 6 if lanes else place.tracks.bottom
    with ink.clipped(Box(place.plot_left, 0, place.width - place.plot_left, place.height)):
        for mark in state.suggestions:
            x, peak = place.x(mark.frame), suggestion_y(state, place, mark.frame)
            ink.line((x, peak), (x, bottom), "gamdss", style=Qt.PenStyle.DashLine)


def paint_handles(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Paint the keyframes of the selected event: flag, line, and grip in its lane."""
    if state.handles is None:
        return
    lane = place.lane(state.handles.lane)
    numbers = handle_numbers(state)
    area = Box(place.plot_left, place.tracks.top, place.tracks.width, place.height)
    with ink.clipped(area):
        for flag in flags(state.handles, numbers, place):
            role = flag.edge.value
            start = (flag.line_x, flag.box.bottom - 1)
            is_set = flag.edge is not Edge.APEX or state.handles.has_apex
            style = Qt.PenStyle.SolidLine if is_set else Qt.PenStyle.DotLine
            ink.line(start, (flag.line_x, lane.bottom - 3), role, width=1.5, style=style)
            paint_flag(ink, flag, numbers[flag.edge], hollow=not is_set)
            grip = Box(flag.line_x - 3.5, lane.top + 4, 7, lane.height - 8)
            ink.rounded(grip, 2, role if is_set else "plot", outline="plot" if is_set else role)


def paint_flag(ink: Ink, flag: Flag, number: str, *, hollow: bool = False) -> None:
    """Paint a flag with shape and frame number; a hollow one says that nothing is set yet."""
    role, box = flag.edge.value, flag.box
    middle = box.left + box.width / 2
    if abs(middle - flag.line_x) > box.width / 2:
        foot = (flag.line_x, box.bottom)
        ink.line((middle, box.bottom - 2), foot, role, width=1.5)
    ink.rounded(box, 3, "plot" if hollow else role, outline=role if hollow else None)
    on_flag = role if hollow else "on_mark"
    ink.painter.setPen(Qt.PenStyle.NoPen)
    ink.painter.setBrush(ink.theme.colour(on_flag))
    ink.painter.drawPath(mark_shape(role, box.left + 9, box.top + box.height / 2, 7))
    inner = Box(box.left + 17, box.top, box.width - 17, box.height)
    ink.text(inner, number, "text" if hollow else on_flag, weight=Type.strong)


def _suggestion(ink: Ink, state: TimelineState, place: Geometry, mark: Suggestion) -> None:
    painter, colour = ink.painter, ink.theme.colour
    painter.setPen(QPen(colour("gamdss"), 1))
    painter.setBrush(colour("plot"))
    for frame in mark.alternatives:
        centre = QPointF(place.x(frame), suggestion_y(state, place, frame))
        painter.drawEllipse(centre, 3, 3)
    painter.setPen(QPen(colour("plot"), 2))
    painter.setBrush(colour("gamdss"))
    y = suggestion_y(state, place, mark.frame)
    painter.drawPath(mark_shape(mark.edge.value, place.x(mark.frame), y, 12))


def _words(ink: Ink, state: TimelineState, place: Geometry, mark: Suggestion) -> None:
    """Write what the suggestion says below its mark: inside the hump, where the curve is not."""
    parts = (
        (mark.number, "gamdss", Type.strong),
        (mark.shift, "text", Type.medium),
        (mark.note, "text_2", Type.regular),
    )
    widths = [ink.text_width(text, weight=weight) + 10 for text, _, weight in parts]
    x, plot = place.x(mark.frame) + 10, place.plot(0)
    width = sum(widths) + 6
    if x + width > plot.right - 4:
        x = place.x(mark.frame) - 10 - width
    y = min(suggestion_y(state, place, mark.frame) + 13, plot.bottom - 26)
    ink.rounded(Box(x, y, width, 20), 4, "panel", outline="gamdss")
    left = x + 8
    for (text, role, weight), part in zip(parts, widths, strict=True):
        ink.text(Box(left, y, part, 20), text, role, weight=weight)
        left += part
