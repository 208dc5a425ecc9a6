"""A picture of the window once everything in it has been computed: for documents and for checks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from meviewer.gui.main_window import MainWindow

_LOOK_MS = 100
_QUIET_LOOKS = 4
_LONGEST_MS = 120_000


class Snapshot(QObject):
    """Waits until the window is idle, draws it into a file, and closes it."""

    def __init__(self, window: MainWindow, path: Path) -> None:
        super().__init__(window)
        self.status = 1
        self._window, self._path = window, path
        self._quiet = 0
        self._waited_ms = 0
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        self._waited_ms += _LOOK_MS
        self._quiet = 0 if self._window.busy else self._quiet + 1
        if self._quiet < _QUIET_LOOKS and self._waited_ms < _LONGEST_MS:
            return
        self._timer.stop()
        if self._window.grab().save(str(self._path)):
            self.status = 0
        else:
            sys.stderr.write(f"meviewer: the picture could not be written: {self._path}\n")
        self._window.close()
