"""The folds of a training as a grid: one cell a subject, its score and its shade."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from meviewer.gui.theme import Theme, Type
from meviewer.present.training_views import FoldCell

_WISHED_WIDTH_PX, _LEAST_WIDTH_PX = 78, 52
_WISHED_HEIGHT_PX, _LEAST_HEIGHT_PX = 72, 36
_GAP_PX = 3


class FoldsGrid(QWidget):
    """One cell a fold; the running one has the outline of what is active."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cells: tuple[FoldCell, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(4 * _LEAST_WIDTH_PX)
        self.setAccessibleName("Folds by subject")
        theme.changed.connect(self.update)

    @property
    def cells(self) -> tuple[FoldCell, ...]:
        """What is drawn."""
        return self._cells

    def show_cells(self, cells: tuple[FoldCell, ...]) -> None:
        """Draw one cell a fold, in the order of the folds."""
        if cells == self._cells:
            return
        self._cells = cells
        self.setAccessibleDescription("; ".join(cell.tip for cell in cells if cell.tip))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(7 * _WISHED_WIDTH_PX, 2 * _WISHED_HEIGHT_PX)

    def box(self, number: int) -> QRectF:
        """Return the place of a cell within the widget, in px."""
        columns, rows = self._shape()
        width = self.width() / columns
        height = min(self.height() / rows, float(_WISHED_HEIGHT_PX))
        at, line = number % columns, number // columns
        half = _GAP_PX / 2
        return QRectF(at * width + half, line * height + half, width - _GAP_PX, height - _GAP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, cell in enumerate(self._cells):
            self._paint_cell(painter, self.box(number), cell)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            tips = [
                cell.tip
                for number, cell in enumerate(self._cells)
                if self.box(number).contains(event.pos().toPointF())
            ]
            QToolTip.showText(event.globalPos(), tips[0] if tips else "", self)
            return True
        return super().event(event)

    def _shape(self) -> tuple[int, int]:
        """Columns and rows: wide cells where they fit, more columns where rows would get low."""
        n = max(len(self._cells), 1)
        columns = max(self.width() // _WISHED_WIDTH_PX, 1)
        most = max(self.width() // _LEAST_WIDTH_PX, columns)
        rows = max(self.height() // _LEAST_HEIGHT_PX, 1)
        columns = min(max(columns, -(-n // rows)), most, n)
        return columns, -(-n // columns)

    def _paint_cell(self, painter: QPainter, box: QRectF, cell: FoldCell) -> None:
        active, done = cell.state == "now", cell.state == "done"
        colour = self._theme.colour
        painter.setPen(QPen(colour("accent"), 1.5) if active else QPen(colour("line"), 1))
        painter.setBrush(colour("accent", 0.05 + 0.30 * cell.strength) if done else colour("plot"))
        painter.drawRoundedRect(box, 3, 3)
        inner = box.adjusted(6, 3, -6, -3)
        painter.setFont(self._theme.font(Type.caption))
        painter.setPen(colour("text_3" if cell.state == "wait" else "text_2"))
        name = painter.fontMetrics().elidedText(
            cell.subject, Qt.TextElideMode.ElideMiddle, int(inner.width())
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, name)
        painter.setFont(self._theme.font(Type.body, Type.strong))
        painter.setPen(colour("accent" if active else "text"))
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, cell.text
        )
