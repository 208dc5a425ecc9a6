"""The rows of marked frames in a project: stored, read and forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from meviewer.core.frames import rate_text
from meviewer.data.clip_base import Clip
from meviewer.data.frame_identity import Look, Mark, MarkedClip, from_bytes, to_bytes

if TYPE_CHECKING:
    from meviewer.project.project import Project

Row = tuple[str, int, str, int, int, float, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks of one tier for one content of its clip.

    Attributes
    ----------
    fingerprint : str
    n_frames : int
        Of the clip.
    rate : Fraction
        Frames per second of the clip.
    frames : frozenset of int
        Every frame that was named then.
    marks : tuple of Mark
        Those of them that were looked at, in order.
    """

    fingerprint: str
    n_frames: int
    rate: Fraction
    frames: frozenset[int]
    marks: tuple[Mark, ...]


def stored(project: Project, sample_id: int, coder: str) -> dict[str, Marked]:
    """Return the marks of a tier by the content they were made on; the newest last."""
    with project.database.reading() as connection:
        rows = connection.execute(
            "SELECT fingerprint, n_frames, rate, frame, number, ms, hash, picture"
            " FROM frame_marks WHERE sample_id = ? AND coder = ? ORDER BY rowid",
            (sample_id, coder),
        ).fetchall()
    newest = {row[0]: at for at, row in enumerate(rows)}
    rows.sort(key=lambda row: (newest[row[0]], row[3]))
    return {
        fingerprint: _marked(list(group))
        for fingerprint, group in groupby(rows, lambda row: row[0])
    }


def seen_frames(project: Project) -> dict[int, frozenset[bytes]]:
    """Return the content hashes of the marked frames of each sample, of all its tiers."""
    found: dict[int, set[bytes]] = {}
    with project.database.reading() as connection:
        rows = connection.execute("SELECT sample_id, hash FROM frame_marks WHERE length(hash) > 0")
        for sample_id, seen in rows:
            found.setdefault(sample_id, set()).add(seen)
    return {sample_id: frozenset(seen) for sample_id, seen in found.items()}


def _marked(rows: list[Row]) -> Marked:
    fingerprint, n_frames, rate = rows[0][:3]
    marks = tuple(
        Mark(frame, number, ms, Look(seen, picture))
        for *_, frame, number, ms, seen, data in rows
        if seen and (picture := from_bytes(data)) is not None
    )
    frames = frozenset(row[3] for row in rows)
    return Marked(fingerprint, n_frames, Fraction(rate), frames, marks)


def renumber(connection: sqlite3.Connection, sample_id: int, clip: Clip) -> None:
    """Write the present numbers of a clip's frames into its marks, inside a transaction."""
    connection.executemany(
        "UPDATE frame_marks SET number = ? WHERE sample_id = ? AND fingerprint = ? AND frame = ?",
        [(number, sample_id, clip.fingerprint, frame) for frame, number in enumerate(clip.numbers)],
    )


def insert(
    connection: sqlite3.Connection,
    sample_id: int,
    coder: str,
    clip: Clip,
    marks: Iterable[Mark],
    frames: Iterable[int],
) -> None:
    """Store marks, and of what else was named that nobody could look at it."""
    insert_unseen(connection, sample_id, coder, _facts(clip), frames)
    connection.executemany(
        f"INSERT OR REPLACE INTO frame_marks VALUES ({', '.join('?' * 10)})",
        [
            (
                sample_id,
                coder,
                clip.fingerprint,
                one.frame,
                one.number,
                one.ms,
                one.look.hash,
                to_bytes(one.look.picture),
                clip.n_frames,
                rate_text(clip.rate),
            )
            for one in marks
        ],
    )


def insert_unseen(
    connection: sqlite3.Connection,
    sample_id: int,
    coder: str,
    was: MarkedClip,
    frames: Iterable[int],
) -> None:
    """Store that frames were named of which nobody knows what they looked like."""
    facts = (was.n_frames, rate_text(was.rate))
    connection.executemany(
        "INSERT OR REPLACE INTO frame_marks VALUES (?, ?, ?, ?, 0, 0, x'', x'', ?, ?)",
        [(sample_id, coder, was.fingerprint, frame, *facts) for frame in frames],
    )


def _facts(clip: Clip) -> MarkedClip:
    return MarkedClip(clip.fingerprint, clip.n_frames, clip.rate, ())


def delete(
    connection: sqlite3.Connection,
    sample_id: int,
    coder: str,
    fingerprint: str | None = None,
    frames: Iterable[int] | None = None,
) -> None:
    """Forget the marks of a tier: all of them, those of one content, or some frames of that."""
    statement = "DELETE FROM frame_marks WHERE sample_id = ? AND coder = ?"
    if fingerprint is None:
        connection.execute(statement, (sample_id, coder))
    elif frames is None:
        connection.execute(f"{statement} AND fingerprint = ?", (sample_id, coder, fingerprint))
    else:
        connection.executemany(
            f"{statement} AND fingerprint = ? AND frame = ?",
            [(sample_id, coder, fingerprint, frame) for frame in frames],
        )
