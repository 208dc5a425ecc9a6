"""The child process of a job: reads it from stdin, writes records to stdout, stops when asked."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Generator, Iterator
from typing import BinaryIO, NoReturn

import msgspec

from meviewer.core.errors import MeviewerError
from meviewer.jobs import tasks
from meviewer.jobs.protocol import (
    CANCEL,
    FINISH,
    PAUSE,
    RESUME,
    ROUNDS_OFF,
    Cancelled,
    Done,
    Failed,
    decode_end,
    decode_job,
    encode,
    failed,
)
from meviewer.jobs.questions import QUESTION, Questions

ORPHAN_GRACE_S = 10.0
STATUS_CANCELLED = 3


class Wishes:
    """What the parent wants of the job, said on stdin at any time."""

    def __init__(self) -> None:
        self._stop, self._finish = threading.Event(), threading.Event()
        self._go_on = threading.Event()
        self._go_on.set()
        self.questions = Questions()

    def hear(self, line: bytes) -> None:
        """Take one line; lines that mean nothing are passed over."""
        match line.strip():
            case word if word == CANCEL:
                self.cancel()
            case word if word == PAUSE and not self._stop.is_set():
                self._go_on.clear()
            case word if word == RESUME:
                self._go_on.set()
            case word if word == FINISH:
                self._finish.set()
                # Who paused and then wants the part to be finished wants it to go on.
                self._go_on.set()
            case word if word.startswith(QUESTION):
                self.questions.put(word.removeprefix(QUESTION))

    def cancel(self) -> None:
        """Stop before the next record, also where the job waits, or waits to be asked."""
        self._stop.set()
        self._go_on.set()
        self.questions.end()

    def wait(self) -> bool:
        """Wait as long as the job is paused; return whether it is to go on after that."""
        self._go_on.wait()
        return not self._stop.is_set()

    def enough(self, record: msgspec.Struct) -> bool:
        """Whether this record ends what was to be finished."""
        return self._finish.is_set() and bool(getattr(type(record), ROUNDS_OFF, False))


def main() -> NoReturn:
    """Run the one job that stdin brings and leave the process.

    Its exit status is 0 for done, 3 for cancelled, else that of the error. The last line on stdout
    says the same.
    """
    status = _work()
    # Taking torch apart at the interpreter's end takes a second in which a cancelled job seems to
    # hang; everything of ours is closed by now.
    sys.stderr.flush()
    os._exit(status)


def _work() -> int:
    channel = _own_stdout()
    wishes = Wishes()
    end: Done | Cancelled | Failed
    try:
        lines = _lines()
        job = decode_job(next(lines, b""))
        threading.Thread(target=_listen, args=(lines, wishes), daemon=True).start()
        finished = _run(job.task, job.arguments, channel, wishes)
        end = Done() if finished else Cancelled()
    except BrokenPipeError:
        return STATUS_CANCELLED
    except KeyboardInterrupt:
        end = Cancelled()
    except Exception as error:
        end = failed(error, traceback.format_exc())
        status = error.exit_status if isinstance(error, MeviewerError) else 1
        return _close(channel, end, status)
    return _close(channel, end, 0 if isinstance(end, Done) else STATUS_CANCELLED)


def _own_stdout() -> BinaryIO:
    """Keep stdout for records: whatever a library prints from now on goes to stderr."""
    sys.stdout.flush()
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return channel


def _run(task: str, arguments: dict[str, object], channel: BinaryIO, wishes: Wishes) -> bool:
    """Write the records of the task; return whether it came to its end."""
    records = tasks.records(task, arguments, wishes.questions)
    try:
        while wishes.wait():
            record = next(records, None)
            if record is None:
                return True
            _write(channel, record)
            if wishes.enough(record):
                break
    finally:
        # Closing gives the task its chance to leave nothing half done.
        if isinstance(records, Generator):
            records.close()
    return False


def _write(channel: BinaryIO, record: msgspec.Struct) -> None:
    line = encode(record)
    if decode_end(line) is not None:
        raise TypeError(f"a task may not say how its job ends: {line!r}")
    channel.write(line)
    channel.flush()


def _lines() -> Iterator[bytes]:
    """Yield the lines of stdin, read past Python's own buffer.

    A daemon thread that waits inside that buffer holds its lock, and the interpreter aborts over it
    at its end.
    """
    rest = b""
    while more := os.read(0, 65536):
        *whole, rest = (rest + more).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _listen(lines: Iterator[bytes], wishes: Wishes) -> None:
    for line in lines:
        wishes.hear(line)
    wishes.cancel()
    # Nobody is left to kill a task that does not come to its next record. All files appear whole.
    time.sleep(ORPHAN_GRACE_S)
    os._exit(STATUS_CANCELLED)


def _close(channel: BinaryIO, end: Done | Cancelled | Failed, status: int) -> int:
    try:
        channel.write(encode(end))
        channel.close()
    except BrokenPipeError:
        return STATUS_CANCELLED
    return status
