"""The tables of an agreement report, one at a time; a difference can be opened from its row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from meviewer.experiment.agreement_project import Disagreement
from meviewer.experiment.agreement_values import AgreementReport
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.buttons import Segments
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.agreement import (
    DIFFERENCE_HEADS,
    EVENT_HEADS,
    KEYFRAME_HEADS,
    NAME_HEADS,
    RELIABILITY_HEADS,
    difference_rows,
    event_rows,
    keyframe_rows,
    name_rows,
    reliability_rows,
)

_NAMES = ("Keyframes", "ICC and alpha", "Events", "Emotions and units", "Differences")
_HEADS = (KEYFRAME_HEADS, RELIABILITY_HEADS, EVENT_HEADS, NAME_HEADS, DIFFERENCE_HEADS)
_WORDS = frozenset({"coders", "keyframe", "what", "note", "clip", "first", "second", "difference"})
_WIDTHS = {
    "coders": 78,
    "clip": 150,
    "keyframe": 66,
    "what": 66,
    "events": 54,
    "events of each": 104,
    "clips": 50,
    "subjects": 64,
    "matched": 66,
    "bias ms": 158,
    "MAE ms": 134,
    "MAE frames": 126,
    "ICC(2,1)": 146,
    "by F": 120,
    "alpha": 146,
    "kappa": 146,
    "F1": 146,
    "overlap": 146,
    "first": 110,
    "second": 110,
    "same": 56,
}
_SHARE_PX = 53
_LEAST_NOTE_PX = 220


class AgreementTables(QWidget):
    """A choice of tables above the chosen one.

    Signals
    -------
    wanted(Disagreement)
        A difference was opened, by a double click or by Return.
    """

    wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._differences: tuple[Disagreement, ...] = ()
        self.choice = Segments(theme, _NAMES, 0, "Table")
        self.tables = [
            Table(theme, [_column(head) for head in each], name)
            for each, name in zip(_HEADS, _NAMES, strict=True)
        ]
        self.note = label("", "caption", wrap=True)
        self._stack = QStackedWidget()
        for table in self.tables:
            self._stack.addWidget(table)
            table.row_chosen.connect(lambda _: self._show_note())
        self.choice.chosen.connect(self._show_table)
        self.tables[-1].activated.connect(lambda index: self._open(index.row()))
        self.setLayout(column(self.choice, (self._stack, 1), self.note))

    def show_report(self, report: AgreementReport, found: tuple[Disagreement, ...]) -> None:
        """Fill all tables; those without a row cannot be chosen."""
        self._differences = found
        filled: tuple[Sequence[Sequence[str]], ...] = (
            keyframe_rows(report),
            reliability_rows(report),
            event_rows(report),
            name_rows(report),
            difference_rows(found),
        )
        for at, (table, rows) in enumerate(zip(self.tables, filled, strict=True)):
            table.show_rows([[Cell(text, tip=text) for text in each] for each in rows])
            table.fit_columns()
            self.choice.button(at).setEnabled(bool(rows))
        self._show_note()

    def _show_table(self, at: int) -> None:
        self._stack.setCurrentIndex(at)
        self._show_note()

    def _show_note(self) -> None:
        """Say in full what the last column cuts: of the chosen row, else of the first one."""
        at = self._stack.currentIndex()
        rows, place = self.tables[at].rows, self.tables[at].currentIndex().row()
        chosen = rows[place : place + 1] if place >= 0 else rows
        notes = [cells[-1].text for cells in chosen if _HEADS[at][-1] == "note"]
        self.note.setText(next((note for note in notes if note), ""))

    def _open(self, row: int) -> None:
        if 0 <= row < len(self._differences):
            self.wanted.emit(self._differences[row])


def _column(head: str) -> Column:
    if head in ("note", "difference"):
        return Column(head.capitalize(), width=None, least=_LEAST_NOTE_PX)
    shown = head[:1].upper() + head[1:]
    width = _SHARE_PX if head.startswith("±") else _WIDTHS.get(head, 76)
    return Column(shown, figures=head not in _WORDS, width=width)
