"""The lanes of the timeline: who says what, people solid and machines hatched."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPen

from meviewer.gui.icons import pixmap
from meviewer.gui.theme import Type
from meviewer.gui.widgets.shapes import fill_source, mark_shape
from meviewer.gui.widgets.timeline_ink import RIGHT, Ink, polygon, rect
from meviewer.present.timeline import Lane, LaneEvent, LaneModel, TimelineState
from meviewer.present.timeline_geometry import GUTTER_PX, Box, Geometry
from meviewer.present.timeline_lanes import Bar, lane_bars

_LABEL_LEAST_PX = 34
_APEX_LEAST_PX = 16
_BAR_LEAST_PX, _MARGIN_PX = 15, 5.0
_BEYOND_PX = 24.0  # enough that no edge or corner of it comes into sight


def paint_lanes(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Paint the events of every lane."""
    for at, lane in enumerate(state.lanes):
        box = place.lane(at)
        with ink.clipped(box):
            if lane.editable:
                ink.fill(box, lane.role, 0.06)
            if lane.model is not None:
                _model(ink, lane, lane.model, box, place)
                continue
            found = lane_bars(lane, place)
            _blocks(ink, lane, found.blocks, box)
            for bar in found.bars:
                _bar(ink, lane, bar, box, place)


def event_box(event: LaneEvent, box: Box, place: Geometry) -> Box:
    """Return where an event of a lane is drawn."""
    left, right = place.x(event.onset), place.x(event.offset)
    # In a low lane the words take the room that the margins have elsewhere.
    margin = min(max((box.height - _BAR_LEAST_PX) / 2, 1.0), _MARGIN_PX)
    return Box(left, box.top + margin, max(right - left, 2.0), box.height - 2 * margin)


