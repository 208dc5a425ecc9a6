"""The journal: append-only rows, each sealed with the hash of the row before it.

It is at once the undo history after a restart, the recovery after a crash and the audit trail. Who
can rewrite the whole file can also forge a whole chain; what the chain finds is every accident and
every change made to some of its rows, its end included.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from meviewer.core.annotation import Annotation
from meviewer.core.errors import ProjectError
from meviewer.project.database import Database

EntryKind = Literal["edit", "undo", "redo"]
Kind = Literal["edit", "undo", "redo", "import", "sample", "moved", "checkpoint", "face", "blind"]

_FIELDS = "n, time, coder, sample_id, kind, text, before, after, reason, previous"


@dataclass(frozen=True, slots=True)
class Entry:
    """One committed change of one coder's labels on one sample.

    Attributes
    ----------
    sample_id : int
    coder : str
    kind : {"edit", "undo", "redo"}
    text : str
        Name of the step as the undo menu shows it.
    before, after : Annotation
        In the direction of this change: an undo goes from the newer value to the older one.
    reason : str
        Why, if the coder said so.
    """

    sample_id: int
    coder: str
    kind: EntryKind
    text: str
    before: Annotation
    after: Annotation
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row of the journal as a person reads it.

    Attributes
    ----------
    n : int
        Row number from 1 without gaps.
    time : str
        UTC, ISO 8601 with milliseconds.
    coder : str
        Whose labels; empty where no labels are concerned.
    sample_id : int or None
        None for rows about the whole project.
    kind : str
        ``edit``, ``undo``, ``redo``, ``import``, ``sample``, ``moved``, ``checkpoint``, ``face``
        or ``blind``.
    text, reason : str
    """

    n: int
    time: str
    coder: str
    sample_id: int | None
    kind: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class NewRow:
    """What the writer of a row says; number, time and hashes are added when it is written."""

    coder: str
    sample_id: int | None
    kind: Kind
    text: str
    before: bytes = b""
    after: bytes = b""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Whether the journal is as it was written.

    Attributes
    ----------
    ok : bool
    rows : int
        Rows that were read.
    broken_at : int or None
        Number of the first row that is altered, missing or too many.
    text : str
        One sentence for a person.
    """

    ok: bool
    rows: int
    broken_at: int | None
    text: str


def write_row(connection: sqlite3.Connection, row: NewRow) -> int:
    """Append one row inside an open transaction and return its number."""
    n_rows, previous = connection.execute("SELECT n_rows, hash FROM journal_head").fetchone()
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    values = (
        n_rows + 1,
        time,
        row.coder,
        row.sample_id,
        row.kind,
        row.text,
        row.before,
        row.after,
        row.reason,
        previous,
    )
    sealed = seal(values)
    marks = ", ".join("?" * 11)
    connection.execute(f"INSERT INTO journal ({_FIELDS}, hash) VALUES ({marks})", (*values, sealed))
    connection.execute("UPDATE journal_head SET n_rows = ?, hash = ?", (n_rows + 1, sealed))
    return int(n_rows) + 1


def seal(values: Iterable[object]) -> bytes:
    """Return the SHA-256 over fields with type and length, so that none can lend to another."""
    digest = hashlib.sha256()
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        digest.update(f"{type(value).__name__}:{len(data)}:".encode())
        digest.update(data)
    return digest.digest()


def history(
    database: Database,
    sample_id: int | None = None,
    coder: str | None = None,
    newest: int | None = None,
) -> tuple[JournalRow, ...]:
    """Return the rows of a sample, of a coder, or all of them; newest last."""
    with database.reading() as connection:
        found = connection.execute(
            "SELECT n, time, coder, sample_id, kind, text, reason FROM journal"
            " WHERE (?1 IS NULL OR sample_id = ?1) AND (?2 IS NULL OR coder = ?2)"
            " ORDER BY n DESC LIMIT ?3",
            (sample_id, coder, -1 if newest is None else newest),
        )
        return tuple(JournalRow(*row) for row in found)[::-1]


def check_chain(database: Database) -> ChainReport:
    """Read the whole journal and say whether, and where, it is broken."""
    n_rows = 0
    try:
        with database.reading() as connection:
            head = connection.execute("SELECT n_rows, hash FROM journal_head").fetchone()
            previous = bytes(32)
            for values, sealed in _rows(connection):
                fault = _fault(n_rows + 1, values, sealed, previous)
                if fault:
                    return ChainReport(False, n_rows + 1, n_rows + 1, fault)
                n_rows, previous = n_rows + 1, sealed
    except ProjectError as error:
        text = f"Row {n_rows + 1} cannot be read: {error.why or error.what}"
        return ChainReport(False, n_rows, n_rows + 1, text)
    return _ended(n_rows, previous, head)


def _rows(connection: sqlite3.Connection) -> Iterator[tuple[tuple[object, ...], bytes]]:
    for *values, sealed in connection.execute(f"SELECT {_FIELDS}, hash FROM journal ORDER BY n"):
        yield tuple(values), sealed


def _fault(expected_n: int, values: tuple[object, ...], sealed: bytes, previous: bytes) -> str:
    if values[0] != expected_n:
        return f"Row {expected_n} is missing: row {values[0]} stands in its place"
    if seal(values) != sealed:
        return f"Row {expected_n} was altered after it was written"
    if values[-1] != previous:
        return f"Row {expected_n} does not follow the row before it: one of them was replaced"
    return ""


def _ended(n_rows: int, last: bytes, head: tuple[int, bytes] | None) -> ChainReport:
    if head is None:
        return ChainReport(False, n_rows, n_rows + 1, "The record of the last row is missing")
    noted, sealed = head
    if noted > n_rows:
        text = f"Row {n_rows + 1} is missing: {noted} rows were written, {n_rows} are there"
        return ChainReport(False, n_rows, n_rows + 1, text)
    if noted < n_rows:
        text = f"Row {noted + 1} was added from outside: {noted} rows were written"
        return ChainReport(False, n_rows, noted + 1, text)
    if sealed != last:
        text = f"Row {max(n_rows, 1)} is not the row that was written last"
        return ChainReport(False, n_rows, max(n_rows, 1), text)
    return ChainReport(True, n_rows, None, f"All {n_rows} rows are as they were written")
