"""The data of an experiment in a folder, so that several processes look at one copy of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TypeAlias, get_type_hints

import msgspec
import numpy as np

from meviewer.core.errors import StorageError
from meviewer.nn.motion_set import MotionSet, Seen

_REST = "rest.json"
_LARGE_BYTES = 1 << 20
_LEFT_OUT = ("frames",)
"""What only the guard against leaks looks at, before folds are dealt."""

_Plain: TypeAlias = dict[str, object]


def save(data: MotionSet, folder: Path) -> None:
    """Write data into a folder, which is made.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        plain: _Plain = {}
        for name, value in _values(data, ""):
            if isinstance(value, np.ndarray):
                np.save(folder / f"{name}.npy", value, allow_pickle=False)
            elif value is not None:
                plain[name] = value
        (folder / _REST).write_bytes(msgspec.json.encode(plain))
    except OSError as error:
        raise StorageError(
            "The data of the training cannot be handed to its processes",
            where=str(folder),
            why=error.strerror or str(error),
            now='make room on the disk, or choose parallel = "off"',
        ) from error


def load(folder: Path) -> MotionSet:
    """Read data back: large arrays are mapped from the disk, which processes share."""
    hints = get_type_hints(MotionSet)
    plain = msgspec.json.decode((folder / _REST).read_bytes(), type=_Plain)
    arrays = {path.stem: _array(path) for path in folder.glob("*.npy")}
    found: _Plain = {name: msgspec.convert(value, hints[name]) for name, value in plain.items()}
    for field in fields(MotionSet):
        parts = {
            n.partition(".")[2]: a for n, a in arrays.items() if n.startswith(f"{field.name}.")
        }
        if parts:
            found[field.name] = Seen(**parts)
        elif field.name in arrays:
            found[field.name] = arrays[field.name]
    make: Callable[..., MotionSet] = MotionSet
    return make(**found)


def _values(part: object, before: str) -> Iterator[tuple[str, object]]:
    assert is_dataclass(part)
    for field in fields(part):
        value = getattr(part, field.name)
        if is_dataclass(value):
            yield from _values(value, f"{before}{field.name}.")
        elif field.name not in _LEFT_OUT:
            yield before + field.name, value


def _array(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    large = path.stat().st_size > _LARGE_BYTES
    found: np.ndarray[tuple[int, ...], np.dtype[np.generic]] = np.load(
        path, mmap_mode="r" if large else None, allow_pickle=False
    )
    return found
