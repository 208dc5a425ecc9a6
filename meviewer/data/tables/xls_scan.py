"""Look through the records of an .xls file, and keep those that its values need.

The library that reads the values believes the lengths, counts and chains of the file; one wrong
number and it asks for all memory there is. It gets a file made anew of records that were checked.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.data.tables.archive import damaged, protected
from meviewer.data.tables.facts import Budget, SheetFacts
from meviewer.data.tables.ole import CompoundFile, compound_file

_BEGIN, _END, _SHEET, _PASSWORD = 0x0809, 0x000A, 0x0085, 0x002F
_STRINGS, _CONTINUED, _TEXT_OF_FORMULA, _MERGED = 0x00FC, 0x003C, 0x0207, 0x00E5
_GENERAL = frozenset({0x0042, 0x0022, 0x041E, 0x00E0, _STRINGS, _MERGED})
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_BOOL_OR_ERROR, _SEVERAL_NUMBERS = 0x0205, 0x00BD
_CELLS = frozenset({0x0203, 0x00FD, 0x027E, 0x0204, _BOOL_OR_ERROR}) | _FORMULAS
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
# A formula whose value is no number says so in the last two bytes of it, its kind in the first.
_NO_NUMBER = 0xFFFF
_IS_ERROR, _IS_EMPTY = 2, 3
_FORMULA_VALUE = 20
_SHORTEST_TEXT = 3


@dataclass(slots=True)
class XlsScan:
    """What an .xls file holds.

    Attributes
    ----------
    facts : list of SheetFacts
        Of each sheet, in the order of the file.
    has_macros : bool
    clean : bytes
        An .xls file of the same values and number formats, and of nothing else.
    """

    facts: list[SheetFacts]
    has_macros: bool
    clean: bytes


@dataclass(slots=True)
class _Part:
    """One run of records from BOF to EOF; cells by their row, in the order of the file."""

    start: bytes
    facts: SheetFacts = field(default_factory=SheetFacts)
    general: list[bytes] = field(default_factory=list)
    cells: list[tuple[int, bytes]] = field(default_factory=list)

    def joined(self) -> bytes:
        # Rows out of order would be taken for rows that do not exist.
        cells = (record for _row, record in sorted(self.cells, key=lambda cell: cell[0]))
        return b"".join([self.start, *cells, *self.general, _record(_END, b"")])


def scan(path: Path, data: bytes) -> XlsScan:
    """Check an .xls file record by record.

    Raises
    ------
    LabelError
        If the file is damaged, protected by a password, too large, or no spreadsheet.
    """
    file = CompoundFile(path, data)
    folded = {name.casefold() for name in file.names}
    if folded & {"encryptedpackage", "encryptioninfo"}:
        raise protected(path)
    records = file.stream("Workbook") or file.stream("Book")
    if not records:
        what = "a text document" if "worddocument" in folded else "a document of another program"
        raise LabelError(
            "Neither a spreadsheet nor a text sheet",
            where=str(path),
            why=f"it is {what}, or an .xls spreadsheet that lost its content",
            now="choose the label file",
        )
    parts, sheets = _parts(path, records)
    if not all(place in parts for place, _about in sheets) or not parts:
        raise damaged(path, "a sheet is not where its table of contents says")
    clean = _rebuilt(parts[min(parts)], [(parts[place], about) for place, about in sheets])
    facts = [parts[place].facts for place, _about in sheets]
    return XlsScan(facts, bool(folded & {"_vba_project_cur", "vba"}), compound_file(clean))


def _parts(path: Path, records: bytes) -> tuple[dict[int, _Part], list[tuple[int, bytes]]]:
    """Return the parts by where they begin, and for each sheet where it is and what it is."""
    budget = Budget(path)
    sheets: list[tuple[int, bytes]] = []
    parts: dict[int, _Part] = {}
    part = _Part(b"")
    depth = last = 0
    for place, kind, body in _records(path, records):
        budget.count()
        if kind == _BEGIN:
            depth += 1
            if depth == 1:
                part = parts[place] = _Part(_record(kind, body))
        elif kind == _END:
            depth = max(depth - 1, 0)
        elif kind == _PASSWORD:
            raise protected(path)
        elif kind == _SHEET and len(body) >= 8:
            sheets.append((struct.unpack_from("<I", body)[0], body[4:]))
        # A chart inside a sheet has cells of its own.
        elif depth == 1:
            _take(part, kind, body, last)
        last = kind if kind != _CONTINUED else last
    return parts, sheets


def _records(path: Path, data: bytes) -> Iterator[tuple[int, int, bytes]]:
    place = 0
    while place + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, place)
        body = data[place + 4 : place + 4 + length]
        if len(body) < length:
            raise damaged(path, "it ends within a record")
        yield place, kind, body
        place += 4 + length


def _take(part: _Part, kind: int, body: bytes, last: int) -> None:
    if kind in _CELLS or kind == _SEVERAL_NUMBERS:
        _take_cell(part, kind, body)
    elif kind == _TEXT_OF_FORMULA and last in _FORMULAS and part.cells:
        part.cells[-1] = (part.cells[-1][0], part.cells[-1][1] + _record(kind, body))
    elif kind in _GENERAL or (kind, last) == (_CONTINUED, _STRINGS):
        part.general.append(_record(kind, body))


def _take_cell(part: _Part, kind: int, body: bytes) -> None:
    if len(body) < 8:
        return
    facts = part.facts
    row, column = struct.unpack_from("<HH", body)
    last = struct.unpack("<H", body[-2:])[0] if kind == _SEVERAL_NUMBERS else column
    facts.filled(row + 1, last)
    if kind == _BOOL_OR_ERROR and body[7]:
        facts.error(row + 1, column, _ERRORS.get(body[6], "of an unknown kind"))
        return
    if kind in _FORMULAS:
        if len(body) < _FORMULA_VALUE:
            return
        no_number = struct.unpack_from("<H", body, 12)[0] == _NO_NUMBER
        is_empty = no_number and body[6] == _IS_EMPTY
        facts.formula(row + 1, column, not is_empty)
        if no_number and body[6] == _IS_ERROR:
            facts.error(row + 1, column, _ERRORS.get(body[8], "of an unknown kind"))
            return
        # The formula itself is left out: only its value counts.
        kind, body = min(_FORMULAS), body[:_FORMULA_VALUE] + bytes(2)
    part.cells.append((row, _record(kind, body)))


def _rebuilt(general: _Part, sheets: list[tuple[_Part, bytes]]) -> bytes:
    """Return the records of a workbook with these sheets, at their new places."""
    general.cells.clear()
    _bound_strings(general)
    bodies = [part.joined() for part, _about in sheets]
    place = len(general.joined()) + sum(8 + len(about) for _part, about in sheets)
    for body, (_part, about) in zip(bodies, sheets, strict=True):
        general.general.append(_record(_SHEET, struct.pack("<I", place) + about))
        place += len(body)
    return b"".join([general.joined(), *bodies])


def _bound_strings(general: _Part) -> None:
    """Correct the number of texts that the file claims to have, if it cannot be true."""
    size = sum(map(len, general.general))
    for index, record in enumerate(general.general):
        if struct.unpack_from("<H", record)[0] == _STRINGS and len(record) >= 12:
            claimed = struct.unpack_from("<I", record, 8)[0]
            n_texts = min(claimed, size // _SHORTEST_TEXT)
            general.general[index] = record[:8] + struct.pack("<I", n_texts) + record[12:]


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body
