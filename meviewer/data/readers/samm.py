"""SAMM: 159 spontaneous micro-expressions at 200 frames per second, coded in FACS.

Layout::

    SAMM/006/006_1_2/006_05562.jpg           padding varies; SAMM_CROP has the same folders
    SAMM_Micro_FACS_Codes_v2.xlsx            sheet MICRO_ONLY, 13 rows of notes above the header
    SAMM_20181215_Micro_FACS_Codes_v2.xlsx   the header in its first row, as in SAMM.xlsx

Subjects are texts of three digits; a clip is named by subject, inducement and index.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from meviewer.data import subjects
from meviewer.data.doctor.clip_tree import ClipTree, Place, clip_paths
from meviewer.data.doctor.columns import COLUMNS, REQUIRED, draft
from meviewer.data.doctor.glance import first_image
from meviewer.data.doctor.numbers import read_number
from meviewer.data.doctor.picture_sets import told_by, with_sets
from meviewer.data.doctor.rows import MACRO, MICRO, DraftRow, Drafts, Traits
from meviewer.data.doctor.sheet_reader import SheetReader
from meviewer.data.doctor.sheets import (
    SheetRow,
    sheet_rows,
)
from meviewer.data.readers.samm_errata import ERRATA
from meviewer.data.tables.header import find_header, require_header
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

TRAITS = Traits(
    name="samm",
    title="SAMM",
    rate=Fraction(200),
    emotions=frozenset(
        ("anger", "contempt", "disgust", "fear", "happiness", "others", "sadness", "surprise")
    ),
    trees=("raw", "cropped"),
)

_USUAL = "SAMM_Micro_FACS_Codes_v2.xlsx"
_SHEETS = ("MICRO_ONLY",)
_PATTERNS = ("samm*micro*facs*", "samm.*", "samm*", "*.xls*")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **COLUMNS,
    "duration": (),
    "kind": ("Micro", "Type"),
}
_WORDS = {"crop": "cropped"}
_CLIP = re.compile(r"0*([0-9]{1,3})_[0-9]+_[0-9]+")
_IMAGE = re.compile(r"[0-9]{1,3}_[0-9]+\.\w+")


def _tree(root: Path) -> ClipTree:
    places = (_place(root, path, parts) for path, parts in clip_paths(root))
    return with_sets(root, [place for place in places if place is not None], _WORDS)


def _place(root: Path, path: Path, parts: tuple[str, ...]) -> Place | None:
    *folders, clip = (root.absolute().name, *parts)
    found = _CLIP.fullmatch(clip)
    if found is None:
        return None
    is_below = subjects.key(folders[-1]) == found[1]
    subject = folders[-1] if is_below else clip.split("_")[0]
    return Place(subject, clip, told_by(folders[1:], _WORDS), path=path)


def _is_own(path: Path, parts: tuple[str, ...]) -> bool:
    return bool(_CLIP.fullmatch(parts[-1]) and _IMAGE.fullmatch(first_image(path)))


def _is_sheet(path: Path) -> bool:
    return any(_has_own_rows(table) for table in read_workbook(path, max_rows=400).tables)


def _has_own_rows(table: Table) -> bool:
    # The sheets of the long videos name clips alike, but no emotion.
    header = find_header(table, _COLUMNS, (*REQUIRED, "emotion"))
    if header is None:
        return False
    return any(_CLIP.fullmatch(row.cells["clip"]) for row in sheet_rows(table, header))


def _drafts(book: Workbook) -> Drafts:
    table, header = require_header(book, _COLUMNS, REQUIRED, _SHEETS)
    rows = tuple(_draft(row, table.name) for row in sheet_rows(table, header))
    return Drafts(rows, (*book.findings, *table.findings))


def _draft(row: SheetRow, sheet: str) -> DraftRow:
    is_macro = row.cells.get("kind", "").casefold().startswith("macro")
    doubts = (*_about_duration(row), *_about_subject(row))
    return draft(row, sheet, kind=MACRO if is_macro else MICRO, doubts=doubts)


def _about_duration(row: SheetRow) -> tuple[tuple[str, str], ...]:
    """Compare the column Duration with offset − onset + 1, which it holds in every row."""
    names = ("onset", "offset", "duration")
    onset, offset, said = (read_number(row.cells.get(name, "")) for name in names)
    if onset is None or offset is None or said is None:
        return ()
    counted = offset.value - onset.value + 1
    if said.value == counted:
        return ()
    text = f"The sheet says that it lasts {said.value} frames; onset to offset are {counted}"
    return (("duration-disagrees", text),)


def _about_subject(row: SheetRow) -> tuple[tuple[str, str], ...]:
    subject, found = row.cells["subject"], _CLIP.fullmatch(row.cells["clip"])
    if not subject or found is None or subjects.key(subject) == found[1]:
        return ()
    text = f"The column says subject {subject!r}, the clip's name {row.cells['clip']!r}"
    return (("subject-disagrees", text),)


READER = SheetReader(
    traits=TRAITS,
    patterns=_PATTERNS,
    usual=_USUAL,
    why="it has clips such as 006/006_1_2/006_05562.jpg",
    is_own=_is_own,
    is_sheet=_is_sheet,
    tree=_tree,
    drafts=_drafts,
    offered=ERRATA,
)
