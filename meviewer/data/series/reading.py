"""From the file of a tool to curves on the frames of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data.exchange import TimeBase
from meviewer.data.series import libreface, openface, pyfeat
from meviewer.data.series.table import Rows, read_rows
from meviewer.data.series.values import QUALITY, Layout, Series, SeriesFile

# LibreFace before Py-Feat: both know "pitch", and only LibreFace has "frame_idx".
_TOOLS = (openface.layout_of, libreface.layout_of, pyfeat.layout_of)
_NAMED = 8
_HEAD_BYTES = 1 << 18
# How many frames the end of a tool's times may be away from the end of the clip.
_ENDS_TOGETHER = 2


def read_series(path: Path, time: TimeBase) -> SeriesFile:
    """Read the curves of OpenFace, Py-Feat or LibreFace; the tool is known by its columns.

    Rows belong to frames by the tool's own count. Only where that count does not fit the clip and
    the times do, the times decide, rounded to the nearest frame. Nothing is filled in: a frame
    without a row, or on which the tool failed, stays NaN.

    Parameters
    ----------
    path : Path
    time : TimeBase
        Of the clip that the tool was run on.

    Raises
    ------
    LabelError
        If the file cannot be read, is too large, or no known tool wrote it.
    """
    rows = read_rows(path, lambda names: _guess(path, names))
    work = _Alignment(rows, time, [])
    series = work.series()
    work.note_cells()
    return SeriesFile(path, rows.layout.tool, len(rows.face), tuple(work.findings), series)


def is_series(path: Path) -> bool:
    """Return whether a file is one of a known tool, by its first line alone."""
    try:
        with path.open("rb") as file:
            line = file.readline(_HEAD_BYTES).decode("utf-8-sig")
        names = tuple(name.strip().casefold() for name in line.split(","))
        _guess(path, names)
    except (OSError, UnicodeDecodeError, LabelError):
        return False
    return len(names) > 1


def _guess(path: Path, names: tuple[str, ...]) -> Layout:
    for layout_of in _TOOLS:
        layout = layout_of(names)
        if layout is not None and (layout.frame is not None or layout.time is not None):
            return layout
    found = ", ".join(repr(name) for name in names[:_NAMED]) or "nothing"
    raise LabelError(
        "Not a file of a known tool",
        where=str(path),
        why=f"its first columns are {found}",
        now="choose a CSV file of OpenFace, Py-Feat or LibreFace with their own column names",
    )


@dataclass(slots=True)
class _Alignment:
    rows: Rows
    time: TimeBase
    findings: list[Finding]

    def series(self) -> tuple[Series, ...]:
        """Return every curve on the frames of the clip."""
        chosen = self._one_face()
        index = self._indices(chosen)
        inside = (index >= 0) & (index < self.time.n_frames)
        self._note_outside(chosen, index, inside)
        values = self._placed(*self._one_row_a_frame(chosen[inside], index[inside]))
        return tuple(
            Series(track.name, track.unit, track.group, _frozen(values[:, place]))
            for place, track in enumerate(self.rows.layout.tracks)
        )

    def note_cells(self) -> None:
        """Say what of the rows was damaged."""
        if self.rows.no_numbers:
            text = f"{self.rows.no_numbers} cell(s) are no number; these frames have no value"
            self._note("series-no-number", Severity.WARNING, text)
        if self.rows.short:
            text = f"{self.rows.short} row(s) have fewer cells than the header"
            self._note("series-row-short", Severity.WARNING, text)

    def _one_face(self) -> NDArray[np.intp]:
        """Return the rows of one face: the one that the tool was surest of."""
        faces = sorted(set(self.rows.face))
        everything = np.arange(len(self.rows.face))
        if len(faces) < 2:
            return everything
        of = np.array(self.rows.face, dtype=object)
        score = np.nan_to_num(self.rows.score, nan=0.0)
        # Without a score the face that is seen most often is meant.
        weight = {f: (float(score[of == f].mean()), int((of == f).sum())) for f in faces}
        best = max(faces, key=lambda face: weight[face])
        text = f"The file has {len(faces)} faces; the curves are those of face {best!r}"
        self._note("series-several-faces", Severity.WARNING, text)
        return np.flatnonzero(np.array([face == best for face in self.rows.face]))

    def _indices(self, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the frame index of each row; -1 for rows that say none."""
        by_frame = _rounded(self.rows.frame[chosen] - self.rows.layout.first_frame)
        if self.rows.layout.time is None or not len(chosen):
            return by_frame
        by_time = self._by_time(self.rows.time_ms[chosen])
        if self.rows.layout.frame is None:
            return by_time
        if np.array_equal(by_frame, by_time):
            return by_frame
        counted, timed = int(by_frame.max()) + 1, int(by_time.max()) + 1
        n_frames = self.time.n_frames
        fits = -_ENDS_TOGETHER <= counted - n_frames <= 0
        # Between two rows of the tool lie several frames of the clip, also behind the last row.
        step = timed / max(counted, 1)
        if not fits and counted != timed and abs(timed + step - 1 - n_frames) <= _ENDS_TOGETHER:
            text = (
                f"The tool counted {counted} frames, the clip has {n_frames}: the rows were "
                "placed by their times, rounded to the nearest frame"
            )
            self._note("series-by-time", Severity.WARNING, text)
            return by_time
        severity = Severity.INFO if fits else Severity.WARNING
        text = "The times of the file are not those of the clip; the rows were placed by frame"
        self._note("series-rate", severity, text)
        return by_frame

    def _by_time(self, times: NDArray[np.float64]) -> NDArray[np.intp]:
        last = self.time.n_frames - 1
        if self.time.pts_ms is None:
            return _rounded(times * float(self.time.rate) / 1000)
        beyond = (self.time.pts_ms[last] + float(self.time.end_ms(last))) / 2
        found = [self.time.index_at(float(ms)) if -0.5 <= ms < beyond else last + 1 for ms in times]
        return np.array(found, dtype=np.intp)

    def _note_outside(
        self, chosen: NDArray[np.intp], index: NDArray[np.intp], inside: NDArray[np.bool_]
    ) -> None:
        if inside.all():
            return
        first = int(chosen[~inside][0]) + 2
        text = (
            f"{int((~inside).sum())} row(s) lie outside the clip's {self.time.n_frames} frames, "
            f"the first in row {first}: was the tool run on this clip?"
        )
        self._note("series-outside", Severity.WARNING, text, first)

    def _one_row_a_frame(
        self, chosen: NDArray[np.intp], index: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return rows and their frames, each frame once: the row with the best score."""
        score = np.nan_to_num(self.rows.score[chosen], nan=-1.0)
        order = np.lexsort((-score, index))
        frames, first = np.unique(index[order], return_index=True)
        if len(frames) < len(index):
            text = (
                f"{len(index) - len(frames)} frame(s) have a second row, as with several faces; "
                "the row with the best score counts"
            )
            self._note("series-frame-twice", Severity.WARNING, text)
        return chosen[order[first]], frames

    def _placed(self, chosen: NDArray[np.intp], frames: NDArray[np.intp]) -> NDArray[np.float64]:
        values = self.rows.values[chosen].copy()
        failed = self.rows.success[chosen] == 0
        measured = [t.group != QUALITY for t in self.rows.layout.tracks]
        values[np.ix_(failed, measured)] = np.nan
        placed = np.full((self.time.n_frames, values.shape[1]), np.nan)
        placed[frames] = values
        return placed

    def _note(self, kind: str, severity: Severity, text: str, row: int | None = None) -> None:
        self.findings.append(Finding(kind, severity, text, row=row))


def _rounded(numbers: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the nearest index, halves up; -1 where there is no number, or an absurd one."""
    usable = np.abs(numbers) < 2**40
    return np.where(usable, np.floor(np.where(usable, numbers, -1.0) + 0.5), -1).astype(np.intp)


def _frozen(values: NDArray[np.float64]) -> NDArray[np.float64]:
    own = np.ascontiguousarray(values)
    own.flags.writeable = False
    return own
