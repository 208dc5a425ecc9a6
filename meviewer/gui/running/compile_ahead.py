"""Compiles the loops of a new installation while the first screen is read, in another process."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, QProcess, QTimer

from meviewer import __version__

_log = logging.getLogger(__name__)
_FIRST_PICTURE_MS = 1500
_END_MS = 2000


class CompileAhead(QObject):
    """Starts the compiler once for each version, and ends with the program.

    In a process of its own: a compiler holds Python's lock for seconds. Without it everything
    works, but the first pictures after an installation come some ten seconds later.
    """

    def __init__(self, parent: QObject, folder: Path | None = None) -> None:
        super().__init__(parent)
        self._note = (folder or _cache_folder()) / f"compiled-{_versions()}"
        self.process = QProcess(self)
        self.process.setProgram(sys.executable)
        self.process.setArguments(["-m", "meviewer", "compile", "--gently"])
        self.process.finished.connect(self._ended)

    def begin(self, after_ms: int = _FIRST_PICTURE_MS) -> None:
        """Start it a moment from now, unless it has been done."""
        if not self._note.exists():
            QTimer.singleShot(after_ms, self, self.process.start)

    def stop(self) -> None:
        """End the compiler; what it has finished stays."""
        if self.process.state() is not QProcess.ProcessState.NotRunning:
            self.process.kill()
            self.process.waitForFinished(_END_MS)

    def _ended(self, status: int, how: QProcess.ExitStatus) -> None:
        if status != 0 or how is not QProcess.ExitStatus.NormalExit:
            return  # stopped, or it will say why when somebody asks for what cannot be compiled
        try:
            self._note.parent.mkdir(parents=True, exist_ok=True)
            self._note.touch()
        except OSError as error:
            _log.info("compiled, but not noted: %s", error)


def _cache_folder() -> Path:
    return Path(platformdirs.user_cache_dir("meviewer", appauthor=False))


def _versions() -> str:
    """Return what makes machine code out of date."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{__version__}-numba-{version('numba')}-python-{python}"
