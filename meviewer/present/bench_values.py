"""The values behind the colours of a tile: at one px, and over a region."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil, floor
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.present.wording import signed

Array: TypeAlias = NDArray[np.uint8] | NDArray[np.float32]


class Reading(Enum):
    """What the values of a picture are."""

    LEVELS = "levels"
    """(H, W, 3) grey levels of a frame."""
    SIGNED = "signed"
    """(H, W) with both signs."""
    SIZE = "size"
    """(H, W), not negative."""
    VECTOR = "vector"
    """(H, W, 2), to the right and downwards."""
    POLAR = "polar"
    """(H, W, 2), size and angle in rad."""


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Raw values of a picture.

    Attributes
    ----------
    array : (H, W) or (H, W, 2) or (H, W, 3)
    reading : Reading
    unit : str
        Empty for a share of 1.
    decimals : int
        That say something.
    """

    array: Array
    reading: Reading
    unit: str
    decimals: int = 2


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in shares of the picture, 0 to 1, so that it fits pictures of any size."""

    left: float
    top: float
    right: float
    bottom: float

    def slices(self, shape: tuple[int, ...]) -> tuple[slice, slice]:
        """Return the rows and columns that it touches, at least one of each."""
        rows, columns = shape[:2]
        return (
            _touched(self.top, self.bottom, rows),
            _touched(self.left, self.right, columns),
        )

    def snapped(self, shape: tuple[int, ...]) -> Region:
        """Return it moved to the borders of the px that it touches."""
        rows, columns = self.slices(shape)
        height, width = shape[:2]
        return Region(
            columns.start / width, rows.start / height, columns.stop / width, rows.stop / height
        )


def read_out(values: Values, x_px: int, y_px: int) -> str:
    """Return the value at a px in words, empty outside the picture."""
    rows, columns = values.array.shape[:2]
    if not (0 <= x_px < columns and 0 <= y_px < rows):
        return ""
    value = values.array[y_px, x_px]
    match values.reading:
        case Reading.LEVELS:
            parts = [_number(float(part), values) for part in np.atleast_1d(value)]
            same = len(set(parts)) == 1
            return f"{parts[0] if same else ' '.join(parts)} {'' if same else 'RGB'}".strip()
        case Reading.VECTOR:
            u, v = float(value[0]), float(value[1])
            return _polar(float(np.hypot(u, v)), float(np.arctan2(v, u)), values)
        case Reading.POLAR:
            return _polar(float(value[0]), float(value[1]), values)
    return _with_unit(_number(float(value), values), values)


def region_words(values: Values, region: Region) -> str:
    """Return mean and largest value over a region; of signed values the one furthest from 0."""
    part = _sizes(values)[region.slices(values.array.shape)]
    if not np.isfinite(part).any():
        return "no values here"
    most = float(np.nanmax(part))
    if values.reading is Reading.SIGNED and -float(np.nanmin(part)) > most:
        most = float(np.nanmin(part))
    mean = _number(float(np.nanmean(part)), values)
    return _with_unit(f"mean {mean}, max {_number(most, values)}", values)


def _sizes(values: Values) -> NDArray[np.floating]:
    array = values.array.astype(np.float32, copy=False)
    if values.reading is Reading.VECTOR:
        length: NDArray[np.floating] = np.hypot(array[..., 0], array[..., 1])
        return length
    if values.reading is Reading.POLAR:
        return array[..., 0]
    return array.mean(axis=2) if array.ndim == 3 else array


def _polar(size: float, angle: float, values: Values) -> str:
    return f"{_with_unit(_number(size, values), values)}, {_minus(f'{angle:.2f}')} rad"


def _touched(first: float, last: float, n: int) -> slice:
    start = min(max(floor(round(first * n, 6)), 0), n - 1)
    return slice(start, min(max(ceil(round(last * n, 6)), start + 1), n))


def _number(value: float, values: Values) -> str:
    if values.array.dtype == np.uint8 and value == int(value):
        return f"{value:.0f}"
    if values.reading is Reading.SIGNED:
        return signed(value, values.decimals)
    return _minus(f"{value:.{values.decimals}f}")


def _with_unit(text: str, values: Values) -> str:
    return f"{text} {values.unit}".strip()


def _minus(text: str) -> str:
    return text.replace("-", "−")
