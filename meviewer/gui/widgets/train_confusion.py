"""A confusion matrix: counts first, their share by shade, recall at the end of each row."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.gui.theme import Theme, Type
from meviewer.present.training_views import Confusion

_HEAD_PX, _RECALL_PX, _LEAST_CELL_PX = 22, 48, 22
_VCENTRE = Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | _VCENTRE


class ConfusionMatrix(QWidget):
    """Rows are the truth; the diagonal is outlined, errors stay readable."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._confusion = Confusion((), (), ())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Confusion matrix, rows are the truth")
        self.setMinimumSize(250, _HEAD_PX + 3 * _LEAST_CELL_PX)
        theme.changed.connect(self.update)

    @property
    def confusion(self) -> Confusion:
        """What is drawn."""
        return self._confusion

    def show_confusion(self, confusion: Confusion) -> None:
        """Draw these counts."""
        if confusion == self._confusion:
            return
        self._confusion = confusion
        n = max(len(confusion.classes), 3)
        self.setMinimumSize(250, _HEAD_PX + n * _LEAST_CELL_PX)
        self.setAccessibleDescription(_in_words(confusion))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(520, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._confusion.classes:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(Type.caption))
        left = self._gutter(painter)
        n = len(self._confusion.classes)
        width = (self.width() - left - _RECALL_PX) / n
        height = min((self.height() - _HEAD_PX - 2) / n, 64.0)
        self._paint_heads(painter, left, width)
        for row in range(n):
            self._paint_row_head(painter, row, left, height)
            for column in range(n):
                box = QRectF(left + column * width, _HEAD_PX + row * height, width, height)
                self._paint_cell(painter, box.adjusted(1, 1, -1, -1), row, column)

    def _gutter(self, painter: QPainter) -> float:
        metrics = QFontMetricsF(painter.font())
        return max(metrics.horizontalAdvance(name) for name in self._confusion.classes) + 10

    def _paint_heads(self, painter: QPainter, left: float, width: float) -> None:
        painter.setPen(self._theme.colour("text_3"))
        metrics = painter.fontMetrics()
        for column, name in enumerate(self._confusion.classes):
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(width) - 2)
            box = QRectF(left + column * width, 0, width, _HEAD_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        box = QRectF(self.width() - _RECALL_PX, 0, _RECALL_PX, _HEAD_PX)
        painter.drawText(box, _RIGHT, "recall")

    def _paint_row_head(self, painter: QPainter, row: int, left: float, height: float) -> None:
        painter.setFont(self._theme.font(Type.caption))
        painter.setPen(self._theme.colour("text_2"))
        top = _HEAD_PX + row * height
        painter.drawText(QRectF(0, top, left - 8, height), _RIGHT, self._confusion.classes[row])
        end = QRectF(self.width() - _RECALL_PX, top, _RECALL_PX, height)
        painter.drawText(end, _RIGHT, self._confusion.recall[row])

    def _paint_cell(self, painter: QPainter, box: QRectF, row: int, column: int) -> None:
        count, total = self._confusion.counts[row][column], sum(self._confusion.counts[row])
        share = count / total if total else 0.0
        hit = row == column
        colour = self._theme.colour
        painter.setPen(QPen(colour("accent"), 1) if hit else Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent" if hit else "warn", 0.04 + 0.36 * share))
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(self._theme.font(Type.body, Type.strong if hit else Type.regular))
        painter.setPen(colour("text" if count else "text_3"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(count))


def _in_words(confusion: Confusion) -> str:
    rows = (
        f"{name}: "
        + ", ".join(
            f"{said} {count}"
            for said, count in zip(confusion.classes, counts, strict=True)
            if count
        )
        for name, counts in zip(confusion.classes, confusion.counts, strict=True)
    )
    return "; ".join(rows)
