"""The folds of the run on show: one cell a subject."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.gui.theme import Space, Theme
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.buttons import Segments
from meviewer.gui.widgets.layout import Panel, column
from meviewer.gui.widgets.train_folds_grid import FoldsGrid
from meviewer.present.export_view import ViewContent
from meviewer.present.training_pictures import MEASURES, fold_cells, folds_note
from meviewer.present.training_runs import ACTIVE


class TrainFoldsPanel(QWidget):
    """Who was held out, and how well each one was recognised."""

    def __init__(self, theme: Theme, runs: TrainingRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._grid = FoldsGrid(theme)
        self._measure = Segments(theme, ("UF1", "Right", "Time"), name="What the cells show")
        margins = (Space.m, Space.m, Space.m, Space.m)
        self._panel = Panel("Folds", column((self._grid, 1)), (self._measure,), margins=margins)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panel)
        offer_view(self._grid, self._content)
        self._measure.chosen.connect(lambda _: self._refresh())
        runs.progressed.connect(self._refresh)
        runs.changed.connect(self._refresh)
        self._refresh()

    @property
    def grid(self) -> QWidget:
        """The cells, for a picture."""
        return self._grid

    def _content(self) -> ViewContent:
        shown = self._measure.button(self._measure.current).text()
        words = (f"One cell a subject that was held out: {shown}",)
        return ViewContent("Folds", "folds", words, of_clip=False)

    def _refresh(self) -> None:
        state = self._runs.chosen.state
        facts = self._runs.facts(self._runs.chosen.run_id)
        running = facts is not None and facts.state in ACTIVE
        measure = MEASURES[self._measure.current]
        self._grid.show_cells(fold_cells(state, measure, running=running))
        self._panel.set_note(folds_note(state))