def paint_lane_names(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Write who says so into the gutter."""
    for at, lane in enumerate(state.lanes):
        box = place.lane(at)
        middle = box.top + box.height / 2
        swatch = QRectF(12.5, middle - 5, 10, 10)
        fill_source(ink.painter, ink.theme, swatch, lane.role, machine=lane.machine, radius=2)
        name = Box(30, box.top, GUTTER_PX - 62, box.height)
        weight = Type.medium if lane.editable else Type.regular
        words = _elided(ink, lane.name, name.width, weight)
        role = "text" if lane.editable else "text_2"
        ink.text(name, words, role, size=Type.body, weight=weight)
        if lane.editable:
            ink.text(Box(0, box.top, GUTTER_PX - 12, box.height), "you", lane.role, align=RIGHT)
        else:
            sign = pixmap("machine" if lane.machine else "lock", ink.theme, "text_3", 14)
            ink.painter.drawPixmap(QPointF(GUTTER_PX - 26, middle - 7), sign)
        if lane.model is not None and lane.model.cells.size:
            _map(ink, lane, lane.model.cells, box)


def _map(ink: Ink, lane: Lane, cells: NDArray[np.float64], box: Box) -> None:
    """Paint where in the frame a model has seen the movement, beside its name."""
    rows, columns = cells.shape
    height = box.height - 4
    frame = rect(Box(0, box.top + 2, height * columns / rows, height))
    frame.moveRight(GUTTER_PX - 32)
    # The strongest cell is opaque; roots, so that cells that say less are seen as well.
    strength = np.sqrt(cells / max(float(cells.max()), 1e-12))
    painter, tint = ink.painter, ink.theme.colour(lane.role)
    shades = np.empty((rows, columns, 4), np.uint8)
    shades[..., :3] = (tint.red(), tint.green(), tint.blue())
    shades[..., 3] = np.rint(255 * strength)
    picture = QImage(shades.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    ink.fill(Box(frame.left(), frame.top(), frame.width(), frame.height()), "plot")
    painter.drawImage(frame, picture)
    painter.setPen(QPen(ink.theme.colour("text_3", 0.6), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame)


def _model(ink: Ink, lane: Lane, model: LaneModel, box: Box, place: Geometry) -> None:
    """Paint the course that was seen, and on it the interval of each keyframe."""
    inner = Box(box.left, box.top + 3, box.width, box.height - 7)
    if len(model.course) > 1:
        frames = model.first + np.arange(len(model.course), dtype=np.float64)
        x = place.plot_left + (frames - place.shown.low) * place.px_per_frame
        y = inner.bottom - np.clip((model.course + 0.1) / 1.3, 0, 1) * inner.height
        ink.painter.setPen(QPen(ink.theme.colour(lane.role, 0.75), 1.0))
        ink.painter.drawPolyline(polygon(x, y))
    for band in model.bands:
        left, right = place.x(band.low), place.x(band.high)
        ink.fill(Box(left, inner.top, max(right - left, 2), inner.height), lane.role, 0.22)
        middle = place.x(band.middle)
        ink.fill(Box(middle - 0.5, inner.top, 1, inner.height), lane.role)
        ink.painter.setPen(Qt.PenStyle.NoPen)
        # Hollow where the label lies within reach: nothing to look at again.
        ink.painter.setBrush(ink.theme.colour(lane.role if band.speaks else "plot"))
        ink.painter.setPen(QPen(ink.theme.colour(lane.role), 1.2))
        y_mark = inner.top + inner.height / 2
        ink.painter.drawPath(mark_shape(band.edge.value, middle, y_mark, 8))
    if model.waiting:
        words = Box(place.plot_left + 8, box.top, ink.text_width(model.waiting) + 8, box.height - 1)
        ink.fill(words, "plot", 0.8)
        ink.text(Box(words.left + 4, box.top, words.width, box.height), model.waiting, "text_3")


def _blocks(ink: Ink, lane: Lane, blocks: tuple[tuple[float, float], ...], box: Box) -> None:
    """Paint events that are too short for a shape of their own, with sharp edges: they are many."""
    if not blocks:
        return
    painter, colour = ink.painter, ink.theme.colour
    pattern = Qt.BrushStyle.Dense5Pattern if lane.machine else Qt.BrushStyle.SolidPattern
    top, height = box.top + 6, box.height - 12
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colour(lane.role, 0.8 if lane.machine else 0.6), pattern))
    painter.drawRects([QRectF(left, top, right - left, height) for left, right in blocks])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _bar(ink: Ink, lane: Lane, bar: Bar, box: Box, place: Geometry) -> None:
    span = event_box(bar.event, box, place)
    strong = bar.event.selected or (lane.editable and len(lane.events) == 1)
    seen = rect(_in_sight(span, place))
    fill_source(ink.painter, ink.theme, seen, lane.role, machine=lane.machine, strong=strong)
    if bar.event.share is not None:
        # From the lower edge up, as a bar of a chart: full height is certainty.
        seen.setTop(seen.bottom() - seen.height() * bar.event.share)
        ink.fill(Box(seen.left(), seen.top(), seen.width(), seen.height()), lane.role, 0.34)
    if bar.event.apex is not None and span.width >= _APEX_LEAST_PX:
        role = "apex" if not lane.machine or lane.role == "gamdss" else lane.role
        ink.painter.setPen(Qt.PenStyle.NoPen)
        ink.painter.setBrush(ink.theme.colour(role))
        y = span.top + span.height / 2
        ink.painter.drawPath(mark_shape("apex", place.x(bar.event.apex), y, 8))
    if bar.event.label and span.width >= _LABEL_LEAST_PX:
        _label(ink, bar.event.label, span, place)


def _in_sight(span: Box, place: Geometry) -> Box:
    """Cut off what is far out of sight: zoomed in, an event can be a million px long."""
    left = max(span.left, place.plot_left - _BEYOND_PX)
    right = min(span.right, place.width + _BEYOND_PX)
    return Box(left, span.top, max(right - left, 2.0), span.height)


def _label(ink: Ink, label: str, span: Box, place: Geometry) -> None:
    """Write the emotion where the event begins in sight."""
    left = max(span.left, place.plot_left) + 10
    room = min(span.right, place.width) - left - 4
    if ink.text_width(label, weight=Type.medium) <= room:
        ink.word(left, span.top + span.height / 2, label, "text", weight=Type.medium)
        return
    words = _elided(ink, label, room, Type.medium, Type.caption)
    ink.text(Box(left, span.top, room, span.height), words, "text", weight=Type.medium)


def _elided(ink: Ink, words: str, room: float, weight: int, size: int = Type.body) -> str:
    metrics = ink.metrics(size, weight)
    return metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(room, 0.0))
