"""The line below a picture: its colour scale, and the value that is pointed at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.gui.theme import Size, Space, Theme, Type
from meviewer.gui.widgets.frame_view import to_image
from meviewer.gui.widgets.marks import Wheel
from meviewer.gui.widgets.timeline_ink import Ink, Kept
from meviewer.motion import colour
from meviewer.present.bench import Colours, Legend, table_for
from meviewer.present.bench_legend import GAP_PX, WHEEL_PX, LegendWords, fitted
from meviewer.present.timeline_geometry import Box

_BAR_PX = 6
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class LegendStrip(QWidget):
    """Paints a legend in whatever width there is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._legend, self._said, self._reading = Legend(Colours.GREY), "", ""
        self._kept = Kept()
        self._wheel = Wheel(theme, colour.flow_wheel(), WHEEL_PX)
        self._wheel.setParent(self)
        self._wheel.hide()
        self.setFixedHeight(Size.bar_status)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def legend(self) -> Legend:
        """What is shown."""
        return self._legend

    @property
    def reading(self) -> str:
        """The value that is shown, or empty."""
        return self._reading

    def show_legend(self, legend: Legend, said: str) -> None:
        """Show another scale; ``said`` is what else was done to the values."""
        if (legend, said) == (self._legend, self._said):
            return
        self._legend, self._said = legend, said
        self._wheel.setVisible(legend.colours is Colours.WHEEL)
        words = ", ".join(part for part in (legend.words, said) if part)
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.update()

    def show_reading(self, words: str) -> None:
        """Show a value, or none."""
        if words != self._reading:
            self._reading = words
            self.setAccessibleDescription(words)
            self.update()

    def words(self) -> LegendWords:
        """Return what is painted in the present width."""
        metrics = QFontMetrics(self._theme.font(Type.caption))
        room = self.width() - 2 * Space.m
        return fitted(self._legend, self._said, self._reading, room, metrics.horizontalAdvance)

    def sizeHint(self) -> QSize:
        return QSize(160, Size.bar_status)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(Type.caption))
        words, box = self.words(), QRectF(self.rect()).adjusted(Space.m, 0, -Space.m, 0)
        if self._reading:
            painter.setPen(self._theme.colour("text"))
        else:
            painter.setPen(self._theme.colour("text_2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | _MIDDLE, words.said)
        painter.setPen(self._theme.colour("text_2"))
        if self._legend.colours is Colours.WHEEL:
            self._wheel.move(round(box.left()), (self.height() - WHEEL_PX) // 2)
            beside = box.adjusted(WHEEL_PX + GAP_PX, 0, 0, 0)
            painter.drawText(beside, Qt.AlignmentFlag.AlignLeft | _MIDDLE, words.right)
        else:
            self._bar(painter, box, words)
        painter.end()

    def _bar(self, painter: QPainter, box: QRectF, words: LegendWords) -> None:
        if not self._legend.low and not self._legend.high:
            return
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | _MIDDLE, words.left)
        metrics = painter.fontMetrics()
        left = box.left() + (metrics.horizontalAdvance(words.left) + GAP_PX if words.left else 0)
        bar = QRectF(left, (self.height() - _BAR_PX) / 2, words.bar_px, _BAR_PX)
        painter.drawText(
            box.adjusted(bar.right() + GAP_PX - box.left(), 0, 0, 0),
            Qt.AlignmentFlag.AlignLeft | _MIDDLE,
            words.right,
        )
        if words.bar_px <= 0:
            return
        self._kept.begin()
        key = self._legend.colours, words.bar_px, bar.left(), self.height(), self._theme.name
        area = Box(bar.left(), bar.top(), bar.width(), bar.height())
        Ink(painter, self._theme, self._kept).unchanged(area, key, lambda on: self._scale(on, bar))
        if self._legend.low.startswith("−"):
            x = bar.center().x()
            painter.setPen(QPen(self._theme.colour("text"), 1))
            painter.drawLine(QPointF(x, bar.top() - 2), QPointF(x, bar.bottom() + 2))

    def _scale(self, painter: QPainter, bar: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        table = table_for(self._legend.colours, self._theme.name)
        painter.drawImage(bar, to_image(table[None]))
