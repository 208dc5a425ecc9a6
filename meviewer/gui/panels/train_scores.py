"""The scores of the run on show with their doubt, its confusion matrix, and its subjects."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.gui.theme import Space, Theme
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.buttons import Segments
from meviewer.gui.widgets.labels import ElidedLabel
from meviewer.gui.widgets.layout import Panel, boxed, column, row
from meviewer.gui.widgets.styling import rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.gui.widgets.train_confusion import ConfusionMatrix
from meviewer.gui.widgets.train_figures import Figures
from meviewer.present.export_view import ViewContent, confusion_content
from meviewer.present.training_pictures import figures, last_fold, pooled, scores_note
from meviewer.present.training_reference import (
    others_line,
    others_tip,
    reference_line,
    reference_tip,
)
from meviewer.present.training_runs import control_uf1
from meviewer.present.training_subjects import HEADS, SubjectRow, subject_cells, subject_rows

_LAST_FOLD, _SUBJECTS = 1, 2
_SUBJECT_WIDTHS = (88, 52, 52, 72, 60, 60, None, 80)
_LEAST_TABLE_PX = 84
_ROOM = {2: 400, 5: 460, 7: 540}
"""Columns of the subjects that are shown only in a panel of this width at least."""


class TrainScoresPanel(QWidget):
    """Figures above, matrix below; both grow fold by fold."""

    def __init__(self, theme: Theme, runs: TrainingRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._figures = Figures()
        self._matrix = ConfusionMatrix(theme)
        self._of = Segments(theme, ("Pooled", "Last fold", "Subjects"), name="What is counted")
        self._reference = ElidedLabel("", "caption")
        self._reference_line = boxed(row((self._reference, 1)))
        self._reference_line.setContentsMargins(Space.l, 0, Space.l, Space.m)
        self._others = ElidedLabel("", "caption")
        self._others_line = boxed(row((self._others, 1)))
        self._others_line.setContentsMargins(Space.l, 0, Space.l, Space.m)
        inside = (Space.l, Space.m, Space.l, Space.m)
        matrix = boxed(column((self._matrix, 1), margins=inside))
        self._subjects = _table(theme)
        self._pages = QStackedWidget()
        for page in (matrix, self._subjects):
            self._pages.addWidget(page)
        lines = column(self._reference_line, self._others_line, spacing=0)
        body = column(self._figures, lines, rule(), (self._pages, 1), spacing=0)
        self._panel = Panel("Scores", body, (self._of,))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panel)
        offer_view(matrix, self._content)
        self._of.chosen.connect(lambda _: self._refresh())
        runs.progressed.connect(self._refresh)
        runs.changed.connect(self._refresh)
        self._refresh()

    @property
    def matrix(self) -> QWidget:
        """The confusion matrix, for a picture."""
        return self._matrix

    def _content(self) -> ViewContent:
        facts = self._runs.facts(self._runs.chosen.run_id)
        name = facts.name if facts is not None else ""
        return confusion_content(self._matrix.confusion, name)

    def _refresh(self) -> None:
        state = self._runs.chosen.state
        facts = self._runs.facts(self._runs.chosen.run_id)
        control = control_uf1(facts.spec, self._runs.runs) if facts is not None else None
        self._figures.show_figures(figures(state.scores, control))
        words = reference_line(state)
        self._reference.setText(words)
        # The label has a tip of its own where it is cut.
        self._reference_line.setToolTip(reference_tip(state))
        self._reference_line.setVisible(bool(words))
        words = others_line(state)
        self._others.setText(words)
        self._others_line.setToolTip(others_tip(state))
        self._others_line.setVisible(bool(words))
        self._pages.setCurrentIndex(1 if self._of.current == _SUBJECTS else 0)
        if self._of.current == _SUBJECTS:
            self._show_subjects(subject_rows(state))
        one = self._of.current == _LAST_FOLD
        self._matrix.show_confusion(last_fold(state) if one else pooled(state))
        self._panel.set_note(scores_note(state))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # What matters least goes, rather than that the table scrolls sideways.
        for at, least in _ROOM.items():
            self._subjects.setColumnHidden(at, self.width() < least)

    def _show_subjects(self, rows: tuple[SubjectRow, ...]) -> None:
        cells = [
            tuple(Cell(text, strong=not at) for at, text in enumerate(subject_cells(row)))
            for row in rows
        ]
        if cells != list(self._subjects.rows):
            self._subjects.show_rows(cells)


def _table(theme: Theme) -> Table:
    columns = [
        Column(head[:1].upper() + head[1:], figures=at not in (0, 6), width=width)
        for at, (head, width) in enumerate(zip(HEADS, _SUBJECT_WIDTHS, strict=True))
    ]
    made = Table(theme, columns, "Subjects, the weakest first")
    made.setMinimumHeight(_LEAST_TABLE_PX)
    return made
