"""The rows of a tool's file: only the columns that are wanted, and never without bounds."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from math import isfinite, nan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import LabelError
from meviewer.data.series.values import Layout, Track

MAX_BYTES = 256 << 20
"""Larger files are refused: hours of frames with every landmark are below it."""

MAX_COLUMNS = 5000
MAX_ROWS = 2_000_000
_MAX_LINE = 1 << 20
_MAX_WORDS = 32
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Rows:
    """What the file holds, one entry a row.

    Attributes
    ----------
    layout : Layout
        Its tracks without words: those have become tracks of 0 and 1.
    frame, time_ms, score, success : ndarray, shape (rows,), dtype float64
        NaN where the file says nothing.
    face : list of str
    values : ndarray, shape (rows, tracks), dtype float64
    no_numbers : int
        Cells that should be numbers and are not.
    short : int
        Rows with fewer cells than the header.
    """

    layout: Layout
    frame: NDArray[np.float64]
    time_ms: NDArray[np.float64]
    score: NDArray[np.float64]
    success: NDArray[np.float64]
    face: list[str]
    values: NDArray[np.float64]
    no_numbers: int
    short: int


def read_rows(path: Path, guess: Callable[[tuple[str, ...]], Layout]) -> Rows:
    """Read a file whose layout ``guess`` knows from the names of its columns.

    Raises
    ------
    LabelError
        If the file cannot be read, is too large, or is no table.
    """
    check_size(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = _lines(path, file)
            head = next(lines, "")
            delimiter = max(_DELIMITERS, key=head.count)
            header = next(csv.reader([head], delimiter=delimiter), [])
            if len(header) > MAX_COLUMNS:
                raise _no_table(path, f"it has {len(header)} columns")
            layout = guess(tuple(name.strip().casefold() for name in header))
            return _Reading(path, layout, delimiter, len(header)).read(lines)
    except OSError as error:
        raise _no_table(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _no_table(path, "its bytes are no text in UTF-8") from error
    except csv.Error as error:
        raise _no_table(path, str(error)) from error


def check_size(path: Path) -> None:
    """Refuse what is no file, or too large for one of a tool.

    Raises
    ------
    LabelError
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise _no_table(path, error.strerror or str(error)) from error
    if not path.is_file():
        raise _no_table(path, "it is no file")
    if size > MAX_BYTES:
        raise _no_table(path, f"it has {size >> 20} MB; {MAX_BYTES >> 20} MB are read at most")


def _lines(path: Path, file: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(file):
        if number > MAX_ROWS:
            raise _no_table(path, f"it has more than {MAX_ROWS} rows")
        if len(line) > _MAX_LINE:
            raise _no_table(path, f"line {number + 1} is longer than {_MAX_LINE} characters")
        if "\0" in line:
            raise _no_table(path, f"line {number + 1} holds zero bytes")
        yield line


@dataclass(slots=True)
class _Reading:
    path: Path
    layout: Layout
    delimiter: str
    n_columns: int
    _numbers: array[float] = field(default_factory=lambda: array("d"))
    _faces: list[str] = field(default_factory=list)
    _words: dict[int, list[str]] = field(default_factory=dict)
    _wrong: int = 0
    _short: int = 0

    def read(self, lines: Iterator[str]) -> Rows:
        known = self.layout
        tracks = [track for track in known.tracks if not track.words]
        self._words = {track.column: [] for track in known.tracks if track.words}
        columns = [known.frame, known.time, known.score, known.success]
        columns += [track.column for track in tracks]
        for cells in csv.reader(lines, delimiter=self.delimiter, strict=True):
            if any(cells):
                self._take(cells, columns)
        table = np.frombuffer(self._numbers, dtype=np.float64).reshape(-1, len(columns))
        spoken, said = self._spoken()
        values = np.concatenate([table[:, 4:], said], axis=1)
        return Rows(
            replace(known, tracks=(*tracks, *spoken)),
            table[:, 0],
            table[:, 1] * known.time_unit_ms,
            table[:, 2],
            table[:, 3],
            self._faces,
            values,
            self._wrong,
            self._short,
        )

    def _take(self, cells: list[str], columns: list[int | None]) -> None:
        if len(cells) < self.n_columns:
            self._short += 1
            cells += [""] * (self.n_columns - len(cells))
        self._numbers.extend([self._number(cells, column) for column in columns])
        self._faces.append("" if self.layout.face is None else cells[self.layout.face].strip())
        for column, heard in self._words.items():
            heard.append(cells[column].strip())

    def _number(self, cells: list[str], column: int | None) -> float:
        if column is None:
            return nan
        text = cells[column]
        try:
            value = float(text)
        except ValueError:
            return self._odd(text.strip())
        return value if isfinite(value) else nan

    def _odd(self, text: str) -> float:
        if self.delimiter != "," and "," in text:
            return self._number([text.replace(",", ".")], 0)
        lowered = text.casefold()
        if lowered in ("true", "false"):
            return float(lowered == "true")
        self._wrong += lowered not in ("", "na", "n/a", "none", "null")
        return nan

    def _spoken(self) -> tuple[list[Track], NDArray[np.float64]]:
        """Return a track of 0 and 1 for each word, and its values; NaN where nothing was said."""
        tracks, said = [], [np.empty((len(self._faces), 0))]
        by_column = {track.column: track for track in self.layout.tracks}
        for column, heard in self._words.items():
            track, words = by_column[column], np.array(heard, dtype=object)
            used = list(islice(sorted({word for word in heard if word}), _MAX_WORDS))
            tracks += [Track(column, f"{track.name} {w}", track.unit, track.group) for w in used]
            for word in used:
                curve = np.where(words == "", nan, (words == word).astype(np.float64))
                said.append(curve.astype(np.float64)[:, None])
        return tracks, np.concatenate(said, axis=1)


def _no_table(path: Path, why: str) -> LabelError:
    return LabelError(
        "Could not read the curves",
        where=str(path),
        why=why,
        now="choose the CSV file that OpenFace, Py-Feat or LibreFace wrote",
    )
