"""Shapes with a meaning, the same in lanes, legends and tables."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from meviewer.gui.theme import Theme

_HATCH_STEP_PX = 6
_CORNERS: dict[str, tuple[tuple[float, float], ...]] = {
    "onset": ((-1, -1), (1, 0), (-1, 1)),
    "apex": ((0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)),
    "offset": ((1, -1), (-1, 0), (1, 1)),
}


def mark_shape(role: str, x: float, y: float, size: float) -> QPainterPath:
    """Return the shape of a keyframe around (x, y).

    The onset points into the movement, the apex is a diamond, the offset points back: the shape
    tells them apart as the colour does.
    """
    half = size / 2
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x + a * half, y + b * half) for a, b in _CORNERS[role]]))
    path.closeSubpath()
    return path


def fill_source(
    painter: QPainter,
    theme: Theme,
    box: QRectF,
    role: str,
    *,
    machine: bool,
    radius: float = 3,
    strong: bool = True,
) -> None:
    """Fill a box as its source demands: people solid, machines hatched and dashed."""
    if not machine:
        painter.setPen(QPen(theme.colour(role), 1))
        painter.setBrush(theme.colour(role, 0.38 if strong else 0.22))
        painter.drawRoundedRect(box, radius, radius)
        return
    painter.setPen(QPen(theme.colour(role), 1, Qt.PenStyle.DashLine))
    painter.setBrush(theme.colour(role, 0.14))
    painter.drawRoundedRect(box, radius, radius)
    painter.setPen(QPen(theme.colour(role, 0.38), 1))
    painter.drawLines(_hatch(box))


def _hatch(box: QRectF) -> list[QLineF]:
    """Return slanted lines that end at the edges of the box, so that no clip is needed."""
    lines: list[QLineF] = []
    x, height = box.left() - box.height(), box.height()
    while x < box.right():
        low = max(x, box.left())
        high = min(x + height, box.right())
        lines.append(QLineF(low, box.bottom() - (low - x), high, box.bottom() - (high - x)))
        x += _HATCH_STEP_PX
    return lines
