"""What kind of file it is, by its first bytes and never by its ending."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data.tables.model import Kind
from meviewer.data.tables.text import too_large

MAX_FILE = 50_000_000
"""Bytes; the largest label file known has less than 1 MB."""

_TOP = 2048
_ENDINGS: dict[Kind, tuple[str, ...]] = {
    "csv": ("", ".csv", ".tsv", ".txt", ".tab", ".dat"),
    "xlsx": (".xlsx", ".xlsm", ".xltx", ".xltm"),
    "xls": (".xls", ".xlt"),
    "xlsb": (".xlsb",),
    "ods": (".ods", ".ots"),
}
_NAMES: dict[Kind, str] = {
    "csv": "a text file",
    "xlsx": "an Excel workbook (.xlsx)",
    "xls": "an old Excel workbook (.xls)",
    "xlsb": "a binary Excel workbook (.xlsb)",
    "ods": "an OpenDocument spreadsheet (.ods)",
}
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"{\\rtf", "a text document"),
    (b"\x89HDF", "an HDF5 file"),
)


class Shape(StrEnum):
    """How the bytes of a file are laid out."""

    ZIP = "zip"
    OLE = "ole"
    TEXT = "text"


def read_bytes(path: Path) -> bytes:
    """Return the whole file.

    Raises
    ------
    LabelError
        If it cannot be read, is no file, or is too large to be a label sheet.
    """
    try:
        # A pipe or a device would block for ever.
        if path.exists() and not path.is_file():
            raise _unreadable(path, "it is a folder or a device, not a file")
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from error
    if len(data) > MAX_FILE:
        raise too_large(path, f"it has more than {MAX_FILE // 10**6} MB")
    return data


def shape_of(path: Path, data: bytes) -> Shape:
    """Return how the bytes are laid out.

    Raises
    ------
    LabelError
        If they are of a kind that holds no sheet.
    """
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Shape.ZIP
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return Shape.OLE
    for start, name in _FOREIGN:
        # A text may well begin with the two letters of a bitmap.
        if data.startswith(start) and (start != b"BM" or b"\0" in data[:_TOP]):
            raise _foreign(path, name, "choose the label file")
    _refuse_markup(
        path, data[:_TOP].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    )
    return Shape.TEXT


def about_ending(path: Path, kind: Kind) -> tuple[Finding, ...]:
    """Return a finding if the name of the file promises another kind than it holds."""
    ending = path.suffix.lower()
    others = {e for other, endings in _ENDINGS.items() if other != kind for e in endings}
    if ending in _ENDINGS[kind] or ending not in others:
        return ()
    text = f"The file is called {ending}, but it is {_NAMES[kind]}; it was read as that"
    return (Finding("wrong-ending", Severity.WARNING, text),)


def _refuse_markup(path: Path, top: bytes) -> None:
    now = "open it in a spreadsheet program and save it as .xlsx or CSV"
    if top.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise _foreign(path, "a web page (HTML), whatever its name says", now)
    if top.startswith(b"<?xml") or b"schemas-microsoft-com:office:spreadsheet" in top:
        raise _foreign(path, "an XML file", now)


def _foreign(path: Path, name: str, now: str) -> LabelError:
    why = f"it is {name}"
    return LabelError("Neither a spreadsheet nor a text sheet", where=str(path), why=why, now=now)


def _unreadable(path: Path, why: str) -> LabelError:
    return LabelError(
        "Could not read the label file", where=str(path), why=why, now="check the path"
    )
