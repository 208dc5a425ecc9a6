"""Streams of a compound document, the container of .xls files and of encrypted workbooks."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.data.tables.archive import damaged

_HEADER = 512
_ENTRY = 128
_END = 0xFFFFFFFA
_N_IN_HEADER = 109
_STREAM = 2
_ROOT = 5
_CIRCLE = "its blocks run out of the file or in a circle"


class CompoundFile:
    """A compound document in memory.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
        The whole file.

    Raises
    ------
    LabelError
        If its table of contents contradicts itself.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        self._path = path
        self._data = data
        if len(data) < _HEADER:
            raise damaged(path, "it ends within its first block")
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise damaged(path, "its blocks have an impossible size")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        first, _reserved, self._cutoff, mini, _n, further, _m = struct.unpack_from(
            "<4xIIIIIII", data, 44
        )
        self._table = self._numbers(self._table_blocks(further))
        self._mini_table = self._numbers(self._chain(mini))
        entries = self._joined(self._chain(first))
        self._streams: dict[str, tuple[int, int]] = {}
        self._names: list[str] = []
        self._mini_data = b""
        for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            self._add(entries[place : place + _ENTRY])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all streams and folders."""
        return tuple(self._names)

    def stream(self, name: str) -> bytes:
        """Return the bytes of a stream; empty if there is none of that name.

        Raises
        ------
        LabelError
            If its blocks run in a circle or out of the file.
        """
        start, length = self._streams.get(name.casefold(), (_END, 0))
        if length >= self._cutoff:
            return self._joined(self._chain(start))[:length]
        blocks = self._followed(start, self._mini_table, self._mini_size)
        size = self._mini_size
        return b"".join(self._mini_data[b * size : (b + 1) * size] for b in blocks)[:length]

    def _add(self, entry: bytes) -> None:
        n_bytes, kind = struct.unpack_from("<HB", entry, 64)
        start, length = struct.unpack_from("<II", entry, 116)
        if kind == 0:
            return
        name = entry[: max(min(n_bytes, 64) - 2, 0)].decode("utf-16-le", "replace")
        self._names.append(name)
        if kind == _STREAM:
            self._streams.setdefault(name.casefold(), (start, length))
        if kind == _ROOT:
            self._mini_data = self._joined(self._chain(start))[:length]

    def _table_blocks(self, further: int) -> list[int]:
        blocks = list(struct.unpack_from(f"<{_N_IN_HEADER}I", self._data, 76))
        n_blocks = len(self._data) // self._size
        while further < _END:
            numbers = self._numbers([further]).tolist()
            blocks += numbers[:-1]
            further = numbers[-1] if numbers else _END
            if len(blocks) > n_blocks + _N_IN_HEADER + len(numbers):
                raise damaged(self._path, _CIRCLE)
        blocks = [block for block in blocks if block < _END]
        if len(blocks) > n_blocks:
            raise damaged(self._path, _CIRCLE)
        return blocks

    def _numbers(self, blocks: Iterable[int]) -> NDArray[np.uint32]:
        joined = self._joined(blocks)
        return np.frombuffer(joined[: len(joined) // 4 * 4], "<u4")

    def _joined(self, blocks: Iterable[int]) -> bytes:
        starts = ((block + 1) * self._size for block in blocks)
        return b"".join(self._data[start : start + self._size] for start in starts)

    def _chain(self, block: int) -> Iterator[int]:
        return self._followed(block, self._table, self._size)

    def _followed(self, block: int, table: NDArray[np.uint32], size: int) -> Iterator[int]:
        # A chain that is longer than the file has blocks meets one of them twice.
        for _step in range(len(self._data) // size + 1):
            if block >= _END:
                return
            if block >= len(table):
                raise damaged(self._path, _CIRCLE)
            yield block
            block = int(table[block])
        raise damaged(self._path, _CIRCLE)


def compound_file(stream: bytes) -> bytes:
    """Return a compound document with one stream, "Workbook"."""
    size = 4096
    stream = stream.ljust(size, b"\0")
    n_stream = -(-len(stream) // size)
    n_table = -(-(n_stream + 2) // (size // 4 - 1))
    # First the table of blocks, then the directory, then the stream.
    last, of_table, directory = 0xFFFFFFFE, 0xFFFFFFFD, n_table
    table = [*[of_table] * n_table, last, *range(n_table + 2, n_table + 1 + n_stream), last]
    header = struct.pack(
        "<8s16x5H6x9I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 4, 0xFFFE, 12, 6),
        *(1, n_table, directory, 0, size, last, 0, last, 0),
    )
    blocks = [*range(n_table), *[0xFFFFFFFF] * (_N_IN_HEADER - n_table)]
    header += struct.pack(f"<{_N_IN_HEADER}I", *blocks)
    packed = struct.pack(f"<{len(table)}I", *table).ljust(n_table * size, b"\xff")
    entries = _entry("Root Entry", _ROOT, 0, 0)
    entries += _entry("Workbook", _STREAM, n_table + 1, len(stream))
    padded = stream.ljust(n_stream * size, b"\0")
    return header.ljust(size, b"\0") + packed + entries.ljust(size, b"\0") + padded


def _entry(name: str, kind: int, start: int, length: int) -> bytes:
    encoded = f"{name}\0".encode("utf-16-le")
    none = 0xFFFFFFFF
    links = struct.pack("<III", none, none, 1 if kind == _ROOT else none)
    head = struct.pack("<64sHBB", encoded, len(encoded), kind, 1)
    return (head + links).ljust(116, b"\0") + struct.pack("<IQ", start, length)
