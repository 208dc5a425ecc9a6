"""Read the tables of any label file: text, or a spreadsheet of Excel or LibreOffice."""

from __future__ import annotations

from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.signature import Shape, about_ending, read_bytes, shape_of
from meviewer.data.tables.spreadsheet import read_archive, read_ole, rows_cut
from meviewer.data.tables.text import decode, find_delimiter, parse


def read_workbook(path: Path, *, max_rows: int = 200_000) -> Workbook:
    """Read all sheets of a file; its content decides what it is, not its ending.

    Parameters
    ----------
    path : Path
        CSV or other delimited text, .xlsx, .xls, .xlsb or .ods.
    max_rows : int
        Rows of a sheet beyond these are left out, with a finding.

    Raises
    ------
    LabelError
        If nothing can be read: damaged, protected by a password, not a sheet at all, or larger
        than any label file. Doubts about single sheets and cells are findings.
    """
    data = read_bytes(path)
    shape = shape_of(path, data)
    if shape is Shape.TEXT:
        return _read_text(path, data, max_rows)
    read = read_archive if shape is Shape.ZIP else read_ole
    kind, tables, findings = read(path, data, max_rows)
    return Workbook(path, kind, tuple(tables), (*about_ending(path, kind), *findings))


def _read_text(path: Path, data: bytes, max_rows: int) -> Workbook:
    decoded = decode(path, data)
    delimiter = find_delimiter(decoded.text)
    rows, is_cut = parse(path, decoded.text, delimiter, max_rows)
    findings = [*about_ending(path, "csv"), *decoded.findings]
    if not rows and not is_cut:
        findings.append(Finding("file-empty", Severity.ERROR, "The file is empty"))
    if is_cut:
        findings.append(rows_cut(path.stem, max_rows))
    table = Table(path.stem, rows)
    return Workbook(path, "csv", (table,), tuple(findings), decoded.encoding, delimiter)
