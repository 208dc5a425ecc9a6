"""From the numbers of a foreign sheet, whatever they count, to frame numbers of the clip."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path

from meviewer.core.errors import ClipError, LabelError
from meviewer.core.frames import parse_rate
from meviewer.data.clip_settings import read_settings
from meviewer.data.doctor.clip_facts import ClipFacts, clip_facts
from meviewer.data.doctor.numbers import is_missing, read_number
from meviewer.data.folder_listing import list_images

_RATE = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9}|/[0-9]{1,9})?")
_SECONDS = {"ms": Fraction(1, 1000), "s": Fraction(1)}
_BASE = {"index": 0, "position": 1}
_EDGES = ("onset", "apex", "offset")


@dataclass(frozen=True, slots=True)
class Cells:
    """Onset, apex and offset in numbers that lie a constant beside the clip's own.

    Attributes
    ----------
    onset, apex, offset : str
    shift : int
        These numbers minus the clip's.
    as_in_sheet : bool
        Whether they are what the sheet writes, so that corrected ones can be written back.
    fault : str
        Why there are none.
    doubts : tuple of (str, str)
        Kinds and texts of what was noticed.
    """

    onset: str
    apex: str
    offset: str
    shift: int = 0
    as_in_sheet: bool = True
    fault: str = ""
    doubts: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Numbers:
    """Frame numbers of clips, each read once."""

    _numbers: dict[Path, Sequence[int]] = field(default_factory=dict)
    _facts: dict[Path, ClipFacts] = field(default_factory=dict)

    def of(self, path: Path) -> Sequence[int]:
        """Return the frame numbers of a clip; none if it cannot be read."""
        if path not in self._numbers:
            try:
                is_folder = path.is_dir()
                found = list_images(path).numbers if is_folder else self._facts_of(path).numbers
            except ClipError:
                found = ()
            self._numbers[path] = found
        return self._numbers[path]

    def rate_of(self, path: Path) -> Fraction | None:
        """Return the frames per second that a clip itself tells."""
        return read_settings(path).rate if path.is_dir() else self._facts_of(path).rate

    def _facts_of(self, path: Path) -> ClipFacts:
        if path not in self._facts:
            self._facts[path] = clip_facts(path)
        return self._facts[path]


def converted(
    cells: tuple[str, str, str],
    numbering: str,
    numbers: Sequence[int],
    *,
    rate: Fraction | None = None,
    first_frame: str = "",
) -> Cells:
    """Return onset, apex and offset in frame numbers.

    Parameters
    ----------
    cells : tuple of str
        Onset, apex and offset as the sheet writes them.
    numbering : str
        What they are: ``number``, ``index``, ``position``, ``ms`` or ``s``. A time is taken for
        the frame that begins nearest to it.
    numbers : sequence of int
        Frame numbers of the clip, increasing; empty if it cannot be read.
    rate : Fraction, optional
        Frames per second, for times.
    first_frame : str
        The number that the first frame of the clip has in the sheet; only for ``number``.
    """
    if not numbers:
        return Cells(*cells)  # the clip itself is the fault
    if numbering == "number":
        return _from_numbers(cells, first_frame, numbers[0])
    if numbering in _BASE:
        return _from_places(cells, _BASE[numbering], numbers)
    if rate is None:
        fault = "its times cannot become frames: neither the sheet nor the clip tells the rate"
        return Cells(*cells, fault=fault)
    places = [_place_of(text, _SECONDS[numbering] * rate) for text in cells]
    made = _from_places((places[0], places[1], places[2]), 0, numbers)
    return Cells(made.onset, made.apex, made.offset, made.shift, False)


def read_rate(text: str) -> Fraction | None:
    """Return frames per second from a cell such as ``200``, ``29,97`` or ``30000/1001 Hz``."""
    plain = text.strip().casefold().removesuffix("fps").removesuffix("hz").strip()
    if not _RATE.fullmatch(plain):
        return None
    try:
        return parse_rate(plain.replace(",", "."))
    except LabelError:
        return None


def fits_as(
    spans: Sequence[tuple[int, int, Sequence[int]]],
) -> str:
    """Return what numbers outside their clips could be instead: a numbering, or nothing.

    Parameters
    ----------
    spans : sequence of (int, int, sequence of int)
        Onset, offset and the frame numbers of the clip.
    """
    if not spans or any(numbers[0] <= onset <= numbers[-1] for onset, _end, numbers in spans):
        return ""
    for numbering, base in (("position", 1), ("index", 0)):
        if all(base <= on <= end < len(numbers) + base for on, end, numbers in spans):
            return numbering
    return ""


def _from_numbers(cells: tuple[str, str, str], first_frame: str, first: int) -> Cells:
    if not first_frame:
        return Cells(*cells)
    number = read_number(first_frame)
    if number is None:
        fault = f"the number of the clip's first frame is none: {first_frame!r}"
        return Cells(*cells, fault=fault)
    return Cells(*cells, shift=number.value - first)


def _from_places(cells: tuple[str, str, str], base: int, numbers: Sequence[int]) -> Cells:
    if numbers[-1] - numbers[0] + 1 == len(numbers):
        return Cells(*cells, shift=base - numbers[0])
    # Numbers are missing on disk: places count files, so the shift grows along the clip.
    first = read_number(cells[0])
    after = None if first is None else first.value
    apex, offset = (_number_at(text, base, numbers, after) for text in cells[1:])
    onset = _number_at(cells[0], base, numbers)
    doubts = tuple(
        ("number-rounded", f"The {edge} {text} is no whole place; it was rounded to {place.value}")
        for edge, text in zip(_EDGES, cells, strict=True)
        if (place := read_number(text)) is not None and not place.is_whole
    )
    return Cells(onset, apex, offset, as_in_sheet=False, doubts=doubts)


def _number_at(text: str, base: int, numbers: Sequence[int], after: int | None = None) -> str:
    """Return the number of a place; what stands for a missing one stays as it is."""
    place = read_number(text)
    if place is None or (after is not None and place.value <= 0 and place.value < after):
        return text
    at = place.value - base
    if at < 0:
        return str(numbers[0] + at)
    return str(numbers[at] if at < len(numbers) else numbers[-1] + at - len(numbers) + 1)


def _place_of(text: str, per_unit: Fraction) -> str:
    if is_missing(text) or read_number(text) is None:
        return text
    time = _exact(text)
    return str(floor(time * per_unit + Fraction(1, 2))) if time >= 0 else text


def _exact(text: str) -> Fraction:
    return Fraction(text.strip().replace(",", "."))
