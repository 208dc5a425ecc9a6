"""From the bytes of a text sheet to its header and records, whatever wrote it."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from meviewer.core.errors import LabelError

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Sheets of some data sets begin with notes.
_HEADER_SEARCHED = 30


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
    """Header and records of a text sheet.

    Attributes
    ----------
    delimiter : str
    encoding : str
    columns : frozenset of str
        Known columns that are there.
    records : tuple of Record
        Without empty lines.
    """

    delimiter: str
    encoding: str
    columns: frozenset[str]
    records: tuple[Record, ...]


def read_text_sheet(
    path: Path, synonyms: Mapping[str, Sequence[str]], required: Sequence[str]
) -> Sheet:
    """Read a sheet separated by commas, semicolons or tabs.

    Parameters
    ----------
    path : Path
    synonyms : mapping of str to sequence of str
        Spellings of each known column. Case, blanks and punctuation do not count.
    required : sequence of str
        Columns that must be there.

    Raises
    ------
    LabelError
        If the file cannot be read, is no text, or lacks a required column; the message names it.
    """
    text, encoding = _decode(path, _read(path))
    known = {_folded(s): name for name, spellings in synonyms.items() for s in (name, *spellings)}
    delimiter = max(_DELIMITERS, key=lambda d: _header(_top(text, d), known)[1])
    table = _parse(path, text, delimiter)
    header, _score = _header(table, known)
    names = _names(table[header] if table else [], known)
    _require(path, names, required, synonyms, delimiter)
    records = [
        _record(row, cells, names)
        for row, cells in enumerate(table[header + 1 :], header + 2)
        if any(cell.strip() for cell in cells)
    ]
    columns = frozenset(name for name, is_known in names if is_known)
    return Sheet(delimiter, encoding, columns, tuple(records))


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise LabelError(
            "Could not read the label file", where=str(path), why=why, now="check the path"
        ) from error
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise LabelError(
            "Not a text file",
            where=str(path),
            why="it is a workbook of a spreadsheet program",
            now="save it there as CSV and choose that file",
        )
    return data


def _decode(path: Path, data: bytes) -> tuple[str, str]:
    marked = [name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)]
    for encoding in (*marked, "utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise LabelError(
        "Not a text file",
        where=str(path),
        why="its bytes are text neither in UTF-8, UTF-16 nor Windows-1252",
        now="save the label file as CSV in UTF-8",
    )


def _top(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    # Quotation marks that do not pair up are told once the delimiter is known.
    with suppress(csv.Error):
        for row in islice(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _HEADER_SEARCHED
        ):
            rows.append(row)
    return rows


def _parse(path: Path, text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise LabelError(
            "Could not read the label file",
            where=f"{path}, line {reader.line_num}",
            why=f"its quotation marks do not pair up ({error})",
            now="mend the line in a text editor",
        ) from error


def _header(table: Sequence[Sequence[str]], known: Mapping[str, str]) -> tuple[int, int]:
    """Return the row with most known column names, and how many there are."""
    scores = [len({known.get(_folded(c)) for c in r} - {None}) for r in table[:_HEADER_SEARCHED]]
    best = max(scores, default=0)
    return (scores.index(best) if scores else 0), best


def _names(header: Sequence[str], known: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Name every column once; the first of several that mean the same counts."""
    names: list[tuple[str, bool]] = []
    for place, cell in enumerate(header, 1):
        name = known.get(_folded(cell), "")
        is_known = bool(name) and (name, True) not in names
        own = name if is_known else (cell.strip() or f"column {place}")
        taken = {other for other, _known in names}
        names.append((own if own not in taken else f"{own} ({place})", is_known))
    return names


def _require(
    path: Path,
    names: Sequence[tuple[str, bool]],
    required: Sequence[str],
    synonyms: Mapping[str, Sequence[str]],
    delimiter: str,
) -> None:
    missing = [name for name in required if (name, True) not in names]
    if not missing:
        return
    found = ", ".join(repr(name) for name, _known in names) or "nothing"
    wanted = "; ".join(f"{name} (or {', '.join(synonyms[name][:3])})" for name in missing)
    raise LabelError(
        f"The label file lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
        where=str(path),
        why=f"read as separated by {_DELIMITERS[delimiter]}s, it has: {found}",
        now=f"add a first row with the column names. Needed: {wanted}",
    )


def _record(row: int, cells: Sequence[str], names: Sequence[tuple[str, bool]]) -> Record:
    known, extra = {}, []
    for place, cell in enumerate(cells):
        text = cell.strip()
        name, is_known = names[place] if place < len(names) else (f"column {place + 1}", False)
        if is_known:
            known[name] = text
        elif text:
            extra.append((name, text))
    return Record(row, known, tuple(extra))


def _folded(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())
