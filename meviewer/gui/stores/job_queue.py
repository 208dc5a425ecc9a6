"""Jobs in child processes: in order, one at a time, with everything told on the UI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal

from meviewer.core.errors import JobError, MeviewerError
from meviewer.experiment.records import AnyRecord, decode
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Cancelled, Crashed, Done, End, Failed, Job, Killed
from meviewer.present.feature_jobs import share_of
from meviewer.present.training_jobs import has_final_model
from meviewer.present.training_progress import progress
from meviewer.present.training_state import TrainingState, advance

JobState = Literal["queued", "running", "done", "failed", "cancelled", "crashed"]
_GRACE_S = 0.5
_JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """A job as it stands at this moment.

    Attributes
    ----------
    id : int
    title : str
        For people, such as ``"run 7"``.
    task : str
        As in `meviewer.jobs.tasks`.
    state : str
        ``queued``, ``running``, ``done``, ``failed``, ``cancelled`` or ``crashed``.
    stopping : bool
        Cancelling was asked for and has not come to its end.
    share : float or None
        0 to 1; None while the length is unknown.
    left_s : float or None
        Seconds it still takes; None while that is a guess.
    records : tuple of records
        All that it has said.
    training : TrainingState
        The same, folded into one value.
    error : MeviewerError or None
        Of a failed or crashed job.
    """

    id: int
    title: str
    task: str
    state: JobState
    stopping: bool
    share: float | None
    left_s: float | None
    records: tuple[AnyRecord, ...]
    training: TrainingState
    error: MeviewerError | None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in ("queued", "running")


@dataclass(slots=True)
class _Inbox:
    """What a job's threads have said and the UI thread has not read yet."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    lines: list[bytes] = field(default_factory=list)
    end: End | None = None
    announced: bool = False


@dataclass(slots=True)
class _Entry:
    """A job with its process."""

    id: int
    title: str
    job: Job
    aside: bool
    process: WorkerProcess
    inbox: _Inbox = field(default_factory=_Inbox)
    state: JobState = "queued"
    stopping: bool = False
    records: list[AnyRecord] = field(default_factory=list)
    training: TrainingState = field(default_factory=TrainingState)
    error: MeviewerError | None = None


class _Bell(QObject):
    """Rings in the UI thread; the only thing of Qt that the threads of a job hold."""

    rung = Signal(int)


class JobQueue(QObject):
    """Runs jobs one after another, each in a process of its own.

    Parameters
    ----------
    make_process : callable, optional
        Makes the process of a job.

    Signals
    -------
    added(int)
        A job of this id is in line.
    updated(int)
        It has started, or said more; several records may have come at once.
    ended(int)
        It is over: done, failed, cancelled or crashed.
    """

    added = Signal(int)
    updated = Signal(int)
    ended = Signal(int)

    def __init__(
        self,
        parent: QObject | None = None,
        make_process: Callable[[], WorkerProcess] = WorkerProcess,
    ) -> None:
        super().__init__(parent)
        self._make_process = make_process
        self._entries: dict[int, _Entry] = {}
        self._bell = _Bell()
        self._bell.rung.connect(self._read, Qt.ConnectionType.QueuedConnection)
        self._closed = False

    def add(self, job: Job, title: str, *, aside: bool = False) -> int:
        """Put a job in line and return its id.

        Parameters
        ----------
        aside : bool
            A short job that does not wait for its turn and lets nobody else wait.
        """
        job_id = len(self._entries) + 1
        self._entries[job_id] = _Entry(job_id, title, job, aside, self._make_process())
        self.added.emit(job_id)
        self._start_next()
        return job_id

    def job(self, job_id: int) -> JobSnapshot:
        """Return a job as it stands; `KeyError` if there is none of this id."""
        entry = self._entries[job_id]
        known = entry.training.started is not None
        found = progress(entry.training, has_final_model(entry.job)) if known else None
        share = found.share if found else share_of(entry.job, entry.training.preparing)
        return JobSnapshot(
            entry.id,
            entry.title,
            entry.job.task,
            entry.state,
            entry.stopping,
            share,
            found.left_s if found else None,
            tuple(entry.records),
            entry.training,
            entry.error,
        )

    def jobs(self) -> tuple[JobSnapshot, ...]:
        """Return all jobs of this window in the order in which they were added."""
        return tuple(map(self.job, self._entries))

    @property
    def current(self) -> JobSnapshot | None:
        """The job whose turn it is, or None."""
        running = [one.id for one in self._entries.values() if one.state == "running"]
        at_turn = [one for one in running if not self._entries[one].aside]
        return self.job(at_turn[0]) if at_turn else None

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return any(one.state in ("queued", "running") for one in self._entries.values())

    def cancel(self, job_id: int) -> None:
        """Take a job out of the line, or stop it; what it has finished is kept."""
        entry = self._entries[job_id]
        if entry.state == "queued":
            self._end(entry, "cancelled")
        elif entry.state == "running" and not entry.stopping:
            entry.stopping = True
            entry.process.cancel()
            self.updated.emit(job_id)

    def shutdown(self, grace_s: float = _GRACE_S) -> None:
        """Stop all jobs, by force after ``grace_s``, and wait until their processes are gone."""
        self._closed = True
        for entry in self._entries.values():
            entry.process.cancel(grace_s)
        for entry in self._entries.values():
            if entry.process.pid is not None:
                entry.process.wait(grace_s + _JOIN_S)
            if entry.state in ("queued", "running"):
                entry.state = "cancelled"

    def _start_next(self) -> None:
        if self._closed:
            return
        for entry in tuple(self._entries.values()):
            waits = not entry.aside and self.current is not None
            if entry.state == "queued" and not waits:
                self._start(entry)

    def _start(self, entry: _Entry) -> None:
        inbox, bell, job_id = entry.inbox, self._bell, entry.id

        def put(line: bytes | None, end: End | None) -> None:
            with inbox.lock:
                if line is not None:
                    inbox.lines.append(line)
                inbox.end = end or inbox.end
                first, inbox.announced = not inbox.announced, True
            if first:
                bell.rung.emit(job_id)

        entry.state = "running"
        try:
            entry.process.start(entry.job, lambda line: put(line, None), lambda end: put(None, end))
        except MeviewerError as error:
            self._end(entry, "failed", error)
            return
        self.updated.emit(job_id)

    def _read(self, job_id: int) -> None:
        entry = self._entries[job_id]
        with entry.inbox.lock:
            lines, entry.inbox.lines = entry.inbox.lines, []
            end, entry.inbox.announced = entry.inbox.end, False
        if entry.state != "running":
            return
        try:
            for line in lines:
                record = decode(line)
                entry.records.append(record)
                entry.training = advance(entry.training, record)
        except JobError as error:
            entry.process.cancel()
            self._end(entry, "failed", error)
            return
        if lines:
            self.updated.emit(job_id)
        if end is not None and entry.state == "running":
            entry.process.wait(_JOIN_S)
            self._end(entry, *_outcome(end))

    def _end(self, entry: _Entry, state: JobState, error: MeviewerError | None = None) -> None:
        entry.state, entry.error, entry.stopping = state, error, False
        self.ended.emit(entry.id)
        self._start_next()


def _outcome(end: End) -> tuple[JobState, MeviewerError | None]:
    match end:
        case Done():
            return "done", None
        case Cancelled() | Killed():
            return "cancelled", None
        case Failed():
            return "failed", end.error()
        case Crashed():
            return "crashed", end.error()
