"""Values of spreadsheets: what the file holds, read by a library that runs no code of it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data.tables import ods_scan, xls_scan, xlsb_scan, xlsx_scan
from meviewer.data.tables.archive import Archive, damaged, protected
from meviewer.data.tables.cells import Value, text_of
from meviewer.data.tables.facts import (
    SheetFacts,
    merged_finding,
    refuse_too_far,
    refuse_too_many,
    unreadable_sheet,
)
from meviewer.data.tables.model import Doubts, Kind, Merged, Table, trimmed

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_MAX_MERGED = 100_000
_MAX_MIME_TYPE = 1_000


def read_archive(path: Path, data: bytes, max_rows: int) -> tuple[Kind, list[Table], list[Finding]]:
    """Read a zipped spreadsheet: .xlsx, .xlsb or .ods.

    Raises
    ------
    LabelError
        If it is damaged, protected, too large, or another kind of archive.
    """
    archive = Archive(path, data)
    kind = _kind_of(path, archive)
    facts: dict[str, SheetFacts] | None = None
    if kind == "xlsx":
        facts = xlsx_scan.scan(path, archive)
        refuse_too_many(path, list(facts.values()))
    elif kind == "ods":
        facts = ods_scan.scan(path, archive)
    else:
        xlsb_scan.scan(path, archive)
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in archive.names)
    return kind, _tables(path, data, facts, max_rows), _about_macros(has_macros)


def read_ole(path: Path, data: bytes, max_rows: int) -> tuple[Kind, list[Table], list[Finding]]:
    """Read an .xls file of Excel 97 to 2003.

    Raises
    ------
    LabelError
        If it is damaged, protected by a password, or another kind of document.
    """
    found = xls_scan.scan(path, data)
    # Opening such a file reads all of its sheets.
    refuse_too_far(path, found.facts)
    tables = _tables(path, found.clean, found.facts, max_rows)
    return "xls", tables, _about_macros(found.has_macros)


def checked(path: Path, kind: Kind, data: bytes) -> bytes:
    """Return what may be opened of a file that was read before.

    Raises
    ------
    LabelError
        If it is another file by now.
    """
    # The other kinds are opened as they are, once they have been looked through.
    return xls_scan.scan(path, data).clean if kind == "xls" else data


@contextmanager
def opened(path: Path, data: bytes) -> Iterator[CalamineWorkbook]:
    """Open a spreadsheet; whatever goes wrong inside is told as a damaged file.

    Raises
    ------
    LabelError
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            yield workbook
    except PasswordError as error:
        raise protected(path) from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise damaged(path, str(error)) from error
    except BaseException as error:
        # A panic of the library is no Exception, and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(path, "its content contradicts itself") from error


def values_of(sheet: CalamineSheet, max_rows: int) -> Sequence[Sequence[Value]]:
    """Return the cells from A1 on, at most ``max_rows`` rows."""
    return sheet.to_python(skip_empty_area=False, nrows=max_rows)


def _kind_of(path: Path, archive: Archive) -> Kind:
    names = {name.lower() for name in archive.names}
    if xlsx_scan.WORKBOOK in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names and b"spreadsheet" in archive.read("mimetype", _MAX_MIME_TYPE):
        return "ods"
    what = "a text document" if "word/document.xml" in names else "an archive of other files"
    raise LabelError(
        "Neither a spreadsheet nor a text sheet",
        where=str(path),
        why=f"it is {what}",
        now="choose the label file; unpack it first if it is inside",
    )


def _tables(
    path: Path,
    data: bytes,
    facts: Mapping[str, SheetFacts] | Sequence[SheetFacts] | None,
    max_rows: int,
) -> list[Table]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables = []
    with opened(path, data) as workbook:
        for index, about in enumerate(workbook.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            hidden = about.visible != SheetVisibleEnum.Visible
            known = _facts_of(path, facts, index, about.name)
            if known.too_far:
                found = (unreadable_sheet(about.name, known.too_far),)
                tables.append(Table(about.name, (), found, hidden=hidden))
                continue
            sheet = workbook.get_sheet_by_index(index)
            tables.append(_table(about.name, sheet, known, hidden, max_rows))
    return tables


def _facts_of(
    path: Path,
    facts: Mapping[str, SheetFacts] | Sequence[SheetFacts] | None,
    index: int,
    name: str,
) -> SheetFacts:
    if facts is None:
        return SheetFacts()
    try:
        return facts[name] if isinstance(facts, Mapping) else facts[index]
    except (KeyError, IndexError) as error:
        raise damaged(path, f"the sheet {name!r} is not where it should be") from error


def _table(
    name: str, sheet: CalamineSheet, facts: SheetFacts, hidden: bool, max_rows: int
) -> Table:
    doubts = Doubts()
    same: dict[str, str] = {}
    rows: list[list[str]] = []
    for number, values in enumerate(values_of(sheet, max_rows + 1), 1):
        texts = (text_of(value, number, place, doubts) for place, value in enumerate(values))
        # Equal texts are kept once: emotions and subjects repeat in every row.
        rows.append([same.setdefault(text, text) for text in texts])
    found: list[Finding] = []
    if len(rows) > max_rows:
        found.append(rows_cut(name, max_rows))
    if hidden:
        found.append(Finding("sheet-hidden", Severity.INFO, f"The sheet {name!r} is hidden"))
    kept = trimmed(rows[:max_rows])
    merged = _merged(sheet, facts, len(kept))
    found += [*merged_finding(merged), *facts.doubts(), *doubts.findings()]
    return Table(name, kept, tuple(found), merged, hidden)


def rows_cut(name: str, max_rows: int) -> Finding:
    """Return the finding for a sheet with more rows than were asked for."""
    text = f"Only the first {max_rows:,} rows of the sheet {name!r} were read"
    return Finding("rows-cut", Severity.ERROR, text)


def _merged(sheet: CalamineSheet, facts: SheetFacts, n_rows: int) -> tuple[Merged, ...]:
    told = (sheet.merged_cell_ranges or [])[:_MAX_MERGED]
    ranges = [(top, left, bottom, right) for (top, left), (bottom, right) in told]
    return tuple(merged for merged in (*ranges, *facts.merged) if merged[0] < n_rows)


def _about_macros(has_macros: bool) -> list[Finding]:
    text = "The workbook has macros; none of them was run"
    return [Finding("macros", Severity.INFO, text)] if has_macros else []
