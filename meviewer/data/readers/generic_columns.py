"""The names that the generic table has for columns, and how they are found in a foreign sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from meviewer.data.doctor.columns import COLUMNS
from meviewer.data.doctor.numbers import read_number
from meviewer.data.tables.header import folded
from meviewer.data.tables.model import Table, column_letters

Mapping = tuple[tuple[str, str], ...]
"""Pairs of our name and the sheet's column. Beside the names of `FIELDS` it may say ``sheet``,
``header`` (1-based row of the column names, 0: there are none), ``numbering``, and ``rate``: frames
per second where no column says them."""

NUMBERINGS = {
    "number": "frame numbers, as in the file names",
    "index": "places in the clip, counted from 0",
    "position": "places in the clip, counted from 1",
    "ms": "times in milliseconds",
    "s": "times in seconds",
}
"""What the numbers of a sheet can be, in words."""

SETTINGS = ("sheet", "header", "numbering", "rate")
CONSTANT = "="
"""A column that begins so is no column but a value for all rows: ``=200`` frames per second."""

_SEARCHED = 40
_LEAST_NAMES = 2
_LEAST_HEADS = 3
_MOST_ROWS = 5000
_UNIT = re.compile(
    r"(?:(?<=[\W_])|(?<=[a-z])(?=[M(\[]))[\W_]*"
    r"(?P<unit>ms|msec|milliseconds?|s|secs?|seconds?|index|idx|position|pos)[)\]\s]*$",
    re.I,
)
_UNITS = {"m": "ms", "s": "s", "i": "index", "p": "position"}
_NAMELESS = re.compile(r"column\s+([A-Z]{1,3})", re.I)


@dataclass(frozen=True, slots=True)
class Field:
    """What a column can be.

    Attributes
    ----------
    name : str
        Our short name, as on the command line.
    title : str
        For a person.
    needed : bool
        Whether no row can be read without.
    help : str
        For a person, in a few words.
    spellings : tuple of str
        By which it is guessed.
    """

    name: str
    title: str
    needed: bool
    help: str
    spellings: tuple[str, ...] = ()


_CHINESE = {
    "subject": ("被试", "受试者", "被试编号", "编号"),
    "clip": ("视频", "视频名", "文件名", "片段"),
    "path": ("路径", "文件夹"),
    "onset": ("起始帧", "起始", "开始帧", "开始"),
    "apex": ("顶点帧", "顶点", "峰值帧", "峰值", "高潮帧"),
    "offset": ("结束帧", "结束", "终止帧", "终止"),
    "emotion": ("情绪", "情感", "表情"),
    "action_units": ("动作单元", "面部动作单元"),
    "coder": ("编码者", "标注者"),
    "notes": ("备注",),
    "fps": ("帧率",),
}


def _field(name: str, title: str, words: str, *more: str, needed: bool = False) -> Field:
    spellings = (*COLUMNS.get(name, ()), *more, *_CHINESE.get(name, ()))
    return Field(name, title, needed, words, spellings)


FIELDS = (
    _field("subject", "Subject", "Who is seen; without it the folder above each clip is taken"),
    _field("clip", "Clip", "Name of the folder of frames, or of the video", "clip id", "clip_name"),
    _field(
        *("path", "Path", "Where the clip lies: from the root, from the sheet, or in full"),
        *("folder", "directory", "dir", "file path", "image path", "frames path", "clip path"),
    ),
    _field("onset", "Onset", "First frame of the movement", "on", needed=True),
    _field("apex", "Apex", "Frame of its greatest extent", "apex1"),
    _field("offset", "Offset", "Last frame of the movement", "off", needed=True),
    _field("emotion", "Emotion", "The class", "label", "class"),
    _field("action_units", "Action units", "Such as 4+7+L10B"),
    _field("objective", "Objective class", "1 to 7, or I to VII"),
    _field("kind", "Kind", "Micro, macro or blink", "Type", "Exp_type", "expression type"),
    _field("coder", "Coder", "Whose label it is"),
    _field("notes", "Notes", "Anything else that is said of the event"),
    _field(
        *("fps", "Frames per second", "Of the clip, where the sheet says it row by row"),
        *("frame rate", "framerate", "rate", "rate hz"),
    ),
    _field(
        *("first_frame", "First frame of the clip", "The number that its first image has here"),
        *("FirstF", "clip start", "first frame of clip"),
    ),
)
"""What columns can be, in the order that a person reads them."""

TITLES = {field.name: field.title for field in FIELDS}
_KNOWN: dict[str, str] = {}
for _one in FIELDS:
    for _spelling in (_one.name, *_one.spellings):
        _KNOWN.setdefault(folded(_spelling), _one.name)


def column_names(table: Table, header_row: int) -> tuple[str, ...]:
    """Return a name for every column of a sheet: its own, or ``column C`` where it has none.

    Parameters
    ----------
    table : Table
    header_row : int
        1-based row of the names; 0: there is none.

    Returns
    -------
    tuple of str
        One a column and all different; empty for a column without a single cell.
    """
    heads = table.rows[header_row - 1] if 0 < header_row <= len(table.rows) else ()
    below = table.rows[max(header_row, 0) :][:_MOST_ROWS]
    filled = {place for row in below for place, cell in enumerate(row) if cell.strip()}
    width = max((len(heads), *(place + 1 for place in filled)))
    names: list[str] = []
    for place in range(width):
        head = " ".join(heads[place].split()) if place < len(heads) else ""
        letters = column_letters(place)
        if not head:
            head = f"column {letters}" if place in filled else ""
        names.append(f"{head} ({letters})" if head and head in names else head)
    return tuple(names)


def find_column(names: Sequence[str], wanted: str) -> int | None:
    """Return the 0-based place of a column: by its name, exact or folded, or by its letters."""
    if wanted in names:
        return names.index(wanted)
    plain = folded(wanted)
    for place, name in enumerate(names):
        if plain and folded(name) == plain:
            return place
    found = _NAMELESS.fullmatch(wanted.strip())
    return _place_of(found[1]) if found else None


def guess_columns(names: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return the sheet's columns by our names as far as they can be guessed, and the numbering."""
    found: dict[str, str] = {}
    units: dict[str, str] = {}
    for name in names:
        known, unit = _guess(name)
        if known and known not in found:
            found[known], units[known] = name, unit
    return found, units.get("onset") or units.get("offset") or "number"


