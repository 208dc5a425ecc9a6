"""Write the numbers behind a picture, with where they come from: NPY, HDF5, or CSV for curves."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer import __version__
from meviewer.core.errors import MeviewerError
from meviewer.data.atomic import replacing, write_bytes, write_text
from meviewer.data.hdf5_file import new_hdf5

FORMAT = "meviewer-values"
VERSION = 1
ENDINGS = (".npy", ".h5", ".hdf5", ".csv")

_HDF5 = (".h5", ".hdf5")


@dataclass(frozen=True, slots=True, eq=False)
class NamedArray:
    """One array with its name and unit.

    Attributes
    ----------
    name : str
    array : ndarray
        Of numbers.
    unit : str
        Empty for none.
    """

    name: str
    array: NDArray[Any]
    unit: str = ""


def write_values(path: Path, arrays: Sequence[NamedArray], about: Mapping[str, object]) -> None:
    """Write arrays in the format that the ending says, whole or not at all.

    Parameters
    ----------
    path : Path
        ``.npy``: the first array, bit for bit; several of one length become the columns of one
        float64 array. ``.h5``, ``.hdf5``: all arrays by their names, each with its unit, and
        ``about`` as attributes of the file. ``.csv``: arrays of one length as columns.
    arrays : sequence of NamedArray
        At least one.
    about : mapping
        Provenance: plain values as they are, anything else as JSON text.

    Raises
    ------
    MeviewerError
        If there is nothing, the ending is unknown, or columns differ in length.
    StorageError
        If the disk refuses.
    """
    if not arrays:
        raise MeviewerError("There are no values to write", where=str(path))
    suffix = path.suffix.lower()
    if suffix == ".npy":
        write_bytes(path, _npy(path, arrays))
    elif suffix == ".csv":
        write_text(path, _csv(path, arrays))
    elif suffix in _HDF5:
        _write_hdf5(path, arrays, about)
    else:
        raise MeviewerError(
            "Not a format for values",
            where=str(path),
            why=f"the name ends in {suffix or 'nothing'}",
            now="end it in " + ", ".join(ENDINGS),
        )


def _npy(path: Path, arrays: Sequence[NamedArray]) -> bytes:
    array = arrays[0].array
    if len(arrays) > 1 and all(each.array.ndim == 1 for each in arrays):
        _check_columns(path, arrays)
        array = np.column_stack([each.array.astype(np.float64) for each in arrays])
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def _csv(path: Path, arrays: Sequence[NamedArray]) -> str:
    _check_columns(path, arrays)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([f"{a.name} [{a.unit}]" if a.unit else a.name for a in arrays])
    writer.writerows(zip(*([_cell(v) for v in a.array.tolist()] for a in arrays), strict=True))
    return text.getvalue()


def _cell(value: float) -> str:
    """Return a number that reads back as the same; nothing where there is none."""
    return "" if value != value else repr(value)


def _write_hdf5(path: Path, arrays: Sequence[NamedArray], about: Mapping[str, object]) -> None:
    with replacing(path) as beside, new_hdf5(beside) as new:
        root = new.root
        root.attrs["format"], root.attrs["version"] = FORMAT, VERSION
        root.attrs["written_by"] = f"meviewer {__version__}"
        for name, value in about.items():
            root.attrs[name] = _attribute(value)
        for each in arrays:
            stored = root.create_dataset(each.name, data=each.array)
            stored.attrs["unit"] = each.unit


def _attribute(value: object) -> str | int | float | bool:
    if isinstance(value, str | bool | int | float):
        return value
    return msgspec.json.encode(value, enc_hook=_plain).decode()


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return str(value)


def _check_columns(path: Path, arrays: Sequence[NamedArray]) -> None:
    shapes = {each.array.shape for each in arrays}
    if len(shapes) > 1 or any(len(shape) != 1 for shape in shapes):
        raise MeviewerError(
            "These values are no table",
            where=str(path),
            why="arrays of shape " + ", ".join(map(str, sorted(shapes))),
            now="write them as .h5, which holds several arrays",
        )
