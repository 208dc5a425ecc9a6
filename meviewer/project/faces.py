"""Faces in a project: one a clip; what concerns one that a person set is in the journal.

What models found can be found again and is replaced freely. What a person set is never replaced
without a row in the journal, and can be brought back from there.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import FaceError, ProjectError
from meviewer.data.face.clip_face import Box, ClipFace, FaceSource
from meviewer.data.face.crop import Crop, Padding
from meviewer.project.database import Database
from meviewer.project.journal import NewRow, write_row

_DIGITS = 3
_BEFORE = """SELECT before FROM journal WHERE kind = 'face' AND sample_id IN
    (SELECT id FROM samples WHERE clip_id = ?) ORDER BY n DESC LIMIT 1"""


class _StoredCrop(msgspec.Struct, frozen=True, omit_defaults=True):
    size_px: int
    eye_distance: float
    eye_height: float
    padding: Padding


class _Stored(msgspec.Struct, frozen=True, omit_defaults=True):
    """A face as JSON; arrays as rows of numbers."""

    source: Literal["mesh", "eyes", "box", "none"]
    crop: _StoredCrop
    eyes: list[tuple[float, float]] | None = None
    box: Box | None = None
    landmarks: list[tuple[float, float]] | None = None
    score: float = 0.0
    n_found: int = 0
    n_looked: int = 0
    models: str = ""


def of_sample(database: Database, sample_id: int) -> ClipFace | None:
    """Return the face of a sample's clip; None if nobody has looked for it.

    What models found on another content of the clip than it has now does not count.

    Raises
    ------
    ProjectError
        If what is stored cannot be read.
    """
    with database.reading() as connection:
        row = connection.execute(
            "SELECT value, faces.fingerprint = clips.fingerprint FROM samples"
            " JOIN clips ON clips.id = clip_id JOIN faces USING (clip_id) WHERE samples.id = ?",
            (sample_id,),
        ).fetchone()
    if row is None:
        return None
    face = decode(row[0])
    return face if row[1] or face.by_hand else None


def set_of_sample(
    database: Database, sample_id: int, face: ClipFace | None, coder: str = ""
) -> None:
    """Store the face of a sample's clip for all samples on that clip; None forgets it.

    Parameters
    ----------
    coder : str
        Who set it; empty for a face that models found.

    Raises
    ------
    ProjectError
        If there is no such sample.
    """
    with database.writing() as connection:
        clip_id, fingerprint = _clip(connection, sample_id)
        before = _value(connection, clip_id)
        after = b"" if face is None else encode(face)
        if before == after:
            return
        _put(connection, clip_id, fingerprint, after)
        if _is_by_hand(before) or _is_by_hand(after):
            text = "Face removed" if face is None else f"Face set: {face.source.value}"
            write_row(connection, _row(sample_id, text, before, after, coder))


def bring_back(database: Database, sample_id: int, coder: str = "") -> bool:
    """Put back the face from before the last change a person made; again: undo that.

    Returns
    -------
    bool
        Whether there was such a change.
    """
    with database.writing() as connection:
        clip_id, fingerprint = _clip(connection, sample_id)
        row = connection.execute(_BEFORE, (clip_id,)).fetchone()
        if row is None:
            return False
        now = _value(connection, clip_id)
        _put(connection, clip_id, fingerprint, row[0])
        text = "Face brought back"
        write_row(connection, _row(sample_id, text, now, row[0], coder))
        return True


def encode(face: ClipFace) -> bytes:
    """Return a face as JSON; places to a thousandth of a px."""
    crop = face.crop
    stored = _Stored(
        face.source.value,
        _StoredCrop(crop.size_px, crop.eye_distance, crop.eye_height, crop.padding),
        _rows(face.eyes),
        None if face.box is None else _rounded_box(face.box),
        _rows(face.landmarks),
        round(face.score, _DIGITS),
        face.n_found,
        face.n_looked,
        face.models,
    )
    return msgspec.json.encode(stored)


def decode(value: bytes) -> ClipFace:
    """Return the face that `encode` made ``value`` from; ProjectError if it is none."""
    try:
        stored = msgspec.json.decode(value, type=_Stored)
        crop = Crop(**msgspec.structs.asdict(stored.crop))
        return ClipFace(
            FaceSource(stored.source),
            _array(stored.eyes),
            stored.box,
            _array(stored.landmarks),
            stored.score,
            stored.n_found,
            stored.n_looked,
            stored.models,
            crop,
        )
    except (msgspec.MsgspecError, FaceError, UnicodeDecodeError) as error:
        raise ProjectError(
            "A stored face cannot be read",
            where=value[:60].decode("utf-8", "replace"),
            why=str(error),
            now="look for the face again, or set it by hand",
        ) from error


def _clip(connection: sqlite3.Connection, sample_id: int) -> tuple[int, str]:
    row = connection.execute(
        "SELECT clips.id, fingerprint FROM clips JOIN samples ON clips.id = clip_id"
        " WHERE samples.id = ?",
        (sample_id,),
    ).fetchone()
    if row is None:
        raise ProjectError("There is no such sample", where=f"sample {sample_id}")
    return int(row[0]), str(row[1])


def _value(connection: sqlite3.Connection, clip_id: int) -> bytes:
    row = connection.execute("SELECT value FROM faces WHERE clip_id = ?", (clip_id,)).fetchone()
    return b"" if row is None else bytes(row[0])


def _put(connection: sqlite3.Connection, clip_id: int, fingerprint: str, value: bytes) -> None:
    if not value:
        connection.execute("DELETE FROM faces WHERE clip_id = ?", (clip_id,))
        return
    time = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(
        "INSERT INTO faces VALUES (?, ?, ?, ?) ON CONFLICT (clip_id) DO UPDATE SET"
        " fingerprint = excluded.fingerprint, time = excluded.time, value = excluded.value",
        (clip_id, fingerprint, time, value),
    )


def _row(sample_id: int, text: str, before: bytes, after: bytes, coder: str) -> NewRow:
    # Not in the coder's own rows: those hold labels, and the last one is the present state.
    return NewRow("", sample_id, "face", text, before, after, f"by {coder}" if coder else "")


def _is_by_hand(value: bytes) -> bool:
    try:
        return bool(value) and decode(value).by_hand
    except ProjectError:
        return True  # whatever it was, it is kept


def _rows(points: NDArray[np.float64] | None) -> list[tuple[float, float]] | None:
    if points is None:
        return None
    return [(x, y) for x, y in points.round(_DIGITS).tolist()]


def _rounded_box(box: Box) -> Box:
    x, y, width, height = (round(float(value), _DIGITS) for value in box)
    return x, y, width, height


def _array(rows: list[tuple[float, float]] | None) -> NDArray[np.float64] | None:
    return None if rows is None else np.array(rows, np.float64)
