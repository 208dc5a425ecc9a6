"""Coarse-to-fine pyramids of grey frames, and flows carried from one level to the next."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.vision import cv2_or_error

Array = NDArray[np.float32]

BLUR_PX = 0.6 * sqrt(3.0)
"""Blur before halving: 0.6 sqrt(1 / 0.5^2 - 1) px, as in Zach's and Sanchez' codes [code]."""


def pyramid(frame: Array, scales: int, smallest_px: int = 16) -> tuple[Array, ...]:
    """Return the frame and its halvings, finest first.

    Parameters
    ----------
    frame : (H, W) float32
    scales : int
        The largest number of levels.
    smallest_px : int
        No level has a side shorter than this.
    """
    cv2 = cv2_or_error()
    levels = [np.ascontiguousarray(frame, np.float32)]
    while len(levels) < scales:
        height, width = (round(side / 2) for side in levels[-1].shape)
        if min(height, width) < smallest_px:
            break
        blurred = cv2.GaussianBlur(levels[-1], (0, 0), BLUR_PX)
        levels.append(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR))
    return tuple(levels)


def enlarge(u: Array, v: Array, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Carry a flow to a finer level: interpolated, and longer by the ratio of the sizes."""
    cv2 = cv2_or_error()
    height, width = shape
    finer_u = cv2.resize(u, (width, height)) * np.float32(width / u.shape[1])
    finer_v = cv2.resize(v, (width, height)) * np.float32(height / v.shape[0])
    return finer_u, finer_v


def padded(frame: Array, pixels: int) -> Array:
    """Repeat the edges of a frame outwards."""
    return np.pad(frame, pixels, mode="edge")
