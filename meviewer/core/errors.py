"""Errors that say what happened, where, why, and what to do now."""

from __future__ import annotations


class MeviewerError(Exception):
    """Base of every error that a user may see.

    Parameters
    ----------
    what : str
        What could not be done, as a short sentence without a full stop.
    where : str
        File, folder, row, frame or field.
    why : str
        The cause, as far as known.
    now : str
        What the user can do next.
    """

    exit_status = 2
    """Exit status of the command line: 2 for bad input, 1 for a failure that is nobody's fault."""

    def __init__(self, what: str, *, where: str = "", why: str = "", now: str = "") -> None:
        super().__init__(what, where, why, now)
        self.what = what
        self.where = where
        self.why = why
        self.now = now

    def __str__(self) -> str:
        head = f"{self.what}: {self.where}" if self.where else self.what
        tail = " ".join(_sentence(part) for part in (self.why, self.now) if part)
        return f"{head}. {tail}".rstrip()

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.what, self.where, self.why, self.now)


class ClipError(MeviewerError):
    """A clip, or one frame of it, cannot be read."""


class LabelError(MeviewerError):
    """A label is impossible: order, range, or columns of a label file."""


class ProjectError(MeviewerError):
    """A project cannot be opened, read or written."""


class ReadOnlyError(ProjectError):
    """The project is open for reading only."""


class StorageError(MeviewerError):
    """The disk refused: full, read-only, or gone."""

    exit_status = 1


class FaceError(MeviewerError):
    """A face cannot be found, or cannot be as described."""


class MotionError(MeviewerError):
    """A representation cannot be computed from these frames or keyframes."""


class SynthError(MeviewerError):
    """A synthetic face or clip is impossible as described."""


class ExperimentError(MeviewerError):
    """An experiment is impossible as described: subjects, classes, parameters."""


class WeightsError(MeviewerError):
    """A file of weights cannot be loaded safely."""


class MissingExtraError(MeviewerError):
    """An optional part of the installation is missing."""


class JobError(MeviewerError):
    """A job in a child process failed, crashed or was killed."""

    exit_status = 1


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."


def _rebuild(kind: type[MeviewerError], what: str, where: str, why: str, now: str) -> MeviewerError:
    return kind(what, where=where, why=why, now=now)
