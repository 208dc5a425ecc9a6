"""The frame distance of the published GAMDSS code, defect included, for replication only.

``numpy.linalg.norm(a - b)`` of two 8-bit pictures subtracts in 8 bits: -1 becomes 255. The value
mostly counts how many values are darker, not by how much, and depends on the order of the two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.difference import squared_sum


def wrapped(stack: NDArray[np.uint8], rows: list[int], columns: list[int]) -> NDArray[np.float64]:
    """Return the distances between two sets of frames, bit for bit as published [code].

    Parameters
    ----------
    stack : (T, ...) uint8
    rows, columns : list of int
        Indices of the first and of the second operand of the subtraction.

    Returns
    -------
    (len(rows), len(columns)) float64
        The sum of squares is a whole number below 2^53, so every order of summing gives the bits
        that numpy's own norm gives.
    """
    found = np.empty((len(rows), len(columns)))
    for place, row in enumerate(rows):
        for other, column in enumerate(columns):
            rest = np.subtract(stack[row], stack[column])
            found[place, other] = squared_sum(rest.astype(np.float32))
    return np.sqrt(found, out=found)
