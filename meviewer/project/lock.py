"""One writer for a project: a lock of the operating system, which dies with its process."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

LOCK_FILE = "project.lock"
_LOCKED_BYTE = 1 << 30


class FolderLock:
    """The right to write into a project folder.

    The file's text only says who holds the lock, for a message: what counts is the lock of the
    operating system, so a file left by a killed process locks nobody out.

    Attributes
    ----------
    left_behind : bool
        The last holder ended without giving the lock back, by a kill or a loss of power.
    """

    def __init__(self, file: FileIO, left_behind: bool) -> None:
        self._file = file
        self.left_behind = left_behind

    @classmethod
    def acquire(cls, folder: Path) -> FolderLock | str:
        """Return the lock, or in words why it cannot be had."""
        path = folder / LOCK_FILE
        try:
            file = path.open("a+b", buffering=0)
        except OSError as error:
            return f"the folder cannot be written: {error.strerror}"
        try:
            refusal = _lock(file)
            holder = _holder(file)
        except OSError as error:
            file.close()
            return f"this file system gives no locks: {error.strerror}"
        if refusal:
            file.close()
            return f"{refusal} ({holder})" if holder else refusal
        _sign(file)
        return cls(file, left_behind=bool(holder))

    def release(self) -> None:
        """Give the lock back; a second call does nothing."""
        if self._file.closed:
            return
        self._file.truncate(0)
        # Closing gives the lock back too; the file stays, or two could each lock one of that name.
        self._file.close()


def _sign(file: FileIO) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    # A full disk may refuse: the lock is held all the same.
    with contextlib.suppress(OSError):
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()} since {since}".encode())


def _holder(file: FileIO) -> str:
    file.seek(0)
    return file.read(200).decode("utf-8", "replace").strip()


def _lock(file: FileIO) -> str:
    """Lock without waiting; return why not, or an empty text."""
    if sys.platform == "win32":
        import msvcrt

        # A byte far behind the text: Windows would keep others from reading a locked one.
        os.lseek(file.fileno(), _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return "another window has it open for writing"
        return ""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "another window has it open for writing"
    return ""
