"""The tables of a bias report, one at a time: shifts, phases, what labels are worth."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedWidget, QWidget

from meviewer.core.events import Edge
from meviewer.experiment.bias import BiasReport
from meviewer.experiment.label_sd import LabelSd
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.buttons import Segments
from meviewer.gui.widgets.layout import column
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.bias import (
    LABEL_HEADS,
    PHASE_HEADS,
    SHIFT_HEADS,
    label_rows,
    left_out_rows,
    phase_rows,
    shift_rows,
)

_NAMES = ("Shifts", "Rise and fall", "Labels of two people", "Left out")
_LEFT_OUT_HEADS = ("clip", "event", "why")
_WORDS = frozenset({"group", "data set", "keyframe", "phase", "coders", "note", "clip", "why"})
_WIDTHS = {
    "group": 100,
    "data set": 104,
    "coders": 104,
    "clip": 140,
    "keyframe": 66,
    "phase": 56,
    "events": 54,
    "event": 54,
    "median ms": 74,
    "95 % interval": 110,
    "IQR ms": 60,
    "mean ms": 66,
    "median frames": 98,
    "moved": 60,
    "evidence": 70,
    "sd ms": 60,
    "sd frames": 74,
    "mean difference ms": 130,
    "labelled ms": 88,
    "suggested ms": 96,
    "published ms": 94,
}


class BiasTables(QWidget):
    """A choice of tables above the chosen one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.choice = Segments(theme, _NAMES, 0, "Table")
        heads = (SHIFT_HEADS, PHASE_HEADS, LABEL_HEADS, _LEFT_OUT_HEADS)
        self.tables = [
            Table(theme, [_column(head) for head in each], name)
            for each, name in zip(heads, _NAMES, strict=True)
        ]
        self._stack = QStackedWidget()
        for table in self.tables:
            self._stack.addWidget(table)
        self.choice.chosen.connect(self._stack.setCurrentIndex)
        self.setLayout(column(self.choice, (self._stack, 1)))

    def show_report(
        self, report: BiasReport, labels: tuple[LabelSd, ...], edges: tuple[Edge, ...]
    ) -> None:
        """Fill all tables; those without a row cannot be chosen."""
        found: tuple[Sequence[Sequence[str]], ...] = (
            shift_rows(report, edges),
            phase_rows(report),
            label_rows(labels),
            left_out_rows(report),
        )
        for at, (table, rows) in enumerate(zip(self.tables, found, strict=True)):
            table.show_rows([[Cell(text, tip=text) for text in each] for each in rows])
            self.choice.button(at).setEnabled(bool(rows))
        self.choice.button(2).setToolTip(
            "" if labels else "Needs the labels of two people on the same clips"
        )
        if not found[self.choice.current]:
            full = next((at for at, rows in enumerate(found) if rows), 0)
            self.choice.set_current(full)
            self._stack.setCurrentIndex(full)


def _column(head: str) -> Column:
    if head in ("note", "why"):
        return Column(head.capitalize(), width=None)
    shown = head[:1].upper() + head[1:]
    return Column(shown, figures=head not in _WORDS, width=_WIDTHS.get(head, 76))
