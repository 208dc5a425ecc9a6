"""Fit of a small similarity to a flow as compiled loops; import it late, it brings numba along.

Ten rounds of medians and sums over some hundred places are few numbers and many small steps: as
steps of numpy each would wait for Python's lock while a window is being painted.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]
Motion: TypeAlias = tuple[float, float, float, float]


@compiled
def robust_similarity(
    flow: NDArray[np.float32],
    rows: Places,
    columns: Places,
    rounds: int,
    tukey: float,
    least_scale_px: float,
) -> Motion:
    """Fit ``u = u0 + s x - r y``, ``v = v0 + r x + s y`` with Tukey's weights.

    Parameters
    ----------
    flow : (H, W, 2) float32
        px.
    rows, columns : (n,) int64
        Where to look; x and y count from the middle of the picture.
    rounds : int
        0: the medians of u and v are the answer.
    tukey : float
        Errors beyond so many spreads have no weight.
    least_scale_px : float
        No spread is taken for smaller.

    Returns
    -------
    tuple of four float
        u0, v0, s, r.
    """
    height, width = flow.shape[:2]
    x, y = columns - (width - 1) / 2, rows - (height - 1) / 2
    u, v = np.empty(rows.size), np.empty(rows.size)
    for k in range(rows.size):
        u[k] = flow[rows[k], columns[k], 0]
        v[k] = flow[rows[k], columns[k], 1]
    found: Motion = (np.median(u), np.median(v), 0.0, 0.0)
    for _ in range(rounds):
        error_u = u - (found[0] + found[2] * x - found[3] * y)
        error_v = v - (found[1] + found[3] * x + found[2] * y)
        error_px = np.sqrt(error_u * error_u + error_v * error_v)
        spread = max(1.4826 * np.median(error_px), least_scale_px)
        share = np.maximum(1 - (error_px / (tukey * spread)) ** 2, 0.0)
        found = weighted_similarity((x, y), (u, v), share * share)
    return found


@compiled
def weighted_similarity(
    places: tuple[Doubles, Doubles], flow: tuple[Doubles, Doubles], weight: Doubles
) -> Motion:
    """Fit by least squares in closed form: about the weighted middle shift and turn do not mix."""
    x, y = places
    u, v = flow
    total = weight.sum()
    if total <= 0:
        return 0.0, 0.0, 0.0, 0.0
    x0, y0 = (weight * x).sum() / total, (weight * y).sum() / total
    u0, v0 = (weight * u).sum() / total, (weight * v).sum() / total
    size, along, across = 0.0, 0.0, 0.0
    for k in range(weight.size):
        dx, dy = x[k] - x0, y[k] - y0
        wu, wv = weight[k] * (u[k] - u0), weight[k] * (v[k] - v0)
        size += weight[k] * (dx * dx + dy * dy)
        along += dx * wu + dy * wv
        across += dx * wv - dy * wu
    scale = along / size if size > 0 else 0.0
    turn = across / size if size > 0 else 0.0
    return u0 - scale * x0 + turn * y0, v0 - turn * x0 - scale * y0, scale, turn


@compiled
def less_motion(flow: NDArray[np.float32], motion: Motion, left: NDArray[np.float32]) -> None:
    """Write a flow less a small similarity about the middle of the picture.

    Parameters
    ----------
    flow, left : (H, W, 2) float32
        px; ``left`` is written.
    motion : tuple of four float
        As `robust_similarity` returns them.
    """
    height, width = flow.shape[:2]
    u, v, scale, turn = motion
    for row in range(height):
        y = row - (height - 1) / 2
        for column in range(width):
            x = column - (width - 1) / 2
            left[row, column, 0] = flow[row, column, 0] - np.float32(u + scale * x - turn * y)
            left[row, column, 1] = flow[row, column, 1] - np.float32(v + turn * x + scale * y)