def guess_header(table: Table) -> int:
    """Return the 1-based row that looks most like column names; 0 if none does.

    Where the names are unknown, it is the first row of different words above one with numbers.
    """
    best, most = 0, _LEAST_NAMES - 1
    for row, cells in enumerate(table.rows[:_SEARCHED], 1):
        n_known = len(guess_columns([cell.strip() for cell in cells])[0])
        if n_known > most:
            best, most = row, n_known
    return best or _row_of_words(table)


def header_with(table: Table, columns: Sequence[str]) -> int:
    """Return the 1-based row that names most of these columns; 0 if none names one."""
    best, most = 0, 0
    wanted = {folded(column) for column in columns} - {""}
    for row, cells in enumerate(table.rows[:_SEARCHED], 1):
        n_there = len(wanted & {folded(cell) for cell in cells})
        if n_there > most:
            best, most = row, n_there
    return best


def _row_of_words(table: Table) -> int:
    rows = table.rows[: _SEARCHED + 1]
    for row, cells in enumerate(rows[:-1], 1):
        heads = [cell.strip() for cell in cells if cell.strip()]
        is_different = len(set(heads)) == len(heads) >= _LEAST_HEADS
        below = next((one for one in rows[row:] if any(map(str.strip, one))), ())
        if is_different and not any(map(read_number, heads)) and any(map(read_number, below)):
            return row
    return 0


def _guess(name: str) -> tuple[str, str]:
    known = _KNOWN.get(folded(name), "") if name else ""
    if known:
        return known, ""
    found = _UNIT.search(name)
    if found is None:
        return "", ""
    known = _KNOWN.get(folded(name[: found.start()]).removesuffix("time"), "")
    in_frames = known in ("onset", "apex", "offset")
    return (known, _UNITS[found["unit"][0].casefold()]) if in_frames else ("", "")


def _place_of(letters: str) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
