"""Small results by key, a line of JSON each, in a file that only grows.

For what a project file should not carry and an HDF5 file each would be too much for: thousands of
numbers that can be computed again. A line that was cut off by a kill or a full disk is passed over,
so the file need not be written whole to be safe.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from meviewer.core.errors import StorageError

V = TypeVar("V")


class _Line(msgspec.Struct, frozen=True):
    key: str
    value: msgspec.Raw


class ResultLog(Generic[V]):
    """Values of one type by key; a later value of a key replaces an earlier one.

    Parameters
    ----------
    path : Path
        Read now; made, with its folder, when something is added.
    kind : type
        What values are, for msgspec. A value that is none any more counts as one that is not there.
    """

    def __init__(self, path: Path, kind: type[V]) -> None:
        self.path = path
        self._kind = kind
        self._values: dict[str, V] = dict(self._read())

    def get(self, key: str) -> V | None:
        """Return the value of a key, or None."""
        return self._values.get(key)

    def add(self, key: str, value: V) -> None:
        """Keep a value; it is on disk when this returns, but for a loss of power.

        Raises
        ------
        StorageError
            If the disk refuses; the value is kept in memory.
        """
        self._values[key] = value
        # A line end before it, too: the last line there may have been cut off.
        line = b"\n" + msgspec.json.encode({"key": key, "value": value}) + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # One write to a file that is open for appending: two processes do not mix their lines.
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                os.write(file, line)
            finally:
                os.close(file)
        except OSError as error:
            raise StorageError(
                "Results cannot be kept",
                where=str(self.path),
                why=error.strerror or str(error),
                now="go on without: they are computed again the next time",
            ) from error

    def _read(self) -> Iterable[tuple[str, V]]:
        try:
            lines = self.path.read_bytes().split(b"\n")
        except OSError:
            return
        for line in filter(None, lines):
            try:
                found = msgspec.json.decode(line, type=_Line)
                yield found.key, msgspec.json.decode(found.value, type=self._kind)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
