"""What a person does to runs that are there: their line, names, notes, and the trash."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError, ProjectError
from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.present.training_runs import ACTIVE
from meviewer.present.wording import counted
from meviewer.project import run_keeping
from meviewer.project.project import Project
from meviewer.project.runs import Run


class RunDesk(QObject):
    """Changes runs that are not being trained, and the order of those that wait.

    Parameters
    ----------
    runs : TrainingRuns
        Where runs are known; it is told of every change.

    Signals
    -------
    said(str)
        What was done.
    undo_changed()
        There is something deleted that can be brought back, or no longer.
    """

    said = Signal(str)
    undo_changed = Signal()

    def __init__(self, runs: TrainingRuns, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._trashed: tuple[run_keeping.Trashed, ...] = ()
        self._of: Project | None = None

    @property
    def undo_words(self) -> str:
        """What can be brought back, in words; empty if nothing."""
        if not self._trashed or self._of is not self._runs.project:
            return ""
        n = len(self._trashed)
        what = self._trashed[0].run.name if n == 1 else counted(n, "run")
        return f"{what} deleted"

    def rename(self, run_id: int, name: str) -> None:
        """Give a run and its folder another name."""
        self._change([run_id], lambda project, run: run_keeping.rename(project, run, name))

    def write_notes(self, run_id: int, text: str) -> None:
        """Keep notes in the folder of a run; also while it is trained."""
        project, run = self._runs.project, self._runs.stored(run_id)
        if project is None or run is None:
            return
        try:
            run_keeping.write_notes(project.run_folder(run), text)
        except MeviewerError as error:
            self._runs.failed.emit(error)
        self._runs.take_notes(run_id)

    def delete(self, run_ids: Iterable[int]) -> None:
        """Move runs to the trash of the project; the last deletion can be taken back."""
        gone: list[run_keeping.Trashed] = []
        self._change(run_ids, lambda project, run: gone.append(run_keeping.delete(project, run)))
        if gone:
            self._trashed, self._of = tuple(gone), self._runs.project
            self.undo_changed.emit()
            self.said.emit(self.undo_words)

    def undo_delete(self) -> None:
        """Bring back what was deleted last."""
        project = self._runs.project
        if project is None or project is not self._of:
            return
        trashed, self._trashed = self._trashed, ()
        back = 0
        try:
            for one in trashed:
                back = run_keeping.bring_back(project, one).id
        except MeviewerError as error:
            self._runs.failed.emit(error)
        self._runs.reread()
        if back:
            self._runs.choose(back)
        self.undo_changed.emit()

    def _change(self, run_ids: Iterable[int], change: Callable[[Project, Run], object]) -> None:
        project = self._runs.project
        if project is None:
            return
        try:
            for run_id in run_ids:
                run, facts = self._runs.stored(run_id), self._runs.facts(run_id)
                if run is None or facts is None:
                    continue
                if facts.state in (*ACTIVE, "queued"):
                    raise _busy(run)
                change(project, run)
        except MeviewerError as error:
            self._runs.failed.emit(error)
        self._runs.reread()


def _busy(run: Run) -> ProjectError:
    return ProjectError(
        "A run that is trained, or waits, cannot be renamed or deleted",
        where=run.name,
        why="its worker writes into its folder",
        now="cancel it first; what it has finished is kept",
    )
