"""A network of a run written as ONNX by a worker: the window does not load torch."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from meviewer.experiment.records import Written
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.present.training_jobs import onnx_job


class OnnxJob(QObject):
    """Starts the worker and says what came of it.

    Signals
    -------
    said(str)
        That it has begun, or what was written.
    failed(MeviewerError)
        Why there is no file.
    """

    said = Signal(str)
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: int | None = None
        jobs.ended.connect(self._ended)

    def start(self, run_folder: Path, out: Path) -> None:
        """Write the final model of a run into a file; one at a time."""
        if self._job is not None:
            self.said.emit("Another network is being written")
            return
        title = f"{run_folder.name} as ONNX"
        self._job = self._jobs.add(onnx_job(run_folder, out), title, aside=True)
        self.said.emit(f"Writing {title}")

    def _ended(self, job_id: int) -> None:
        if job_id != self._job:
            return
        self._job = None
        job = self._jobs.job(job_id)
        if job.error is not None:
            self.failed.emit(job.error)
        for record in job.records:
            if isinstance(record, Written):
                self.said.emit(f"{Path(record.path).name}: {record.text}")
