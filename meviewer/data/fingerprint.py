"""A short hash that tells two clips apart by their content, without reading all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

_SAMPLES = 16
_BLOCK = 256 * 1024


class Fingerprint:
    """Collects what makes up a clip: sizes and pieces of its encoded bytes.

    The path, the file names and the frame numbers do not enter, so that a clip that was moved or
    renamed is known again.
    """

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=16)

    def add_number(self, number: int) -> None:
        """Add an integer, such as a size in bytes."""
        self._hash.update(b"#%d;" % number)

    def add_bytes(self, data: bytes | memoryview) -> None:
        """Add a piece of content."""
        self.add_number(len(data))
        self._hash.update(data)

    def text(self) -> str:
        """Return 32 hexadecimal digits."""
        return self._hash.hexdigest()


def of_files(files: Sequence[Path], sizes: Sequence[int]) -> str:
    """Return the fingerprint of files in this order.

    Every size enters, and the bytes of 16 files spread evenly: whole up to 768 KiB, beyond that
    the first, middle and last 256 KiB. A file that cannot be read counts by its size.
    """
    fingerprint = Fingerprint()
    for size in sizes:
        fingerprint.add_number(size)
    for index in sampled(len(files)):
        try:
            fingerprint.add_bytes(_pieces(files[index], sizes[index]))
        except OSError:
            fingerprint.add_bytes(b"")
    return fingerprint.text()


def of_place(parts: Sequence[object]) -> str:
    """Return a hash of path, sizes and times: one state of one file on this computer."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def sampled(n: int) -> list[int]:
    """Return up to 16 indices spread evenly over ``0 .. n-1``, both ends included."""
    if n <= _SAMPLES:
        return list(range(n))
    return [round(k * (n - 1) / (_SAMPLES - 1)) for k in range(_SAMPLES)]


def _pieces(file: Path, size: int) -> bytes:
    if size <= 3 * _BLOCK:
        return file.read_bytes()
    with file.open("rb") as opened:
        pieces = []
        for start in (0, (size - _BLOCK) // 2, size - _BLOCK):
            opened.seek(start)
            pieces.append(opened.read(_BLOCK))
    return b"".join(pieces)
