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
from fractions import Fraction
from functools import partial
from pathlib import Path

from meviewer.data.doctor.clip_tree import VIDEOS
from meviewer.data.doctor.columns import COLUMNS, REQUIRED, draft
from meviewer.data.doctor.glance import first_image
from meviewer.data.doctor.rows import DraftRow, Drafts, Traits
from meviewer.data.doctor.sheet_reader import SheetReader
from meviewer.data.doctor.sheets import (
    SheetRow,
    sheet_rows,
)
from meviewer.data.readers.casme2_errata import EDITED, ERRATA
from meviewer.data.readers.casme_clips import TREES, is_clip, names_clips, scan
from meviewer.data.tables.header import find_header, folded, require_header
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

TRAITS = Traits(
    name="casme2",
    title="CASME II",
    rate=Fraction(200),
    emotions=frozenset(
        ("disgust", "fear", "happiness", "others", "repression", "sadness", "surprise")
    ),
    trees=TREES,
)

_USUAL = "CASME2-coding-20190701.xlsx"
_PATTERNS = ("casme2-coding-2019*", "casme2-coding*", "casme2*label*", "casme*2*", "*.xls*")
_IMAGE = re.compile(r"(reg_)?img\d+\.\w+", re.I)


def _is_own(path: Path, parts: tuple[str, ...]) -> bool:
    is_video = path.suffix.lower() in VIDEOS
    return is_clip(parts) and (is_video or bool(_IMAGE.fullmatch(first_image(path))))


def _is_sheet(path: Path) -> bool:
    return any(_has_own_rows(table) for table in read_workbook(path, max_rows=400).tables)


def _has_own_rows(table: Table) -> bool:
    header = find_header(table, COLUMNS, REQUIRED)
    is_casme = header is not None and any(folded(name) == "apexf2" for name in header.others)
    return header is not None and not is_casme and names_clips(table, header)


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


READER = SheetReader(
    traits=TRAITS,
    patterns=_PATTERNS,
    usual=_USUAL,
    why="it has clips such as sub01/EP02_01f/img46.jpg",
    is_own=_is_own,
    is_sheet=_is_sheet,
    tree=partial(scan, videos=True),
    drafts=_drafts,
    offered=ERRATA,
    videos=True,
)
