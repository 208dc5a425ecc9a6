"""CASME II: 255 spontaneous micro-expressions at 200 frames per second.

Layout::

    CASME2-RAW/sub01/EP02_01f/img1.jpg ...         the whole clip, with what comes before the onset
    CASME2_RAW_selected/sub01/EP02_01f/img46.jpg   onset to offset alone
    Cropped/sub01/EP02_01f/reg_img46.jpg           onset to offset, aligned and cropped
    .../sub01/EP02_01f.avi                         the whole clip, compressed; frame 1 comes first
    CASME2-coding-20190701.xlsx, -20140508.xlsx, CASME2_label_Ver_2.xls

The numbers of the files are those of the sheet, without padding. The sheet writes a subject as
the text ``01``, private copies as the number 1. Irregular names such as ``EP01_2``, ``EP06_02_01``
and ``EP09f`` are the data set's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.clip_tree import VIDEOS, ClipTree, Place, clip_paths
from meviewer.data.doctor.columns import COLUMNS, REQUIRED, draft
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.glance import first_image, is_mostly
from meviewer.data.doctor.rows import DraftRow, Drafts, Traits
from meviewer.data.doctor.sheets import (
    SheetRow,
    find_files,
    needed_labels,
    needed_root,
    sheet_rows,
)
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.readers.casme2_errata import EDITED, ERRATA
from meviewer.data.tables.header import find_header, require_header
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

RAW, SELECTED, CROPPED, VIDEO = "raw", "selected", "cropped", "video"

TRAITS = Traits(
    name="casme2",
    title="CASME II",
    rate=Fraction(200),
    emotions=frozenset(
        ("disgust", "fear", "happiness", "others", "repression", "sadness", "surprise")
    ),
    trees=(RAW, SELECTED, CROPPED, VIDEO),
)

_USUAL = "CASME2-coding-20190701.xlsx"
_PATTERNS = ("casme2-coding-2019*", "casme2-coding*", "casme2*label*", "casme*2*", "*.xls*")
_SUBJECT = re.compile(r"sub\d+", re.I)
_CLIP = re.compile(r"EP\d+(_\d+)*f?", re.I)
_IMAGE = re.compile(r"(reg_)?img\d+\.\w+", re.I)


@dataclass(frozen=True, slots=True)
class Casme2Reader:
    """Reads CASME II with the sheet of 2014 or of 2019."""

    name: str = TRAITS.name
    title: str = TRAITS.title

    def claim(self, root: Path) -> Claim | None:
        """Claim folders of subjects and clips ``sub01/EP02_01f`` with ``img46.jpg``, or videos."""
        if not is_mostly(root, _is_own, videos=True):
            return None
        labels = find_files(root, _PATTERNS, fits=_is_sheet)
        return Claim(self.name, self.title, "it has clips such as sub01/EP02_01f/img46.jpg", labels)

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read the sheet, by default the newest one below ``root``, and find the clips.

        Raises
        ------
        LabelError
            If the root is no folder, or the sheet is not there or lacks its columns.
        """
        needed_root(root)
        found = () if labels else find_files(root, _PATTERNS, fits=_is_sheet)
        book = needed_labels(root, labels, found, self.title, _USUAL)
        offered, read = ERRATA, (book.path,)
        return examine(
            TRAITS, _drafts(book), scan(root), options=options, offered=offered, labels=read
        )


READER = Casme2Reader()


def scan(root: Path) -> ClipTree:
    """Find the clips of all sets of pictures."""
    found = (_place(root, path, parts) for path, parts in clip_paths(root, videos=True))
    return ClipTree([place for place in found if place is not None])


def _place(root: Path, path: Path, parts: tuple[str, ...]) -> Place | None:
    *above, subject, clip = ("", root.absolute().name, *parts)
    if Path(clip).suffix.lower() in VIDEOS and not path.is_dir():
        # The numbers of the sheet count from 1, the frames of a video from 0.
        return _named(subject, Path(clip).stem, Place("", "", VIDEO, path=path, shift=1))
    return _named(subject, clip, Place("", "", _tree(above, path), path=path))


def _named(subject: str, clip: str, place: Place) -> Place | None:
    if not _SUBJECT.fullmatch(subject) or not _CLIP.fullmatch(clip):
        return None
    return Place(subject, clip, place.tree, "", place.path, place.shift)


def _tree(above: list[str], path: Path) -> str:
    """Return which pictures these are, after the nearest folder that says it."""
    for name in map(str.casefold, reversed(above)):
        if "crop" in name:
            return CROPPED
        if "selected" in name:
            return SELECTED
        if "raw" in name:
            return RAW
    return CROPPED if first_image(path).casefold().startswith("reg_") else RAW


def _is_own(path: Path, parts: tuple[str, ...]) -> bool:
    place = _named(parts[-2], Path(parts[-1]).stem, Place("", ""))
    if place is None:
        return False
    return path.suffix.lower() in VIDEOS or bool(_IMAGE.fullmatch(first_image(path)))


def _is_sheet(path: Path) -> bool:
    return any(_has_own_rows(table) for table in read_workbook(path, max_rows=400).tables)


def _has_own_rows(table: Table) -> bool:
    header = find_header(table, COLUMNS, REQUIRED)
    if header is None or "ApexF2" in header.others:  # that would be CASME
        return False
    clips = [row.cells["clip"] for row in sheet_rows(table, header)]
    return any(_CLIP.fullmatch(clip) for clip in clips)


def _drafts(book: Workbook) -> Drafts:
    table, header = require_header(book, COLUMNS, REQUIRED)
    rows = tuple(_draft(row, table.name) for row in sheet_rows(table, header))
    return Drafts(rows, (*book.findings, *table.findings))


def _draft(row: SheetRow, sheet: str) -> DraftRow:
    made = draft(row, sheet)
    if not EDITED.concerns(made):
        return made
    text = "The sheet of the data set has '/' as this apex: this one is a copy that was edited"
    return draft(row, sheet, doubts=(("sheet-edited", text),))
