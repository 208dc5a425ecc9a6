"""A job in a child process of this machine: started, listened to, cancelled, never waited for."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from meviewer.core.errors import JobError
from meviewer.jobs.protocol import (
    CANCEL,
    FINISH,
    PAUSE,
    RESUME,
    Cancelled,
    Crashed,
    Done,
    End,
    Failed,
    Job,
    Killed,
    decode_end,
    encode,
)
from meviewer.jobs.questions import QUESTION

KILL_AFTER_S = 2.0
_LAST_WORDS = 60


def command() -> list[str]:
    """Return what starts a worker of this very installation."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker"]
    return [sys.executable, "-m", "meviewer", "--worker"]


class WorkerProcess:
    """One job in one child process.

    Callbacks come from threads of this object, never from the caller's. ``on_end`` is called
    exactly once, after the last ``on_line``.

    Parameters
    ----------
    argv : sequence of str, optional
        What to start instead of a worker of this installation.
    variables : mapping, optional
        Environment variables that differ from this process's own.
    """

    def __init__(
        self, argv: Sequence[str] | None = None, variables: Mapping[str, str] | None = None
    ) -> None:
        self._variables = dict(variables or {})
        self._argv = list(argv) if argv is not None else command()
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._cancelled = False
        self._killed = False
        self._said: Done | Cancelled | Failed | None = None
        self.end: End | None = None

    def start(
        self, job: Job, on_line: Callable[[bytes], None], on_end: Callable[[End], None]
    ) -> None:
        """Start the job.

        Parameters
        ----------
        on_line : callable
            Called with each record, a line of JSON without its end.
        on_end : callable
            Called once with how it ended.

        Raises
        ------
        JobError
            If the process cannot be started.
        RuntimeError
            If this object has been started before.
        """
        if self._process is not None:
            raise RuntimeError("a worker process runs one job")
        self._process = process = self._spawn()
        reader = threading.Thread(
            target=self._read, args=(process, on_line, on_end), name="job-reader", daemon=True
        )
        drain = threading.Thread(
            target=self._drain, args=(process,), name="job-stderr", daemon=True
        )
        self._threads = [reader, drain]
        drain.start()
        self._send(encode(job))
        reader.start()

    @property
    def running(self) -> bool:
        """Whether the job has been started and has not ended."""
        return self._process is not None and not self._ended.is_set()

    @property
    def pid(self) -> int | None:
        """Id of the child process, or None before the start."""
        return None if self._process is None else self._process.pid

    def cancel(self, kill_after_s: float = KILL_AFTER_S) -> None:
        """Ask the job to stop; after ``kill_after_s`` it is stopped by force. Returns at once."""
        with self._lock:
            if self._process is None or self._cancelled or self._ended.is_set():
                return
            self._cancelled = True
            patience = threading.Thread(
                target=self._kill_later, args=(kill_after_s,), name="job-kill", daemon=True
            )
            self._threads.append(patience)
        self._send(CANCEL + b"\n")
        patience.start()

    def pause(self) -> None:
        """Let the job wait before its next step; it keeps its memory. Returns at once."""
        self._wish(PAUSE)

    def go_on(self) -> None:
        """Let a job that waits go on."""
        self._wish(RESUME)

    def finish(self) -> None:
        """Let the job stop when the part under way is whole; it then ends as if cancelled."""
        self._wish(FINISH)

    def ask(self, question: bytes) -> None:
        """Put a question, one line of JSON, to a task that stays; it replaces an older one."""
        self._wish(QUESTION + question)

    def wait(self, timeout_s: float | None = None) -> End | None:
        """Wait until ``on_end`` has returned and all threads are gone; None if it takes longer."""
        if not self._ended.wait(timeout_s):
            return None
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout_s)
        return self.end

    def _wish(self, line: bytes) -> None:
        if self.running:
            self._send(line + b"\n")

    def _spawn(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, **self._variables},
                # A console window would flash up beside the program.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise JobError(
                "The job cannot be started",
                where=" ".join(self._argv),
                why=error.strerror or str(error),
                now="check the installation and the free memory",
            ) from error

    def _send(self, line: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except (OSError, ValueError):
            return  # it is gone already: the reader says so

    def _read(
        self,
        process: subprocess.Popen[bytes],
        on_line: Callable[[bytes], None],
        on_end: Callable[[End], None],
    ) -> None:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                self._take(line.rstrip(b"\r\n"), on_line)
        finally:
            self._close(process)
            self.end = self._how(process.returncode)
            try:
                on_end(self.end)
            finally:
                self._ended.set()

    def _take(self, line: bytes, on_line: Callable[[bytes], None]) -> None:
        said = decode_end(line)
        if said is not None:
            self._said = said
        elif line:
            on_line(line)

    def _close(self, process: subprocess.Popen[bytes]) -> None:
        # Its output has ended, so it is about to go: one that hangs in its exit is helped along.
        try:
            process.wait(KILL_AFTER_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._threads[1].join(KILL_AFTER_S)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                _close_quietly(pipe.close)

    def _how(self, status: int) -> End:
        if self._said is not None:
            return self._said
        if self._killed:
            return Killed()
        return Crashed(status=status, stderr="\n".join(self._last_words))

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self._last_words.append(line.decode("utf-8", "replace").rstrip())

    def _kill_later(self, after_s: float) -> None:
        assert self._process is not None
        if not self._ended.wait(after_s) and self._process.poll() is None:
            self._killed = True
            self._process.kill()


def _close_quietly(close: Callable[[], None]) -> None:
    try:
        close()
    except OSError:
        return
