"""How one lane of the bias report is painted: its names, its box, its dots."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from meviewer.gui.theme import Theme, Type
from meviewer.present.bias_plot import Lane

_BOX, _BELOW = 0.6, 0.42  # height of a box and place of the interval, in lanes
_DOT_PX, _HOLLOW_PX = 5.5, 3.0
_INDENT_PX, _EDGE_PX, _GAP_PX, _LINE_PX = 12, 62, 12, 20


class LaneInk:
    """Paints lanes with a painter that is under way.

    Parameters
    ----------
    theme : Theme
    painter : QPainter
    x : callable
        Returns the px of a time in ms.
    """

    def __init__(self, theme: Theme, painter: QPainter, x: Callable[[float], float]) -> None:
        self._theme, self._painter, self._x = theme, painter, x

    def names(self, lane: Lane, y: float, width: float) -> None:
        """Write keyframe and, on the first lane of a group, the group to the left of the axis."""
        painter, top = self._painter, y - _LINE_PX / 2
        painter.setFont(self._theme.font(Type.caption))
        painter.setPen(self._theme.colour(lane.edge.value))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, width - _GAP_PX, _LINE_PX), right, lane.edge.value)
        if lane.first:
            font, room = self._theme.font(Type.body, Type.strong), width - _INDENT_PX - _EDGE_PX
            cut = QFontMetricsF(font).elidedText(lane.group, Qt.TextElideMode.ElideMiddle, room)
            painter.setFont(font)
            painter.setPen(self._theme.colour("text"))
            box = QRectF(_INDENT_PX, top, room, _LINE_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, cut)

    def box(self, lane: Lane, y: float, lane_px: float) -> None:
        """Paint quartiles, whiskers and the interval, where there are any."""
        painter, role = self._painter, lane.edge.value
        if lane.box is not None:
            box, half = lane.box, _BOX * lane_px / 2
            painter.setPen(QPen(self._theme.colour(role), 1.2))
            for one, other in ((box.low, box.q1), (box.q3, box.high)):
                painter.drawLine(QPointF(self._x(one), y), QPointF(self._x(other), y))
            left, right = self._x(box.q1), self._x(box.q3)
            painter.setBrush(self._theme.colour(role, 0.16))
            painter.drawRect(QRectF(left, y - half, max(right - left, 1.0), 2 * half))
        if lane.interval is not None:
            low, high = (self._x(end) for end in lane.interval)
            below = y + _BELOW * lane_px
            painter.setPen(QPen(self._theme.colour(role), 3))
            painter.drawLine(QPointF(low, below), QPointF(max(high, low + 1), below))

    def median(self, lane: Lane, y: float, lane_px: float) -> None:
        """Paint the median, above the dots: in a crowd it would not be seen below them."""
        if lane.box is not None:
            x, half = self._x(lane.box.median), _BOX * lane_px / 2
            for role, wide in (("plot", 4.5), ("text", 2.2)):
                self._painter.setPen(QPen(self._theme.colour(role), wide))
                self._painter.drawLine(QPointF(x, y - half), QPointF(x, y + half))

    def dots(self, lane: Lane, places: Sequence[QPointF]) -> None:
        """Paint all dots; some are hollow."""
        hollow = [place for place, dot in zip(places, lane.dots, strict=True) if not dot.full]
        for points, role, size in (
            (places, lane.edge.value, _DOT_PX),
            (hollow, "plot", _HOLLOW_PX),
        ):
            pen = QPen(self._theme.colour(role), size)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            self._painter.setPen(pen)
            self._painter.drawPoints(QPolygonF(points))
