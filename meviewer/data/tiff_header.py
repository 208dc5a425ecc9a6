"""The first directory of a TIFF file: its tags and their whole numbers (TIFF 6.0, section 2)."""

from __future__ import annotations

import struct
from typing import TypeAlias

Directory: TypeAlias = dict[int, tuple[int, ...]]
"""Whole numbers by tag; texts and fractions are left out."""

# Field types of whole numbers that tell sizes and places: BYTE, SHORT, LONG.
_FORMATS = {1: ("B", 1), 3: ("H", 2), 4: ("I", 4)}
_MAX_VALUES = 1_000_000


class TiffError(ValueError):
    """The bytes are no directory of a TIFF file."""


def first_directory(data: bytes) -> Directory:
    """Return the tags of the first image.

    Raises
    ------
    TiffError, struct.error
        If ``data`` is something else, or stops before the end of the directory.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise TiffError("no TIFF header")
    (at,) = struct.unpack_from(order + "I", data, 4)
    (n_entries,) = struct.unpack_from(order + "H", data, at)
    found: Directory = {}
    for entry in range(at + 2, at + 2 + 12 * n_entries, 12):
        tag, kind, count = struct.unpack_from(order + "HHI", data, entry)
        if kind in _FORMATS and 0 < count <= _MAX_VALUES:
            found[tag] = _values(data, order, entry + 8, kind, count)
    return found


def _values(data: bytes, order: str, place: int, kind: int, count: int) -> tuple[int, ...]:
    letter, n_bytes = _FORMATS[kind]
    if n_bytes * count > 4:
        (place,) = struct.unpack_from(order + "I", data, place)
    return struct.unpack_from(f"{order}{count}{letter}", data, place)
