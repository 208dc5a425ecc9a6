"""Makers of label files of every kind, and of the faults they have in the wild."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET1 = "xl/worksheets/sheet1.xml"


def write_xlsx(path: Path, sheets, *, hidden=(), merged=()) -> Path:
    """Write a workbook of ``{name: rows}``; ``merged`` are ranges such as "A2:A4" of each sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for ranges in merged:
            sheet.merge_cells(ranges)
        if name in hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def write_xls(path: Path, sheets, *, merged=()) -> Path:
    """Write an old workbook; ``merged`` are top, left, bottom, right of each sheet, 0-based."""
    import xlwt

    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(row, column, cell)
        for top, left, bottom, right in merged:
            sheet.merge(top, bottom, left, right)
    book.save(str(path))
    return path


def write_ods(path: Path, sheets) -> Path:
    """Write an OpenDocument spreadsheet; a cell that is a string with "<" is taken as XML."""
    body = ""
    for name, rows in sheets.items():
        body += f"<table:table table:name={quoteattr(name)}>"
        for row in rows:
            body += "<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>"
        body += "</table:table>"
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    return write_parts(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {spaces}><office:body>"
            f"<office:spreadsheet>{body}</office:spreadsheet></office:body>"
            "</office:document-content>",
            "META-INF/manifest.xml": "<manifest/>",
        },
    )


def write_xlsb(path: Path, rows) -> Path:
    """Write a binary workbook with one sheet "S" of texts and numbers."""
    size = struct.pack("<4I", 0, 100, 0, 100)
    records = [_record(0x81), _record(0x94, size), _record(0x91)]
    for place, row in enumerate(rows):
        records.append(_record(0x00, struct.pack("<I", place) + bytes(12)))
        for column, cell in enumerate(row):
            head = struct.pack("<II", column, 0)
            if isinstance(cell, str):
                records.append(_record(0x06, head + _wide(cell)))
            elif cell is not None:
                records.append(_record(0x05, head + struct.pack("<d", cell)))
    records += [_record(0x92), _record(0x82)]
    book = _record(0x83) + _record(0x8F)
    book += _record(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("S"))
    book += _record(0x90) + _record(0x84)
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rId1" Type="{kinds}/worksheet" Target="worksheets/sheet1.bin"/>'
    return write_parts(
        path,
        {
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": f"<Relationships>{link}</Relationships>",
            "xl/worksheets/sheet1.bin": b"".join(records),
        },
    )


def write_parts(path: Path, parts) -> Path:
    """Write a zip file of ``{name: text or bytes}``."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def read_parts(path: Path) -> dict[str, bytes]:
    """Return the parts of a zip file."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_sheet_xml(path: Path, rows: str, *, before="", after="", **parts) -> Path:
    """Write an .xlsx file whose only sheet has these rows as XML; ``parts`` are added to it."""
    write_xlsx(path, {"S": [["x"]]})
    xml = f'{before}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return write_parts(path, {**read_parts(path), _SHEET1: xml, **parts})


def write_encrypted(path: Path) -> Path:
    """Write what a workbook with a password looks like from outside."""
    return _renamed(path, "EncryptedPackage")


def write_word_document(path: Path) -> Path:
    """Write what an old text document looks like from outside."""
    return _renamed(path, "WordDocument")


def write_xls_with_macros(path: Path, rows) -> Path:
    """Write an old workbook with a folder for macros."""
    write_xls(path, {"S": rows})
    data = bytearray(path.read_bytes())
    # The directory of the library ends with two unused entries.
    entry = data.index("Workbook".encode("utf-16-le")) + 128
    name = "_VBA_PROJECT_CUR\0".encode("utf-16-le")
    data[entry : entry + len(name)] = name
    data[entry + 64 : entry + 67] = struct.pack("<HB", len(name), 1)
    path.write_bytes(data)
    return path


def write_lying_zip(path: Path, n_bytes: int) -> Path:
    """Write an .xlsx file whose sheet is far larger than its headers declare."""
    write_sheet_xml(path, " " * n_bytes)
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo(_SHEET1).file_size
    path.write_bytes(data.replace(struct.pack("<I", size), struct.pack("<I", 1000)))
    return path


def _renamed(path: Path, stream: str) -> Path:
    write_xls(path, {"S": [["x"]]})
    data = bytearray(path.read_bytes())
    entry = data.index("Workbook".encode("utf-16-le"))
    name = f"{stream}\0".encode("utf-16-le")
    data[entry : entry + 64] = name.ljust(64, b"\0")
    data[entry + 64 : entry + 66] = struct.pack("<H", len(name))
    path.write_bytes(data)
    return path


def _ods_cell(cell) -> str:
    if isinstance(cell, str) and "<" in cell:
        return cell
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str):
        kind, value = "string", ""
    else:
        kind, value = "float", f' office:value="{cell}"'
    text = f"<text:p>{cell}</text:p>"
    return f'<table:table-cell office:value-type="{kind}"{value}>{text}</table:table-cell>'


def _record(kind: int, body: bytes = b"") -> bytes:
    numbers = []
    for value in (kind, len(body)):
        encoded = bytearray()
        while value >= 0x80:
            encoded.append(value & 0x7F | 0x80)
            value >>= 7
        numbers.append(bytes([*encoded, value]))
    return b"".join(numbers) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
