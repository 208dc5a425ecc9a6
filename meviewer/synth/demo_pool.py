"""Film subjects in several child processes at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

import msgspec

import meviewer
from meviewer.core.errors import JobError, StorageError
from meviewer.synth.demo_clips import FilmedClip
from meviewer.synth.demo_plan import SubjectPlan
from meviewer.synth.demo_worker import Failure, Order, Reply, replies

_MOST_WORKERS = 8


def default_workers() -> int:
    """Return how many processes suit this machine."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2, 8)


def film_all(plans: Sequence[SubjectPlan], folder: Path, workers: int) -> Iterator[FilmedClip]:
    """Film all subjects and yield each clip as soon as it is written.

    Parameters
    ----------
    workers : int
        Child processes; 0 films in this process.

    Raises
    ------
    StorageError
        If the disk refuses.
    JobError
        If a child process dies.
    """
    orders = [Order(str(folder), plan) for plan in plans]
    if workers > 0:
        with _Crew(orders, min(workers, len(orders), _MOST_WORKERS)) as crew:
            for _ in range(sum(len(plan.clips) for plan in plans)):
                yield _clip_or_error(crew.results.get(), folder)
    else:
        for order in orders:
            for reply in replies(order):
                yield _clip_or_error(reply, folder)


def _clip_or_error(reply: Reply | JobError, folder: Path) -> FilmedClip:
    if isinstance(reply, JobError):
        raise reply
    if isinstance(reply, Failure):
        raise StorageError(
            "The demo cannot be written",
            where=str(folder),
            why=reply.text,
            now="make room, or choose another folder",
        )
    return reply


class _Crew:
    """Child processes, each with a thread that hands it subjects and collects what it films.

    Attributes
    ----------
    results : SimpleQueue
        Filmed clips, and what went wrong.
    """

    def __init__(self, orders: Sequence[Order], size: int) -> None:
        self.results: SimpleQueue[Reply | JobError] = SimpleQueue()
        self._orders = deque(orders)
        self._lock = threading.Lock()
        self._stopping = False
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads = [
            threading.Thread(target=self._serve, name="demo-worker") for _ in range(size)
        ]

    def __enter__(self) -> _Crew:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything, however far it is; what is written stays."""
        with self._lock:
            self._stopping = True
            for process in self._processes:
                process.kill()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        """Start a child process and hand it subjects until there are no more."""
        try:
            process = self._started()
        except OSError as error:
            self.results.put(_no_process(str(error)))
            return
        # Its input may be broken by now: what that means has been said.
        with suppress(OSError), process:
            while not self._stopping and (order := self._next()):
                if not self._film(process, order):
                    break

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            process = _start()
            self._processes.append(process)
            if self._stopping:
                process.kill()
        return process

    def _next(self) -> Order | None:
        try:
            return self._orders.popleft()
        except IndexError:
            return None

    def _film(self, process: subprocess.Popen[bytes], order: Order) -> bool:
        """Have one subject filmed; False where there is no going on."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(msgspec.json.encode(order) + b"\n")
            process.stdin.flush()
        except OSError:
            return self._died(process)
        for _ in order.plan.clips:
            line = process.stdout.readline()
            if not line.endswith(b"\n"):
                return self._died(process)
            reply: Reply = msgspec.json.decode(line, type=Reply)
            self.results.put(reply)
            if isinstance(reply, Failure):
                return False
        return True

    def _died(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.stderr is not None
        said = process.stderr.read().decode(errors="replace").strip().splitlines()
        status = process.wait()
        self.results.put(_no_process(f"exit status {status} {said[-1] if said else ''}".strip()))
        return False


def _no_process(why: str) -> JobError:
    return JobError(
        "A process that films the demo has ended",
        where=sys.executable,
        why=why,
        now="try again; if it happens again, write the demo without workers",
    )


def _start() -> subprocess.Popen[bytes]:
    package = str(Path(meviewer.__file__).parents[1])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", "meviewer.synth.demo_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
