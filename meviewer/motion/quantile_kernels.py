"""Quantiles of the pixels of a picture as compiled loops; import it late, it brings numba along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

_DIGITS = ((21, 2048), (10, 2048), (0, 1024))
"""Of the 32 bits of a number, from the left: how far each digit is shifted, how many it knows."""


@compiled
def two_in_order(bits: NDArray[np.uint32], place: int) -> tuple[np.uint32, np.uint32]:
    """Return the number at a place in the order of size, and the one after it.

    Digit by digit from the left, as in a radix sort, and only where the number sought lies: a
    quarter of the time of a partition.

    Parameters
    ----------
    bits : (n,) uint32
        Of float32 values that are not negative: such bits have the order of the values.
    place : int
        0 to n - 1; the number after the last is the last.
    """
    prefix, left = np.uint32(0), place
    for step in range(len(_DIGITS)):
        shift, n_digits = _DIGITS[step]
        counts = np.zeros(n_digits, np.int64)
        mask = np.uint32(n_digits - 1)
        above = np.uint32(shift) + np.uint32(11 if step < 2 else 10)
        for k in range(bits.size):
            if step == 0 or bits[k] >> above == prefix >> above:
                counts[(bits[k] >> np.uint32(shift)) & mask] += 1
        digit = 0
        while left >= counts[digit]:
            left -= counts[digit]
            digit += 1
        prefix |= np.uint32(digit) << np.uint32(shift)
    as_small, following = 0, np.uint32(0xFFFFFFFF)
    for k in range(bits.size):
        as_small += bits[k] <= prefix
        following = min(following, bits[k] if bits[k] > prefix else np.uint32(0xFFFFFFFF))
    return prefix, prefix if as_small > place + 1 or as_small == bits.size else following
