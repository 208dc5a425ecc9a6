"""What a training can run on: asked from a worker, for the window does not load torch."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError, MissingExtraError
from meviewer.experiment.records import Device
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.nn import extra
from meviewer.present.training_devices import device_choices, device_note
from meviewer.present.training_jobs import devices_job
from meviewer.present.training_offer import Offer


class TrainingDevices(QObject):
    """Asks once, when somebody wants to know.

    Signals
    -------
    changed()
        The answer is there, or why there is none.
    """

    changed = Signal()

    def __init__(self, jobs: JobQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: int | None = None
        self._found: tuple[Device, ...] = ()
        self._error: MeviewerError | None = None
        jobs.ended.connect(self._ended)

    @property
    def missing(self) -> MeviewerError | None:
        """Why nothing can be trained here, if it is so."""
        return self._error if isinstance(self._error, MissingExtraError) else None

    def ask(self) -> None:
        """Ask, if nobody has asked before."""
        if self._job is not None or self._error is not None:
            return
        try:
            extra.require()
        except MissingExtraError as error:
            self._error = error
            self.changed.emit()
            return
        self._job = self._jobs.add(devices_job(), "devices", aside=True)

    def offered(self, offer: Offer) -> Offer:
        """Return an offer with the devices of this machine."""
        if self._error is not None:
            return replace(offer, device_note=self._error.what)
        return replace(
            offer, devices=device_choices(self._found), device_note=device_note(self._found)
        )

    def _ended(self, job_id: int) -> None:
        if job_id != self._job:
            return
        job = self._jobs.job(job_id)
        self._found = tuple(one for one in job.records if isinstance(one, Device))
        self._error = job.error
        self.changed.emit()
