"""Start of the program: one QApplication, the stores, the window, and what happens on errors."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.gui.main_window import MainWindow
from meviewer.gui.running.compile_ahead import CompileAhead
from meviewer.gui.running.task import wrapped
from meviewer.gui.snapshot import Snapshot
from meviewer.gui.theme import Theme
from meviewer.project.settings import log_folder, read_settings

if TYPE_CHECKING:
    from meviewer.cli.main import Window

_log = logging.getLogger(__name__)
_LOG_BYTES = 1 << 20
_SETTLED_MS = (2_000, 30_000)  # what is loaded with the first clip is there by the second
_FRAME_PX = 48  # the most that title bar and borders usually take
_NO_DISPLAY = (
    "There is no display to open a window on. Commands work without one (meviewer --help), and "
    "--snapshot FILE draws the window into a picture."
)


def start(asked: Window) -> int:
    """Open the window and run until it is closed; return the exit status."""
    if not _has_display():
        if asked.snapshot is None:
            sys.stderr.write(f"meviewer: {_NO_DISPLAY}\n")
            return 2
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("meviewer")
    app.setDesktopFileName("meviewer")
    _log_to_file(log_folder())
    settings = read_settings()
    theme = Theme(asked.theme or settings.theme)
    theme.apply(app)
    window = MainWindow(theme, settings)
    _show_unforeseen_errors(window)
    _stop_on_interrupt(app)
    wished = QSize(*settings.window_size)
    # A picture of the window is drawn in the size it was asked in, whatever the screen.
    _show(window, wished, window.screen().availableSize() if asked.snapshot is None else None)
    # The first picture comes before anything is read: opening waits for the event loop.
    QTimer.singleShot(0, window, lambda: window.begin(asked.path, asked.perspective))
    shot = Snapshot(window, asked.snapshot) if asked.snapshot else None
    for after_ms in _SETTLED_MS:
        QTimer.singleShot(after_ms, window, spare_the_collector)
    ahead = CompileAhead(app)
    app.aboutToQuit.connect(ahead.stop)
    if shot is None:
        ahead.begin()
    app.exec()
    return shot.status if shot is not None else 0


def spare_the_collector() -> None:
    """Take what lives as long as the program out of the search for garbage.

    Modules and the window are some hundred thousand objects, and a search through all of them
    holds the hand up for 70 to 80 ms in the middle of a drag. A circle of references that is let
    go of later stays in memory: once, and no more than the clip that was open at the moment.
    """
    gc.collect()
    gc.freeze()


def _show(window: QWidget, wished: QSize, room: QSize | None) -> None:
    """Show the window in the wished size, or filling the room where it does not fit in.

    The frame that a window manager adds is not known before the window is there: without this, it
    pushes the lowest line of a window that just fits off the screen.
    """
    if room is None:
        window.resize(wished)
        window.show()
        return
    window.resize(wished.boundedTo(room))
    if wished.width() + _FRAME_PX > room.width() or wished.height() + _FRAME_PX > room.height():
        window.showMaximized()
    else:
        window.show()


def _has_display() -> bool:
    """Whether Qt can show a window here; without one it would abort the process."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _show_unforeseen_errors(window: MainWindow) -> None:
    """Show what no code foresaw instead of losing it in a terminal that nobody sees."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        if not isinstance(error, MeviewerError):
            _log.error("unforeseen", exc_info=(kind, error, trace))
        window.show_error(wrapped(error, "the window"))

    sys.excepthook = show


def _stop_on_interrupt(app: QApplication) -> None:
    """Close the window on Ctrl+C in the terminal: Python gets its turn only when Qt lets it."""
    signal.signal(signal.SIGINT, lambda *_: app.closeAllWindows())
    turn = QTimer(app, interval=400)
    turn.timeout.connect(lambda: None)
    turn.start()


def _log_to_file(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "meviewer.log", maxBytes=_LOG_BYTES, backupCount=2, delay=True
        )
    except OSError:
        return  # a log is a help, not a condition
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger("meviewer").addHandler(handler)
