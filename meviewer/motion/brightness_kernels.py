"""The light of two frames as compiled loops; import it late, it brings numba along.

Compiled not for their size but for their number: a line through cells takes a hundred small steps
of numpy, each of which would wait for Python's lock while a window is being painted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

Floats = NDArray[np.float32]


@compiled
def robust_line(
    x: Floats,
    y: Floats,
    rounds: int,
    levels: tuple[float, float],
    off: tuple[float, float],
    least_variance: float,
) -> tuple[float, float]:
    """Fit ``y = gain x + offset`` to the means of cells, leaving out those that moved.

    Parameters
    ----------
    x, y : (n,) float32
        Grey levels.
    rounds : int
    levels : tuple of two float
        Cells are used between these; all, where fewer than a quarter are left.
    off : tuple of two float
        A cell has moved beyond so many medians of the errors, and beyond so many levels.
    least_variance : float
        Below it no gain can be told.

    Returns
    -------
    gain, offset : float

    Notes
    -----
    The gain is the ratio of the spreads. A line of least squares is flatter the less the cells
    correspond (regression dilution), so a shifted head would pass for a dimmed lamp.
    """
    n = x.size
    one, other = x.astype(np.float64), y.astype(np.float64)
    keep = (np.minimum(one, other) > levels[0]) & (np.maximum(one, other) < levels[1])
    if np.count_nonzero(keep) < n // 4:
        keep[:] = True
    gain, offset = 1.0, 0.0
    for _ in range(rounds):
        kept, seen = one[keep], other[keep]
        variance = kept.var()
        gain = np.sqrt(seen.var() / variance) if variance > least_variance else 1.0
        gain = min(max(gain, 0.5), 2.0)
        offset = seen.mean() - gain * kept.mean()
        error = np.abs(other - gain * one - offset)
        keep = error <= max(off[0] * np.median(error), off[1])
    return gain, offset


@compiled
def match(
    frames: tuple[Floats, Floats],
    gain: float,
    offset: float,
    matched: tuple[Floats, Floats],
) -> float:
    """Bring the second of two frames to the light of the first, and take from both what one lost.

    Parameters
    ----------
    frames : two (n,) float32
        Grey levels.
    gain, offset : float
        ``second = gain first + offset``.
    matched : two (n,) float32
        Written.

    Returns
    -------
    float
        Mean of the first, as written.
    """
    first, second = frames
    least, most = -offset / gain, (255.0 - offset) / gain
    low, high = np.float32(min(least, most)), np.float32(max(least, most))
    factor, shift = np.float32(1.0 / gain), np.float32(-offset / gain)
    black, white = np.float32(0.0), np.float32(255.0)
    total = 0.0
    for k in range(first.size):
        value = min(max(first[k], low), high)
        matched[0][k] = value
        total += value
        matched[1][k] = min(max(second[k] * factor + shift, black), white)
    return total / first.size


@compiled
def even(frame: Floats, local: Floats, level: float, floor: float) -> None:
    """Multiply each px by ``level / (local + floor)``, in place; (n,) float32 each."""
    wanted, least = np.float32(level), np.float32(floor)
    for k in range(frame.size):
        frame[k] *= wanted / (local[k] + least)
