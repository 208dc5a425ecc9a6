"""Curves with more frames than pixels, as what they fill of each pixel column: no frame is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.present.curves import Pyramid, Values

_Index: TypeAlias = NDArray[np.intp]
_BLOCKS_A_COLUMN = 2  # or up to twice as many: a peak is drawn within a quarter of a column


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What curves fill of each pixel column, from the left.

    Attributes
    ----------
    lows, highs : (curves, columns) float64
        Least and greatest value between the borders of a column, both borders included, so that
        neighbours touch; NaN where a curve has no value.
    """

    lows: Values
    highs: Values


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Which blocks of frames fall into each column; the same for all curves of one length.

    Attributes
    ----------
    level : int
        Level of the pyramid that is read; -1 is the values themselves.
    blocks : (most, columns) intp
        Blocks of each column; where there are fewer the last one is repeated.
    empty : (columns,) bool
        Columns that no block falls into.
    before, after : (columns + 1,) intp
        Frames beside each border.
    share : (columns + 1,) float64
        How far each border is on its way from the one to the other; NaN beyond the ends.
    """

    level: int
    blocks: _Index
    empty: NDArray[np.bool_]
    before: _Index
    after: _Index
    share: Values


def filled_columns(curves: Sequence[Pyramid], first: float, last: float, columns: int) -> Columns:
    """Return what curves fill of each column, their straight lines between frames included.

    Parameters
    ----------
    first, last : float
        Left border of the first column and right border of the last, in frames.
    columns : int
        1 or more.
    """
    found = Columns(*(np.full((len(curves), columns), np.nan) for _ in range(2)))
    for curve, lows, highs in zip(curves, found.lows, found.highs, strict=True):
        if len(curve.values):
            grid = _grid(len(curve.values), len(curve.lows), first, last, columns)
            _fill(curve, grid, lows, highs)
    return found


def lone_frames(curve: Pyramid, first: float, last: float) -> _Index:
    """Return the frames in sight that have a value while neither of their neighbours has one."""
    start, stop = max(int(np.ceil(first)), 0), int(np.floor(last)) + 1
    there = np.isfinite(curve.values[max(start - 1, 0) : stop + 1])
    if there.all() and len(there) > 1:
        return np.empty(0, np.intp)
    beside = np.zeros(len(there), bool)
    beside[1:] |= there[:-1]
    beside[:-1] |= there[1:]
    found = np.flatnonzero(there & ~beside) + max(start - 1, 0)
    return found[(found >= start) & (found < stop)]


def _fill(curve: Pyramid, grid: _Grid, lows: Values, highs: Values) -> None:
    values = curve.values
    if len(grid.blocks):
        least = values if grid.level < 0 else curve.lows[grid.level]
        greatest = values if grid.level < 0 else curve.highs[grid.level]
        np.fmin.reduce(least.take(grid.blocks), axis=0, out=lows)
        np.fmax.reduce(greatest.take(grid.blocks), axis=0, out=highs)
        lows[grid.empty] = highs[grid.empty] = np.nan
    borders = values.take(grid.after)
    before = values.take(grid.before)
    borders -= before
    borders *= grid.share
    borders += before
    for choose, found in ((np.fmin, lows), (np.fmax, highs)):
        choose(found, borders[:-1], out=found)
        choose(found, borders[1:], out=found)


@lru_cache(maxsize=8)
def _grid(n_frames: int, n_levels: int, first: float, last: float, columns: int) -> _Grid:
    borders = np.linspace(first, last, columns + 1)
    per_block = (last - first) / columns / _BLOCKS_A_COLUMN
    level = min(int(np.floor(np.log2(per_block))), n_levels) - 1 if per_block >= 2 else -1
    size = 2 ** (level + 1)
    # A block belongs to the column that its middle lies in; at the ends whatever is in sight does.
    starts = np.ceil((borders + 0.5) / size - 0.5)
    starts[0] = np.ceil(first) // size
    starts[-1] = np.floor(last) // size + 1
    n_blocks = -(-n_frames // size)
    starts = np.clip(starts, 0, n_blocks).astype(np.intp)
    most = int(np.diff(starts).max())
    blocks = np.minimum(starts[:-1] + np.arange(max(most, 0))[:, None], starts[1:] - 1)
    begun = np.floor(borders)
    inside = (borders >= 0) & (borders <= n_frames - 1)
    return _Grid(
        level,
        np.clip(blocks, 0, n_blocks - 1),
        starts[1:] <= starts[:-1],
        np.clip(begun, 0, n_frames - 1).astype(np.intp),
        np.clip(begun + 1, 0, n_frames - 1).astype(np.intp),
        np.where(inside, borders - begun, np.nan),
    )
