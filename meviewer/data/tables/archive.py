"""Look through a zipped spreadsheet before any parser gets it: sizes, faults, and XML tricks."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from meviewer.core.errors import LabelError
from meviewer.data.tables.text import too_large

_MAX_INFLATED = 200_000_000
_MAX_RATIO = 200
# Small files may shrink by any factor: empty formatted rows do.
_RATIO_COUNTS_FROM = 20_000_000
_MAX_PARTS = 5_000
_CHUNK = 1 << 16
_FORBIDDEN = (b"<!doctype", b"<!entity")
_PICTURES = ("xl/media/", "pictures/", "thumbnails/")
_OVERLAP = max(map(len, _FORBIDDEN)) - 1
_ENCRYPTED = 0x1
_LOCAL_HEADER = 30
_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, OSError, ValueError)


class PartReader(Protocol):
    """Gets the inflated bytes of one part, chunk by chunk."""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        ...

    def close(self) -> None:
        """Learn that the part is complete."""
        ...


class Archive:
    """A zip file in memory whose parts are inflated within bounds.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
        The whole file.

    Raises
    ------
    LabelError
        If it is damaged, protected by a password, or claims to be too large.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        self._path = path
        self._data = data
        self._n_inflated = 0
        with self._told():
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._check_list(self._zip.infolist())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts."""
        return tuple(self._zip.namelist())

    def inflate(self, name: str, reader: PartReader | None = None) -> None:
        """Inflate one part in pieces, and hand them to a reader.

        Raises
        ------
        LabelError
            If it is damaged, inflates beyond all bounds, or declares XML entities.
        """
        before = b""
        forbidden = _forbidden_in(name.lower())
        with self._told():
            for chunk in _chunks(self._data, self._zip.getinfo(name)):
                self._n_inflated += len(chunk)
                self._check_size(self._n_inflated)
                # In UTF-16 the letters are the same with NUL bytes between them.
                window = before + chunk.replace(b"\0", b"").lower()
                if any(word in window for word in forbidden):
                    raise self._entities(name)
                before = window[-_OVERLAP:]
                if reader is not None:
                    reader.feed(chunk)
        if reader is not None:
            reader.close()

    def read(self, name: str, max_bytes: int) -> bytes:
        """Return one part whole, or nothing if it is not there.

        Raises
        ------
        LabelError
            As `inflate`, and if it has more than ``max_bytes``.
        """
        if name not in self.names:
            return b""
        kept = _Kept(self._path, max_bytes)
        self.inflate(name, kept)
        return bytes(kept.data)

    def _check_list(self, parts: list[zipfile.ZipInfo]) -> None:
        if len(parts) > _MAX_PARTS:
            raise too_large(self._path, f"it is an archive of {len(parts):,} parts")
        if len({part.filename for part in parts}) < len(parts):
            raise damaged(self._path, "two of its parts have the same name")
        if any(part.flag_bits & _ENCRYPTED for part in parts):
            raise protected(self._path)
        self._check_size(sum(part.file_size for part in parts))

    def _check_size(self, n_bytes: int) -> None:
        if n_bytes > _MAX_INFLATED:
            raise too_large(self._path, f"it inflates to more than {_MAX_INFLATED // 10**6} MB")
        if n_bytes > max(_RATIO_COUNTS_FROM, _MAX_RATIO * len(self._data)):
            raise too_large(
                self._path,
                f"it inflates to more than {_MAX_RATIO} times its size, as files made to do harm",
            )

    def _entities(self, name: str) -> LabelError:
        return LabelError(
            "Refused to read the spreadsheet",
            where=f"{self._path}, part {name}",
            why="it declares XML entities, which spreadsheet programs never do",
            now="open it in a spreadsheet program that you trust and save it anew",
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except _FAULTS as error:
            raise damaged(self._path, str(error) or type(error).__name__) from error


def _forbidden_in(name: str) -> tuple[bytes, ...]:
    if name.startswith(_PICTURES):
        return ()
    # The manifest of old OpenOffice files names its grammar, which nobody loads.
    return _FORBIDDEN[1:] if name == "meta-inf/manifest.xml" else _FORBIDDEN


def _chunks(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the inflated bytes, however many there are, and check them at the end.

    `zipfile` stops at the size that the file declares; other readers do not.
    """
    names = struct.unpack_from("<HH", data, part.header_offset + _LOCAL_HEADER - 4)
    start = part.header_offset + _LOCAL_HEADER + sum(names)
    packed = memoryview(data)[start : start + part.compress_size]
    pieces: Iterator[bytes] = (bytes(packed[i : i + _CHUNK]) for i in range(0, len(packed), _CHUNK))
    if part.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflated(pieces)
    elif part.compress_type != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile(f"{part.filename} is packed in an unusual way")
    size = checksum = 0
    for piece in pieces:
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if (size, checksum) != (part.file_size, part.CRC):
        raise zipfile.BadZipFile(f"{part.filename} is not what its checksum says")


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in pieces:
        left = piece
        while left and not inflater.eof:
            yield inflater.decompress(left, _CHUNK)
            left = inflater.unconsumed_tail
    yield inflater.flush()


class _Kept:
    def __init__(self, path: Path, max_bytes: int) -> None:
        self.data = bytearray()
        self._path = path
        self._max_bytes = max_bytes

    def feed(self, chunk: bytes) -> None:
        self.data += chunk
        if len(self.data) > self._max_bytes:
            raise too_large(self._path, f"a part of it has more than {self._max_bytes:,} bytes")

    def close(self) -> None:
        pass


def damaged(path: Path, why: str) -> LabelError:
    """Return the error for a spreadsheet that cannot be read through."""
    return LabelError(
        "The spreadsheet is damaged",
        where=str(path),
        why=why,
        now="copy or download it again, or open it in a spreadsheet program and save it anew",
    )


def protected(path: Path) -> LabelError:
    """Return the error for a spreadsheet with a password."""
    return LabelError(
        "The spreadsheet is protected by a password",
        where=str(path),
        why="its content is encrypted",
        now="open it in a spreadsheet program, remove the password and save it",
    )
