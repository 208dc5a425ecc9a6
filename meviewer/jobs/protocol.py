"""What goes through the pipes of a job: the job itself, and how it ended, each one line of JSON."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from meviewer.core import errors
from meviewer.core.errors import JobError, MeviewerError

CANCEL = b"cancel"
"""The line that asks a worker to stop."""

PAUSE, RESUME = b"pause", b"resume"
"""The lines that ask a worker to wait before its next step, and to go on."""

FINISH = b"finish"
"""The line that asks a worker to stop after a record that rounds a part of the work off."""

ROUNDS_OFF = "rounds_off"
"""Attribute of a class of records: what was done up to such a record is whole."""


class Job(msgspec.Struct, frozen=True):
    """Which task to run, and with what.

    Attributes
    ----------
    task : str
        A name of `meviewer.jobs.tasks`.
    arguments : dict
        Of the task's own struct of arguments, as plain JSON values.
    """

    task: str
    arguments: dict[str, object] = {}


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag_field="end", tag=True):
    """Base of the ways in which a job ends."""


class Done(Ended, frozen=True, kw_only=True):
    """All of it is done; what came out was said in records."""


class Cancelled(Ended, frozen=True, kw_only=True):
    """It stopped because it was asked to; what was finished is whole."""


class Failed(Ended, frozen=True, kw_only=True):
    """It met an error.

    Attributes
    ----------
    kind : str
        Class of the error.
    what, where, why, now : str
        As in `meviewer.core.errors.MeviewerError`.
    trace : str
        For a fault of the program: the traceback. Empty for an error that a person can mend.
    """

    kind: str
    what: str
    where: str = ""
    why: str = ""
    now: str = ""
    trace: str = ""

    def error(self) -> MeviewerError:
        """Return the error as if it had happened here."""
        known = getattr(errors, self.kind, JobError)
        kind = known if isinstance(known, type) and issubclass(known, MeviewerError) else JobError
        return kind(self.what, where=self.where, why=self.why, now=self.now)


class Crashed(Ended, frozen=True, kw_only=True):
    """The process is gone without a word.

    Attributes
    ----------
    status : int
        Exit status; negative for the number of a signal.
    stderr : str
        The last lines that it wrote there.
    """

    status: int
    stderr: str = ""

    def error(self) -> JobError:
        """Return it as an error that says what to do."""
        lines = self.stderr.strip().splitlines()
        last = f"; its last words: {lines[-1]}" if lines else ""
        memory = self.status == -9
        return JobError(
            "The job's process ended without a word",
            where=f"signal {-self.status}" if self.status < 0 else f"exit status {self.status}",
            why=("most likely the memory ran out" if memory else "a library has crashed") + last,
            now="try a smaller batch or input"
            if memory
            else "resume it; what was finished is kept",
        )


class Killed(Ended, frozen=True, kw_only=True):
    """It did not stop when asked, so it was stopped by force; what was finished is whole."""


End: TypeAlias = Done | Cancelled | Failed | Crashed | Killed

_END: msgspec.json.Decoder[Done | Cancelled | Failed] = msgspec.json.Decoder(
    Done | Cancelled | Failed
)
_JOB = msgspec.json.Decoder(Job)


def encode(value: msgspec.Struct) -> bytes:
    """Return one line of JSON with its line end."""
    return msgspec.json.encode(value) + b"\n"


def decode_job(line: bytes) -> Job:
    """Read the first line that a worker is given.

    Raises
    ------
    JobError
        If it is no job.
    """
    try:
        return _JOB.decode(line)
    except msgspec.DecodeError as error:
        raise JobError(
            "The first line is no job",
            where=repr(line[:120]),
            why=str(error),
            now='write one line such as {"task": "train", "arguments": {...}}',
        ) from error


def decode_end(line: bytes) -> Done | Cancelled | Failed | None:
    """Return how the job ended, or None if the line is a record of the task."""
    if not line.startswith(b'{"end":'):
        return None
    try:
        return _END.decode(line)
    except msgspec.DecodeError:
        return None


def failed(error: BaseException, trace: str = "") -> Failed:
    """Return what a worker says about an error."""
    if isinstance(error, MeviewerError):
        kind = type(error).__name__
        return Failed(kind=kind, what=error.what, where=error.where, why=error.why, now=error.now)
    return Failed(
        kind=type(error).__name__,
        what="The job stopped at a fault of the program",
        why=f"{type(error).__name__}: {error}",
        now="resume it; if it happens again, report the text below",
        trace=trace,
    )
