"""Header and records of a label sheet, whatever program wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.findings import Finding
from meviewer.data.tables.header import Header, require_header
from meviewer.data.tables.reading import read_workbook


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the sheet.

    Attributes
    ----------
    row : int
        1-based, as a spreadsheet shows it.
    cells : dict of str to str
        Trimmed text by the name of a known column.
    extra : tuple of (str, str)
        Other cells that are not empty, by the sheet's own column names.
    """

    row: int
    cells: dict[str, str]
    extra: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Header and records of a sheet.

    Attributes
    ----------
    delimiter, encoding : str
        Of a text file; empty for a spreadsheet.
    columns : frozenset of str
        Known columns that are there.
    records : tuple of Record
        Without empty lines.
    findings : tuple of Finding
        What is doubtful about the file and single cells.
    """

    delimiter: str
    encoding: str
    columns: frozenset[str]
    records: tuple[Record, ...]
    findings: tuple[Finding, ...] = ()


def read_text_sheet(
    path: Path, synonyms: Mapping[str, Sequence[str]], required: Sequence[str]
) -> Sheet:
    """Read a sheet: a spreadsheet, or text separated by commas, semicolons or tabs.

    Parameters
    ----------
    path : Path
    synonyms : mapping of str to sequence of str
        Spellings of each known column. Case, blanks and punctuation do not count.
    required : sequence of str
        Columns that must be there. Of several sheets the first one that has them is read.

    Raises
    ------
    LabelError
        If the file cannot be read, is no sheet, or lacks a required column; the message names it.
    """
    workbook = read_workbook(path)
    table, header = require_header(workbook, synonyms, required)
    names = {place: (name, True) for name, place in header.columns.items()}
    names |= {place: (name, False) for name, place in header.others.items()}
    records = [
        _record(row, cells, names, header)
        for row, cells in enumerate(table.rows[header.row :], header.row + 1)
        if any(cell.strip() for cell in cells)
    ]
    found = (*workbook.findings, *table.findings)
    columns = frozenset(header.columns)
    return Sheet(workbook.delimiter, workbook.encoding, columns, tuple(records), found)


def _record(
    row: int, cells: Sequence[str], names: Mapping[int, tuple[str, bool]], header: Header
) -> Record:
    known, extra = {}, []
    for place, cell in enumerate(cells):
        text = cell.strip()
        name, is_known = names.get(place) or (_nameless(place, header), False)
        if is_known:
            known[name] = text
        elif text:
            extra.append((name, text))
    return Record(row, known, tuple(extra))


def _nameless(place: int, header: Header) -> str:
    name = f"column {place + 1}"
    return f"{name} ({place + 1})" if name in header.others else name
