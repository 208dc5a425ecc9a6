"""CASME: 195 spontaneous micro-expressions at 60 frames per second; its sheet has 189 of them.

Layout::

    sub01/EP01_5/EP01_5-1.jpg          numbers with and without padding
    .../sub01/EP01_5/reg_EP01_5-1.jpg  aligned and cropped
    casme.xlsx                         Subject, Filename, OnsetF, ApexF1, ApexF2, OffsetF, AUs, ...

Corrections that others publish name rows by their place in the sheet alone (onset of the 0-based
data rows 40, 42 and 43, offset of these and of 54 and 140, a missing apex of 40, 42 and 43): they
cannot be put to clips safely and are not on offer. Those rows show as rows outside their clips.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from meviewer.data.doctor.columns import COLUMNS, REQUIRED, draft
from meviewer.data.doctor.glance import first_image
from meviewer.data.doctor.numbers import read_number
from meviewer.data.doctor.rows import DraftRow, Drafts, Traits
from meviewer.data.doctor.sheet_reader import SheetReader
from meviewer.data.doctor.sheets import (
    SheetRow,
    sheet_rows,
)
from meviewer.data.readers.casme_clips import TREES, is_clip, names_clips, scan
from meviewer.data.tables.header import Header, find_header, require_header
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

TRAITS = Traits(
    name="casme",
    title="CASME",
    rate=Fraction(60),
    emotions=frozenset(
        (
            "amusement",
            "contempt",
            "disgust",
            "fear",
            "happiness",
            "repression",
            "sadness",
            "surprise",
            "tense",
        )
    ),
    trees=TREES,
)

_USUAL = "casme.xlsx"
_PATTERNS = ("casme.*", "casme*", "*.xls*")
_COLUMNS: Mapping[str, tuple[str, ...]] = {**COLUMNS, "apex2": ("ApexF2", "Apex Frame 2")}
_IMAGE = re.compile(r"(reg_)?EP\d+(_\d+)*f?-\d+\.\w+", re.I)


@dataclass(frozen=True, slots=True)
class SecondApex:
    """Where the first apex of the sheet is missing, take its second one."""

    name: str = "casme-second-apex"
    title: str = "Where ApexF1 is missing, take ApexF2"
    source: str = "the sheet's own column ApexF2"

    def fixed(self, row: DraftRow) -> DraftRow | None:
        """Return the row with the second apex as its apex."""
        second = dict(row.cells).get("apex2", "")
        if _is_apex(row.apex) or not _is_apex(second):
            return None
        return row.changed(self.name, {"apex": second})


def _is_own(path: Path, parts: tuple[str, ...]) -> bool:
    return is_clip(parts) and bool(_IMAGE.fullmatch(first_image(path)))


def _is_sheet(path: Path) -> bool:
    return any(_has_own_rows(table) for table in read_workbook(path, max_rows=400).tables)


def _has_own_rows(table: Table) -> bool:
    header = find_header(table, _COLUMNS, (*REQUIRED, "apex2"))
    return header is not None and names_clips(table, header)


def _drafts(book: Workbook) -> Drafts:
    table, header = require_header(book, _COLUMNS, REQUIRED)
    rows = tuple(_draft(row, table, header) for row in sheet_rows(table, header))
    return Drafts(rows, (*book.findings, *table.findings))


def _draft(row: SheetRow, table: Table, header: Header) -> DraftRow:
    made = draft(row, table.name)
    second = row.cells.get("apex2", "")
    notes = [made.notes] if made.notes else []
    if _is_apex(second) and second != made.apex:
        notes.append(f"second apex {second}")
    return replace(
        made, notes="; ".join(notes), action_units=_action_units(row.row - 1, table, header)
    )


def _action_units(at: int, table: Table, header: Header) -> str:
    """Return all cells from the column of action units up to the emotion, one unit or more each."""
    first = header.columns.get("action_units")
    if first is None:
        return ""
    end = max(header.columns.get("emotion", 0), first + 1)
    cells = (table.cell(at, column).strip() for column in range(first, end))
    return "+".join(cell for cell in cells if cell)


def _is_apex(text: str) -> bool:
    number = read_number(text)
    return number is not None and number.value > 0


READER = SheetReader(
    traits=TRAITS,
    patterns=_PATTERNS,
    usual=_USUAL,
    why="it has clips such as sub01/EP01_5/EP01_5-012.jpg",
    is_own=_is_own,
    is_sheet=_is_sheet,
    tree=partial(scan, videos=False),
    drafts=_drafts,
    offered=(SecondApex(),),
)
