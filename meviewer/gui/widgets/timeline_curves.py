"""Curves of a track: smooth lines where frames are few, columns of pixels where they are many."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import ceil, floor

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QTransform

from meviewer.gui.widgets.curve_raster import Picture, columns_picture, drawn_by_pen
from meviewer.gui.widgets.painting import keeps_vectors
from meviewer.gui.widgets.timeline_ink import Ink, Sheet, polygon
from meviewer.present.curve_columns import filled_columns, lone_frames
from meviewer.present.curves import Reduced, Values, reduce
from meviewer.present.timeline import Curve, Track
from meviewer.present.timeline_geometry import Box, Geometry

# To stroke a smooth wide line takes some milliseconds for each curve, however few its points.
_STROKED_CURVES, _STROKED_POINTS = 2, 240
_SMOOTH_CURVES = 4  # beyond that many, lines are too close to look at their steep sides
_PEN_PX, _MAIN_PEN_PX, _DOT_PX = 1.2, 1.7, 2.0
_BEYOND = 0.05  # how far a curve runs out of its scale, in shares of it
_FINE_SCALE = 1.5  # px so small that they need no columns of their own parts


def paint_curves(ink: Ink, track: Track, plot: Box, place: Geometry) -> None:
    """Draw all curves of a track, the first on top.

    Vectors are kept as such in files, so that they can be taken apart there.
    """
    n_curves = len(track.curves)
    n_points = n_curves * min(place.shown.length, place.n_frames)
    many = n_curves > _STROKED_CURVES or n_points > _STROKED_POINTS
    if many and not keeps_vectors(ink.painter):
        _paint_columns(ink, track, plot, place)
    else:
        _paint_lines(ink, track, plot, place)


def _paint_lines(ink: Ink, track: Track, plot: Box, place: Geometry) -> None:
    """Draw lines as one picture: to lay many over one another takes longer."""
    lines = [
        (_line(curve, track, plot, place), ink.theme.colour(curve.role)) for curve in track.curves
    ]
    key = tuple(
        (line.frames.tobytes(), line.values.tobytes(), line.exact, colour.rgba())
        for line, colour in lines
    )

    def draw(painter: QPainter) -> None:
        for at, (line, colour) in reversed(tuple(enumerate(lines))):
            _stroke(painter, line, colour, main=at == 0)

    ink.unchanged(place.tracks, key, draw)


def _paint_columns(ink: Ink, track: Track, plot: Box, place: Geometry) -> None:
    """Draw what each curve fills of each column of the device's own px."""
    grid = _Grid(ink.painter.deviceTransform(), plot, place, len(track.curves))
    colours = [ink.theme.colour(curve.role) for curve in track.curves]
    # The curves stand for themselves: their values never change.
    key: Hashable = (
        grid.key,
        (place.shown, track.bottom, track.top),
        tuple(
            (curve.line, colour.rgba()) for curve, colour in zip(track.curves, colours, strict=True)
        ),
    )

    painter = ink.painter
    painter.save()
    painter.resetTransform()
    painter.setTransform(painter.deviceTransform().inverted()[0])
    sheet = ink.kept(key, lambda: grid.sheet(track, colours))
    painter.drawPixmap(grid.left, grid.top + sheet.down, sheet.picture)
    painter.restore()


class _Grid:
    """The device's px that a track covers, and which frames and values they stand for."""

    def __init__(self, to_device: QTransform, plot: Box, place: Geometry, n_curves: int) -> None:
        self._scale, self._dx, self._dy = to_device.m11(), to_device.dx(), to_device.dy()
        self._plot = plot
        self._dense = place.shown.length > place.plot_width
        # Lines that are dense leave no steep sides to be seen.
        coarse = self._dense or self._scale >= _FINE_SCALE or n_curves > _SMOOTH_CURVES
        self._per_px = 1 if coarse else 2
        margin = _BEYOND * plot.height + _MAIN_PEN_PX
        right = place.plot_left + place.plot_width
        self.left = floor(self._scale * plot.left + self._dx)
        self.top = floor(self._scale * (plot.top - margin) + self._dy)
        self._width = max(ceil(self._scale * right + self._dx) - self.left, 1)
        self._height = max(ceil(self._scale * (plot.bottom + margin) + self._dy) - self.top, 1)
        self._first, self._last = (
            place.position((x - self._dx) / self._scale)
            for x in (self.left, self.left + self._width)
        )
        self.key = (self.left, self.top, self._width, self._height, self._scale, self._per_px)

    def sheet(self, track: Track, colours: Sequence[QColor]) -> Sheet:
        """Draw what a pen fills that goes along the curves."""
        lines = [curve.line for curve in track.curves]
        n_columns = self._width * self._per_px
        found = filled_columns(lines, self._first, self._last, n_columns)
        pens = np.full(len(lines), _PEN_PX * self._scale)
        pens[0] = (_PEN_PX if self._dense else _MAIN_PEN_PX) * self._scale
        tops, bottoms = self._y(found.highs, track), self._y(found.lows, track)
        tops, bottoms = drawn_by_pen(tops, bottoms, np.maximum(pens, 1) / 2, self._per_px)
        drawn = columns_picture(tops, bottoms, colours, self._height, self._per_px)
        if not self._dense:
            self._dots(drawn, track, colours)
        return Sheet(QPixmap.fromImage(drawn.image), drawn.top)

    def _dots(self, drawn: Picture, track: Track, colours: Sequence[QColor]) -> None:
        """Draw values between two holes as dots, as a line through one point is hardly seen."""
        painter = QPainter(drawn.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for curve, colour in zip(track.curves, colours, strict=True):
            frames = lone_frames(curve.line, self._first, self._last)
            x = (frames - self._first) * self._width / (self._last - self._first)
            y = self._y(curve.line.values[frames], track) - drawn.top
            painter.setBrush(colour)
            for place in zip(x.tolist(), y.tolist(), strict=True):
                painter.drawEllipse(QPointF(*place), _DOT_PX * self._scale, _DOT_PX * self._scale)
        painter.end()

    def _y(self, values: Values, track: Track) -> Values:
        scale = self._scale * self._plot.height
        foot = self._scale * self._plot.bottom + self._dy - self.top
        y = values * (-scale / (track.top - track.bottom))
        y += foot + scale * track.bottom / (track.top - track.bottom)
        return np.clip(y, foot - (1 + _BEYOND) * scale, foot + _BEYOND * scale, out=y)


def _line(curve: Curve, track: Track, plot: Box, place: Geometry) -> Reduced:
    """Return what is in sight of a curve as points in px."""
    points = reduce(curve.line, place.shown.low, place.shown.high, int(place.plot_width))
    x = place.plot_left + (points.frames - place.shown.low) * place.px_per_frame
    shares = np.clip(
        (points.values - track.bottom) / (track.top - track.bottom), -_BEYOND, 1 + _BEYOND
    )
    return Reduced(x, plot.bottom - shares * plot.height, points.exact)


def _stroke(painter: QPainter, line: Reduced, colour: QColor, *, main: bool) -> None:
    """Draw a line through points in px; where values are missing it is broken."""
    wide = _MAIN_PEN_PX if main else _PEN_PX
    pen = QPen(colour, wide if line.exact else 1.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for x, y in line.pieces():
        if len(x) == 1:
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(float(x[0]), float(y[0])), _DOT_PX, _DOT_PX)
        painter.drawPolyline(polygon(x, y))
