"""Painting in the colours of the theme: text, lines and long curves of the timeline."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from meviewer.gui.theme import Theme, Type
from meviewer.present.timeline_geometry import Box

LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignHCenter


class Kept:
    """Pictures of what takes long to draw and is mostly the same from one painting to the next.

    A smooth line of a hundred points takes some milliseconds, and while a keyframe is dragged
    most lines stay what they are. What the last painting did not use is forgotten.
    """

    def __init__(self) -> None:
        self._now: dict[Hashable, QPixmap] = {}
        self._before: dict[Hashable, QPixmap] = {}

    def begin(self) -> None:
        """Begin another painting."""
        self._before, self._now = self._now, {}

    def picture(self, key: Hashable, make: Callable[[], QPixmap]) -> QPixmap:
        """Return what this key stood for last time, or make it."""
        found = self._before.get(key)
        self._now[key] = make() if found is None else found
        return self._now[key]


class Ink:
    """A painter that knows roles instead of colours.

    Parameters
    ----------
    kept : Kept, optional
        Where `unchanged` looks for what was drawn before; without it everything is drawn anew.
    """

    def __init__(self, painter: QPainter, theme: Theme, kept: Kept | None = None) -> None:
        self.painter, self.theme, self._kept = painter, theme, kept
        self._metrics: dict[tuple[int, int], QFontMetricsF] = {}
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def text(
        self,
        box: Box,
        words: str,
        role: str = "text_3",
        *,
        size: int = Type.caption,
        weight: int = Type.regular,
        align: Qt.AlignmentFlag = LEFT,
    ) -> None:
        """Write one line, centred upright in its box."""
        self.painter.setFont(self.theme.font(size, weight))
        self.painter.setPen(self.theme.colour(role))
        self.painter.drawText(rect(box), align | Qt.AlignmentFlag.AlignVCenter, words)

    def text_width(self, words: str, size: int = Type.caption, weight: int = Type.regular) -> float:
        """Return how wide a line is, in px."""
        return self.metrics(size, weight).horizontalAdvance(words)

    def metrics(self, size: int, weight: int) -> QFontMetricsF:
        """Return the measures of a font of the theme."""
        key = (size, weight)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(self.theme.font(size, weight))
        return self._metrics[key]

    def fill(self, box: Box, role: str, alpha: float = 1.0) -> None:
        """Fill a box with sharp edges."""
        self.painter.fillRect(rect(box), self.theme.colour(role, alpha))

    def rounded(
        self,
        box: Box,
        radius: float,
        role: str | None,
        alpha: float = 1.0,
        *,
        outline: str | None = None,
        width: float = 1.0,
    ) -> None:
        """Fill and outline a rounded box; without a role it stays hollow."""
        pen = QPen(self.theme.colour(outline), width) if outline else Qt.PenStyle.NoPen
        self.painter.setPen(pen)
        self.painter.setBrush(self.theme.colour(role, alpha) if role else Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(rect(box), radius, radius)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        role: str,
        *,
        alpha: float = 1.0,
        width: float = 1.0,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:
        """Draw a straight line."""
        self.painter.setPen(QPen(self.theme.colour(role, alpha), width, style))
        self.painter.drawLine(QPointF(*start), QPointF(*end))

    def unchanged(
        self, box: Box, key: Hashable, draw: Callable[[QPainter], None], *, opaque: bool = False
    ) -> None:
        """Draw inside a box, or copy what was drawn before for the same key.

        Parameters
        ----------
        key : Hashable
            Everything that the drawing depends on.
        draw : callable
            Takes a painter in the same coordinates as this one.
        opaque : bool
            Nothing shines through: letters then look as they do when drawn without a copy.
        """
        ratio = self.painter.device().devicePixelRatioF()
        # Between device px a copy would be blurred.
        if self._kept is None or ratio != int(ratio):
            draw(self.painter)
            return
        left, top = floor(box.left), floor(box.top)
        size = ceil(box.right) - left, ceil(box.bottom) - top
        picture = self._kept.picture(
            (left, top, size, ratio, key), lambda: _drawn(left, top, size, ratio, draw, opaque)
        )
        self.painter.drawPixmap(left, top, picture)

    @contextmanager
    def clipped(self, box: Box) -> Iterator[None]:
        """Paint inside a box only."""
        self.painter.save()
        self.painter.setClipRect(rect(box), Qt.ClipOperation.IntersectClip)
        try:
            yield
        finally:
            self.painter.restore()


def _drawn(
    left: int,
    top: int,
    size: tuple[int, int],
    ratio: float,
    draw: Callable[[QPainter], None],
    opaque: bool,
) -> QPixmap:
    picture = QPixmap(max(round(size[0] * ratio), 1), max(round(size[1] * ratio), 1))
    picture.setDevicePixelRatio(ratio)
    if not opaque:
        picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-left, -top)
    draw(painter)
    painter.end()
    return picture


def rect(box: Box) -> QRectF:
    """Return a box as Qt has it."""
    return QRectF(box.left, box.top, box.width, box.height)


def polygon(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPolygonF:
    """Return points as a polygon without making a Python object for each of them.

    Qt reads a polygon from a stream: the number of points, then their coordinates, big-endian.
    """
    points = np.column_stack((x, y)).astype(">f8")
    head = np.array([len(points)], ">u4").tobytes()
    stream = QDataStream(QByteArray(head + points.tobytes()))
    result = QPolygonF()
    stream >> result
    return result
