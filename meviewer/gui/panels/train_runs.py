"""The table of runs: find one, look at it, compare some, and keep them in order."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from meviewer.gui.run_menu import RunMenu
from meviewer.gui.stores.run_desk import RunDesk
from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import push, tool
from meviewer.gui.widgets.fields import SearchField
from meviewer.gui.widgets.labels import ElidedLabel
from meviewer.gui.widgets.layout import Panel, column, row
from meviewer.gui.widgets.notices import EmptyState
from meviewer.gui.widgets.styling import surface
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.training_runs import RunRow, comparable, matches, run_row

_COLUMNS = (
    Column("Run", width=70),
    Column("State", width=104),
    Column("Network", width=140),
    Column("Motion", width=108),
    Column("Labels", width=76),
    Column("Seeds", figures=True, width=52),
    Column("UF1", figures=True, width=54),
    Column("95 %", figures=True, width=84),
    Column("UAR", figures=True, width=54),
    Column("Accuracy", figures=True, width=68),
    Column("Ended", width=112),
    Column("Notes", width=None),
)
_GO_FIRST = ("Seeds", "Motion", "Accuracy", "Labels", "UAR", "95 %")
_SELECT = "Select two runs or more, with Ctrl or Shift, that have finished folds"
_LAST_PX = 96
_SEARCH_PX = 168
_LEAST_HEIGHT_PX = 84


class TrainRunsPanel(QWidget):
    """All runs of the project, newest first.

    Signals
    -------
    compare_wanted(object)
        Ids of two runs or more, a tuple, the oldest one first.
    files_wanted(int)
        Figures and tables of this run are to be written.
    tune_wanted(int)
        The form is to begin from the weights of this run.
    onnx_wanted(int)
        The final model of this run is to be written for other programs.
    """

    compare_wanted = Signal(object)
    files_wanted = Signal(int)
    tune_wanted = Signal(int)
    onnx_wanted = Signal(int)

    def __init__(
        self, theme: Theme, runs: TrainingRuns, desk: RunDesk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._runs, self._desk = runs, desk
        self._ids: tuple[int, ...] = ()
        self._shown: tuple[RunRow, ...] = ()
        self._table = Table(theme, _COLUMNS, "Runs")
        self._table.setMinimumHeight(_LEAST_HEIGHT_PX)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._compare = push("Compare", compact=True, tip=_SELECT)
        empty = EmptyState(theme, "chart", "No runs", "Every training of this project is kept here")
        self._stack = QStackedWidget()
        # The words may be cut before the window may: pages of a stack ask for room when hidden too.
        empty.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._none = EmptyState(theme, "search", "No run is like that", "")
        self._none.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        for page in (empty, self._table, self._none):
            self._stack.addWidget(page)
        self.search = SearchField(theme, "Find runs")
        self.search.setFixedWidth(_SEARCH_PX)
        self.menu = RunMenu(self._table, runs, desk, lambda: self._selection)
        more = tool(theme, "more", tip="What can be done to the selected runs")
        more.setMenu(self.menu.menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._undo = push("Undo", compact=True, tip="Bring back what was deleted last")
        self._gone = ElidedLabel("", "second")
        self._deleted = self._undo_line(theme)
        body = column(self._deleted, (self._stack, 1), spacing=0)
        self._panel = Panel("Runs", body, (self.search, self._compare, more))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panel)
        self._connect()
        self._refresh()

    def _connect(self) -> None:
        self._table.row_chosen.connect(lambda at: self._runs.choose(self._ids[at]))
        self._table.selectionModel().selectionChanged.connect(lambda *_: self._offer_compare())
        self._compare.clicked.connect(self._want_compare)
        self.menu.compare_wanted.connect(self._want_compare)
        self.menu.files_wanted.connect(self.files_wanted)
        self.menu.tune_wanted.connect(self.tune_wanted)
        self.menu.onnx_wanted.connect(self.onnx_wanted)
        self.search.textChanged.connect(lambda _: self._refresh())
        self._undo.clicked.connect(self._desk.undo_delete)
        self._desk.undo_changed.connect(self._offer_undo)
        self._runs.changed.connect(self._refresh)
        self._runs.progressed.connect(self._mark)

    def _undo_line(self, theme: Theme) -> QWidget:
        """Return one line: at 720 px a card would leave no room for the runs."""
        close = tool(theme, "close", tip="Dismiss this message")
        margins = (Space.l, Space.xs, Space.m, Space.xs)
        made = surface("card", row((self._gone, 1), self._undo, close, margins=margins))
        close.clicked.connect(lambda: self._show_undo(False))
        made.hide()
        return made

    def _show_undo(self, shown: bool) -> None:
        """Show the line in the room of the runs: the panels above keep theirs."""
        self._deleted.setVisible(shown)
        taken = self._deleted.sizeHint().height() if shown else 0
        self._table.setMinimumHeight(_LEAST_HEIGHT_PX - taken)

    def _want_compare(self) -> None:
        if len(self.selected_runs) > 1:
            self.compare_wanted.emit(self.selected_runs)

    def _offer_undo(self) -> None:
        words = self._desk.undo_words
        self._show_undo(bool(words))
        self._gone.setText(f"{words}; files are kept in the trash of the runs")

    @property
    def _selection(self) -> tuple[int, ...]:
        """Ids of all selected runs, the newest one first."""
        lines = {index.row() for index in self._table.selectionModel().selectedRows()}
        return tuple(self._ids[at] for at in sorted(lines) if at < len(self._ids))

    @property
    def selected_runs(self) -> tuple[int, ...]:
        """Ids of the selected runs that have finished folds, the oldest one first."""
        chosen = (self._runs.facts(run_id) for run_id in self._selection)
        return tuple(sorted(one.id for one in chosen if one is not None and comparable(one)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out what matters least rather than let the table scroll sideways."""
        gone: set[str] = set()
        for name in ("", *_GO_FIRST):
            gone.add(name)
            widths = (c.width or _LAST_PX for c in _COLUMNS if c.head not in gone)
            if sum(widths) <= self.width():
                break
        for at, one in enumerate(_COLUMNS):
            self._table.setColumnHidden(at, one.head in gone)

    def _refresh(self) -> None:
        now = datetime.now().astimezone()
        every = tuple((one, run_row(one, now)) for one in self._runs.runs)
        found = tuple((one, row) for one, row in every if matches(row, self.search.text()))
        rows = tuple(row for _, row in found)
        self._ids = tuple(one.id for one, _ in found)
        if rows != self._shown:
            kept = self.selected_runs
            self._shown = rows
            self._table.show_rows([_cells(row) for row in rows])
            self._select_again(kept)
        self._stack.setCurrentIndex(_page(len(found), len(every)))
        self._none.set_words("No run is like that", f"Looked for: {self.search.text()}")
        self._panel.set_note(_amount(len(found), len(every)))
        self._mark()

    def _select_again(self, kept: tuple[int, ...]) -> None:
        """Select several runs as before: other rows have taken the place of the old ones."""
        if len(kept) < 2:
            return
        flags = QItemSelectionModel.SelectionFlag
        for at, run_id in enumerate(self._ids):
            if run_id in kept:
                index = self._table.model().index(at, 0)
                self._table.selectionModel().select(index, flags.Select | flags.Rows)

    def _offer_compare(self) -> None:
        # Keys have to know it too, not the menu alone.
        self.menu.refresh()
        n = len(self.selected_runs)
        self._compare.setEnabled(n > 1)
        self._compare.setToolTip(f"Compare {n} runs clip by clip" if n > 1 else _SELECT)

    def _mark(self) -> None:
        run_id = self._runs.chosen.run_id
        if run_id in self._ids and self._table.currentIndex().row() != self._ids.index(run_id):
            self._table.select(self._ids.index(run_id))
        elif run_id not in self._ids:
            self._table.clearSelection()
        self._offer_compare()


def _cells(row: RunRow) -> tuple[Cell, ...]:
    state = Cell(row.state, row.tone, row.icon, tip=row.tip)
    words = (row.network, row.motion, row.labels, row.seeds, row.uf1, row.doubt, row.uar)
    rest = (Cell(text, tip=row.tip) for text in (*words, row.accuracy, row.note))
    notes = Cell(" ".join(row.notes.split()), tip=row.notes)
    return (Cell(row.name, strong=True), state, *rest, notes)


def _page(n: int, total: int) -> int:
    """Return which page is shown: that there is nothing, the table, or that nothing is found."""
    if not total:
        return 0
    return 1 if n else 2


def _amount(n: int, total: int) -> str:
    if not total:
        return ""
    return str(total) if n == total else f"{n} of {total}"
