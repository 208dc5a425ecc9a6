"""The list of blinks of CAS(ME)^2: folder number, code of the video, ..., onset, offset.

One public program reads it so; where the columns differ in another copy, the file is not taken for
a list of blinks rather than read wrongly.
"""

from __future__ import annotations

from collections.abc import Mapping

from meviewer.data import subjects
from meviewer.data.doctor.clip_tree import Place
from meviewer.data.doctor.numbers import read_number
from meviewer.data.doctor.rows import BLINK, DraftRow, Drafts
from meviewer.data.tables.model import Table, Workbook

_SUBJECT, _CODE, _ONSET, _OFFSET = 0, 1, 3, 4
_NAMES = {_SUBJECT: "subject", _CODE: "video", _ONSET: "onset", _OFFSET: "offset"}
_MOST_CODES = 4


def blink_table(book: Workbook) -> Table | None:
    """Return the sheet most of whose rows are blinks, or None."""
    for table in book.tables:
        fitting = sum(_is_blink(table, at) for at in range(len(table.rows)))
        if fitting * 2 > len(table.rows):
            return table
    return None


def blink_drafts(book: Workbook, table: Table, index: Mapping[tuple[str, str], Place]) -> Drafts:
    """Return one draft a blink; the first row is passed over if it holds names of columns."""
    rows = []
    for at, cells in enumerate(table.rows):
        is_header = at == 0 and not _is_blink(table, at)
        if is_header or not any(cell.strip() for cell in cells):
            continue
        subject, code = table.cell(at, _SUBJECT).strip(), table.cell(at, _CODE).strip().zfill(4)
        place = index.get((subjects.key(subject), code))
        rows.append(
            DraftRow(
                row=at + 1,
                subject=place.subject if place is not None else subject,
                clip=place.clip if place is not None else code,
                onset=table.cell(at, _ONSET).strip(),
                apex="",
                offset=table.cell(at, _OFFSET).strip(),
                kind=BLINK,
                sheet=table.name,
                subject_raw=subject,
                cells=tuple(
                    (_NAMES.get(column, f"column {column + 1}"), text.strip())
                    for column, text in enumerate(cells)
                    if text.strip()
                ),
                places=(("onset", _ONSET), ("offset", _OFFSET)),
            )
        )
    return Drafts(tuple(rows), (*book.findings, *table.findings))


def _is_blink(table: Table, at: int) -> bool:
    code = table.cell(at, _CODE).strip()
    numbers = [read_number(table.cell(at, column)) for column in (_SUBJECT, _ONSET, _OFFSET)]
    return code.isdecimal() and len(code) <= _MOST_CODES and None not in numbers
