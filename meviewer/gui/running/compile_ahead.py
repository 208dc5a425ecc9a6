"""Compiles the loops of a new installation while the first screen is read, in another process."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QProcess, QTimer

from meviewer.motion.compiled_note import is_noted

_FIRST_PICTURE_MS = 1500
_END_MS = 2000


class CompileAhead(QObject):
    """Starts the compiler once for each installation, and ends it with the program.

    In a process of its own: a compiler holds Python's lock for seconds. Without it everything
    works, but the first pictures after an installation come some ten seconds later.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.process = QProcess(self)
        self.process.setProgram(sys.executable)
        self.process.setArguments(["-m", "meviewer", "compile", "--gently"])

    def begin(self, after_ms: int = _FIRST_PICTURE_MS) -> None:
        """Start it a moment from now, unless it has been done."""
        if not is_noted():
            QTimer.singleShot(after_ms, self, self.process.start)

    def stop(self) -> None:
        """End the compiler; what it has finished stays."""
        if self.process.state() is not QProcess.ProcessState.NotRunning:
            self.process.kill()
            self.process.waitForFinished(_END_MS)
