"""Train: the experiment on the left; progress, folds, scores and runs on the right."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QWidget

from meviewer.gui.panels.train_clip import TrainClipPanel
from meviewer.gui.panels.train_folds import TrainFoldsPanel
from meviewer.gui.panels.train_form import TrainFormPanel
from meviewer.gui.panels.train_live import TrainLivePanel
from meviewer.gui.panels.train_runs import TrainRunsPanel
from meviewer.gui.panels.train_scores import TrainScoresPanel
from meviewer.gui.running.background import Background
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.gui.stores.onnx_job import OnnxJob
from meviewer.gui.stores.run_desk import RunDesk
from meviewer.gui.stores.training_devices import TrainingDevices
from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.gui.stores.workspace import Workspace
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.arranging import GAP_PX, split
from meviewer.present.training_words import final_model_words
from meviewer.present.wording import counted

_ACROSS, _DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class TrainPerspective(QSplitter):
    """The bench for experiments.

    Parameters
    ----------
    theme : Theme
    workspace : Workspace
    jobs : JobQueue, optional
        The window's queue; without it the perspective has one of its own.

    Signals
    -------
    said(str)
        Something in passing, such as that a command was copied.
    schemes_wanted(str, str)
        The class schemes are to be seen: this one first, counted on the labels of this coder.
    """

    said = Signal(str)
    schemes_wanted = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        workspace: Workspace,
        jobs: JobQueue | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_ACROSS, parent)
        self._theme = theme
        self.jobs = jobs or JobQueue(self)
        self.background = Background(self)
        self._workspace = workspace
        self.runs = TrainingRuns(workspace, self.jobs, self.background, self)
        self.desk = RunDesk(self.runs, self)
        self.onnx = OnnxJob(self.jobs, self)
        devices = TrainingDevices(self.jobs, self)
        self.form = TrainFormPanel(theme, workspace, self.runs, devices, self.background)
        self.live = TrainLivePanel(theme, self.runs)
        self.folds = TrainFoldsPanel(theme, self.runs)
        self.scores = TrainScoresPanel(theme, self.runs)
        self.table = TrainRunsPanel(theme, self.runs, self.desk)
        self.clip = TrainClipPanel(theme, workspace, self.runs, self.jobs, self.background)
        self._arrange()
        self.form.said.connect(self.said)
        self.form.schemes_wanted.connect(self.schemes_wanted)
        self.live.said.connect(self.said)
        self.desk.said.connect(self.said)
        self.table.compare_wanted.connect(self._compare)
        self.table.tune_wanted.connect(self._tune)
        self.table.onnx_wanted.connect(self._write_onnx)
        self.onnx.said.connect(self.said)
        self.onnx.failed.connect(self.form.show_error)
        self.table.files_wanted.connect(self._write_files)
        self.clip.many_wanted.connect(self._ask_many)
        self.background.failed.connect(self.form.show_error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Else the first button in the tab order would carry the ring of the focus.
        self.setFocus()

    def shutdown(self) -> None:
        """Stop what runs; finished folds are kept and the run can be resumed."""
        self.jobs.shutdown()
        self.background.shutdown()

    def _compare(self, run_ids: tuple[int, ...]) -> None:
        """Show some runs against one another, in a window beside this one."""
        # Loaded late: a window that compares nothing starts without it.
        from meviewer.gui.dialogs.train_compare import CompareDialog

        self.comparison = CompareDialog(
            self._theme, self.background, self.runs.folders(run_ids), self
        )
        self.comparison.show()

    def _ask_many(self) -> None:
        """Ask the run on show about many clips, in a window beside this one."""
        from meviewer.gui.dialogs.train_clips import ClipsDialog

        project, facts = self.runs.project, self.runs.facts(self.runs.chosen.run_id)
        if project is None or facts is None:
            return
        coder = self._workspace.coder
        self.many = ClipsDialog(
            self._theme, self.background, self.jobs, project, facts, coder, self
        )
        self.many.show()

    def _tune(self, run_id: int) -> None:
        """Fill the form with the experiment of a run, to go on from its weights."""
        facts = self.runs.facts(run_id)
        if facts is not None:
            (_, folder), *_ = self.runs.folders((run_id,))
            self.form.begin_from(facts.spec, folder)
            self.said.emit(f"The form begins from {facts.name}")

    def _write_onnx(self, run_id: int) -> None:
        """Write the final model of a run for other programs, where the user wants it."""
        (name, folder), *_ = self.runs.folders((run_id,))
        facts = self.runs.facts(run_id)
        n_seeds = len(facts.spec.seeds) if facts is not None else 1
        title = f"{name} as ONNX: {final_model_words(n_seeds)}"
        chosen = QFileDialog.getSaveFileName(self, title, f"{name}.onnx", "ONNX (*.onnx)")[0]
        if chosen:
            self.onnx.start(folder, Path(chosen))

    def _write_files(self, run_id: int) -> None:
        """Write figures and tables of a run where the user wants them."""
        from meviewer.gui.dialogs.train_files import ask_folder, file_work

        facts, chosen = self.runs.facts(run_id), self.runs.chosen
        if facts is None or chosen.run_id != run_id:
            return
        folder = ask_folder(self, facts.name)
        if folder is None:
            return
        figures = {
            "curves": self.live.curves,
            "folds": self.folds.grid,
            "confusion": self.scores.matrix,
        }
        self.background.run(
            "train-files",
            file_work(folder, facts, chosen.state, figures),
            lambda n: self.said.emit(f"{counted(n, 'file')} in {folder / facts.name}"),
            self.form.show_error,
        )

    def _arrange(self) -> None:
        middle = split(_ACROSS, (self.folds, self.scores), (520, 620), stretch=1)
        below = split(_ACROSS, (self.table, self.clip), (900, 260), stretch=0)
        right = split(_DOWN, (self.live, middle, below), (340, 360, 236), stretch=0)
        for name, part in (("middle", middle), ("below", below), ("right", right)):
            part.setObjectName(f"train-{name}")
        self.setObjectName("train")
        self.setHandleWidth(GAP_PX)
        self.setChildrenCollapsible(False)
        self.addWidget(self.form)
        self.addWidget(right)
        self.setStretchFactor(1, 1)
        self.setSizes([324, 1272])
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
