"""One piece of work in the thread pool: what it computes, whether it is wanted, how it ended."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Mail(QObject):
    """Carries news from the pool's threads to the thread it was made in.

    Tasks hold this object and nothing else of Qt: whoever waits for them may go at any time, and
    its connections with it.

    Signals
    -------
    ended(int)
        The task of this number has an outcome, or was given up.
    advanced(int, float, str)
        The task of this number reports a share in [0, 1] and a word.
    """

    ended = Signal(int)
    advanced = Signal(int, float, str)


class Token:
    """What long work may hold: asks whether it is still wanted, and reports how far it is."""

    def __init__(self, number: int, mail: Mail) -> None:
        self._number = number
        self._mail = mail
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for the result any more; the work may then return anything."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Say that nobody waits any more."""
        self._cancelled.set()

    def report(self, share: float, text: str = "") -> None:
        """Report the share done, in [0, 1]; callable from the thread that works."""
        if not self.cancelled:
            with suppress(RuntimeError):  # whoever listened is gone
                self._mail.advanced.emit(self._number, share, text)


class Task(Generic[T]):
    """Work with its outcome: ``value`` if it went well, else ``error``."""

    def __init__(self, slot: str, work: Callable[[Token], T], token: Token) -> None:
        self.slot = slot
        self.token = token
        self.error: MeviewerError | None = None
        self.left = threading.Event()
        self._work: Callable[[Token], T] | None = work
        self._values: list[T] = []

    @property
    def value(self) -> T:
        """What the work returned."""
        return self._values[0]

    @property
    def has_value(self) -> bool:
        """Whether the work ended well."""
        return bool(self._values)

    def execute(self) -> None:
        """Do the work, unless it is wanted no more. Called in a thread of the pool."""
        work, self._work = self._work, None
        try:
            if work is not None and not self.token.cancelled:
                self._values.append(work(self.token))
        except MeviewerError as error:
            self.error = error
        except BaseException as error:
            if not self.token.cancelled:
                _log.exception("work %r failed", self.slot)
            self.error = wrapped(error, self.slot)


def wrapped(error: BaseException, where: str) -> MeviewerError:
    """Return an error that can be shown for an exception that nobody foresaw."""
    if isinstance(error, MeviewerError):
        return error
    if isinstance(error, MemoryError):
        shown = MeviewerError(
            "There is not enough memory for this",
            where=where,
            why="the system refused to give more",
            now="close other programs, or work on a shorter or smaller clip",
        )
    else:
        shown = MeviewerError(
            "Something went wrong that should not have",
            where=where,
            why=f"{type(error).__name__}: {error}".rstrip(": "),
            now="what you did before is kept; the log holds the details for a report",
        )
    shown.__cause__ = error
    return shown
