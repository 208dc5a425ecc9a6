"""Subjects, clips and samples of a project."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import msgspec

from meviewer.core.errors import ProjectError
from meviewer.core.frames import rate_text
from meviewer.project import time_bases
from meviewer.project.database import Database
from meviewer.project.journal import NewRow, write_row
from meviewer.project.paths import Root, plain

_SELECT = """SELECT samples.id, subjects.name, samples.name, clips.path, clips.fingerprint,
    clips.rate, clips.n_frames, clips.first_number, clips.width, clips.height, samples.emotion,
    samples.dataset
    FROM samples JOIN subjects ON subjects.id = samples.subject_id
    JOIN clips ON clips.id = samples.clip_id"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One clip of one subject, as labels are given to it.

    Attributes
    ----------
    id : int
        Identity within the project.
    subject, name : str
        In the data set's words; unique together.
    clip_path : Path
        Absolute.
    fingerprint : str
        Content hash of the clip, independent of its path.
    rate : Fraction
        Frames per second.
    n_frames : int
    first_number : int
        Number of the first frame in the data set.
    width, height : int
        Pixels.
    emotion : str
        As the data set names it; empty if it does not.
    dataset : str
        Name of the data set it was imported from; empty for clips of one's own.
    """

    id: int
    subject: str
    name: str
    clip_path: Path
    fingerprint: str
    rate: Fraction
    n_frames: int
    first_number: int
    width: int
    height: int
    emotion: str = ""
    dataset: str = ""


@dataclass(frozen=True, slots=True)
class NewSample:
    """A sample before it has an identity; fields as in `Sample`, and those of its `TimeBase`."""

    subject: str
    name: str
    clip_path: Path
    fingerprint: str
    rate: Fraction
    n_frames: int
    first_number: int
    width: int
    height: int
    emotion: str = ""
    dataset: str = ""
    numbers: Sequence[int] = ()
    pts_ms: tuple[float, ...] | None = None


def add(database: Database, root: Root, new: NewSample) -> int:
    """Store a sample, with its subject and clip where they are new, and return its id.

    Raises
    ------
    ProjectError
        If the subject has a sample of that name, or a field is impossible.
    """
    _check(new)
    path = root.relative(new.clip_path)
    with database.writing() as connection:
        subject_id = _subject(connection, new.subject)
        if _named(connection, subject_id, new.name):
            raise ProjectError(
                "The subject has a sample of that name already",
                where=f"{new.subject}/{new.name}",
                now="give it another name, or open the one that is there",
            )
        cursor = connection.execute(
            "INSERT INTO samples (subject_id, clip_id, name, emotion, dataset)"
            " VALUES (?, ?, ?, ?, ?)",
            (subject_id, _clip(connection, path, new), new.name, new.emotion, new.dataset),
        )
        sample_id = int(cursor.lastrowid or 0)
        text = f"Add {new.subject}/{new.name}"
        write_row(connection, NewRow("", sample_id, "sample", text, after=_described(path, new)))
    return sample_id


def all_samples(database: Database, root: Root) -> tuple[Sample, ...]:
    """Return all samples in the order in which they were added."""
    with database.reading() as connection:
        rows = connection.execute(f"{_SELECT} ORDER BY samples.id")
        return tuple(_sample(row, root) for row in rows)


def ids(database: Database) -> tuple[int, ...]:
    """Return the ids of all samples in the order in which they were added."""
    with database.reading() as connection:
        return tuple(n for (n,) in connection.execute("SELECT id FROM samples ORDER BY id"))


def one_sample(database: Database, root: Root, sample_id: int) -> Sample:
    """Return the sample with this id.

    Raises
    ------
    ProjectError
        If there is none.
    """
    with database.reading() as connection:
        row = connection.execute(f"{_SELECT} WHERE samples.id = ?", (sample_id,)).fetchone()
        if row is None:
            raise ProjectError("There is no such sample", where=f"sample {sample_id}")
        return _sample(row, root)


def find(database: Database, root: Root, subject: str, name: str) -> Sample | None:
    """Return the sample of a subject by its name, or None."""
    with database.reading() as connection:
        where = "WHERE subjects.name = ? AND samples.name = ?"
        row = connection.execute(f"{_SELECT} {where}", (subject, name)).fetchone()
        return None if row is None else _sample(row, root)


def find_clip(database: Database, root: Root, fingerprint: str) -> Sample | None:
    """Return the first sample on a clip of this content, or None."""
    with database.reading() as connection:
        where = "WHERE clips.fingerprint = ? ORDER BY samples.id LIMIT 1"
        row = connection.execute(f"{_SELECT} {where}", (fingerprint,)).fetchone()
        return None if row is None else _sample(row, root)


def relocate(database: Database, root: Root, sample_id: int, clip_path: Path) -> None:
    """Say where the clip of a sample lies now; other samples on that clip move with it."""
    old, new = one_sample(database, root, sample_id).clip_path, plain(clip_path)
    with database.writing() as connection:
        connection.execute(
            "UPDATE clips SET path = ? WHERE id = (SELECT clip_id FROM samples WHERE id = ?)",
            (root.relative(new), sample_id),
        )
        text = f"Clip moved to {root.relative(new)}"
        before, after = root.relative(old).encode(), root.relative(new).encode()
        write_row(connection, NewRow("", sample_id, "moved", text, before, after))


def subjects(database: Database) -> tuple[str, ...]:
    """Return the names of all subjects, sorted."""
    with database.reading() as connection:
        rows = connection.execute("SELECT name FROM subjects ORDER BY name").fetchall()
    return tuple(name for (name,) in rows)


def _check(new: NewSample) -> None:
    wrong = [
        f"its {field} is {value!r}"
        for field, value, right in (
            ("subject", new.subject, bool(new.subject.strip())),
            ("name", new.name, bool(new.name.strip())),
            ("n_frames", new.n_frames, new.n_frames > 0),
            ("rate", str(new.rate), new.rate > 0),
            ("width", new.width, new.width > 0),
            ("height", new.height, new.height > 0),
        )
        if not right
    ]
    if wrong:
        raise ProjectError(
            "The sample cannot be added",
            where=f"{new.subject}/{new.name}",
            why="; ".join(wrong),
            now="check the clip and its row in the label file",
        )


def _subject(connection: sqlite3.Connection, name: str) -> int:
    connection.execute("INSERT INTO subjects (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
    (found,) = connection.execute("SELECT id FROM subjects WHERE name = ?", (name,)).fetchone()
    return int(found)


def _named(connection: sqlite3.Connection, subject_id: int, name: str) -> bool:
    query = "SELECT 1 FROM samples WHERE subject_id = ? AND name = ?"
    return connection.execute(query, (subject_id, name)).fetchone() is not None


def _clip(connection: sqlite3.Connection, path: str, new: NewSample) -> int:
    connection.execute(
        "INSERT INTO clips (path, fingerprint, rate, n_frames, first_number, width, height,"
        " numbers, pts_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            path,
            new.fingerprint,
            rate_text(new.rate),
            new.n_frames,
            new.first_number,
            new.width,
            new.height,
            time_bases.runs_text(new.numbers),
            time_bases.pts_bytes(new.pts_ms, new.rate),
        ),
    )
    query = "SELECT id FROM clips WHERE path = ? AND fingerprint = ?"
    (found,) = connection.execute(query, (path, new.fingerprint)).fetchone()
    return int(found)


def _described(path: str, new: NewSample) -> bytes:
    fields = (new.fingerprint, rate_text(new.rate), new.n_frames, new.first_number)
    return msgspec.json.encode(
        [new.subject, new.name, path, *fields, new.width, new.height, new.emotion]
    )


@lru_cache(maxsize=64)
def _rate(text: str) -> Fraction:
    return Fraction(text)


def _sample(
    row: tuple[int, str, str, str, str, str, int, int, int, int, str, str], root: Root
) -> Sample:
    sample_id, subject, name, path, fingerprint, rate, *numbers, emotion, dataset = row
    n_frames, first_number, width, height = (int(str(number)) for number in numbers)
    return Sample(
        sample_id,
        subject,
        name,
        root.absolute(path),
        fingerprint,
        _rate(rate),
        n_frames,
        first_number,
        width,
        height,
        str(emotion),
        str(dataset),
    )
