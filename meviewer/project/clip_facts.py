"""What the project knows of a clip, brought up to date when its content has changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from meviewer.core.frames import rate_text
from meviewer.data.clip_base import Clip
from meviewer.data.frame_identity import Mark, MarkedClip
from meviewer.data.frame_moves import Moved
from meviewer.project import mark_rows, time_bases
from meviewer.project.frame_marks import ANCHORS
from meviewer.project.journal import NewRow, write_row

if TYPE_CHECKING:
    from meviewer.project.project import Project
    from meviewer.project.samples import Sample


def renew(project: Project, sample: Sample, clip: Clip, was: MarkedClip, moved: Moved) -> None:
    """Write the facts of an open clip in place of those stored, with a row in the journal.

    Other samples on the same clip follow. Times are those of the open clip, so it has to be open
    at its true rate.
    """
    first, runs = _numbers(project, sample, clip, was, moved)
    height, width = clip.size
    facts = (clip.fingerprint, rate_text(clip.rate), clip.n_frames, first, width, height)
    pts = time_bases.pts_bytes(clip.pts_ms, clip.rate)
    with project.database.writing() as connection:
        (clip_id, path) = connection.execute(
            "SELECT clips.id, path FROM clips JOIN samples ON clip_id = clips.id"
            " WHERE samples.id = ?",
            (sample.id,),
        ).fetchone()
        if not join(connection, clip_id, path, clip.fingerprint):
            connection.execute(
                "UPDATE clips SET fingerprint = ?, rate = ?, n_frames = ?, first_number = ?,"
                " width = ?, height = ?, numbers = ?, pts_ms = ? WHERE id = ?",
                (*facts, runs, pts, clip_id),
            )
        then = (sample.fingerprint, rate_text(sample.rate), sample.n_frames, sample.first_number)
        before = _json((*then, sample.width, sample.height))
        row = NewRow("", sample.id, "moved", "Clip has changed", before, _json(facts), moved.text)
        write_row(connection, row)


def renumbered(project: Project, sample_id: int, clip: Clip) -> str:
    """Say that the frames of an unchanged clip have other numbers than marked; else be empty."""
    marked = mark_rows.stored(project, sample_id, ANCHORS).get(clip.fingerprint)
    away = [m for m in marked.marks if m.number != clip.numbers[m.frame]] if marked else []
    if not away:
        return ""
    return (
        f"The frames are numbered anew: {away[0].number} is now {clip.numbers[away[0].frame]}. "
        "The labels are on the same frames."
    )


def take_numbers(project: Project, sample_id: int, clip: Clip, news: str) -> None:
    """Write the numbers of a clip whose frames are the same, with a row in the journal."""
    sample = project.sample(sample_id)
    marked = mark_rows.stored(project, sample_id, ANCHORS)[clip.fingerprint]
    were_its_own = _agree(project, sample, marked.marks)
    with project.database.writing() as connection:
        mark_rows.renumber(connection, sample_id, clip)
        if were_its_own:
            connection.execute(
                "UPDATE clips SET first_number = ?, numbers = ? WHERE id ="
                " (SELECT clip_id FROM samples WHERE id = ?)",
                (clip.first_number, time_bases.runs_text(clip.numbers), sample_id),
            )
        numbers = (_json([sample.first_number]), _json([clip.first_number]))
        row = NewRow("", sample_id, "moved", "Frames numbered anew", *numbers, news)
        write_row(connection, row)


def _numbers(
    project: Project, sample: Sample, clip: Clip, was: MarkedClip, moved: Moved
) -> tuple[int, str]:
    """Return first number and runs: those of the clip, unless an import had counted otherwise."""
    if _agree(project, sample, was.marks):
        return clip.first_number, time_bases.runs_text(clip.numbers)
    shift = int(moved.shift) if moved.known and moved.ratio == 1 else 0
    return sample.first_number - shift, ""


def _agree(project: Project, sample: Sample, marks: Iterable[Mark]) -> bool:
    """Whether the project counts the frames of a clip as the clip itself did when marked."""
    numbers = project.time_base(sample.id).numbers
    return all(numbers[m.frame] == m.number for m in marks if m.frame < len(numbers))


def join(connection: sqlite3.Connection, clip_id: int, path: str, fingerprint: str) -> bool:
    """Let the samples share the clip of this content, if the project has it already."""
    query = "SELECT id FROM clips WHERE path = ? AND fingerprint = ? AND id <> ?"
    other = connection.execute(query, (path, fingerprint, clip_id)).fetchone()
    if other is None:
        return False
    connection.execute(
        "INSERT OR IGNORE INTO faces SELECT ?, fingerprint, time, value FROM faces"
        " WHERE clip_id = ?",
        (other[0], clip_id),
    )
    connection.execute("UPDATE samples SET clip_id = ? WHERE clip_id = ?", (other[0], clip_id))
    return True


def _json(values: Sequence[object]) -> bytes:
    return msgspec.json.encode(list(values))
