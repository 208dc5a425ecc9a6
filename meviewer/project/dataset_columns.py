"""Safe access to the tables and arrays of an HDF5 data set: types and lengths, no links outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import LabelError, MeviewerError
from meviewer.project.dataset_hdf5 import FORMAT, VERSION

_MOST_ROWS = 5_000_000
_WHAT = "Not a data set that can be read"
_FAULTS = (OSError, RuntimeError, KeyError, ValueError, TypeError, UnicodeDecodeError)


class DatasetFile:
    """An open file; `open_dataset` makes it."""

    def __init__(self, path: Path, root: Any) -> None:
        self.path = path
        self._root = root

    def columns(self, name: str) -> Columns:
        """Return a table."""
        return Columns(self, name)

    def text_attribute(self, name: str) -> str:
        """Return an attribute of the file; empty if it has none of that name."""
        with self.reading(f"attribute {name}"):
            value = self._root.attrs.get(name, "")
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if not isinstance(text, str):
            raise self.refuse(f"attribute {name}", "it is no text")
        return text

    def has(self, name: str) -> bool:
        """Return whether there is anything of that name."""
        with self.reading(name):
            return name in self._root

    def array(self, name: str) -> Any:
        """Return an array that lies in this very file.

        Raises
        ------
        LabelError
            If it does not.
        """
        import h5py

        with self.reading(name):
            place = self._root
            for part in name.split("/"):
                # A link to another file would read, and pass on, what is none of ours.
                inside = isinstance(place, h5py.Group) and isinstance(
                    place.get(part, getlink=True), h5py.HardLink
                )
                place = place[part] if inside else None
            is_array = isinstance(place, h5py.Dataset)
            if not is_array or place.external or place.is_virtual:
                raise self.refuse(name, "there is no array of that name in the file")
            return place

    def optional(self, name: str, kind: str, n: int) -> NDArray[np.generic] | None:
        """Return a row of numbers of a kind, ``"i"`` or ``"f"``, if it is there."""
        if not self.has(name):
            return None
        stored = self.array(name)
        if stored.shape != (n,) or stored.dtype.kind != kind:
            raise self.refuse(name, f"it is {stored.dtype} of shape {stored.shape}, for {n} frames")
        with self.reading(name):
            return np.asarray(stored[()])

    def refuse(
        self, where: str, why: str, now: str = "write the file anew, or restore it"
    ) -> LabelError:
        """Return the error that says what is wrong where."""
        return LabelError(_WHAT, where=f"{self.path}, {where}", why=why, now=now)

    @contextmanager
    def reading(self, where: str) -> Iterator[None]:
        """Turn what HDF5 reports into an error for a person."""
        try:
            yield
        except _FAULTS as error:
            raise self.refuse(where, f"HDF5 says: {error}") from error


class Columns:
    """A table; each column is read once."""

    def __init__(self, file: DatasetFile, name: str) -> None:
        self._file, self._name = file, name
        self._n: int | None = None
        self._known: dict[str, list[Any]] = {}

    def text(self, column: str, default: str | None = None) -> list[str]:
        """Return a column of text; without a default it has to be there."""
        return self._read(column, "text", default)

    def whole(self, column: str, default: int | None = None) -> list[int]:
        """Return a column of whole numbers, or of truth values as 0 and 1."""
        return self._read(column, "iub", default)

    def real(self, column: str, default: float | None = None) -> list[float]:
        """Return a column of numbers."""
        return self._read(column, "f", default)

    def refuse(self, column: str, row: int | None, why: str) -> LabelError:
        """Return the error that names table, column and row."""
        where = f"/{self._name}/{column}" + ("" if row is None else f", row {row}")
        return self._file.refuse(where, why)

    @contextmanager
    def explaining(self, column: str, row: int) -> Iterator[None]:
        """Name table, column and row in what goes wrong inside."""
        try:
            yield
        except (ValueError, MeviewerError) as error:
            why = error.why if isinstance(error, MeviewerError) else str(error)
            raise self.refuse(column, row, why or str(error)) from error

    def _read(self, column: str, kinds: str, default: Any) -> list[Any]:
        if column not in self._known:
            name = f"{self._name}/{column}"
            if default is not None and self._n is not None and not self._file.has(name):
                self._known[column] = [default] * self._n
            else:
                self._known[column] = self._stored(column, name, kinds)
        return self._known[column]

    def _stored(self, column: str, name: str, kinds: str) -> list[Any]:
        import h5py

        stored = self._file.array(name)
        with self._file.reading(name):
            is_text = h5py.check_string_dtype(stored.dtype) is not None
            fits = is_text if kinds == "text" else stored.dtype.kind in kinds
            if len(stored.shape) != 1 or stored.shape[0] > _MOST_ROWS or not fits:
                raise self.refuse(column, None, f"it is {stored.dtype} of shape {stored.shape}")
            values = list(stored.asstr()[()]) if is_text else stored[()].tolist()
        if self._n is not None and len(values) != self._n:
            raise self.refuse(column, None, f"it has {len(values)} rows, the others {self._n}")
        self._n = len(values)
        return [int(v) for v in values] if kinds == "iub" else values


@contextmanager
def open_dataset(path: Path) -> Iterator[DatasetFile]:
    """Open a file for reading.

    Raises
    ------
    LabelError
        If it is no HDF5 file, none of this format, or of a newer version.
    """
    import h5py

    try:
        root = h5py.File(path, "r", locking="best-effort")
    except OSError as error:
        raise LabelError(
            _WHAT,
            where=str(path),
            why=f"HDF5 says: {error}",
            now="check the path, or restore the file from its source",
        ) from error
    with root:
        file = DatasetFile(path, root)
        if file.text_attribute("format") != FORMAT:
            now = f'a data set has the attribute format = "{FORMAT}"'
            raise file.refuse("attribute format", "it is another kind of HDF5 file", now)
        with file.reading("attribute version"):
            version = int(root.attrs["version"])
        if version > VERSION:
            why = f"it is of version {version}, this program reads up to {VERSION}"
            raise file.refuse("attribute version", why, "open it with a newer version")
        yield file
