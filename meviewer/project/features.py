"""The feature store: computed arrays in HDF5 files, named by what they were computed from.

Everything in it can be computed again, so a file that cannot be read counts as one that is not
there. Files appear whole by renaming: kills, several workers and several machines are harmless.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import StorageError
from meviewer.data.hdf5_file import new_hdf5

Value = str | int | float
Arrays = dict[str, NDArray[np.generic]]

_UNFINISHED = ".unfinished"
_ORPHAN_AFTER_S = 3600.0
_LARGEST_CHUNK = 1 << 30


class FeatureStore:
    """Arrays by key in a folder.

    Parameters
    ----------
    folder : Path
        Made when something is put into it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sweep()

    @staticmethod
    def key(parts: Mapping[str, Value]) -> str:
        """Return the name for what is computed from ``parts``: 64 hexadecimal digits.

        Parameters
        ----------
        parts : mapping
            All that the arrays depend on: clip fingerprint, keyframes, representation, parameters,
            version of the code. Their order does not matter; 1, 1.0 and "1" are different.
        """
        typed = sorted([name, *_typed(value)] for name, value in parts.items())
        return hashlib.sha256(msgspec.json.encode(typed)).hexdigest()

    def path(self, key: str) -> Path:
        """Return where the arrays of a key lie, if they are there."""
        return self.folder / key[:2] / f"{key}.h5"

    def get(self, key: str) -> Arrays | None:
        """Return the arrays of a key, or None if they are not there or damaged."""
        import h5py

        try:
            # No HDF5 locks: files are never changed, and network drives may not have locks.
            with h5py.File(self.path(key), "r", locking=False) as file:
                names = msgspec.json.decode(str(file.attrs["names"]), type=list[str])
                return {name: np.asarray(file[name][()]) for name in names}
        except (OSError, KeyError, RuntimeError, ValueError):
            return None

    def meta(self, key: str) -> dict[str, Value] | None:
        """Return what was noted with the arrays of a key, or None if they are not there."""
        import h5py

        try:
            with h5py.File(self.path(key), "r", locking=False) as file:
                return msgspec.json.decode(str(file.attrs["meta"]), type=dict[str, Value])
        except (OSError, KeyError, RuntimeError, ValueError):
            return None

    def put(
        self,
        key: str,
        arrays: Mapping[str, NDArray[np.generic]],
        meta: Mapping[str, Value] | None = None,
    ) -> None:
        """Store arrays under a key, whole or not at all; what was there is replaced.

        Raises
        ------
        StorageError
            If the disk refuses; nothing is left behind.
        """
        path = self.path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._unfinished() as beside:
                _write(beside, arrays, dict(meta or {}))
                beside.replace(path)
        # h5py reports a full disk as RuntimeError when it happens while a file is closed.
        except (OSError, RuntimeError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise StorageError(
                "Computed features cannot be stored",
                where=str(path),
                why=why,
                now="free some space, or go on without: they are computed again when needed",
            ) from error

    def remove(self, key: str) -> None:
        """Forget the arrays of a key."""
        self.path(key).unlink(missing_ok=True)

    def n_bytes(self) -> int:
        """Return how much space the store takes."""
        return sum(path.stat().st_size for path in self.folder.glob("*/*.h5"))

    @contextmanager
    def _unfinished(self) -> Iterator[Path]:
        folder = self.folder / _UNFINISHED
        folder.mkdir(exist_ok=True)
        path = folder / f"{os.getpid()}-{secrets.token_hex(8)}.h5"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Drop what killed processes left; what is young may belong to one that still writes."""
        for path in (self.folder / _UNFINISHED).glob("*.h5"):
            try:
                if time.time() - path.stat().st_mtime > _ORPHAN_AFTER_S:
                    path.unlink(missing_ok=True)
            except OSError:
                continue  # another process swept it first, or the folder is read-only


def _typed(value: Value) -> tuple[str, str]:
    """Return type and text; an enum or a NumPy float counts as the plain value that it is."""
    for kind in (bool, int, float):
        if isinstance(value, kind):
            return kind.__name__, repr(kind(value))
    return "str", str(value)


def _write(path: Path, arrays: Mapping[str, NDArray[np.generic]], meta: dict[str, Value]) -> None:
    with new_hdf5(path) as new:
        file = new.root
        for name, values in arrays.items():
            # Checksums need chunks; with them a damaged block is an error and no silent number.
            one_chunk = values.shape if values.nbytes < _LARGEST_CHUNK else True
            chunked = values.ndim > 0 and values.size > 0
            options = {"fletcher32": True, "chunks": one_chunk} if chunked else {}
            file.create_dataset(name, data=values, **options)
        file.attrs["names"] = msgspec.json.encode(list(arrays)).decode()
        file.attrs["meta"] = msgspec.json.encode(meta).decode()
