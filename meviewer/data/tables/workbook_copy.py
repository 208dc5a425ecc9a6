"""Write spreadsheets anew with some cells changed."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from meviewer.core.findings import Finding, Severity
from meviewer.data.atomic import write_bytes
from meviewer.data.tables.archive import Archive, damaged
from meviewer.data.tables.cells import Value
from meviewer.data.tables.facts import Budget
from meviewer.data.tables.model import Workbook
from meviewer.data.tables.signature import read_bytes
from meviewer.data.tables.spreadsheet import checked, opened, values_of
from meviewer.data.tables.text_edit import not_editable
from meviewer.data.tables.xlsx_scan import scan

if TYPE_CHECKING:
    from openpyxl.cell import Cell

Changes = Mapping[tuple[str, int, int], int | str | None]
"""New values by sheet, 1-based row and 0-based column."""

_MAX_MERGED_CELLS = 300_000
_MAX_ELEMENTS = 1_000_000
# Parts of an .xlsx file that the library which writes it does not carry over.
_LOST = (
    ("xl/charts/", "charts"),
    ("xl/media/", "images"),
    ("xl/drawings/", "drawings"),
    ("xl/diagrams/", "diagrams"),
    ("xl/vbaproject", "macros"),
    ("xl/pivot", "pivot tables"),
    ("xl/ctrlprops/", "buttons and other controls"),
    ("xl/activex/", "buttons and other controls"),
    ("xl/embeddings/", "embedded documents"),
    ("xl/slicer", "slicers"),
    ("xl/timeline", "timelines"),
    ("xl/threadedcomments/", "threads of comments"),
    ("xl/querytables/", "links to databases"),
    ("xl/connections", "links to databases"),
    ("xl/richdata/", "linked data types"),
    ("xl/dialogsheets/", "dialogue sheets"),
    ("xl/macrosheets/", "macro sheets"),
)


def write(workbook: Workbook, target: Path, changes: Changes) -> None:
    """Write an .xlsx copy of a spreadsheet, whole or not at all.

    Parameters
    ----------
    workbook : Workbook
        As read; its file is read again.
    target : Path
    changes : mapping
        New values by sheet, 1-based row and 0-based column.

    Raises
    ------
    LabelError
        If the source cannot be copied.
    StorageError
        If the disk refuses.
    """
    data = read_bytes(workbook.path)
    if workbook.kind == "xlsx":
        copy = _edited(workbook, data, changes)
    else:
        copy = _rewritten(workbook, data, changes)
    write_bytes(target, copy)


def losses(workbook: Workbook) -> tuple[Finding, ...]:
    """Return what a copy of a spreadsheet lacks.

    Raises
    ------
    LabelError
        If its file cannot be read again.
    """
    if workbook.kind != "xlsx":
        text = "Formats, formulas and comments are not copied, only the values of all sheets"
        return (Finding("copy-values-only", Severity.WARNING, text),)
    archive = Archive(workbook.path, read_bytes(workbook.path))
    names = [name.lower() for name in archive.names]
    lost = {what: None for start, what in _LOST if any(name.startswith(start) for name in names)}
    if any(facts.has_extensions for facts in scan(workbook.path, archive).values()):
        lost["what only newer programs know, such as some kinds of conditional formats"] = None
    found = [
        Finding(
            "copy-loses", Severity.WARNING, f"The copy may lack what the workbook has of: {what}"
        )
        for what in lost
    ]
    if any(f.kind == "formula" for table in workbook.tables for f in table.findings):
        text = "Formulas are copied without their values: a spreadsheet program computes them anew"
        found.append(Finding("copy-formulas", Severity.WARNING, text))
    return tuple(found)


def _edited(workbook: Workbook, data: bytes, changes: Changes) -> bytes:
    import openpyxl

    budget = Budget(workbook.path)
    scan(workbook.path, Archive(workbook.path, data), budget)
    if budget.n_elements > _MAX_ELEMENTS:
        raise not_editable(workbook.path, f"it has more than {_MAX_ELEMENTS:,} formatted cells")
    for table in workbook.tables:
        n_merged = sum((b - t + 1) * (r - x + 1) for t, x, b, r in table.merged)
        if n_merged > _MAX_MERGED_CELLS or any(f.kind == "sheet-not-read" for f in table.findings):
            raise not_editable(workbook.path, f"the sheet {table.name!r} reaches too far")
    try:
        with warnings.catch_warnings():
            # What it warns of is told as a finding.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
        for (sheet, row, column), value in changes.items():
            _set(workbook.path, book[sheet].cell(row, column + 1), value)
        buffer = io.BytesIO()
        book.save(buffer)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise damaged(workbook.path, f"it does not follow the format ({error})") from error
    return buffer.getvalue()


def _set(path: Path, cell: Cell, value: int | str | None) -> None:
    from openpyxl.cell.cell import MergedCell

    if isinstance(cell, MergedCell):
        raise not_editable(path, f"cell {cell.coordinate} is merged into another")
    if isinstance(value, int) and cell.data_type == "s":
        value = str(value)
    cell.value = value
    if isinstance(value, str):
        # A text that begins with "=" is a text, not a formula.
        cell.data_type = "s"


def _rewritten(workbook: Workbook, data: bytes, changes: Changes) -> bytes:
    """Return the values of all sheets, typed as they were, as a new .xlsx file."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    with opened(workbook.path, checked(workbook.path, workbook.kind, data)) as source:
        for table in workbook.tables:
            sheet = book.create_sheet(table.name)
            if table.hidden:
                sheet.sheet_state = "hidden"
            values = values_of(source.get_sheet_by_name(table.name), len(table.rows))
            for row, cells in enumerate(values, 1):
                for column, value in enumerate(cells):
                    _put(sheet.cell(row, column + 1), value)
            for (name, row, column), value in changes.items():
                if name == table.name:
                    _set(workbook.path, sheet.cell(row, column + 1), value)
            for top, left, bottom, right in table.merged:
                sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _put(cell: Cell, value: Value) -> None:
    if value == "":
        return
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
