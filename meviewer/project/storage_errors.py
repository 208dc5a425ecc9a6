"""What SQLite reports, in words that say what happened, where, why and what to do now."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from meviewer.core.errors import MeviewerError, ProjectError, StorageError

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")
_REFUSED = {
    "SQLITE_FULL": ("the disk is full", "free some space; nothing that was saved is lost"),
    "SQLITE_READONLY": (
        "the file system is read-only, or the file may not be written",
        "make the folder writable, or copy the project to a place where you may write",
    ),
    "SQLITE_PERM": ("the file may not be written", "ask for permission to write there"),
    "SQLITE_CANTOPEN": (
        "the file cannot be opened",
        "check that the folder is still there and may be written",
    ),
    "SQLITE_BUSY": (
        "another program holds the database",
        "close the other program and try again",
    ),
    "SQLITE_LOCKED": ("another connection holds the table", "try again"),
    "SQLITE_IOERR": (
        "the disk reports an error",
        "check the disk, its free space and the network share; what was saved is still there",
    ),
}


@contextmanager
def explained(what: str, path: Path) -> Iterator[None]:
    """Turn every SQLite error inside into one of ours.

    Raises
    ------
    StorageError
        The disk refused: full, read-only, gone, or held by another program.
    ProjectError
        The file is damaged, or what was asked for does not fit the project.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, what, path) from error


@contextmanager
def reading_explained(what: str, path: Path) -> Iterator[None]:
    """Turn every SQLite error inside into one of ours, and impossible values into damage."""
    try:
        with explained(what, path):
            yield
    except (ValueError, ArithmeticError, msgspec.MsgspecError) as error:
        raise damaged(path, str(error)) from error


@contextmanager
def files_explained(what: str, path: Path) -> Iterator[None]:
    """Turn every SQLite error and every error of the file system inside into one of ours."""
    try:
        with explained(what, path):
            yield
    except OSError as error:
        raise StorageError(
            what,
            where=str(path),
            why=error.strerror or str(error),
            now="check the disk, its space and your permissions; what was saved is still there",
        ) from error


def explain(error: sqlite3.Error, what: str, path: Path) -> MeviewerError:
    """Return the error of ours that says what ``error`` means."""
    name = str(getattr(error, "sqlite_errorname", ""))
    for prefix, (why, now) in _REFUSED.items():
        if name.startswith(prefix):
            return StorageError(what, where=str(path), why=f"{why} ({error})", now=now)
    if name.startswith(_DAMAGED) or "decode to UTF-8" in str(error):
        return damaged(path, str(error))
    return ProjectError(what, where=str(path), why=str(error))


def damaged(path: Path, detail: str) -> ProjectError:
    """Return the error for a database that is no longer whole, naming the newest backup."""
    backups = sorted((path.parent / "backups").glob("*.meviewer"))
    now = "the file was left as it is; copy the folder before you try anything"
    if backups:
        now += f", then put {backups[-1].name} of its folder 'backups' in its place"
    return ProjectError(
        "The project file is damaged",
        where=str(path),
        why=f"what is in it makes no sense: {detail}",
        now=now,
    )
