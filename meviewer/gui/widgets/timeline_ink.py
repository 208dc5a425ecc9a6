"""Painting in the colours of the theme: text, lines and long curves of the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from meviewer.gui.theme import Theme, Type
from meviewer.present.timeline_geometry import Box

LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignHCenter


class Ink:
    """A painter that knows roles instead of colours."""

    def __init__(self, painter: QPainter, theme: Theme) -> None:
        self.painter, self.theme = painter, theme
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

    @contextmanager
    def clipped(self, box: Box) -> Iterator[None]:
        """Paint inside a box only."""
        self.painter.save()
        self.painter.setClipRect(rect(box), Qt.ClipOperation.IntersectClip)
        try:
            yield
        finally:
            self.painter.restore()


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
