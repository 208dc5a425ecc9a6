"""Compiled loops of `difference_light`: grey levels under the usual light, rests of each level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled


@compiled
def look_up(
    levels: NDArray[np.uint8],
    tables: NDArray[np.float32],
    keep: NDArray[np.bool_],
    found: NDArray[np.float32],
) -> None:
    """Write what grey levels are under the usual light, less those of the first frame.

    Parameters
    ----------
    levels : (T, n) uint8
    tables : (T, 256) float32
    keep : (n,) bool
        Values that take part; the others become 0.
    found : (T, n) float32
        Written.
    """
    n_frames, n_values = levels.shape
    for t in range(n_frames):
        for k in range(n_values):
            found[t, k] = tables[t, levels[t, k]]
    for k in range(n_values):
        if not keep[k]:
            for t in range(n_frames):
                found[t, k] = 0.0
    for t in range(1, n_frames):
        for k in range(n_values):
            found[t, k] -= found[0, k]
    for k in range(n_values):
        found[0, k] = 0.0


@compiled
def level_rests(
    row: NDArray[np.uint8],
    usual: NDArray[np.float32],
    gain: np.float32,
    shift: np.float32,
    cut: np.float32,
    sums: NDArray[np.float64],
    counts: NDArray[np.float64],
) -> None:
    """Add up, for each grey level of a frame, what it is off the usual light.

    Parameters
    ----------
    row, usual : (n,) uint8, (n,) float32
        Samples of the frame and of the clip's mean frame.
    gain, shift : float32
        Light of the frame.
    cut : float32
        Rest from which a sample has no weight (Tukey's biweight).
    sums, counts : (256,) float64
        Weighted rests and weights, zero before.
    """
    for k in range(len(row)):
        rest = row[k] - (usual[k] * gain + shift)
        share = 1 - (rest / cut) * (rest / cut)
        if share > 0:
            weight = share * share
            sums[row[k]] += weight * rest
            counts[row[k]] += weight
