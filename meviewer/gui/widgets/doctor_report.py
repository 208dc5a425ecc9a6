"""Findings by kind on the left, the rows of one kind on the right, the sheet's own row below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from meviewer.core.findings import Severity
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.styling import rule, surface
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.import_report import DoctorState, FindingRow, KindRow

_LOOKS = {
    Severity.ERROR: ("error", "error"),
    Severity.WARNING: ("warn", "warn"),
    Severity.INFO: ("info", "text_2"),
}
_LEFT_PX = 300


class DoctorReport(QWidget):
    """The report of the data-set doctor.

    Signals
    -------
    kind_chosen(str)
        The findings of this kind are wanted.
    row_chosen(str)
        A finding was chosen; the row of the sheet as text, empty where it concerns none.
    opened(str)
        The clip of a row is to be shown.
    """

    kind_chosen = Signal(str)
    row_chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.kinds = Table(
            theme, (Column("Finding", width=None), Column("Rows", figures=True, width=56)), "Kinds"
        )
        self.rows = Table(
            theme,
            (
                Column("Row", figures=True, width=56),
                Column("Subject", width=90),
                Column("Clip", width=170),
                Column("What", width=None),
            ),
            "Findings",
        )
        self._kinds: tuple[KindRow, ...] = ()
        self._shown: tuple[FindingRow, ...] = ()
        self._kind = ""
        self._title = label("", "strong")
        self._cells = label("", "second", wrap=True)
        self._cells.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._open = push("Show the clip's folder", "quiet", theme, "folder", compact=True)
        self._open.clicked.connect(lambda: self.opened.emit(self._chosen_row()))
        self._detail = surface(
            "panel",
            column(
                row(self._title, None, self._open),
                self._cells,
                spacing=Space.s,
                margins=(Space.l, Space.m, Space.l, Space.m),
            ),
        )
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.kinds)
        split.addWidget(boxed(column((self.rows, 1), rule(), self._detail, spacing=0)))
        split.setSizes([_LEFT_PX, 3 * _LEFT_PX])
        split.setStretchFactor(1, 1)
        self.setLayout(column((split, 1), spacing=0))
        self.kinds.row_chosen.connect(self._kind_at)
        self.rows.row_chosen.connect(self._row_at)
        self.rows.doubleClicked.connect(lambda _index: self.opened.emit(self._chosen_row()))
        self.show_cells("", "")

    def show_state(self, state: DoctorState) -> None:
        """Show the kinds; the one that was chosen stays so while it exists."""
        self._kinds = state.kinds
        self.kinds.show_rows([_kind_cells(kind) for kind in state.kinds])
        names = [kind.kind for kind in state.kinds]
        at = names.index(self._kind) if self._kind in names else 0
        if names:
            self.kinds.select(at)
            self._kind_at(at)
        else:
            self._kind = ""
            self.show_rows(())

    def show_rows(self, rows: Sequence[FindingRow]) -> None:
        """Show the findings of the chosen kind."""
        self._shown = tuple(rows)
        self.rows.show_rows([_finding_cells(one) for one in rows])
        self.show_cells("", "")
        if rows:
            self.rows.select(0)
            self._row_at(0)

    def show_cells(self, title: str, cells: str) -> None:
        """Show one row as it stands in the sheet."""
        self._title.setText(title if cells else "")
        self._cells.setText(cells)
        self._detail.setVisible(bool(cells))

    def _kind_at(self, at: int) -> None:
        self._kind = self._kinds[at].kind
        self.kind_chosen.emit(self._kind)

    def _row_at(self, at: int) -> None:
        self.row_chosen.emit(self._shown[at].row)

    def _chosen_row(self) -> str:
        at = self.rows.currentIndex().row()
        return self._shown[at].row if 0 <= at < len(self._shown) else ""


def _kind_cells(kind: KindRow) -> list[Cell]:
    name, tone = _LOOKS[kind.severity]
    return [Cell(kind.title, icon=name, tone=tone, tip=kind.kind), Cell(f"{kind.count:,}")]


def _finding_cells(one: FindingRow) -> list[Cell]:
    return [
        Cell(one.row),
        Cell(one.subject),
        Cell(one.clip, tip=one.clip),
        Cell(one.text, tip=one.text),
    ]
