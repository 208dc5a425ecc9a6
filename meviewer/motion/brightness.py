"""Making two frames equally bright, so that a flickering lamp does not look like motion.

Lamps flicker by 1-2 % between frames at 100-200 fps, and TV-L1 explains such a change by motion
that is not there [ours, measured: nine times the end-point error]. Two steps mend it: one gain and
one offset for the whole picture, fitted robustly, then a division by the local mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.vision import cv2_or_error

Array = NDArray[np.float32]

CELL_PX = 8
"""Side of the cells whose means are compared."""

ROUNDS = 5
MIN_VARIANCE = 1.0
DARK, BRIGHT = 3.0, 240.0
SPREADS, LEAST_ERROR = 2.5 * 1.4826, 0.25
"""A cell has moved if it is off by more than 2.5 robust standard deviations, and 0.25 levels."""

FLOOR = 32.0
"""Grey levels added to the local mean, so that dark regions do not amplify their noise."""


def normalise_brightness(
    first: Array, second: Array, local_mean_px: float = 24.0
) -> tuple[Array, Array]:
    """Bring two grey frames to the same brightness, globally and locally [ours].

    Parameters
    ----------
    first, second : (H, W) float32
        Grey levels, 0..255.
    local_mean_px : float
        Standard deviation of the Gaussian local mean; 0 leaves the local step out.

    Returns
    -------
    first, second : (H, W) float32
        ``F (m + c) / (local mean of F + c)`` with m the mean of the first frame and c = 32: still
        about the scale of grey levels.
    """
    from meviewer.motion.brightness_kernels import even, match

    gain, offset = brightness_change(first, second)
    one, other = np.empty(first.shape, np.float32), np.empty(second.shape, np.float32)
    # What one frame saturates, the other must lose as well: it would be a moving edge.
    frames = np.ascontiguousarray(first).ravel(), np.ascontiguousarray(second).ravel()
    mean = match(frames, gain, offset, (one.ravel(), other.ravel()))
    if local_mean_px > 0:
        for frame in (one, other):
            local = np.ascontiguousarray(_local_mean(frame, local_mean_px))
            even(frame.ravel(), local.ravel(), mean + FLOOR, FLOOR)
    return one, other


def brightness_change(first: Array, second: Array) -> tuple[float, float]:
    """Fit ``second = gain * first + offset`` on cell means, leaving out cells that moved [ours].

    Returns
    -------
    gain, offset : float
        (1, 0) for the same light. A flat picture cannot tell a gain from an offset: gain 1.
    """
    from meviewer.motion.brightness_kernels import robust_line

    x, y = _cell_means(first).ravel(), _cell_means(second).ravel()
    # Between the levels only: a cell with saturated pixels has lost part of the change.
    levels, off = (DARK, BRIGHT), (SPREADS, LEAST_ERROR)
    return robust_line(x, y, ROUNDS, levels, off, MIN_VARIANCE)


def cells_along(side_px: int) -> int:
    """Return how many cells a side of a picture has."""
    return max(side_px // CELL_PX, 1)


def means_of_cells(shape: tuple[int, int], sigma_px: float) -> bool:
    """Say whether a local mean may be taken on cell means, which then loses nothing."""
    return sigma_px >= 2 * CELL_PX and min(shape) >= 4 * CELL_PX


def _cell_means(frame: Array) -> Array:
    cv2 = cv2_or_error()
    height, width = frame.shape
    size = cells_along(width), cells_along(height)
    means: Array = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return means


def _local_mean(frame: Array, sigma_px: float) -> Array:
    """Return a Gaussian mean, taken on cell means where that loses nothing."""
    cv2 = cv2_or_error()
    height, width = frame.shape
    if not means_of_cells((height, width), sigma_px):
        return np.asarray(cv2.GaussianBlur(frame, (0, 0), sigma_px), np.float32)
    cells = _cell_means(frame)
    means = cv2.GaussianBlur(cells, (0, 0), sigma_px / CELL_PX)
    return np.asarray(cv2.resize(means, (width, height)), np.float32)
