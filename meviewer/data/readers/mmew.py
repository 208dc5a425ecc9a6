"""MMEW: 300 micro-expressions at 90 frames per second, trimmed to the event.

Layouts::

    S03/happiness/S03-01-002/1.jpg ...                       as the authors describe it
    MMEW_Final/Micro_Expression/happiness/S03-01-002/1.jpg   as most people have it
    MMEW_Final/Macro_Expression/S03/happiness/S03-01-002.jpg single pictures, without a label file
    MMEW_Micro_Exp.xlsx

A clip is named after person, emotion and sample. The pictures of each clip count from 1, and so
does the sheet; nearly every onset is 1. What the sheet calls ``others`` lies in the folder
``repression`` and has the code 04: that is how the set is made, and no disagreement. Folders
``Macro_Expression`` are left out.

Others have published other apexes and offsets for 16 rows, but by row number alone: such rows
cannot be told for certain in another copy of the sheet, so that these corrections are not offered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from meviewer.core.labels import normalise
from meviewer.data import subjects
from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.clip_tree import ClipTree, Identify, Place, clip_paths
from meviewer.data.doctor.columns import COLUMNS, REQUIRED, draft
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.glance import first_image, is_mostly
from meviewer.data.doctor.rows import DraftRow, Drafts, Traits
from meviewer.data.doctor.sheet_reader import sheet_of
from meviewer.data.doctor.sheets import (
    SheetRow,
    find_files,
    sheet_rows,
)
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.tables.header import find_header, require_header
from meviewer.data.tables.model import Workbook
from meviewer.data.tables.reading import read_workbook

CODES = {
    "01": "happiness",
    "02": "surprise",
    "03": "disgust",
    "04": "others",
    "05": "fear",
    "06": "sadness",
    "07": "anger",
}
"""Emotions by the middle part of a clip's name."""

TRAITS = Traits(
    name="mmew",
    title="MMEW",
    rate=Fraction(90),
    emotions=frozenset((*CODES.values(), "repression")),
    trees=("raw", "cropped"),
)

_CLIP = re.compile(r"(S[0-9]{1,3})-(0[1-7])-[0-9]{1,4}", re.IGNORECASE)
_PATTERNS = ("mmew*micro*", "mmew*", "*micro*exp*", "*.xls*")
_USUAL = "MMEW_Micro_Exp.xlsx"


@dataclass(frozen=True, slots=True)
class MmewReader:
    """Reads the micro-expressions of MMEW in either layout."""

    name: str = TRAITS.name
    title: str = TRAITS.title

    def claim(self, root: Path) -> Claim | None:
        """Claim a folder most of whose clips have names such as ``S03-01-002``."""
        identify = _identifier(root)
        has_clips = any(identify(parts) is not None for _path, parts in clip_paths(root))
        if not has_clips or not is_mostly(root, _is_own):
            return None
        labels = find_files(root, _PATTERNS, fits=_is_sheet)
        return Claim(self.name, self.title, "it has clips such as S03-01-002", labels)

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read the sheet and find the clips.

        Raises
        ------
        LabelError
            If the root is no folder, or the sheet is not there or lacks its columns.
        """
        book = sheet_of(root, labels, _PATTERNS, _is_sheet, (self.title, _USUAL))
        tree = ClipTree.scan(root, _identifier(root))
        # The folder's emotion is compared here, where "others" and "repression" are one.
        silent = ClipTree([replace(place, emotion="") for place in tree.places])
        return examine(TRAITS, _drafts(book, tree), silent, options=options, labels=(book.path,))


READER = MmewReader()


def _identifier(root: Path) -> Identify:
    above = root.absolute().name

    def identify(parts: tuple[str, ...]) -> Place | None:
        folders = [part.casefold() for part in (above, *parts[:-1])]
        named = _CLIP.fullmatch(parts[-1])
        if named is None or any(folder.startswith("macro") for folder in folders):
            return None
        emotions = (folder for folder in reversed(folders) if normalise(folder) in TRAITS.emotions)
        tree = "cropped" if any("crop" in folder for folder in folders) else "raw"
        return Place(named[1], parts[-1], tree, next(emotions, ""))

    return identify


def _is_own(path: Path, parts: tuple[str, ...]) -> bool:
    """Return whether a folder of images is of MMEW, a micro-expression or not."""
    return any(_CLIP.fullmatch(name) for name in (parts[-1], Path(first_image(path)).stem))


def _is_sheet(path: Path) -> bool:
    for table in read_workbook(path, max_rows=400).tables:
        header = find_header(table, COLUMNS, REQUIRED)
        if header is not None:
            rows = sheet_rows(table, header)
            return any(_CLIP.fullmatch(row.cells["clip"]) for row in rows)
    return False


def _drafts(book: Workbook, tree: ClipTree) -> Drafts:
    table, header = require_header(book, COLUMNS, REQUIRED)
    rows = tuple(_draft(row, table.name, tree) for row in sheet_rows(table, header))
    return Drafts(rows, (*book.findings, *table.findings))


def _draft(row: SheetRow, sheet: str, tree: ClipTree) -> DraftRow:
    made = draft(row, sheet)
    named = _CLIP.fullmatch(made.clip)
    if made.fault or named is None:
        return made
    subject, code = named.groups()
    doubts = list(made.doubts)
    if subjects.key(made.subject) != subjects.key(subject):
        text = f"The column says subject {made.subject!r}, the clip's name {subject!r}"
        doubts.append(("subject-disagrees", text))
    place = tree.find(subject, made.clip)
    if place is not None and not _agree(made.emotion, place.emotion):
        text = f"The sheet says {made.emotion!r}, the folder {place.emotion!r}"
        doubts.append(("folder-disagrees", text))
    if not _agree(made.emotion, CODES[code]):
        text = f"The sheet says {made.emotion!r}, the clip's name {CODES[code]!r} (code {code})"
        doubts.append(("code-disagrees", text))
    # The name of the clip tells the person, also where the column is wrong.
    return replace(made, subject=subject, subject_raw=made.subject, doubts=tuple(doubts))


def _agree(one: str, other: str) -> bool:
    """Return whether two emotions are the same, or one of them is not said."""
    known = [normalise(text) for text in (one, other) if text.strip()]
    return len({"others" if text == "repression" else text for text in known}) < 2
