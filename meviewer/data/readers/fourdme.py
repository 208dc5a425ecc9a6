"""4DME, the grey micro-expression clips: several emotions a clip, in text and in columns.

Layout::

    gray_micro/<sub_ID>/<fold_name>/<images>
    4DME_Labelling_Micro_release v1.xlsx

Columns: sub_ID, fold_name, Emotion, Onset, Apex, Offset, AUs, one column an action unit (``AU4``),
one an emotion (Positive, Negative, Surprise, Repression, Others), Total, fold, eye blink. They are
known from one public program (meb), not from the workbook itself; frame numbers are taken as they
stand in the names of the images. 60 frames per second is what is commonly said, and unconfirmed.

Several emotions become one text joined by ``+``. Action units marked ``(k)`` stay in the text and
become no unit. Where a text and its columns say different things, that is a finding: so do rows
144 and 145, whose action units are published to be exchanged. They are known by row number alone,
and nothing says whether text or columns are meant: no correction is offered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path

from meviewer.core.action_units import parse
from meviewer.core.labels import normalise
from meviewer.data.doctor.clip_tree import ClipTree, Place, clip_paths
from meviewer.data.doctor.columns import COLUMNS, REQUIRED, draft
from meviewer.data.doctor.numbers import is_missing, read_number
from meviewer.data.doctor.rows import DraftRow, Drafts, Traits
from meviewer.data.doctor.sheet_reader import SheetReader
from meviewer.data.doctor.sheets import (
    SheetRow,
    sheet_rows,
)
from meviewer.data.tables.header import find_header, require_header
from meviewer.data.tables.model import Workbook
from meviewer.data.tables.reading import read_workbook

CLASSES = ("positive", "negative", "surprise", "repression", "others")
"""Emotions, in the order in which several of one clip are joined."""

TRAITS = Traits(
    name="4dme",
    title="4DME",
    rate=Fraction(60),
    emotions=frozenset(
        "+".join(some) for n in range(1, len(CLASSES) + 1) for some in combinations(CLASSES, n)
    ),
)

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **COLUMNS,
    **dict.fromkeys(CLASSES, ()),
    "blink": ("eye blink", "eye blinks"),
}
_OWN_COLUMNS = (*REQUIRED, "emotion", "positive", "negative", "repression")
_PATTERNS = ("4dme*micro*", "4dme*", "*micro*", "*.xls*", "*.csv")
_USUAL = "4DME_Labelling_Micro_release v1.xlsx"
_FOLDER = "gray_micro"
_BETWEEN = re.compile(r"[+,;/&|，]")
_UNIT_COLUMN = re.compile(r"AU\s*0*([1-9][0-9]?)", re.IGNORECASE)
_MARKED = re.compile(r"(?:AU)?\s*[LR]?\s*([0-9]{1,2})\s*[A-E]?\s*\(\s*k\s*\)", re.IGNORECASE)

_Doubts = list[tuple[str, str]]


def joined(text: str) -> str:
    """Return the emotions of a cell, each once and in the order of `CLASSES`, joined by ``+``."""
    named = dict.fromkeys(normalise(part) for part in _BETWEEN.split(text) if part.strip())
    known = [name for name in CLASSES if name in named]
    return "+".join((*known, *(name for name in named if name not in CLASSES)))


def _is_gray(names: tuple[str, ...]) -> bool:
    return len(names) > 2 and names[-3].casefold() == _FOLDER


def _tree(root: Path) -> ClipTree:
    """Return the grey clips; where no folder is called so, whatever lies in two folders."""
    clips = [(path, (root.absolute().name, *parts)) for path, parts in clip_paths(root)]
    grey = [clip for clip in clips if _is_gray(clip[1])]
    return ClipTree([Place(names[-2], names[-1], path=path) for path, names in grey or clips])


def _is_sheet(path: Path) -> bool:
    tables = read_workbook(path, max_rows=100).tables
    return any(find_header(table, _COLUMNS, _OWN_COLUMNS) is not None for table in tables)


def _drafts(book: Workbook) -> Drafts:
    own = [t.name for t in book.tables if find_header(t, _COLUMNS, _OWN_COLUMNS) is not None]
    table, header = require_header(book, _COLUMNS, REQUIRED, own)
    found = {name: _UNIT_COLUMN.fullmatch(name) for name in header.others}
    units = {name: int(match[1]) for name, match in found.items() if match is not None}
    rows = tuple(_draft(row, table.name, units) for row in sheet_rows(table, header))
    return Drafts(rows, (*book.findings, *table.findings))


def _draft(row: SheetRow, sheet: str, units: Mapping[str, int]) -> DraftRow:
    made = draft(row, sheet)
    blinks = _blinks(row.cells.get("blink", ""))
    made = replace(
        made,
        notes="; ".join(filter(None, (made.notes, blinks))),
        doubts=(*made.doubts, *_about_classes(row), *_about_units(row, units)),
    )
    emotion = joined(made.emotion)
    if emotion == normalise(made.emotion):
        return made
    # Labels are written back where they differ from the cell: joining them alone is no correction.
    cells = [(name, emotion if name == "emotion" else text) for name, text in made.cells]
    written = ("emotion as written", made.emotion)
    return replace(made, emotion=emotion, cells=(*cells, written))


def _blinks(text: str) -> str:
    number = read_number(text)
    if is_missing(text) or (number is not None and number.value == 0):
        return ""
    return "eye blink" if number is not None else f"eye blink: {text}"


def _about_classes(row: SheetRow) -> _Doubts:
    cells = {name: row.cells.get(name, "") for name in CLASSES}
    if not any(cells.values()):
        return []
    marked = "+".join(name for name, text in cells.items() if _is_marked(text))
    said = joined(row.cells.get("emotion", ""))
    if marked == said:
        return []
    text = f"The columns of emotions say {marked or 'none'!r}, the text {said or 'none'!r}"
    return [("classes-disagree", text)]


def _about_units(row: SheetRow, columns: Mapping[str, int]) -> _Doubts:
    """Compare the text of action units with their columns, if all of the text can be read."""
    text = row.cells.get("action_units", "")
    said, uncertain = _units_of(text)
    filled = {number for name, number in columns.items() if name in row.others}
    if not filled or said is None:
        return []
    marked = {columns[name] for name in columns if _is_marked(row.others.get(name, ""))}
    there = frozenset(columns.values())
    if (said & there) <= marked <= (said | uncertain):
        return []
    columns_say = ", ".join(map(str, sorted(marked))) or "none"
    return [("units-disagree", f"The columns of action units say {columns_say}, the text {text!r}")]


def _units_of(text: str) -> tuple[Set[int] | None, Set[int]]:
    """Return the units of a text, None if not all can be read, and those marked ``(k)``."""
    said, uncertain = set(), set()
    for token in (part.strip() for part in re.split(r"[+,;]", text)):
        marked, units = _MARKED.fullmatch(token), parse(token)
        if marked is not None:
            uncertain.add(int(marked[1]))
        elif units:
            said |= {unit.number for unit in units}
        elif not is_missing(token):
            return None, uncertain
    return said, uncertain


def _is_marked(text: str) -> bool:
    number = read_number(text)
    return number is not None and number.value > 0


def _is_own(_path: Path, names: tuple[str, ...]) -> bool:
    return _is_gray(names)


READER = SheetReader(
    traits=TRAITS,
    patterns=_PATTERNS,
    usual=_USUAL,
    why=f"it has clips below {_FOLDER}/<subject>",
    is_own=_is_own,
    is_sheet=_is_sheet,
    tree=_tree,
    drafts=_drafts,
)
