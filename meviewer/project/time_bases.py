"""Frame numbers and times of the clips of a project, stored only where they are irregular."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from sys import byteorder

import msgspec

from meviewer.core.errors import ProjectError
from meviewer.data.exchange import TimeBase
from meviewer.project.database import Database

_EVEN_MS = 0.51
"""Times of a container with whole ms stray by half a ms from an even rate, and mean nothing."""


def runs_text(numbers: Sequence[int]) -> str:
    """Return frame numbers as JSON runs ``[[first, count], ...]``; empty if they have no gap."""
    starts = [0, *(at for at, (a, b) in enumerate(pairwise(numbers), 1) if b != a + 1)]
    if len(starts) < 2:
        return ""
    ends = [*starts[1:], len(numbers)]
    runs = [[numbers[a], b - a] for a, b in zip(starts, ends, strict=True)]
    return msgspec.json.encode(runs).decode()


def pts_bytes(pts_ms: Sequence[float] | None, rate: Fraction) -> bytes | None:
    """Return times as little-endian float64, or None if they are those of an even rate."""
    if pts_ms is None or all(
        abs(at - float(index * 1000 / rate)) < _EVEN_MS for index, at in enumerate(pts_ms)
    ):
        return None
    packed = array("d", pts_ms)
    if byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def of_sample(database: Database, sample_id: int) -> TimeBase:
    """Return the numbers and times of the frames of one sample's clip.

    Raises
    ------
    ProjectError
        If there is no such sample, or what is stored does not fit the clip.
    """
    with database.reading() as connection:
        row = connection.execute(
            "SELECT clips.rate, clips.n_frames, clips.first_number, clips.numbers, clips.pts_ms"
            " FROM clips JOIN samples ON samples.clip_id = clips.id WHERE samples.id = ?",
            (sample_id,),
        ).fetchone()
    if row is None:
        raise ProjectError("There is no such sample", where=f"sample {sample_id}")
    rate, n_frames, first, runs, pts = row
    numbers = _numbers(runs) if runs else range(first, first + n_frames)
    times = _times(pts)
    if len(numbers) != n_frames or (times is not None and len(times) != n_frames):
        raise ProjectError(
            "The stored frame numbers do not fit the clip",
            where=f"sample {sample_id}",
            why=f"{len(numbers)} numbers for {n_frames} frames",
            now="check the project with 'meviewer check' and take a backup if its chain is broken",
        )
    return TimeBase(Fraction(rate), n_frames, numbers, times)


def _numbers(runs: str) -> tuple[int, ...]:
    found = msgspec.json.decode(runs, type=list[tuple[int, int]])
    return tuple(number for first, count in found for number in range(first, first + count))


def _times(stored: bytes | None) -> tuple[float, ...] | None:
    if stored is None:
        return None
    times = array("d", stored)
    if byteorder == "big":
        times.byteswap()
    return tuple(times)
