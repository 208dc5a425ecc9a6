"""Frames to grey levels and back to bytes as compiled loops; import it late: it brings numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled


@compiled
def luma(
    frame: NDArray[np.uint8] | NDArray[np.float32],
    weights: NDArray[np.float32],
    grey: NDArray[np.float32],
) -> None:
    """Write the weighted sum of the channels.

    Parameters
    ----------
    frame : (H, W, 3) uint8 or float32
    weights : (3,) float32
    grey : (H, W) float32
    """
    height, width = grey.shape
    for row in range(height):
        for column in range(width):
            grey[row, column] = (
                weights[0] * np.float32(frame[row, column, 0])
                + weights[1] * np.float32(frame[row, column, 1])
                + weights[2] * np.float32(frame[row, column, 2])
            )


@compiled
def eight_bits(grey: NDArray[np.float32], rounded: NDArray[np.uint8]) -> None:
    """Write grey levels as bytes, rounded and within 0..255; (n,) each."""
    low, high, half = np.float32(0), np.float32(255), np.float32(0.5)
    for k in range(grey.size):
        rounded[k] = np.uint8(min(max(grey[k] + half, low), high))
