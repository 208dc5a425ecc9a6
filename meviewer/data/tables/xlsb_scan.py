"""Look through the records of an .xlsb file before its values are read."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from meviewer.data.tables.archive import Archive, damaged
from meviewer.data.tables.facts import Budget, SheetFacts, refuse_too_far

_ROW = 0
_STRINGS = 0x9F
_SHORTEST = 8
_MAX_ROWS = 1 << 20
_CELLS = range(2, 12)
_MAX_PART = 50_000_000


def scan(path: Path, archive: Archive) -> None:
    """Inflate every part once, and refuse what is too large.

    Raises
    ------
    LabelError
        If a part is damaged or too large.
    """
    budget = Budget(path)
    sheets = []
    for name in archive.names:
        if name.lower().endswith(".bin") and "worksheets/" in name.lower():
            sheets.append(_facts(path, archive.read(name, _MAX_PART), budget))
        elif name.lower().endswith(".bin"):
            _check(path, archive.read(name, _MAX_PART), budget)
        else:
            archive.inflate(name)
    refuse_too_far(path, sheets)


def _check(path: Path, data: bytes, budget: Budget) -> None:
    for kind, body in _records(path, data):
        budget.count()
        # The reader makes room for as many texts as the file claims.
        if kind == _STRINGS and (len(body) < 8 or struct.unpack_from("<4xI", body)[0] > len(data)):
            raise damaged(path, "it claims more texts than it has room for")


def _facts(path: Path, data: bytes, budget: Budget) -> SheetFacts:
    facts = SheetFacts()
    row = 0
    for kind, body in _records(path, data):
        budget.count()
        if kind != _ROW and kind not in _CELLS:
            continue
        # The reader fills up short records with what is left of others.
        if len(body) < _SHORTEST:
            raise damaged(path, "a record is too short")
        place = struct.unpack_from("<I", body)[0]
        if kind in _CELLS:
            facts.filled(row + 1, place)
            continue
        # It makes room for as many rows as the difference of the last and the first seems to be.
        if not row <= place < _MAX_ROWS:
            raise damaged(path, "its rows are out of order")
        row = place
    return facts


def _records(path: Path, data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(data):
        kind, place = _varint(data, place, 2)
        length, place = _varint(data, place, 4)
        if place + length > len(data):
            raise damaged(path, "it ends within a record")
        yield kind, data[place : place + length]
        place += length


def _varint(data: bytes, place: int, n_bytes: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 7 * n_bytes, 7):
        byte = data[place] if place < len(data) else 0
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, place
