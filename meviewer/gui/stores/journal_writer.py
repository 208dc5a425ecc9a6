"""Edits on their way to the disk: in order, off the UI thread, and never dropped."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError, StorageError
from meviewer.project.project import Entry, Project

_RETRY_S = 2.0


class JournalWriter(QObject):
    """Writes journal entries one after another in a thread of its own.

    A row costs one fsync, which may take tens of milliseconds: too long for the thread that draws.
    An entry that the disk refuses stays first in line and is tried again, so that the order in the
    journal is the order of the hands.

    Parameters
    ----------
    project : Project
        Open for writing.
    written : callable, optional
        Takes each entry once it is durable, in the thread that writes; it must return at once.

    Signals
    -------
    saved_changed(bool)
        True when everything is durable, False while something is on its way.
    failed(MeviewerError)
        The disk refused an entry; it is kept and tried again.
    """

    saved_changed = Signal(bool)
    failed = Signal(object)

    def __init__(
        self,
        project: Project,
        parent: QObject | None = None,
        written: Callable[[Entry], None] = lambda _: None,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._tell_written = written
        self._queue: deque[Entry] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    @property
    def saved(self) -> bool:
        """Whether every entry is durable."""
        with self._changed:
            return not self._queue

    def write(self, entry: Entry) -> None:
        """Put an entry in line."""
        with self._changed:
            self._queue.append(entry)
            self._changed.notify_all()
        self.saved_changed.emit(False)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until everything is durable; return whether it is."""
        with self._changed:
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._queue, timeout_s)

    def close(self, timeout_s: float = 10.0) -> tuple[Entry, ...]:
        """Write what is left, stop the thread, and return what the disk would not take."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return tuple(self._queue)

    def _work(self) -> None:
        while (entry := self._next()) is not None:
            try:
                self._project.append(entry)
            except Exception as error:  # whatever went wrong, the entry must not be lost
                self._refused(error)
                if self._wait_before_retry():
                    return
                continue
            self._tell_written(entry)
            self._written()

    def _next(self) -> Entry | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            return self._queue[0] if self._queue else None

    def _written(self) -> None:
        with self._changed:
            self._queue.popleft()
            empty = not self._queue
            self._changed.notify_all()
        if empty:
            self.saved_changed.emit(True)

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, MeviewerError):
            error = StorageError(
                "An edit could not be written",
                where=str(self._project.folder),
                why=str(error) or type(error).__name__,
                now="it is kept and tried again; do not close the window",
            )
        self.failed.emit(error)

    def _wait_before_retry(self) -> bool:
        """Wait a little; return True if the window closes and trying again has to end."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closing, _RETRY_S)
