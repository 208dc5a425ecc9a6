"""Where a time course leaves its rest, turns, and comes back to rest, whatever its shape [ours].

Near each of these places a smooth course is a power of the time to it: quick or slow, by a power
that nobody knows. All places and powers of a grid are tried, the height is solved for, and the
places are averaged by how well they explain what was seen. That finds the very first frame of a
slow beginning, where a crossing of some level would wait for the level. No label is asked.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_POWERS = np.array((1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0))
_PEAK_POWERS = np.array((1.0, 1.5, 2.0, 3.0, 4.5))
_STEP = 0.5
_FOOT, _SUMMIT = 0.35, 0.7
_TRUST = 0.25  # neighbouring frames err together: four of them say as much as one alone
_LEAST_VARIANCE = 4e-6
_FEWEST, _FEWEST_AT_TOP = 5, 6
_REST_S = 0.5
_BEFORE = 2.0


def turning_points(course: Floats, top: float, rate_hz: float) -> tuple[float, float, float]:
    """Return the last frame at rest, the top, and the first frame at rest again.

    Parameters
    ----------
    course : (T,) float64
        One rise and fall, of any height.
    top : float
        About where the top is, a frame.
    rate_hz : float
        Frames per second: rest further away than half a second says nothing.

    Returns
    -------
    tuple of three float
        Frames with fractions; not-a-number where there is too little to see.
    """
    if len(course) < _FEWEST or not np.isfinite(course).all():
        return np.nan, np.nan, np.nan
    at = min(max(round(top), 0), len(course) - 1)
    height = float(course[max(at - 2, 0) : at + 3].max())
    if not height > 0:
        return np.nan, np.nan, np.nan
    shares = course / height
    rest = max(round(_REST_S * rate_hz), _FEWEST)
    last = len(course) - 1
    onset = _foot(shares[: at + 1], rest)
    offset = last - _foot(shares[at:][::-1], rest)
    return onset, _summit(shares, at), offset


def _foot(rising: Floats, rest: int) -> float:
    """Return where a course that ends at its top has left its rest."""
    low = np.flatnonzero(rising <= _FOOT)
    end = min(int(low[-1]) + 2, len(rising)) if len(low) else 0
    if end < _FEWEST:
        return np.nan
    first = max(end - rest, 0)
    seen = rising[first:end]
    places = np.arange(-_BEFORE, len(seen) - 1.5, _STEP)
    gone = np.clip(np.arange(len(seen)) - places[:, None], 0, None)
    shapes = (gone / gone[:, -1:])[:, None, :] ** _POWERS[:, None]
    shapes -= shapes.mean(axis=-1, keepdims=True)
    centred = seen - seen.mean()
    say = shapes @ centred
    left = centred @ centred - np.where(say > 0, say, 0) ** 2 / np.square(shapes).sum(axis=-1)
    return first + _mean_place(places, left, len(seen) - 4)


def _summit(shares: Floats, at: int) -> float:
    """Return where a course turns, with a power of its own on either side."""
    first, last = _around(shares, at)
    seen = shares[first : last + 1]
    if len(seen) < _FEWEST_AT_TOP:
        return float(at)
    places = np.arange(2, len(seen) - 2.5, _STEP)
    gone = np.arange(len(seen)) - places[:, None]
    rise, fall = (_powers(np.clip(side, 0, None)) for side in (-gone, gone))
    centred = seen - seen.mean()
    a, b = np.square(rise).sum(axis=-1)[:, :, None], np.square(fall).sum(axis=-1)[:, None, :]
    both = np.einsum("kpt,kqt->kpq", rise, fall)
    by_rise, by_fall = (rise @ centred)[:, :, None], (fall @ centred)[:, None, :]
    spread = a * b - both**2 + 1e-12
    up, down = (b * by_rise - both * by_fall) / spread, (a * by_fall - both * by_rise) / spread
    left = np.where(
        (up < 0) & (down < 0), centred @ centred - up * by_rise - down * by_fall, np.inf
    )
    if not np.isfinite(left).any():
        return float(at)
    return first + _mean_place(places, left.reshape(len(places), -1), len(seen) - 6)


def _around(shares: Floats, at: int) -> tuple[int, int]:
    """Return the frames next to the top that lie below the summit."""
    before = np.flatnonzero(shares[: at + 1] <= _SUMMIT)
    behind = np.flatnonzero(shares[at:] <= _SUMMIT)
    first = int(before[-1]) if len(before) else 0
    return first, at + int(behind[0]) if len(behind) else len(shares) - 1


def _powers(away: Floats) -> Floats:
    """Return all powers of the time from each place, (places, powers, frames), without means."""
    made = (away / away.max(axis=1, keepdims=True))[:, None, :] ** _PEAK_POWERS[:, None]
    return np.asarray(made - made.mean(axis=-1, keepdims=True))


def _mean_place(places: Floats, left: Floats, freedom: int) -> float:
    """Return the mean of the places, each by how little it leaves unexplained."""
    least = float(left.min())
    variance = max(least / max(freedom, 1), _LEAST_VARIANCE)
    chances = np.exp(-_TRUST * (left - least) / variance).sum(axis=1)
    return float(chances @ places / chances.sum())
