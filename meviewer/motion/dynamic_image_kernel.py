"""The weighted sum of frames as a compiled loop; import it late, it brings numba along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

BLOCK_PX = 8192
"""Values to be summed at a time: their float32 sums stay in the fastest cache."""


@compiled
def add_weighted(
    alpha: NDArray[np.float32], flat: NDArray[np.uint8], start: int, total: NDArray[np.float32]
) -> None:
    """Add ``sum_t alpha_t flat[t, start : start + len(total)]`` to ``total``.

    Parameters
    ----------
    alpha : (T,) float32
    flat : (T, P) uint8
    start : int
    total : (n,) float32
        Changed in place.
    """
    n_frames = len(flat)
    whole = n_frames - n_frames % 4
    size = len(total)
    for t in range(0, whole, 4):
        # Four frames at a time: the sums are loaded and stored a quarter as often.
        a, b, c, d = alpha[t], alpha[t + 1], alpha[t + 2], alpha[t + 3]
        one = flat[t, start : start + size]
        two = flat[t + 1, start : start + size]
        three = flat[t + 2, start : start + size]
        four = flat[t + 3, start : start + size]
        for p in range(size):
            first = a * np.float32(one[p]) + b * np.float32(two[p])
            second = c * np.float32(three[p]) + d * np.float32(four[p])
            total[p] += first + second
    for t in range(whole, n_frames):
        weight = alpha[t]
        frame = flat[t, start : start + size]
        for p in range(size):
            total[p] += weight * np.float32(frame[p])
