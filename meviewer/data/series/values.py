"""Curves of other tools on the frames of a clip, and how a tool's file is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.core.findings import Finding

ACTION_UNITS = "action units"
PRESENCE = "presence of action units"
EMOTIONS = "emotions"
HEAD = "head"
GAZE = "gaze"
QUALITY = "quality"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One curve on the frames of a clip.

    Attributes
    ----------
    name : str
        As the tool's column, or as a person would say it.
    unit : str
        ``"0-5"``, ``"0-1"``, ``"deg"``, ``"rad"``, ``"mm"``; empty if it has none.
    group : str
        What belongs together in one plot.
    values : ndarray, shape (n_frames,), dtype float64
        NaN where the tool saw no face, or has no row. Read-only.
    """

    name: str
    unit: str
    group: str
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SeriesFile:
    """What one file of a tool holds for a clip.

    Attributes
    ----------
    path : Path
    tool : str
        ``"openface"``, ``"pyfeat"`` or ``"libreface"``.
    rows : int
        Rows of the file below its header.
    findings : tuple of Finding
        Rows outside the clip, several faces, cells that are no number.
    series : tuple of Series
    """

    path: Path
    tool: str
    rows: int
    findings: tuple[Finding, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """A column that becomes a curve; ``words``: its cells are labels, one curve for each."""

    column: int
    name: str
    unit: str
    group: str
    words: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a tool's file holds what.

    Attributes
    ----------
    tool : str
    tracks : tuple of Track
    frame : int or None
        Column of the frame, which the tool counts from ``first_frame``.
    first_frame : int
    time : int or None
        Column of the time, in units of ``time_unit_ms``.
    time_unit_ms : float
    face : int or None
        Column that tells several faces of a picture apart.
    score : int or None
        Column of the certainty that there is a face.
    success : int or None
        Column that is 0 where the tool failed.
    """

    tool: str
    tracks: tuple[Track, ...]
    frame: int | None
    first_frame: int = 0
    time: int | None = None
    time_unit_ms: float = 1.0
    face: int | None = None
    score: int | None = None
    success: int | None = None


def place(names: tuple[str, ...], *wanted: str) -> int | None:
    """Return where the first of the wanted columns stands, or None."""
    return next((names.index(name) for name in wanted if name in names), None)
