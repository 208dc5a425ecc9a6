"""Tables: figures right and of equal width, words left, state as icon and word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from meviewer.gui.icons import icon
from meviewer.gui.theme import Size, Theme, Type

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NOWHERE = QModelIndex()
_AIR_PX = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its words, and what colours them."""

    text: str
    tone: str = ""
    icon: str = ""
    strong: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, whether it holds figures, and its width in px.

    A width of None is what is left, but no less than ``least`` px: then the table scrolls sideways.
    """

    head: str
    figures: bool = False
    width: int | None = 80
    least: int = 96


class _Model(QAbstractTableModel):
    def __init__(self, theme: Theme, columns: Sequence[Column]) -> None:
        super().__init__()
        self._theme, self._columns = theme, tuple(columns)
        self.cells: tuple[tuple[Cell, ...], ...] = ()

    def replace(self, rows: Sequence[Sequence[Cell]]) -> None:
        self.beginResetModel()
        self.cells = tuple(tuple(cells) for cells in rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.cells)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        cell = self.cells[index.row()][index.column()]
        match role:
            case _Role.DisplayRole:
                return cell.text
            case _Role.DecorationRole if cell.icon:
                tone = cell.tone or "text_2"
                return icon(cell.icon, self._theme, tone, tone)
            case _Role.TextAlignmentRole:
                return _RIGHT if self._columns[index.column()].figures else _LEFT
            case _Role.FontRole:
                return self._theme.font(Type.body, Type.strong if cell.strong else Type.regular)
            case _Role.ForegroundRole if cell.tone:
                return self._theme.colour(cell.tone)
            case _Role.ToolTipRole if cell.tip:
                return cell.tip
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == _Role.DisplayRole:
            return self._columns[section].head
        if role == _Role.TextAlignmentRole:
            return _RIGHT if self._columns[section].figures else _LEFT
        return None


class Table(QTableView):
    """Rows of `Cell` under heads; one row can be selected.

    Signals
    -------
    row_chosen(int)
        The user has moved to a row.
    """

    row_chosen = Signal(int)

    def __init__(self, theme: Theme, columns: Sequence[Column], name: str = "") -> None:
        super().__init__()
        self._rows = _Model(theme, columns)
        self._rows.setParent(self)
        self.setModel(self._rows)
        self.setAccessibleName(name)
        self._least = {at: one.least for at, one in enumerate(columns) if one.width is None}
        self._widths = {at: px for at, one in enumerate(columns) if (px := one.width) is not None}
        self._dress(columns)
        self.selectionModel().currentRowChanged.connect(self._moved)
        theme.changed.connect(self.viewport().update)

    def show_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Show other rows; the selected row keeps its place while there is one."""
        before = self.currentIndex().row()
        self._rows.replace(rows)
        if 0 <= before < len(rows):
            self.select(before)

    def fit_columns(self) -> None:
        """Let columns with a width of their own take no more of it than their words need."""
        head = self.horizontalHeader()
        for at, most in self._widths.items():
            needed = max(self.sizeHintForColumn(at), head.sectionSizeHint(at))
            self.setColumnWidth(at, min(needed + _AIR_PX, most))

    def select(self, at: int) -> None:
        """Select a row without saying so."""
        blocked = self.selectionModel().blockSignals(True)
        self.selectRow(at)
        self.selectionModel().blockSignals(blocked)
        self.viewport().update()

    @property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """What is shown."""
        return self._rows.cells

    def _dress(self, columns: Sequence[Column]) -> None:
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(Size.row + 2)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(14, 14))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        for at, column in enumerate(columns):
            if column.width is None:
                head.setSectionResizeMode(at, QHeaderView.ResizeMode.Fixed)
            else:
                self.setColumnWidth(at, column.width)
        head.sectionResized.connect(self._resized)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_rest()

    def _resized(self, at: int) -> None:
        if at not in self._least:
            self._share_rest()

    def _share_rest(self) -> None:
        """Give the columns without a width of their own what the others leave."""
        widths = (self.columnWidth(at) for at in range(self._rows.columnCount()))
        taken = sum(px for at, px in enumerate(widths) if at not in self._least)
        rest, n_left = self.viewport().width() - taken, len(self._least)
        for at, least in self._least.items():
            share = max(rest // n_left, least)
            self.setColumnWidth(at, share)
            rest, n_left = rest - share, n_left - 1

    def _moved(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid() and current.row() != previous.row():
            self.row_chosen.emit(current.row())
