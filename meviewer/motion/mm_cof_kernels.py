"""MM-COF px by px as compiled loops; import it late, it brings numba along."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

Floats = NDArray[np.float32]
Flow = NDArray[np.float32]

# atan(q) = q p(q^2) for q from 0 to 1. The library's function is called px by px and takes longer
# than all the rest together; a polynomial is reckoned for eight px at once.
_ATAN = tuple(
    np.float32(c)
    for c in Chebyshev.interpolate(
        lambda s: np.arctan(np.sqrt(s)) / np.sqrt(s), 9, domain=[1e-9, 1]
    )
    .convert(kind=Polynomial)
    .coef[::-1]
)
_QUARTER, _HALF = np.float32(np.pi / 2), np.float32(np.pi)
_TINY = np.float32(1e-30)


@compiled
def lengths(flow: Flow, out: Floats) -> tuple[float, float]:
    """Write the length of each vector, and return the shortest and the longest.

    Parameters
    ----------
    flow : (H, W, 2) float32
        px, finite.
    out : (H, W) float32
    """
    height, width = out.shape
    first = flow[0, 0, 0] * flow[0, 0, 0] + flow[0, 0, 1] * flow[0, 0, 1]
    low = high = np.sqrt(first)  # no infinity to begin with: the compiler is told there is none
    for row in range(height):
        for column in range(width):
            u, v = flow[row, column, 0], flow[row, column, 1]
            out[row, column] = np.sqrt(u * u + v * v)
        for column in range(width):
            low = min(low, out[row, column])
            high = max(high, out[row, column])
    return float(low), float(high)


@compiled
def weigh(
    one: Floats,
    other: Floats,
    scales: tuple[tuple[float, float], tuple[float, float]],
    weights: tuple[float, float],
    out: Floats,
) -> float:
    """Write ``sum_p weight_p (M_p - low_p) / (high_p - low_p)``, and return its sum.

    Parameters
    ----------
    one, other : (n,) float32
        Lengths, px.
    scales : two (low, high)
        What becomes 0 and 1; equal where a phase has no motion: it then adds nothing.
    weights : two float
    out : (n,) float32
    """
    (low1, high1), (low2, high2) = scales
    factor1 = 1.0 / (high1 - low1) if high1 > low1 else 0.0
    factor2 = 1.0 / (high2 - low2) if high2 > low2 else 0.0
    total = 0.0
    for k in range(one.size):
        n1 = min(max((one[k] - low1) * factor1, 0.0), 1.0)
        n2 = min(max((other[k] - low2) * factor2, 0.0), 1.0)
        value = weights[0] * n1 + weights[1] * n2
        out[k] = value
        total += out[k]
    return total


@compiled
def raise_above(values: Floats, tau: float, alpha: float, beta: float, out: Floats) -> None:
    """Write values times ``alpha`` from ``tau`` on, times ``beta`` below, up to 1; (n,) float32."""
    threshold = np.float32(tau)
    up, down = np.float32(alpha), np.float32(beta)
    for k in range(values.size):
        gain = up if values[k] >= threshold else down
        out[k] = min(max(gain * values[k], np.float32(0)), np.float32(1))


@compiled
def angles(rise: Flow, fall: Flow, weights: tuple[float, float], out: Floats) -> None:
    """Write the direction of ``weight_1 rise - weight_2 fall``.

    Parameters
    ----------
    rise, fall : (H, W, 2) float32
        px.
    weights : two float
    out : (H, W) float32
        rad, -pi to pi, right to 4e-7; 0 for no motion.
    """
    height, width = out.shape
    first, second = np.float32(weights[0]), np.float32(weights[1])
    for row in range(height):
        for column in range(width):
            u = first * rise[row, column, 0] - second * fall[row, column, 0]
            v = first * rise[row, column, 1] - second * fall[row, column, 1]
            across, down = abs(u), abs(v)
            q = min(across, down) / max(across, down, _TINY)
            s = q * q
            angle = _ATAN[0]
            for c in _ATAN[1:]:
                angle = angle * s + c
            angle *= q
            angle = _QUARTER - angle if down > across else angle
            angle = _HALF - angle if u < 0 else angle
            out[row, column] = -angle if v < 0 else angle
