"""Smooth one-dimensional shapes: steps and curves through knots."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meviewer.synth.raster import blur

Floats = NDArray[np.floating]
Curve = Callable[[ArrayLike], Floats]

_STEPS = 400


def ramp(t: ArrayLike, low: float = 0.0, high: float = 1.0) -> Floats:
    """Return a smooth step from 0 at ``low`` to 1 at ``high``, with level ends."""
    u = np.clip((np.asarray(t, np.float32) - low) / (high - low), 0, 1)
    return np.asarray(u * u * (3 - 2 * u))


def bell(distance: ArrayLike, sigma: float) -> Floats:
    """Return ``exp(-distance^2 / (2 sigma^2))``."""
    return np.asarray(np.exp(-0.5 * (np.asarray(distance) / sigma) ** 2))


def knots(xs: Sequence[float] | Floats, ys: Sequence[float] | Floats, soft: float = 0.04) -> Curve:
    """Return a smooth curve near the knots.

    Parameters
    ----------
    xs, ys : sequences of float
        Knots with increasing ``xs``; outside them the curve stays level.
    soft : float
        Width of the smoothing as a share of the range.

    Returns
    -------
    callable
        Maps positions of any shape to float32 values of that shape.
    """
    at = np.linspace(xs[0], xs[-1], _STEPS + 1)
    values = np.interp(at, xs, ys)
    n = int(soft * 3 * _STEPS) | 1
    # Point-mirrored ends: smoothing then keeps both the value and the slope there.
    left, right = 2 * values[0] - values[n:0:-1], 2 * values[-1] - values[-2 : -n - 2 : -1]
    padded = np.r_[left, values, right].astype(np.float32)
    smooth = blur(padded[None], soft * _STEPS)[0, n:-n]
    return lambda x: np.interp(np.asarray(x, np.float64), at, smooth).astype(np.float32)
