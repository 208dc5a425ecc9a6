"""Questions to a task that stays: put to it one line at a time, of which the newest counts."""

from __future__ import annotations

import threading

QUESTION = b"?"
"""What a line on the worker's stdin begins with that is a question, before its JSON."""


class Questions:
    """What a task was asked and has not answered yet; safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: bytes | None = None
        self._over = False

    def put(self, question: bytes) -> None:
        """Ask this; what was asked before and not taken yet is dropped."""
        with self._changed:
            self._newest = question
            self._changed.notify_all()

    def end(self) -> None:
        """Say that nobody will ask any more, and wake up who waits."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def take(self) -> bytes | None:
        """Return the newest question and wait for one if need be; None when there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._newest is not None)
            newest, self._newest = self._newest, None
            return None if self._over else newest

    @property
    def pending(self) -> bool:
        """Whether there is a newer question than the one at hand, or the end."""
        with self._changed:
            return self._over or self._newest is not None
