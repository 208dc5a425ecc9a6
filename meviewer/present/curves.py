"""Long curves on few pixels: a pyramid of lowest and highest values that keeps every peak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """A curve at halving resolutions.

    Attributes
    ----------
    values : (n,) float64
        One value a frame; NaN where there is none.
    lows, highs : tuple of arrays
        Level k holds the lowest and the highest value of blocks of ``2 ** (k + 1)`` frames, whose
        borders do not depend on what is looked at: a curve does not shimmer while it is moved.
    """

    values: Values
    lows: tuple[Values, ...]
    highs: tuple[Values, ...]

    @property
    def peak(self) -> float:
        """The highest value; 0 for a curve without values."""
        top = self.highs[-1] if self.highs else self.values
        return float(np.nan_to_num(top, nan=-np.inf).max(initial=0.0))

    @property
    def depth(self) -> float:
        """The lowest value, at most 0."""
        bottom = self.lows[-1] if self.lows else self.values
        return float(np.nan_to_num(bottom, nan=np.inf).min(initial=0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """Points to draw, at most two a pixel column.

    Attributes
    ----------
    frames : (m,) float64
    values : (m,) float64
    exact : bool
        Whether every frame in sight has its own point.
    """

    frames: Values
    values: Values
    exact: bool

    def pieces(self) -> Iterator[tuple[Values, Values]]:
        """Yield frames and values of each stretch without a hole."""
        there = np.isfinite(self.values)
        if there.all():
            yield self.frames, self.values
            return
        starts = np.flatnonzero(there & ~np.append(False, there[:-1]))
        ends = np.flatnonzero(there & ~np.append(there[1:], False))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield self.frames[start : end + 1], self.values[start : end + 1]


def pyramid(values: Values) -> Pyramid:
    """Build the levels of a curve; values that are not finite are holes in it."""
    base = np.asarray(values, np.float64)
    base = np.where(np.isfinite(base), base, np.nan)
    lows: list[Values] = []
    highs: list[Values] = []
    low = high = base
    while len(low) > 2:
        low, high = np.fmin(*_paired(low).T), np.fmax(*_paired(high).T)
        lows.append(low)
        highs.append(high)
    return Pyramid(base, tuple(lows), tuple(highs))


def reduce(curve: Pyramid, first: float, last: float, columns: int) -> Reduced:
    """Return the points between two frames that a plot of some pixel columns needs.

    Parameters
    ----------
    first, last : float
        Ends of what is in sight, in frames; one point more is returned on either side.
    columns : int
        Width in px.
    """
    n_frames = len(curve.values)
    start, stop = max(int(np.floor(first)), 0), min(int(np.ceil(last)) + 1, n_frames)
    if n_frames == 0 or stop <= start:
        return Reduced(np.empty(0), np.empty(0), exact=True)
    per_column = (stop - start) / max(columns, 1)
    if per_column <= 1 or not curve.lows:
        return Reduced(np.arange(start, stop, dtype=np.float64), curve.values[start:stop], True)
    level = min(int(np.ceil(np.log2(per_column))), len(curve.lows)) - 1
    return _blocks(curve, max(level, 0), start, stop)


def _blocks(curve: Pyramid, level: int, start: int, stop: int) -> Reduced:
    size = 2 ** (level + 1)
    chosen = slice(start // size, -(-stop // size))
    lows, highs = curve.lows[level][chosen], curve.highs[level][chosen]
    centres = (np.arange(len(lows)) + chosen.start) * size + (size - 1) / 2
    frames = np.repeat(np.minimum(centres, len(curve.values) - 1), 2)
    return Reduced(frames, np.column_stack((lows, highs)).ravel(), exact=False)


def _paired(values: Values) -> Values:
    """Return neighbours side by side; a last one without a neighbour stands beside itself."""
    even = values if len(values) % 2 == 0 else np.append(values, values[-1])
    return even.reshape(-1, 2)
