"""Several worker processes that share a list of work; one that dies is replaced."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from meviewer.core.errors import JobError
from meviewer.experiment.records import AnyRecord, Record, decode
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Cancelled, Crashed, Done, End, Failed, Job, Killed

ATTEMPTS = 2
"""So often a unit of work may take its worker down before it is given up."""

PATIENCE_S = 3.0
"""Workers wait where nobody has read their records for so long: who reads them is paused."""

_SIGN_OF_LIFE_S = 0.5
_KILL_AFTER_S = 0.8
_MOST_SILENT = 5
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)
KEEPS_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}
"""The C library of Linux then keeps what a step has freed for the next one, instead of giving it
back to the system and asking for it anew: up to a twelfth of a step at 112 px [measured]. Elsewhere
nobody reads it."""

R = TypeVar("R", bound=Record)
R_co = TypeVar("R_co", bound=Record, covariant=True)


class Unit(Hashable, Protocol[R_co]):
    """A piece of work that ends with one record."""

    def answer(self, record: AnyRecord) -> R_co | None:
        """Return the record if it is the one of this unit, else None."""

    def given_up(self, reason: str) -> R_co:
        """Return what is said of it if no worker survives it."""


def one_thread_worker() -> WorkerProcess:
    """Return a worker whose libraries use one thread: there is one of them for each core."""
    return WorkerProcess(variables=dict.fromkeys(_ONE_THREAD, "1"))


def training_worker() -> WorkerProcess:
    """Return a worker as `one_thread_worker` that takes and frees the same memory in each step."""
    return WorkerProcess(variables={**dict.fromkeys(_ONE_THREAD, "1"), **KEEPS_MEMORY})


@dataclass(slots=True)
class _Running(Generic[R]):
    """A worker and the units that it has not spoken of yet, the one at hand first."""

    process: WorkerProcess
    left: deque[Unit[R]]


class WorkerPool(Generic[R]):
    """Workers that share units of work among them.

    Parameters
    ----------
    shares : sequence of sequences of Unit
        One a worker.
    job : callable
        Returns the job that does these units, in this order: a record each.
    make_worker : callable
    aside : callable, optional
        Takes what a worker says on its way to the record of a unit, and returns it to be passed
        on; None for a record that is something else. Without it there is nothing to be said.
    """

    def __init__(
        self,
        shares: Sequence[Sequence[Unit[R]]],
        job: Callable[[tuple[Unit[R], ...]], Job],
        make_worker: Callable[[], WorkerProcess] = one_thread_worker,
        aside: Callable[[AnyRecord], R | None] = lambda _: None,
    ) -> None:
        self._shares, self._job, self._make_worker = shares, job, make_worker
        self._aside = aside
        self._said: queue.SimpleQueue[tuple[int, bytes | End]] = queue.SimpleQueue()
        self._running: dict[int, _Running[R]] = {}
        self._n_started = 0
        self._faults: Counter[Unit[R]] = Counter()
        self._silent = 0
        self._looked = time.monotonic()
        self._waiting = False
        self._over_with = threading.Event()

    def records(self) -> Generator[R | None, None, None]:
        """Do the work: the record of each unit as it is done, None now and then as a sign of life.

        Closing the iterator stops all workers; what they have finished is whole. Workers wait
        while nobody reads on.

        Raises
        ------
        MeviewerError
            If a worker met what the next one would meet too: a full disk, a broken installation.
        """
        self._looked = time.monotonic()
        watch = threading.Thread(target=self._watch, name="pool-watch", daemon=True)
        try:
            for share in self._shares:
                self._start(share)
            watch.start()
            while self._running:
                try:
                    number, said = self._said.get(timeout=_SIGN_OF_LIFE_S)
                except queue.Empty:
                    yield None
                else:
                    yield from self._heard(number, said)
                self._go_on()
        finally:
            self._over_with.set()
            self._stop()

    def _heard(self, number: int, said: bytes | End) -> Iterator[R]:
        if isinstance(said, bytes):
            yield self._take(self._running[number], said)
        else:
            yield from self._over(self._running.pop(number), said)

    def _watch(self) -> None:
        """Let the workers wait where whoever reads has stopped to."""
        while not self._over_with.wait(min(_SIGN_OF_LIFE_S, PATIENCE_S)):
            if not self._waiting and time.monotonic() - self._looked > PATIENCE_S:
                self._waiting = True
                for one in tuple(self._running.values()):
                    one.process.pause()

    def _go_on(self) -> None:
        self._looked = time.monotonic()
        if self._waiting:
            self._waiting = False
            for one in self._running.values():
                one.process.go_on()

    def _start(self, units: Iterable[Unit[R]]) -> None:
        left = deque(units)
        if not left:
            return
        number, self._n_started = self._n_started, self._n_started + 1
        worker = self._make_worker()
        self._running[number] = _Running(worker, left)

        def tell(said: bytes | End) -> None:
            self._said.put((number, said))

        worker.start(self._job(tuple(left)), tell, tell)

    def _take(self, worker: _Running[R], line: bytes) -> R:
        said = decode(line)
        between = self._aside(said)
        if between is not None:
            return between
        record = worker.left[0].answer(said) if worker.left else None
        if record is None:
            raise JobError(
                "A worker spoke of something else than its work",
                where=repr(line[:120]),
                now="run it again; if it happens again, report it",
            )
        worker.left.popleft()
        self._silent = 0
        return record

    def _over(self, worker: _Running[R], end: End) -> Iterator[R]:
        """Let another worker go on where this one died."""
        if not worker.left and isinstance(end, Done):
            return
        if isinstance(end, Failed) and not end.trace:
            raise end.error()
        self._silent += 1
        if self._silent > _MOST_SILENT or not worker.left:
            raise _error_of(end)
        unit = worker.left[0]
        self._faults[unit] += 1
        if self._faults[unit] >= ATTEMPTS:
            worker.left.popleft()
            yield unit.given_up(f"the worker died of it {ATTEMPTS} times: {_why(end)}")
        self._start(worker.left)

    def _stop(self) -> None:
        for one in self._running.values():
            one.process.cancel(_KILL_AFTER_S)
        for one in self._running.values():
            if one.process.pid is not None:
                one.process.wait()
        self._running.clear()


def _error_of(end: End) -> Exception:
    if isinstance(end, Failed | Crashed):
        return end.error()
    return JobError(
        "The workers were stopped from outside",
        why=_why(end),
        now="run it again: what was finished is kept",
    )


def _why(end: End) -> str:
    match end:
        case Failed():
            return end.why or end.what
        case Crashed():
            return str(end.error())
        case Killed() | Cancelled():
            return "it was stopped from outside"
        case _:
            return "it ended early"
