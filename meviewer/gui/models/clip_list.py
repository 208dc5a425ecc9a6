"""The clip list as Qt's views want it: rows from the view model, filtered by words."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from meviewer.core.annotation import Status
from meviewer.present.clip_list import ClipRow, status_words

RowRole = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


class ClipListModel(QAbstractListModel):
    """Rows of clips in any order; words and statuses say which of them are shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[ClipRow, ...] = ()
        self._rows: list[ClipRow] = []
        self._words = ""
        self._statuses: frozenset[Status] = frozenset()
        self._order: tuple[int, ...] = ()

    @property
    def rows(self) -> tuple[ClipRow, ...]:
        """All rows, also those that the filter hides."""
        return self._all

    def set_rows(self, rows: tuple[ClipRow, ...]) -> None:
        """Show other rows."""
        self._all = rows
        self._refill()

    def set_filter(self, words: str) -> None:
        """Show only rows in which every word occurs."""
        self._words = words
        self._refill()

    def set_statuses(self, statuses: frozenset[Status]) -> None:
        """Show only rows with one of these statuses; all of them if there is none."""
        self._statuses = statuses
        self._refill()

    def set_order(self, sample_ids: tuple[int, ...]) -> None:
        """Show rows in this order, unnamed ones behind; without any as they came."""
        if sample_ids != self._order:
            self._order = sample_ids
            self._refill()

    def shown(self) -> tuple[int, ...]:
        """Return the samples that are shown, in order."""
        return tuple(row.sample_id for row in self._rows)

    def set_row(self, row: ClipRow) -> None:
        """Show one row anew."""
        self._all = tuple(row if r.sample_id == row.sample_id else r for r in self._all)
        place = self.place_of(row.sample_id)
        if place is not None:
            self._rows[place] = row
            index = self.index(place)
            self.dataChanged.emit(index, index)

    def place_of(self, sample_id: int) -> int | None:
        """Return the line of a sample, or None while the filter hides it."""
        return next((i for i, row in enumerate(self._rows) if row.sample_id == sample_id), None)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == RowRole:
            return row
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = (row.title, row.emotion, status_words(row.status), row.note)
            return ", ".join(word for word in words if word)
        return None

    def _refill(self) -> None:
        self.beginResetModel()
        rows = [row for row in self._all if self._is_shown(row)]
        place = {sample_id: at for at, sample_id in enumerate(self._order)}
        self._rows = sorted(rows, key=lambda row: place.get(row.sample_id, len(place)))
        self.endResetModel()

    def _is_shown(self, row: ClipRow) -> bool:
        return row.matches(self._words) and (not self._statuses or row.status in self._statuses)
