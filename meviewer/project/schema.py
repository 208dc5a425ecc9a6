"""The tables of a project, one migration function for each step of the schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

APPLICATION_ID = 0x4D455657
"""``MEVW``: tells a project from any other SQLite file."""

Migration = Callable[[sqlite3.Connection], None]


def _labels_and_journal(connection: sqlite3.Connection) -> None:
    """Step 1: subjects, clips, samples, labels for each coder, and the journal."""
    for statement in (*_CLIPS, *_JOURNAL, *_LABELS, *_GUARDS):
        connection.execute(statement)
    connection.execute("INSERT INTO journal_head VALUES (1, 0, zeroblob(32))")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _runs_and_predictions(connection: sqlite3.Connection) -> None:
    """Step 2: trainings and what the trained networks said."""
    for statement in _RUNS:
        connection.execute(statement)


def _origins(connection: sqlite3.Connection) -> None:
    """Step 3: where labels come from, what their frames look like, and odd numbers and times."""
    for statement in _ORIGINS:
        connection.execute(statement)


def _faces(connection: sqlite3.Connection) -> None:
    """Step 4: where the face of each clip is."""
    for statement in _FACES:
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (
    _labels_and_journal,
    _runs_and_predictions,
    _origins,
    _faces,
)
"""Step ``k`` leads from schema ``k`` to ``k + 1``; a released step never changes."""

VERSION = len(MIGRATIONS)
"""The schema this program writes."""


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] | None = None) -> int:
    """Bring an open database to the newest schema, in one transaction.

    Parameters
    ----------
    connection : sqlite3.Connection
        In autocommit mode (``isolation_level=None``).
    migrations : sequence of callables, optional
        Steps from schema 0 on; all of them if not given.

    Returns
    -------
    int
        The schema found.
    """
    migrations = MIGRATIONS if migrations is None else migrations
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = version_of(connection)
        for step in migrations[found:]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {max(found, len(migrations))}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return found


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema of an open database."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


_CLIPS = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    """CREATE TABLE subjects (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE CHECK (name <> ''),
        consent TEXT NOT NULL DEFAULT '',
        withdrawn TEXT
    ) STRICT""",
    """CREATE TABLE clips (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        rate TEXT NOT NULL,
        n_frames INTEGER NOT NULL CHECK (n_frames > 0),
        first_number INTEGER NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        UNIQUE (path, fingerprint)
    ) STRICT""",
    "CREATE INDEX clips_by_fingerprint ON clips (fingerprint)",
    """CREATE TABLE samples (
        id INTEGER PRIMARY KEY,
        subject_id INTEGER NOT NULL REFERENCES subjects (id),
        clip_id INTEGER NOT NULL REFERENCES clips (id),
        name TEXT NOT NULL CHECK (name <> ''),
        emotion TEXT NOT NULL DEFAULT '',
        UNIQUE (subject_id, name)
    ) STRICT""",
    "CREATE INDEX samples_by_clip ON samples (clip_id)",
)

_JOURNAL = (
    """CREATE TABLE journal (
        n INTEGER PRIMARY KEY,
        time TEXT NOT NULL,
        coder TEXT NOT NULL,
        sample_id INTEGER REFERENCES samples (id),
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        before BLOB NOT NULL,
        after BLOB NOT NULL,
        reason TEXT NOT NULL,
        previous BLOB NOT NULL,
        hash BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX journal_by_tier ON journal (sample_id, coder, n)",
    # Without it a journal that lost its last rows would still be a whole chain.
    """CREATE TABLE journal_head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        n_rows INTEGER NOT NULL,
        hash BLOB NOT NULL
    ) STRICT""",
)

_LABELS = (
    """CREATE TABLE coders (
        name TEXT PRIMARY KEY CHECK (name <> ''),
        machine INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE annotations (
        sample_id INTEGER NOT NULL REFERENCES samples (id),
        coder TEXT NOT NULL REFERENCES coders (name),
        value BLOB NOT NULL,
        n_events INTEGER NOT NULL,
        status TEXT NOT NULL,
        journal_n INTEGER NOT NULL REFERENCES journal (n),
        PRIMARY KEY (sample_id, coder)
    ) STRICT""",
    "CREATE INDEX annotations_by_coder ON annotations (coder, sample_id)",
)

_GUARDS = (
    """CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal
       BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER journal_keeps_values BEFORE UPDATE ON journal
       BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    # INSERT OR REPLACE deletes without firing the trigger above.
    """CREATE TRIGGER journal_grows_at_its_end BEFORE INSERT ON journal
       WHEN NEW.n IS NOT (SELECT n_rows + 1 FROM journal_head)
       BEGIN SELECT RAISE(ABORT, 'the journal grows at its end only'); END""",
)

_RUNS = (
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE CHECK (name <> ''),
        spec TEXT NOT NULL,
        created TEXT NOT NULL,
        state TEXT NOT NULL,
        scores TEXT NOT NULL DEFAULT '{}'
    ) STRICT""",
    """CREATE TABLE predictions (
        run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        sample_id INTEGER NOT NULL REFERENCES samples (id),
        truth TEXT NOT NULL,
        predicted TEXT NOT NULL,
        probabilities TEXT NOT NULL,
        PRIMARY KEY (run_id, sample_id)
    ) STRICT""",
)

_ORIGINS = (
    "ALTER TABLE samples ADD COLUMN dataset TEXT NOT NULL DEFAULT ''",
    # Runs of frame numbers as JSON [[first, count], ...]; empty: they follow on first_number.
    "ALTER TABLE clips ADD COLUMN numbers TEXT NOT NULL DEFAULT ''",
    # Start of each frame in ms as little-endian float64; NULL: they follow from the rate.
    "ALTER TABLE clips ADD COLUMN pts_ms BLOB",
    """CREATE TABLE sources (
        id INTEGER PRIMARY KEY,
        reader TEXT NOT NULL,
        root TEXT NOT NULL,
        sheet TEXT NOT NULL,
        sheet_hash TEXT NOT NULL,
        time TEXT NOT NULL,
        options TEXT NOT NULL,
        report BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE sheet_rows (
        sample_id INTEGER NOT NULL REFERENCES samples (id),
        coder TEXT NOT NULL,
        event_id INTEGER NOT NULL,
        source_id INTEGER NOT NULL REFERENCES sources (id),
        sheet TEXT NOT NULL,
        row INTEGER NOT NULL,
        shift INTEGER NOT NULL,
        cells TEXT NOT NULL,
        places TEXT NOT NULL,
        PRIMARY KEY (sample_id, coder, event_id)
    ) STRICT""",
    # Coder '' has the anchors of a clip; an empty hash and picture: the frame was never looked at.
    """CREATE TABLE frame_marks (
        sample_id INTEGER NOT NULL REFERENCES samples (id),
        coder TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        frame INTEGER NOT NULL,
        number INTEGER NOT NULL,
        ms REAL NOT NULL,
        hash BLOB NOT NULL,
        picture BLOB NOT NULL,
        n_frames INTEGER NOT NULL,
        rate TEXT NOT NULL,
        PRIMARY KEY (sample_id, coder, fingerprint, frame)
    ) STRICT""",
)

_FACES = (
    # The fingerprint is that of the content that was looked at; the value is JSON.
    """CREATE TABLE faces (
        clip_id INTEGER PRIMARY KEY REFERENCES clips (id),
        fingerprint TEXT NOT NULL,
        time TEXT NOT NULL,
        value BLOB NOT NULL
    ) STRICT""",
)
