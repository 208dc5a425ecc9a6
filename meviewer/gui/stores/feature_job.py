"""Computing the features of the open project: one job in the queue, started and stopped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import ClipError, MeviewerError
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.gui.stores.workspace import Workspace
from meviewer.nn.feature_plan import FeatureOptions
from meviewer.present.feature_jobs import failures, features_job, outcome


class FeatureJob(QObject):
    """The job that computes features, if there is one.

    Signals
    -------
    computing_changed(bool)
        Whether it runs, or waits for its turn.
    said(str)
        What came of it.
    failed(object)
        The `MeviewerError` of a job that failed, or one that names the events that did.
    """

    computing_changed = Signal(bool)
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._workspace = jobs, workspace
        self._job: int | None = None
        self._folder: Path | None = None
        jobs.ended.connect(self._take)
        workspace.project_changed.connect(self._follow_project)

    @property
    def under_way(self) -> bool:
        """Whether it runs, or waits for its turn."""
        return self._job is not None

    def start(self, options: FeatureOptions) -> None:
        """Start it, unless one is under way or there is no project."""
        project = self._workspace.project
        if self.under_way or project is None:
            return
        self._workspace.flush()
        self._folder = project.folder
        job = features_job(project.folder, options)
        # It may end at once and say so: its number has to be known by then.
        self._job = len(self._jobs.jobs()) + 1
        self.computing_changed.emit(True)
        self._jobs.add(job, "features")

    def stop(self) -> None:
        """Stop it if it is under way; what is finished is kept."""
        if self._job is not None:
            self._jobs.cancel(self._job)

    def _follow_project(self) -> None:
        # The same project tells of new clips in the same way.
        project = self._workspace.project
        if project is None or project.folder != self._folder:
            self.stop()

    def _take(self, job_id: int) -> None:
        if job_id != self._job:
            return
        self._job = None
        self.computing_changed.emit(False)
        job = self._jobs.job(job_id)
        if job.error is not None:
            self.failed.emit(job.error)
            return
        self.said.emit(outcome(job.records))
        missing = failures(job.records)
        if missing:
            self.failed.emit(_missing(missing))


def _missing(lines: tuple[str, ...]) -> MeviewerError:
    more = f"; and {len(lines) - 1} more" if len(lines) > 1 else ""
    return ClipError(
        "Some features are missing",
        why=lines[0] + more,
        now="mend the clips and compute again: only what is missing is computed",
    )
