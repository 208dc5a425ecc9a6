"""Where labels come from: the label sheet, and for every imported event its row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from meviewer.project.database import Database


@dataclass(frozen=True, slots=True)
class SheetSource:
    """One import of one data set.

    Attributes
    ----------
    id : int
        0 before it is stored.
    reader : str
        Name of the reader.
    root, sheet : Path
        Absolute, as they were.
    sheet_hash : str
        Of the sheet's bytes; empty if it could not be read again.
    time : str
        UTC, ISO 8601.
    options : str
        JSON: which fixes, which set of pictures, what was done about a missing apex.
    report : bytes
        JSON: how many samples, every row that was left out and why, every finding.
    """

    id: int
    reader: str
    root: Path
    sheet: Path
    sheet_hash: str
    time: str
    options: str
    report: bytes


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The row that an event was made from.

    Attributes
    ----------
    sample_id, coder, event_id
        The event.
    source_id : int
        The import.
    sheet : str
        Name of the sheet within the workbook.
    row : int
        1-based.
    shift : int
        The sheet's frame number minus the clip's.
    cells : tuple of (str, str)
        The row as it stood there.
    places : tuple of (str, int)
        0-based columns by what they hold: onset, apex, offset, emotion, action_units.
    """

    sample_id: int
    coder: str
    event_id: int
    source_id: int
    sheet: str
    row: int
    shift: int
    cells: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, int], ...] = ()


def sheet_hash(path: Path) -> str:
    """Return a hash of a label file, or an empty text if it cannot be read."""
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return ""


def add_source(
    database: Database,
    reader: str,
    root: Path,
    sheet: Path,
    options: dict[str, object],
    report: bytes,
) -> int:
    """Store one import and return its id."""
    time = datetime.now(UTC).isoformat(timespec="seconds")
    with database.writing() as connection:
        cursor = connection.execute(
            "INSERT INTO sources (reader, root, sheet, sheet_hash, time, options, report)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                reader,
                root.absolute().as_posix(),
                sheet.absolute().as_posix(),
                sheet_hash(sheet),
                time,
                msgspec.json.encode(options).decode(),
                report,
            ),
        )
        return int(cursor.lastrowid or 0)


def add_rows(database: Database, rows: Sequence[SheetRow]) -> None:
    """Store from which rows events were made."""
    with database.writing() as connection:
        connection.executemany(
            "INSERT OR REPLACE INTO sheet_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    row.sample_id,
                    row.coder,
                    row.event_id,
                    row.source_id,
                    row.sheet,
                    row.row,
                    row.shift,
                    msgspec.json.encode(row.cells).decode(),
                    msgspec.json.encode(row.places).decode(),
                )
                for row in rows
            ],
        )


def sources(database: Database) -> tuple[SheetSource, ...]:
    """Return all imports, the oldest first."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT id, reader, root, sheet, sheet_hash, time, options, report"
            " FROM sources ORDER BY id"
        ).fetchall()
    return tuple(
        SheetSource(n, reader, Path(root), Path(sheet), seal, time, options, bytes(report))
        for n, reader, root, sheet, seal, time, options, report in rows
    )


def rows_of(database: Database, source_id: int) -> tuple[SheetRow, ...]:
    """Return the rows of one import in the order of the sheet."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT sample_id, coder, event_id, source_id, sheet, row, shift, cells, places"
            " FROM sheet_rows WHERE source_id = ? ORDER BY sheet, row, coder",
            (source_id,),
        ).fetchall()
    cells_of = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode
    places_of = msgspec.json.Decoder(tuple[tuple[str, int], ...]).decode
    return tuple(
        SheetRow(sample, coder, event, source, sheet, row, shift, cells_of(cells), places_of(where))
        for sample, coder, event, source, sheet, row, shift, cells, where in rows
    )
