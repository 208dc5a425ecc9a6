"""A worker process that stays to be asked; what it says is told in the UI thread."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from meviewer.core.errors import JobError, MeviewerError
from meviewer.experiment.records import decode
from meviewer.gui.stores.inbox import Bell, Inbox
from meviewer.gui.stores.job_entry import outcome
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import End, Job

_GRACE_S = 0.5
_JOIN_S = 5.0
_IDLE_MS = 300_000  # torch and the networks hold some hundred MB


class Resident(QObject):
    """At most one process at a time, which answers questions until it is dismissed.

    Parameters
    ----------
    make_process : callable, optional

    Signals
    -------
    said(record)
        It has answered.
    failed(MeviewerError)
        It is gone, and not because it was dismissed.
    """

    said = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        make_process: Callable[[], WorkerProcess] = WorkerProcess,
    ) -> None:
        super().__init__(parent)
        self._make_process = make_process
        self._bell = Bell()
        self._bell.rung.connect(self._read, Qt.ConnectionType.QueuedConnection)
        self._process: WorkerProcess | None = None
        self._job: Job | None = None
        self._leaving: list[WorkerProcess] = []
        self._inbox = Inbox()
        self._number = 0
        self._closed = False
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(self.dismiss)

    @property
    def running(self) -> bool:
        """Whether a process is there to be asked."""
        return self._process is not None

    def ask(self, job: Job, question: msgspec.Struct) -> None:
        """Put a question to the process that runs this job, which is started if need be.

        Parameters
        ----------
        job : Job
            Of a task that stays; a process that runs another one is dismissed.
        """
        if self._closed:
            return
        if self._process is None or job != self._job:
            self.dismiss()
            self._start(job)
        if self._process is not None:
            self._process.ask(msgspec.json.encode(question))
            self._idle.start()

    def hush(self, nothing: msgspec.Struct) -> None:
        """Put a question to the process, if it is there, that asks nothing."""
        if self._process is not None:
            self._process.ask(msgspec.json.encode(nothing))

    def dismiss(self) -> None:
        """Let the process go; nothing that it still says will be heard. Returns at once."""
        process, self._process, self._job = self._process, None, None
        self._number += 1
        self._idle.stop()
        if process is not None:
            process.cancel()
            self._leaving = [one for one in self._leaving if one.running] + [process]

    def shutdown(self) -> None:
        """Dismiss the process and wait until it is gone."""
        self._closed = True
        if self._process is not None:
            self._process.cancel(_GRACE_S)
        self.dismiss()
        for process in self._leaving:
            if process.pid is not None:
                process.wait(_GRACE_S + _JOIN_S)
        self._leaving = []

    def _start(self, job: Job) -> None:
        # A box of its own for each process: one that was dismissed must not be heard.
        self._number, self._inbox = self._number + 1, Inbox()
        number, inbox, bell = self._number, self._inbox, self._bell

        def put(line: bytes | None, end: End | None) -> None:
            inbox.put(line, end, bell, number)

        process = self._make_process()
        try:
            process.start(job, lambda line: put(line, None), lambda end: put(None, end))
        except MeviewerError as error:
            self.failed.emit(error)
            return
        self._process, self._job = process, job

    def _read(self, number: int) -> None:
        inbox = self._inbox
        if number != self._number:
            return
        lines, end = inbox.take()
        try:
            records = [decode(line) for line in lines]
        except JobError as error:
            self.dismiss()
            self.failed.emit(error)
            return
        for record in records:
            # Who is told of one may dismiss the process: the others are then of no use.
            if number == self._number:
                self.said.emit(record)
        if end is not None and number == self._number:
            self.dismiss()
            self.failed.emit(outcome(end)[1] or _gone())


def _gone() -> JobError:
    return JobError(
        "The process that was asked has ended",
        why="it was stopped from outside",
        now="choose the run again",
    )
