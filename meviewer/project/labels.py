"""The labels of a project: an annotation for each coder and sample, changed through the journal."""

from __future__ import annotations

import sqlite3

from meviewer.core.annotation import Annotation
from meviewer.core.errors import ProjectError
from meviewer.project.codec import EMPTY, decode, encode
from meviewer.project.database import Database
from meviewer.project.journal import Entry, NewRow, write_row

MACHINES = frozenset({"truth", "gamdss"})
"""Coders that are no people: the truth of synthetic clips, and the suggestions."""

ADJUDICATED = "adjudicated"
"""The tier of what was decided where coders differ: made by people, but no opinion of its own."""


_STILL_HERE = """NOT EXISTS (SELECT 1 FROM annotations AS a WHERE a.coder = coders.name)
    OR EXISTS (SELECT 1 FROM annotations AS a JOIN journal AS j ON j.n = a.journal_n
        WHERE a.coder = coders.name AND (a.value <> ? OR j.kind <> 'import'))"""
"""True of all but those whose labels came by a merge and went again when it was taken back."""


def append(database: Database, entry: Entry) -> int:
    """Write one change durably and return its row number; on any error nothing has changed."""
    row = NewRow(
        entry.coder,
        entry.sample_id,
        entry.kind,
        entry.text,
        encode(entry.before),
        encode(entry.after),
        entry.reason,
    )
    with database.writing() as connection:
        return _write(connection, entry.sample_id, entry.coder, entry.after, row)


def replace_tier(
    database: Database, sample_id: int, coder: str, annotation: Annotation, reason: str
) -> int:
    """Put a whole annotation in place of a coder's, as one row of kind ``import``.

    Returns
    -------
    int
        Row number; 0 if the labels were the same already.
    """
    after = encode(annotation)
    with database.writing() as connection:
        before = _value(connection, sample_id, coder)
        if before == after:
            return 0
        row = NewRow(coder, sample_id, "import", "Import labels", before, after, reason)
        return _write(connection, sample_id, coder, annotation, row)


def add_coder(database: Database, coder: str, machine: bool) -> None:
    """Make a coder known, and whether it is a machine."""
    with database.writing() as connection:
        _know(connection, coder, machine)


def one(database: Database, sample_id: int, coder: str) -> Annotation:
    """Return a coder's labels on a sample; an empty annotation if there are none."""
    with database.reading() as connection:
        return decode(_value(connection, sample_id, coder))


def on_sample(database: Database, sample_id: int) -> dict[str, Annotation]:
    """Return all labels on a sample by coder."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT coder, value FROM annotations WHERE sample_id = ? ORDER BY coder", (sample_id,)
        ).fetchall()
    return {coder: decode(value) for coder, value in rows}


def of_coder(database: Database, coder: str) -> dict[int, Annotation]:
    """Return all labels of a coder by sample id."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT sample_id, value FROM annotations WHERE coder = ? ORDER BY sample_id", (coder,)
        ).fetchall()
    return {sample_id: decode(value) for sample_id, value in rows}


def coders(database: Database) -> tuple[str, ...]:
    """Return all coders: people first, then machines, each sorted by name."""
    with database.reading() as connection:
        query = f"SELECT name FROM coders WHERE {_STILL_HERE} ORDER BY machine, name"
        rows = connection.execute(query, (EMPTY,)).fetchall()
    return tuple(name for (name,) in rows)


def people(database: Database) -> tuple[str, ...]:
    """Return everybody who was ever made known, in the order in which they came."""
    with database.reading() as connection:
        query = "SELECT name FROM coders WHERE NOT machine ORDER BY rowid"
        return tuple(name for (name,) in connection.execute(query))


def is_machine(database: Database, coder: str) -> bool:
    """Return whether a coder's labels are made by a machine."""
    with database.reading() as connection:
        query = "SELECT machine FROM coders WHERE name = ?"
        row = connection.execute(query, (coder,)).fetchone()
    return coder in MACHINES if row is None else bool(row[0])


def counts(database: Database) -> dict[str, int]:
    """Return how many subjects, clips, samples, labels, events, journal rows and runs there are."""
    queries = {
        "subjects": "SELECT count(*) FROM subjects",
        "clips": "SELECT count(*) FROM clips",
        "samples": "SELECT count(*) FROM samples",
        "annotations": "SELECT count(*) FROM annotations WHERE n_events > 0",
        "events": "SELECT coalesce(sum(n_events), 0) FROM annotations",
        "journal_rows": "SELECT n_rows FROM journal_head",
        "runs": "SELECT count(*) FROM runs",
    }
    with database.reading() as connection:
        found = {name: int(connection.execute(q).fetchone()[0]) for name, q in queries.items()}
    return found | {"coders": len(coders(database))}


def _write(
    connection: sqlite3.Connection, sample_id: int, coder: str, after: Annotation, row: NewRow
) -> int:
    if not connection.execute("SELECT 1 FROM samples WHERE id = ?", (sample_id,)).fetchone():
        raise ProjectError("There is no such sample", where=f"sample {sample_id}")
    _know(connection, coder, coder in MACHINES)
    n = write_row(connection, row)
    connection.execute(
        "INSERT INTO annotations (sample_id, coder, value, n_events, status, journal_n)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sample_id, coder) DO UPDATE SET"
        " value = excluded.value, n_events = excluded.n_events, status = excluded.status,"
        " journal_n = excluded.journal_n",
        (sample_id, coder, row.after, len(after), after.status.value, n),
    )
    return n


def _know(connection: sqlite3.Connection, coder: str, machine: bool) -> None:
    if not coder.strip():
        raise ProjectError("A coder needs a name", now="enter your name or initials")
    query = "INSERT INTO coders (name, machine) VALUES (?, ?) ON CONFLICT DO NOTHING"
    connection.execute(query, (coder, int(machine)))


def _value(connection: sqlite3.Connection, sample_id: int, coder: str) -> bytes:
    row = connection.execute(
        "SELECT value FROM annotations WHERE sample_id = ? AND coder = ?", (sample_id, coder)
    ).fetchone()
    return EMPTY if row is None else bytes(row[0])
