"""Rotating copies of the project file, made by SQLite while the project is in use."""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

from meviewer.project.database import Database
from meviewer.project.storage_errors import files_explained

FOLDER = "backups"
KEPT = 10
_DUE_AFTER_S = 24 * 3600.0


def backup(database: Database, folder: Path, keep: int = KEPT) -> Path:
    """Copy the project file into its backup folder, drop the oldest copies, and return the copy.

    The name says when, and how many journal rows the copy holds. A copy is whole or not there.

    Raises
    ------
    StorageError
        If the disk refuses; older copies are kept then.
    """
    target_folder = folder / FOLDER
    with files_explained("The project cannot be backed up", target_folder):
        target_folder.mkdir(exist_ok=True)
        with database.reading() as source:
            (n_rows,) = source.execute("SELECT n_rows FROM journal_head").fetchone()
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
            target = target_folder / f"{stamp}-{n_rows:08d}.meviewer"
            _copy(source, target)
        for old in kept(folder)[:-keep]:
            old.unlink(missing_ok=True)
    return target


def backup_if_due(database: Database, folder: Path) -> None:
    """Make a copy if there is none of the last day and something was written since.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    copies = kept(folder)
    with database.reading() as connection:
        (n_rows,) = connection.execute("SELECT n_rows FROM journal_head").fetchone()
    newest = copies[-1] if copies else None
    if n_rows == 0 or (newest and newest.stem.endswith(f"-{n_rows:08d}")):
        return
    if newest is None or time.time() - newest.stat().st_mtime > _DUE_AFTER_S:
        backup(database, folder)


def kept(folder: Path) -> list[Path]:
    """Return the copies of a project, oldest first."""
    return sorted((folder / FOLDER).glob("*.meviewer"))


def _copy(source: sqlite3.Connection, target: Path) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        copy = sqlite3.connect(beside, isolation_level=None)
        try:
            source.backup(copy)
            # A plain file: a copy must not need side files that nobody thinks of copying.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
        beside.replace(target)
    except BaseException:
        for left in beside.parent.glob(f"{beside.name}*"):
            left.unlink(missing_ok=True)
        raise
