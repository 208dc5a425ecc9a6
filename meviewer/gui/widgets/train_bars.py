"""Class probabilities of one clip as bars, each with its number."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.gui.theme import Theme, Type
from meviewer.present.training_views import ClassBar

_ROW_PX, _BAR_PX, _GAP_PX = 24, 6, 8


class ClassBars(QWidget):
    """One row a class: name, bar and probability; the most probable is set in strong type."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: tuple[ClassBar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Class probabilities")
        theme.changed.connect(self.update)

    @property
    def bars(self) -> tuple[ClassBar, ...]:
        """What is drawn."""
        return self._bars

    def show_bars(self, bars: tuple[ClassBar, ...]) -> None:
        """Draw one row a class, in this order."""
        self._bars = bars
        self.setFixedHeight(_ROW_PX * len(bars))
        self.setAccessibleDescription(", ".join(f"{bar.name} {bar.text}" for bar in bars))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, _ROW_PX * len(self._bars))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(self._theme.font(Type.body, Type.strong))
        left = max(metrics.horizontalAdvance(bar.name) for bar in self._bars) + _GAP_PX
        right = metrics.horizontalAdvance("100 %") + _GAP_PX
        for row, bar in enumerate(self._bars):
            self._paint_row(
                painter, bar, QRectF(0, row * _ROW_PX, self.width(), _ROW_PX), left, right
            )

    def _paint_row(
        self, painter: QPainter, bar: ClassBar, box: QRectF, left: float, right: float
    ) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._theme.font(Type.body, Type.strong if bar.best else Type.regular))
        painter.setPen(self._theme.colour("text" if bar.best else "text_2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | middle, bar.name)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, bar.text)
        top = box.center().y() - _BAR_PX / 2
        track = QRectF(left, top, max(box.width() - left - right, 0.0), _BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("line_strong"))
        painter.drawRoundedRect(track, 2, 2)
        track.setWidth(track.width() * bar.share)
        # A prediction is a machine's word: it has the machine's colour, never the accent.
        painter.setBrush(self._theme.colour("prediction"))
        painter.drawRoundedRect(track, 2, 2)
