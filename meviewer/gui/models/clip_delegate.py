"""How a clip looks in the list: state and name above, emotion and doubt below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from meviewer.core.annotation import Status
from meviewer.core.findings import Severity
from meviewer.gui.icons import pixmap
from meviewer.gui.models.clip_list import RowRole
from meviewer.gui.theme import Theme, Type
from meviewer.present.clip_list import ClipRow

_HEIGHT = 44
_BAR = 40
_STRONG = 0.66
_ICONS = {
    Status.UNLABELLED: ("open", "text_3"),
    Status.NONE_PRESENT: ("done", "ok"),
    Status.DRAFT: ("half", "accent"),
    Status.COMMITTED: ("done", "ok"),
    Status.ADJUDICATED: ("done", "ok"),
}
_TONES = {Severity.ERROR: "error", Severity.WARNING: "warn"}


class ClipDelegate(QStyledItemDelegate):
    """Paints one `ClipRow`."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(160, _HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row: ClipRow = index.data(RowRole)
        state = option.state
        box = QRectF(option.rect)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, box, chosen, bool(state & QStyle.StateFlag.State_MouseOver))
        self._words(painter, box, row, chosen)
        painter.restore()

    def _ground(self, painter: QPainter, box: QRectF, chosen: bool, hovered: bool) -> None:
        theme = self._theme
        if chosen:
            painter.fillRect(box, theme.colour("selected"))
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), theme.colour("accent"))
        elif hovered:
            painter.fillRect(box, theme.colour("hover"))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _meter(self, painter: QPainter, box: QRectF, row: ClipRow) -> None:
        """Paint how doubtful the clip is; the words below say why."""
        theme = self._theme
        painter.fillRect(box, theme.colour("line_strong"))
        role = "warn" if row.doubt >= _STRONG else "text_2"
        filled = QRectF(box.left(), box.top(), max(box.width() * row.doubt, 2), box.height())
        painter.fillRect(filled, theme.colour(role))

    def _words(self, painter: QPainter, box: QRectF, row: ClipRow, chosen: bool) -> None:
        theme = self._theme
        name, role = _ICONS[row.status]
        painter.drawPixmap(int(box.left() + 12), int(box.top() + 7), pixmap(name, theme, role, 14))
        above = QRectF(box.left() + 34, box.top() + 4, box.width() - 46, 19)
        below = QRectF(box.left() + 34, box.top() + 22, box.width() - 46, 17)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(theme.font(Type.body, Type.strong if chosen else Type.medium))
        painter.setPen(theme.colour("text"))
        painter.drawText(above, left, row.title)
        if row.doubt > 0:
            self._meter(painter, QRectF(above.right() - _BAR, above.center().y() - 2, _BAR, 4), row)
        painter.setFont(theme.font(Type.caption))
        painter.setPen(theme.colour("text_2"))
        painter.drawText(below, left, row.emotion)
        used = painter.fontMetrics().horizontalAdvance(row.emotion) + 10
        note = QRectF(below.left() + used, below.top(), below.width() - used, below.height())
        tone = _TONES.get(row.severity, "text_2") if row.severity else "text_2"
        painter.setPen(theme.colour(tone))
        words = painter.fontMetrics().elidedText(
            row.note, Qt.TextElideMode.ElideRight, int(note.width())
        )
        painter.drawText(note, right, words)
