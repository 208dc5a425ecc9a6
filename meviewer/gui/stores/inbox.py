"""What the threads of a process say, kept until the UI thread reads it."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from meviewer.jobs.protocol import End


class Bell(QObject):
    """Rings in the UI thread; the only thing of Qt that the threads of a process hold.

    Signals
    -------
    rung(int)
        There is something to read, from the process of this number.
    """

    rung = Signal(int)


class Inbox:
    """Lines and end of one process. Several lines that come at once ring once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: list[bytes] = []
        self._end: End | None = None
        self._rung = False

    def put(self, line: bytes | None, end: End | None, bell: Bell, number: int) -> None:
        """Keep a line, or the end, and ring unless that was done; called by any thread."""
        with self._lock:
            if line is not None:
                self._lines.append(line)
            self._end = end or self._end
            first, self._rung = not self._rung, True
        if first:
            bell.rung.emit(number)

    def take(self) -> tuple[list[bytes], End | None]:
        """Return the lines that have not been read, and the end, if it has come."""
        with self._lock:
            lines, self._lines = self._lines, []
            self._rung = False
            return lines, self._end
