"""Two curves over a clip in a small space: motion of what should hold still, before and after."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.gui.theme import Space, Theme

Curve = NDArray[np.float64]
_HEIGHT_PX = 92
_AXIS_PX = 34
_FOOT_PX = 16
_LEAST_TOP_PX = 0.1


class ResidualPlot(QWidget):
    """Motion in px over the frames of a clip, before and after stabilisation."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._curves: tuple[Curve, Curve] | None = None
        self.setMinimumHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Motion of the head before and after stabilisation")
        theme.changed.connect(self.update)

    @property
    def curves(self) -> tuple[Curve, Curve] | None:
        """What is shown: before and after, px."""
        return self._curves

    def show_curves(self, before: Curve, after: Curve) -> None:
        """Show two curves of equal length."""
        self._curves = (before, after)
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._curves = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colour("plot"))
        if self._curves is not None:
            self._paint(painter, *self._curves)
        else:
            painter.setPen(self._theme.colour("text_3"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Not measured yet")
        painter.end()

    def _paint(self, painter: QPainter, before: Curve, after: Curve) -> None:
        top = max(float(np.nanmax((before, after))), _LEAST_TOP_PX)
        size = (self.width() - _AXIS_PX - Space.m, self.height() - _FOOT_PX - Space.m)
        area = QRectF(_AXIS_PX, Space.m, *size)
        painter.setFont(self.font())
        ink = self._theme.colour("text_2")
        for value in (0.0, top):
            y = area.bottom() - value / top * area.height()
            painter.setPen(QPen(self._theme.colour("line"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(ink)
            box = QRectF(0, y - 8, _AXIS_PX - Space.xs, 16)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, flags, f"{value:.1f}" if top < 10 else f"{value:.0f}")
        self._line(painter, before, area, top, "curve_2")
        self._line(painter, after, area, top, "gamdss")
        self._names(painter, area)

    def _line(self, painter: QPainter, curve: Curve, area: QRectF, top: float, role: str) -> None:
        across = np.linspace(area.left(), area.right(), max(len(curve), 2))[: len(curve)]
        down = area.bottom() - np.clip(curve / top, 0, 1) * area.height()
        painter.setPen(QPen(self._theme.colour(role), 1.5))
        points = [QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)]
        painter.drawPolyline(QPolygonF(points))

    def _names(self, painter: QPainter, area: QRectF) -> None:
        x, y = area.left(), area.bottom() + _FOOT_PX - 3
        for name, role in (("before", "curve_2"), ("after", "gamdss")):
            painter.setPen(QPen(self._theme.colour(role), 2))
            painter.drawLine(QPointF(x, y - 4), QPointF(x + 12, y - 4))
            painter.setPen(self._theme.colour("text_2"))
            painter.drawText(QPointF(x + 16, y), name)
            x += 30 + painter.fontMetrics().horizontalAdvance(name)
        painter.setPen(self._theme.colour("text_3"))
        words = "px"
        x = area.right() - painter.fontMetrics().horizontalAdvance(words)
        painter.drawText(QPointF(x, y), words)
