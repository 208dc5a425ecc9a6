"""Values with their intervals, one below another over one axis: a forest plot."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.gui.theme import Theme, Type
from meviewer.present.comparison_plot import Bar, Forest, words

_LEAST_LINE_PX, _MOST_LINE_PX = 24.0, 40.0
_TITLE_PX, _AXIS_PX, _EDGE_PX = 30, 26, 12
_VALUE_PX, _GAP_PX = 48, 10
_CAP_PX, _DOT_PX = 4.0, 4.5
_LEAST_WIDTH_PX = 300
_MOST_NAME_SHARE = 0.42


class ComparePlot(QWidget):
    """Draws one `Forest`; differences that may be chance are hollow."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._forest: Forest | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def forest(self) -> Forest | None:
        """What is drawn."""
        return self._forest

    def show_forest(self, forest: Forest) -> None:
        """Draw another plot."""
        self._forest = forest
        self.setAccessibleName(forest.title)
        self.setAccessibleDescription(words(forest))
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        n = len(self._forest.bars) if self._forest is not None else 2
        return QSize(480, int(n * _LEAST_LINE_PX) + _TITLE_PX + _AXIS_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH_PX, self.sizeHint().height())

    def place(self, value: float) -> float:
        """Return where a value is drawn, in px from the left."""
        assert self._forest is not None
        left, right = self._name_px() + _GAP_PX, self.width() - _VALUE_PX - _EDGE_PX
        share = (value - self._forest.low) / (self._forest.high - self._forest.low)
        return left + share * (right - left)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colour("plot"))
        if self._forest is None:
            return
        line_px = self._line_px()
        bottom = _TITLE_PX + line_px * len(self._forest.bars)
        painter.setFont(self._theme.font(Type.body, Type.strong))
        painter.setPen(self._theme.colour("text"))
        title = QRectF(_EDGE_PX, 0, self.width() - 2 * _EDGE_PX, _TITLE_PX)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, self._forest.title)
        self._paint_axis(painter, self._forest, bottom)
        for number, bar in enumerate(self._forest.bars):
            self._paint_bar(painter, bar, _TITLE_PX + (number + 0.5) * line_px)

    def _paint_axis(self, painter: QPainter, forest: Forest, bottom: float) -> None:
        painter.setFont(self._theme.font(Type.caption))
        for value, text in forest.ticks:
            x = self.place(value)
            strong = forest.zero and text == "0"
            painter.setPen(QPen(self._theme.colour("text_3" if strong else "line"), 1))
            painter.drawLine(QLineF(x, _TITLE_PX, x, bottom))
            painter.setPen(self._theme.colour("text_2"))
            box = QRectF(x - 40, bottom, 80, _AXIS_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_bar(self, painter: QPainter, bar: Bar, y: float) -> None:
        room = self._name_px() - _EDGE_PX
        font = self._theme.font(Type.body)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        name = painter.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideMiddle, int(room))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(_EDGE_PX, y - 12, room, 24), right, name)
        value = QRectF(self.width() - _VALUE_PX - _EDGE_PX, y - 12, _VALUE_PX, 24)
        painter.drawText(value, right, bar.text)
        ink = self._theme.colour("accent")
        painter.setPen(QPen(ink, 1.6))
        low, high = self.place(bar.low), self.place(bar.high)
        painter.drawLine(QLineF(low, y, high, y))
        for end in (low, high):
            painter.drawLine(QLineF(end, y - _CAP_PX, end, y + _CAP_PX))
        painter.setBrush(ink if bar.clear else self._theme.colour("plot"))
        painter.drawEllipse(QPointF(self.place(bar.value), y), _DOT_PX, _DOT_PX)

    def _line_px(self) -> float:
        n = len(self._forest.bars) if self._forest is not None else 1
        room = self.height() - _TITLE_PX - _AXIS_PX
        return min(max(room / max(n, 1), _LEAST_LINE_PX), _MOST_LINE_PX)

    def _name_px(self) -> float:
        """Room for the names: as much as the longest needs, but never half of the width."""
        if self._forest is None:
            return 0.0
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(bar.name) for bar in self._forest.bars), default=0)
        return min(longest + _EDGE_PX + 8.0, self.width() * _MOST_NAME_SHARE)
