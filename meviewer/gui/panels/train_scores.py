"""The scores of the run on show with their doubt, and its confusion matrix."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.gui.theme import Space, Theme
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.buttons import Segments
from meviewer.gui.widgets.labels import ElidedLabel
from meviewer.gui.widgets.layout import Panel, boxed, column, row
from meviewer.gui.widgets.styling import rule
from meviewer.gui.widgets.train_confusion import ConfusionMatrix
from meviewer.gui.widgets.train_figures import Figures
from meviewer.present.export_view import ViewContent, confusion_content
from meviewer.present.training_pictures import figures, last_fold, pooled, scores_note
from meviewer.present.training_reference import reference_line, reference_tip
from meviewer.present.training_runs import control_uf1

_LAST_FOLD = 1


class TrainScoresPanel(QWidget):
    """Figures above, matrix below; both grow fold by fold."""

    def __init__(self, theme: Theme, runs: TrainingRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._figures = Figures()
        self._matrix = ConfusionMatrix(theme)
        self._of = Segments(theme, ("Pooled", "Last fold"), name="Which folds the matrix counts")
        self._reference = ElidedLabel("", "caption")
        self._reference_line = boxed(row((self._reference, 1)))
        self._reference_line.setContentsMargins(Space.l, 0, Space.l, Space.m)
        inside = (Space.l, Space.m, Space.l, Space.m)
        matrix = boxed(column((self._matrix, 1), margins=inside))
        body = column(self._figures, self._reference_line, rule(), (matrix, 1), spacing=0)
        self._panel = Panel("Scores", body, (self._of,))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panel)
        offer_view(matrix, self._content)
        self._of.chosen.connect(lambda _: self._refresh())
        runs.progressed.connect(self._refresh)
        runs.changed.connect(self._refresh)
        self._refresh()

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
        one = self._of.current == _LAST_FOLD
        self._matrix.show_confusion(last_fold(state) if one else pooled(state))
        self._panel.set_note(scores_note(state))
