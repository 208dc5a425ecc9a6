"""The SQLite file of a project: one durable writer, many readers that never wait for it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from meviewer.core.errors import ProjectError, ReadOnlyError, StorageError
from meviewer.project.storage_errors import explained, reading_explained

_BUSY_S = 10.0


class Database:
    """Connections to one project file.

    Any thread may read and write. Readers have connections of their own, so that drawing never
    waits for an fsync; each read sees one consistent state. A thread that writes sees its own
    transaction.

    Parameters
    ----------
    path : Path
        The database.
    read_only : bool
        Never write, not even side files.
    immutable : bool
        Nobody can write it: needed in folders where SQLite cannot make its side files.
    """

    def __init__(self, path: Path, *, read_only: bool = False, immutable: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._uri = _uri(path, immutable)
        self._idle: list[sqlite3.Connection] = []
        self._pool = threading.Lock()
        self._turn = threading.RLock()
        self._writing_thread: int | None = None
        self._depth = 0
        self._closed = False
        self._identity = _identity(path)
        with explained("The project cannot be opened", path):
            self._writer = None if read_only else connect_writer(path)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state; inside a transaction of this thread, that one's.

        Raises
        ------
        StorageError
            If the disk refuses.
        ProjectError
            If the file is damaged or the project is closed.
        """
        if self._writer is not None and self._writing_thread == threading.get_ident():
            with reading_explained("The project cannot be read", self.path):
                yield self._writer
            return
        with reading_explained("The project cannot be read", self.path):
            connection = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the writing connection inside a transaction: all of it is durable, or none.

        Inside another transaction of the same thread it becomes part of that one, and an error
        takes back this part alone.

        Raises
        ------
        ReadOnlyError
            If the project is open for reading only.
        StorageError
            If the disk refuses; the project is as it was before.
        """
        with self._turn, explained("The project cannot be written", self.path):
            writer = self._writer_or_error()
            self._writing_thread = threading.get_ident()
            self._depth += 1
            try:
                with self._part(writer) if self._depth > 1 else self._transaction(writer):
                    yield writer
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._writing_thread = None

    def close(self) -> None:
        """Close all connections; a second call does nothing."""
        with self._turn, self._pool:
            self._closed = True
            connections, self._idle = self._idle, []
            writer, self._writer = self._writer, None
        for connection in connections:
            connection.close()
        if writer is not None:
            # Last: it folds the write-ahead log into the file when nobody reads any more.
            writer.close()

    @contextmanager
    def _transaction(self, writer: sqlite3.Connection) -> Iterator[None]:
        if _identity(self.path) != self._identity:
            raise self._gone()
        writer.execute("BEGIN IMMEDIATE")
        try:
            yield
            if not writer.in_transaction:
                raise self._rolled_back()
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            raise

    @contextmanager
    def _part(self, writer: sqlite3.Connection) -> Iterator[None]:
        # A full disk makes SQLite end the whole transaction: what follows must not commit alone.
        if not writer.in_transaction:
            raise self._rolled_back()
        name = f"part_{self._depth}"
        writer.execute(f"SAVEPOINT {name}")
        try:
            yield
            writer.execute(f"RELEASE {name}")
        except BaseException:
            if writer.in_transaction:
                writer.execute(f"ROLLBACK TO {name}")
                writer.execute(f"RELEASE {name}")
            raise

    def _borrow(self) -> sqlite3.Connection:
        with self._pool:
            if self._closed:
                raise _closed(self.path)
            if self._idle:
                return self._idle.pop()
        return _connect(self._uri, query_only=True)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with contextlib.suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        with self._pool:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _writer_or_error(self) -> sqlite3.Connection:
        if self._closed:
            raise _closed(self.path)
        if self._writer is None:
            raise ReadOnlyError(
                "The project cannot be changed",
                where=str(self.path.parent),
                why="it is open for reading only",
                now="close the other window that has it open, or copy the project",
            )
        return self._writer

    def _gone(self) -> StorageError:
        return StorageError(
            "The project cannot be written",
            where=str(self.path),
            why="the file is gone, or another one has taken its place since it was opened",
            now="put the project folder back, or open the project anew",
        )

    def _rolled_back(self) -> StorageError:
        return StorageError(
            "The changes were taken back as a whole",
            where=str(self.path),
            why="the disk refused one of them",
            now="free some space and do it again",
        )


def _uri(path: Path, immutable: bool) -> str:
    return f"{path.resolve().as_uri()}?mode=ro" + ("&immutable=1" if immutable else "")


def _connect(uri: str, *, query_only: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_S
    )
    try:
        connection.execute(f"PRAGMA query_only = {int(query_only)}")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_writer(path: Path) -> sqlite3.Connection:
    """Return a connection whose commits are durable when they return."""
    connection = _connect(f"{path.resolve().as_uri()}?mode=rw", query_only=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit returns only after the fsync of the log, so "saved" survives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # On macOS fsync alone leaves data in the drive's own cache; elsewhere this does nothing.
        connection.execute("PRAGMA fullfsync = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _closed(path: Path) -> ProjectError:
    return ProjectError("The project is closed", where=str(path.parent), now="open it again")
