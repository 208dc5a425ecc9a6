"""Rank pooling without the approximation: a linear ranking SVR on the running means.

Fernando et al. 2015; Bilen et al. 2016. With ``V(t)`` the mean of the frames 1..t, in 0..1, find

    min_w  1/2 ||w||^2 + C sum_t max(0, |t - <w, V(t)>| - eps)^2

(squared epsilon-insensitive loss without intercept, C = 1, eps = 0.1 [2nd]). The dynamic image is
``w``. It is a sum of running means, so it is found among the T x T products of the frames.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.core.blas_threads import single_blas_thread

_BLOCK_PX = 8192
_MAX_ROUNDS = 100


def rank_pooling_weights(
    flat: NDArray[np.uint8], cost: float = 1.0, epsilon: float = 0.1
) -> NDArray[np.float64]:
    """Return the weight of each frame whose sum is the solution ``w``, times 255.

    Parameters
    ----------
    flat : (T, P) uint8
        One row a frame.
    cost, epsilon : float
        C and eps above.

    Returns
    -------
    (T,) float64
        ``w = sum_t alpha_t F(t) / 255`` for frames in 0..255.
    """
    n_frames = len(flat)
    order = np.arange(1, n_frames + 1, dtype=np.float64)
    # Rows of `means` make running means of frames.
    means = np.tril(np.ones((n_frames, n_frames))) / order[:, None]
    kernel = means @ _products(flat) @ means.T
    return means.T @ solve(kernel, order, cost, epsilon)


def solve(
    kernel: NDArray[np.float64], target: NDArray[np.float64], cost: float, epsilon: float
) -> NDArray[np.float64]:
    """Return the coefficients of the support vector regression with this kernel, (T,) float64.

    Notes
    -----
    Newton's method in the primal with an exact line search (Chapelle 2007). The loss is quadratic
    in pieces: for points known to lie outside the tube the minimum is the solution of one linear
    system, and the set of those points settles after a few steps.
    """
    found = np.zeros(len(target))
    outside = np.zeros(len(target))
    for _ in range(_MAX_ROUNDS):
        rest = target - kernel @ found
        signs = np.where(np.abs(rest) > epsilon, np.sign(rest), 0.0)
        if np.array_equal(signs, outside):
            break
        wanted = _minimum_for(signs, kernel, target, cost, epsilon)
        step = _line_search(found, wanted - found, kernel, target, cost, epsilon)
        found = found + step * (wanted - found)
        outside = signs if step == 1.0 else np.full_like(signs, np.nan)
    return found


def _minimum_for(
    signs: NDArray[np.float64],
    kernel: NDArray[np.float64],
    target: NDArray[np.float64],
    cost: float,
    epsilon: float,
) -> NDArray[np.float64]:
    """Return the minimum if exactly the points with a sign lie outside the tube."""
    active = signs != 0
    square = kernel[np.ix_(active, active)] + np.eye(int(active.sum())) / (2 * cost)
    found = np.zeros(len(target))
    found[active] = np.linalg.solve(square, target[active] - epsilon * signs[active])
    return found


def _line_search(
    start: NDArray[np.float64],
    move: NDArray[np.float64],
    kernel: NDArray[np.float64],
    target: NDArray[np.float64],
    cost: float,
    epsilon: float,
) -> float:
    """Return the step in (0, 1] that minimises the objective along a move."""
    along = kernel @ move
    rest, pull, curve = target - kernel @ start, start @ along, move @ along

    def slope(step: float) -> float:
        left = rest - step * along
        loss = np.sign(left) * np.maximum(np.abs(left) - epsilon, 0)
        return float(pull + step * curve - 2 * cost * (loss @ along))

    if slope(1.0) <= 0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return (low + high) / 2


def _products(flat: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return ``<F(i), F(j)>`` of frames in 0..1."""
    total = np.zeros((len(flat), len(flat)))
    with single_blas_thread():
        for start in range(0, flat.shape[1], _BLOCK_PX):
            block = flat[:, start : start + _BLOCK_PX] / 255.0
            total += block @ block.T
    return total
