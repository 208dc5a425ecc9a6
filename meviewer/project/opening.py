"""Opening and creating the project file: who may write, what schema it has, whether it is whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import meviewer
from meviewer.core.errors import ProjectError, StorageError
from meviewer.project import schema
from meviewer.project.backup import backup
from meviewer.project.database import Database, connect_writer
from meviewer.project.lock import LOCK_FILE, FolderLock
from meviewer.project.paths import PROJECT_FILE, root_texts
from meviewer.project.storage_errors import damaged, explained, files_explained


@dataclass(frozen=True, slots=True)
class Opened:
    """An open project file.

    Attributes
    ----------
    database : Database
    lock : FolderLock or None
        None: for reading only.
    why_read_only : str
        Empty for a writer.
    scratch : TemporaryDirectory or None
        Holds the copy that is read where the file itself cannot be.
    """

    database: Database
    lock: FolderLock | None
    why_read_only: str
    scratch: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Close the file, then let others write; a second call does nothing."""
        self.database.close()
        if self.lock is not None:
            self.lock.release()
        if self.scratch is not None:
            self.scratch.cleanup()


def open_file(folder: Path, read_only: bool) -> Opened:
    """Open the project file of a folder, for writing if that is possible.

    Raises
    ------
    ProjectError
        No project there, a newer schema, a foreign or a damaged file: it is left as it is.
    StorageError
        If the disk refuses.
    """
    path = folder / PROJECT_FILE
    if not path.is_file():
        raise ProjectError(
            "There is no project",
            where=str(folder),
            why=f"the folder has no {PROJECT_FILE}",
            now="choose the folder that holds it, or create a project",
        )
    lock = "it was opened for reading only" if read_only else FolderLock.acquire(folder)
    if isinstance(lock, str):
        return _for_reading(path, lock)
    if not _may_write(path):
        lock.release()
        return _for_reading(path, f"the file {path.name} may not be written")
    try:
        return _for_writing(path, lock)
    except StorageError as error:
        # A full disk: the labels can still be looked at.
        lock.release()
        return _for_reading(path, error.why or error.what)
    except BaseException:
        lock.release()
        raise


def create_file(folder: Path, name: str, root: Path) -> None:
    """Write a new project file, whole or not at all.

    Raises
    ------
    ProjectError
        If there is a project already, or the name is empty.
    StorageError
        If the disk refuses.
    """
    path = folder / PROJECT_FILE
    if path.exists() or not name.strip():
        why = "there is one already" if path.exists() else "it needs a name"
        now = "open it, or choose another folder" if path.exists() else "enter a name"
        raise ProjectError("The project cannot be created", where=str(folder), why=why, now=now)
    made = [f for f in (folder, *folder.parents) if not f.exists()]
    with files_explained("The project cannot be created", folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write_new(path, name, root)
        except BaseException:
            _take_back(path, made)
            raise


def _write_new(path: Path, name: str, root: Path) -> None:
    beside = _beside(path)
    beside.unlink(missing_ok=True)
    connection = sqlite3.connect(beside, isolation_level=None)
    try:
        schema.migrate(connection)
        stored, seen = root_texts(root, path.parent)
        values = {
            "name": name,
            "root": stored,
            "root_seen_from_project": seen,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "written_by": meviewer.__version__,
        }
        connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())
    finally:
        connection.close()
    beside.replace(path)
    _sync_folder(path.parent)


def _take_back(path: Path, made: list[Path]) -> None:
    for left in (*path.parent.glob(f"{_beside(path).name}*"), path.parent / LOCK_FILE):
        left.unlink(missing_ok=True)
    for folder in made:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _for_writing(path: Path, lock: FolderLock) -> Opened:
    # Looked at before SQLite may write anything: a damaged or newer file has to stay as it is.
    with closing(Database(path, read_only=True, immutable=not _has_log(path))) as before:
        found = _inspect(before)
        if found < schema.VERSION:
            backup(before, path.parent)
    if found < schema.VERSION:
        _migrate(path)
    return Opened(Database(path), lock, "")


def _for_reading(path: Path, why: str) -> Opened:
    immutable = not _has_log(path) and not _may_write(path.parent)
    database = Database(path, read_only=True, immutable=immutable)
    try:
        found = _inspect(database)
    except StorageError:
        # Edits lie in the log, and SQLite cannot make the side file it reads a log with.
        database.close()
        return _from_copy(path, why)
    except BaseException:
        database.close()
        raise
    if found < schema.VERSION:
        database.close()
        return _from_copy(path, why)
    return Opened(database, None, why)


def _from_copy(path: Path, why: str) -> Opened:
    scratch = tempfile.TemporaryDirectory(prefix="meviewer-")
    try:
        copy = Path(scratch.name) / path.name
        with files_explained("The project cannot be read", path):
            for source in (path, _log(path)):
                if source.exists():
                    shutil.copyfile(source, copy.with_name(source.name))
        _migrate(copy)
        database = Database(copy, read_only=True)
        _inspect(database)
    except BaseException:
        scratch.cleanup()
        raise
    return Opened(database, None, why, scratch)


def _inspect(database: Database) -> int:
    """Return the schema of a whole project file that this program knows."""
    with database.reading() as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        found = schema.version_of(connection)
        if application != schema.APPLICATION_ID:
            raise ProjectError(
                "This is no meviewer project",
                where=str(database.path),
                why="it is the database of another program, or empty",
                now="choose another folder; the file was left as it is",
            )
        if found > schema.VERSION:
            raise _newer(connection, database.path, found)
        (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if state != "ok":
        raise damaged(database.path, str(state))
    return found


def _newer(connection: sqlite3.Connection, path: Path, found: int) -> ProjectError:
    row = connection.execute("SELECT value FROM meta WHERE key = 'written_by'").fetchone()
    writer = f"meviewer {row[0]}" if row else "a newer meviewer"
    return ProjectError(
        "The project was written by a newer version",
        where=str(path),
        why=f"{writer} wrote schema {found}; meviewer {meviewer.__version__} knows schemas"
        f" up to {schema.VERSION}",
        now="update meviewer; the file was left as it is",
    )


def _migrate(path: Path) -> None:
    with explained("The project cannot be brought to the new schema", path):
        connection = connect_writer(path)
        try:
            schema.migrate(connection)
            connection.execute(
                "INSERT INTO meta VALUES ('written_by', ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (meviewer.__version__,),
            )
        finally:
            connection.close()


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _has_log(path: Path) -> bool:
    log = _log(path)
    return log.exists() and log.stat().st_size > 0


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _may_write(path: Path) -> bool:
    # Not by opening it: closing any handle of a database drops SQLite's own locks on it.
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
