"""The run on show while it runs: how far it is, its curves, and the ways to stop it or go on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.gui.theme import Space, Theme
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.curves_plot import CurvesPlot
from meviewer.gui.widgets.labels import ElidedLabel
from meviewer.gui.widgets.layout import Bar, Panel, boxed, column, spare
from meviewer.gui.widgets.notices import EmptyState, MessageCard
from meviewer.gui.widgets.styling import short_rule
from meviewer.gui.widgets.train_figures import ProgressFigure
from meviewer.motion.cores import usable_cores
from meviewer.present.export_view import ViewContent, plots_content
from meviewer.present.training_pictures import plots
from meviewer.present.training_progress import current_fold, fold_title, whole_run
from meviewer.present.training_runs import ACTIVE, RESUMABLE, RunFacts
from meviewer.present.training_state import TrainingState
from meviewer.present.training_usage import usage_blocks

_BAR_PX, _FIGURE_PX, _USAGE_PX = 68, 184, 120
_NO_RUN = ("No run yet", "Choose labels and a network on the left, then press Train")
_NO_PROJECT = ("No project is open", "Open one first: its labels are what a network learns")
_PAUSE = (
    "Wait before the next step, all in memory. A paused run does not outlive the window:"
    " its finished folds do, and it can be resumed"
)
_GO_ON = "Go on where the run waits"
_FINISH = "Train and test the fold under way, then stop; the run can be resumed"


class TrainLivePanel(QWidget):
    """Progress above, curves below.

    Signals
    -------
    said(str)
        Something in passing.
    """

    said = Signal(str)

    def __init__(self, theme: Theme, runs: TrainingRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._curves = CurvesPlot(theme)
        # Panels below must not jump while the curves of a run that begins are hidden.
        policy = self._curves.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._curves.setSizePolicy(policy)
        self._card = MessageCard(theme, "error", "")
        self._card.hide()
        self._panel = Panel("Training", column((self._curves, 1), spacing=0))
        self._run = ProgressFigure(theme, "Whole run")
        self._fold = ProgressFigure(theme, "Fold")
        self._usage = (ProgressFigure(theme, "Use"), ProgressFigure(theme, "Memory"))
        for figure in (self._run, self._fold):
            figure.setMinimumWidth(_FIGURE_PX)
        for figure in self._usage:
            figure.setMinimumWidth(_USAGE_PX)
        self._device = ElidedLabel("", "caption")
        self._pause = push("Pause", "quiet", theme, "pause", tip=_PAUSE)
        self._finish = push("Stop after fold", tip=_FINISH)
        self._cancel = push(
            "Cancel", "quiet", tip="Finished folds are kept; the run can be resumed"
        )
        self._resume = push("Resume", "primary", tip="Go on after the last finished fold")
        self._copy = push("Copy as command", "quiet", tip="The same training for a terminal")
        self._bar = self._make_bar()
        self._empty = EmptyState(theme, "train", *_NO_RUN)
        self._stack = QStackedWidget()
        live = boxed(column(self._bar, self._card, (self._panel, 1), spacing=0))
        for page in (self._empty, live):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        offer_view(self._curves, self._content)
        self._connect()
        self._refresh()

    @property
    def curves(self) -> QWidget:
        """The curves, for a picture."""
        return self._curves

    def _content(self) -> ViewContent:
        facts = self._runs.facts(self._runs.chosen.run_id)
        return plots_content(self._curves.plots, facts.name if facts is not None else "")

    def _make_bar(self) -> Bar:
        return Bar(
            (self._run, 3),
            short_rule(),
            (self._fold, 3),
            short_rule(),
            *((one, 2) for one in self._usage),
            (self._device, 2),
            spare(self._copy, 1),
            self._resume,
            self._pause,
            self._finish,
            self._cancel,
            height=_BAR_PX,
            spacing=Space.l,
            margins=(Space.l, Space.m, Space.l, Space.m),
        )

    def _connect(self) -> None:
        self._runs.progressed.connect(self._refresh)
        self._runs.changed.connect(self._refresh_state)
        self._cancel.clicked.connect(lambda: self._act(self._runs.cancel))
        self._pause.clicked.connect(lambda: self._act(self._pause_or_go_on))
        self._finish.clicked.connect(lambda: self._act(self._runs.finish))
        self._resume.clicked.connect(lambda: self._act(self._runs.resume))
        self._copy.clicked.connect(lambda: self._act(self._copy_command))

    def _act(self, act: Callable[[int], None]) -> None:
        run_id = self._runs.chosen.run_id
        if run_id is not None:
            act(run_id)

    def _pause_or_go_on(self, run_id: int) -> None:
        facts = self._runs.facts(run_id)
        paused = facts is not None and facts.state == "paused"
        (self._runs.go_on if paused else self._runs.pause)(run_id)

    def _copy_command(self, run_id: int) -> None:
        QGuiApplication.clipboard().setText(self._runs.command(run_id))
        self.said.emit("The command is on the clipboard")

    def _refresh(self) -> None:
        chosen = self._runs.chosen
        facts = self._runs.facts(chosen.run_id)
        self._stack.setCurrentIndex(0 if facts is None else 1)
        if facts is None:
            self._empty.set_words(*(_NO_RUN if self._runs.has_project else _NO_PROJECT))
            return
        state = chosen.state
        self._run.show_block(whole_run(state, facts.spec.final_model, facts.state))
        self._fold.show_block(current_fold(state, facts.spec.final_model, facts.state))
        self._show_usage(state if facts.state in ACTIVE else None)
        self._device.setText(state.started.device if state.started else "")
        running = facts.state in ACTIVE and state.fold is not None
        self._panel.set_title(f"{facts.name}: {fold_title(state)}" if running else facts.name)
        # The curves of another run must not stand under the name of one that has none yet.
        self._curves.setVisible(state.started is not None)
        if state.started is not None:
            self._curves.show_plots(plots(state))
        self._card.setVisible(chosen.error is not None)
        if chosen.error is not None:
            self._card.show_error(chosen.error)
        self._show_state(facts)

    def _show_usage(self, state: TrainingState | None) -> None:
        """Show what a running training takes of the machine, in place of the device's name."""
        blocks = usage_blocks(state.usage, usable_cores()) if state is not None else ()
        for at, figure in enumerate(self._usage):
            figure.setVisible(at < len(blocks))
            if at < len(blocks):
                figure.show_block(blocks[at])
        self._device.setVisible(not blocks)

    def _refresh_state(self) -> None:
        facts = self._runs.facts(self._runs.chosen.run_id)
        if facts is not None:
            self._show_state(facts)

    def _show_state(self, facts: RunFacts) -> None:
        state, running = facts.state, facts.state in ACTIVE
        self._panel.set_note(f"{state}, curves of the training clips")
        self._pause.setVisible(running)
        self._pause.setEnabled(state in ("running", "paused"))
        self._pause.setText("Continue" if state == "paused" else "Pause")
        self._pause.set_icon("play" if state == "paused" else "pause")
        self._pause.setToolTip(_GO_ON if state == "paused" else _PAUSE)
        self._finish.setVisible(running)
        self._finish.setEnabled(state in ("running", "paused"))
        self._cancel.setVisible(running or state == "queued")
        self._cancel.setEnabled(state != "stopping")
        self._cancel.setText("Stopping" if state == "stopping" else "Cancel")
        self._resume.setVisible(state in RESUMABLE)
        self._bar.refit()
