"""Jobs in child processes: in order, one at a time, with everything told on the UI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from meviewer.core.errors import JobError, MeviewerError
from meviewer.experiment.records import decode
from meviewer.gui.stores.inbox import Bell
from meviewer.gui.stores.job_entry import Entry, JobSnapshot, JobState, outcome
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import End, Job
from meviewer.present.training_state import advance

__all__ = ["JobQueue", "JobSnapshot", "JobState"]

_GRACE_S = 0.5
_JOIN_S = 5.0


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
        self._entries: dict[int, Entry] = {}
        self._n_added = 0
        self._bell = Bell()
        self._bell.rung.connect(self._read, Qt.ConnectionType.QueuedConnection)
        self._closed = False

    def add(self, job: Job, title: str, *, aside: bool = False) -> int:
        """Put a job in line and return its id.

        Parameters
        ----------
        aside : bool
            A short job that does not wait for its turn and lets nobody else wait.
        """
        self._n_added += 1
        job_id = self._n_added
        self._entries[job_id] = Entry(job_id, title, job, aside, self._make_process())
        self.added.emit(job_id)
        self._start_next()
        return job_id

    def job(self, job_id: int) -> JobSnapshot:
        """Return a job as it stands; `KeyError` if there is none of this id."""
        return self._entries[job_id].snapshot()

    def jobs(self) -> tuple[JobSnapshot, ...]:
        """Return all jobs of this window, those in line in the order of their turns."""
        return tuple(map(self.job, self._entries))

    @property
    def line(self) -> tuple[int, ...]:
        """Ids of the jobs that wait for their turn, the next one first."""
        waiting = (one for one in self._entries.values() if one.state == "queued")
        return tuple(one.id for one in waiting if not one.aside)

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
        elif entry.live:
            entry.stopping, entry.finishing = True, False
            entry.process.cancel()
            self.updated.emit(job_id)

    def pause(self, job_id: int) -> None:
        """Let a running job wait before its next step; it keeps its turn and its memory."""
        entry = self._entries[job_id]
        if entry.live and not entry.paused:
            entry.paused = True
            entry.process.pause()
            self.updated.emit(job_id)

    def go_on(self, job_id: int) -> None:
        """Let a paused job go on."""
        entry = self._entries[job_id]
        if entry.live and entry.paused:
            entry.paused = False
            entry.process.go_on()
            self.updated.emit(job_id)

    def finish(self, job_id: int) -> None:
        """Stop a running job as soon as the part under way is whole, such as a fold."""
        entry = self._entries[job_id]
        if entry.live and not entry.finishing:
            entry.finishing, entry.paused = True, False
            entry.process.finish()
            self.updated.emit(job_id)

    def move(self, job_id: int, by: int) -> None:
        """Let a job that waits have its turn ``by`` places later, or earlier if it is negative."""
        line = list(self.line)
        if job_id not in line:
            return
        at = line.index(job_id)
        line.insert(min(max(at + by, 0), len(line) - 1), line.pop(at))
        others = {n: one for n, one in self._entries.items() if n not in line}
        self._entries = others | {n: self._entries[n] for n in line}
        for n in line:
            self.updated.emit(n)

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

    def _start(self, entry: Entry) -> None:
        inbox, bell, job_id = entry.inbox, self._bell, entry.id

        def put(line: bytes | None, end: End | None) -> None:
            inbox.put(line, end, bell, job_id)

        entry.state = "running"
        try:
            entry.process.start(entry.job, lambda line: put(line, None), lambda end: put(None, end))
        except MeviewerError as error:
            self._end(entry, "failed", error)
            return
        self.updated.emit(job_id)

    def _read(self, job_id: int) -> None:
        entry = self._entries[job_id]
        lines, end = entry.inbox.take()
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
            self._end(entry, *outcome(end))

    def _end(self, entry: Entry, state: JobState, error: MeviewerError | None = None) -> None:
        entry.state, entry.error = state, error
        entry.stopping = entry.paused = False
        self.ended.emit(entry.id)
        self._start_next()
