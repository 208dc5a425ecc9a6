"""Upper rows of the timeline: the overview with the range in sight, and the ruler."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from meviewer.core.events import Edge
from meviewer.gui.theme import Type
from meviewer.gui.widgets.timeline_ink import RIGHT, Ink, polygon
from meviewer.present.curves import reduce
from meviewer.present.timeline import TimelineState
from meviewer.present.timeline_geometry import Box, Geometry
from meviewer.present.timeline_lanes import overview_blocks
from meviewer.present.timeline_ticks import Tick, minor_ticks, ticks


def paint_overview(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Paint the whole clip small, with the range in sight as a window that can be dragged."""
    box = place.overview
    lines = state.tracks[0].curves[:1] if state.tracks else ()
    lanes = tuple(lane for lane in state.lanes if lane.editable)
    # Curves and lanes stand for themselves: neither changes. A dragged keyframe leaves the curve.
    key = (ink.theme.name, state.n_frames, place.width)

    def silhouette(painter: QPainter) -> None:
        _silhouette(Ink(painter, ink.theme), state, place)

    def events(painter: QPainter) -> None:
        _events(Ink(painter, ink.theme), state, place)

    ink.unchanged(box, ("silhouette", lines, *key), silhouette)
    ink.unchanged(box, ("events", lanes, *key), events)
    window = place.window
    ink.rounded(window, 3, "accent", 0.10, outline="accent")
    for x in (window.left, window.right):
        ink.rounded(Box(x - 2, window.top + window.height / 2 - 6, 4, 12), 2, "accent")
    if state.handles is None:
        return
    for edge in Edge:
        x = place.overview_x(state.handles.keyframes[edge])
        ink.fill(Box(x - 0.75, box.top + 4, 1.5, box.height - 8), edge.value)


def paint_ruler(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Paint frame numbers of the data set first, time second."""
    box = place.ruler
    ink.fill(box, "panel")
    scale = place.shown, place.px_per_frame, state.numbers
    words = [(place.x(tick.frame), tick) for tick in ticks(*scale, state.rate)]
    minor = np.array(minor_ticks(*scale), np.float64)
    between = place.plot_left + (minor - place.shown.low) * place.px_per_frame
    for places, role, length in (
        (between.tolist(), "line_strong", 3),
        ([x for x, _ in words], "line_control", 6),
    ):
        top, foot = box.bottom - length, box.bottom - 0.5  # the square end of a pen is as long
        ink.painter.setPen(QPen(ink.theme.colour(role), 1))
        ink.painter.drawLines([QLineF(x, top, x, foot) for x in places])
    for x, tick in words:
        _tick_words(ink, tick, x, box)


def _tick_words(ink: Ink, tick: Tick, x: float, box: Box) -> None:
    width = ink.text_width(tick.number)
    if x + 10 + width + ink.text_width(tick.time) <= box.right:
        middle = box.top + box.height / 2 - 1
        ink.word(x + 4, middle, tick.number, "text_2")
        ink.word(x + 9 + width, middle, tick.time)


def _silhouette(ink: Ink, state: TimelineState, place: Geometry) -> None:
    if not state.tracks or not state.tracks[0].curves:
        return
    line = state.tracks[0].curves[0].line
    points = reduce(line, 0, state.n_frames - 1, int(place.plot_width))
    if not len(points.frames):
        return
    # The outline alone is filled: of each pair of points the upper one.
    chosen = slice(None) if points.exact else slice(1, None, 2)
    box = place.overview
    x = place.plot_left + (points.frames[chosen] + 0.5) * place.plot_width / state.n_frames
    y = (
        box.bottom
        - 3
        - np.clip(np.nan_to_num(points.values[chosen]) / max(line.peak, 1e-9), 0, 1)
        * (box.height - 9)
    )
    foot = box.bottom - 3
    x = np.concatenate((x[:1], x, x[-1:]))
    y = np.concatenate(([foot], y, [foot]))
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing, points.exact)
    ink.painter.setPen(Qt.PenStyle.NoPen)
    ink.painter.setBrush(ink.theme.colour("curve_2", 0.35))
    ink.painter.drawPolygon(polygon(x, y))
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _events(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Mark where the coder's own events lie, so that one finds them from afar."""
    bottom = place.overview.bottom - 3
    for lane in state.lanes:
        if lane.editable:
            boxes = [
                QRectF(left, bottom, right - left, 2)
                for left, right in overview_blocks(lane, place)
            ]
            ink.painter.setPen(Qt.PenStyle.NoPen)
            ink.painter.setBrush(ink.theme.colour(lane.role, 0.9))
            ink.painter.drawRects(boxes)


def paint_gutter_head(ink: Ink, state: TimelineState, place: Geometry, gutter: float) -> None:
    """Name the two upper rows."""
    over, ruler = place.overview, place.ruler
    ink.text(Box(12, over.top, gutter - 22, over.height), "Overview")
    frames = f"{state.n_frames:,} f"
    ink.text(Box(12, over.top, gutter - 22, over.height), frames, align=RIGHT)
    words = f"frame · {float(state.rate):g} fps"
    ink.text(Box(12, ruler.top, gutter - 22, ruler.height), words, size=Type.caption)
