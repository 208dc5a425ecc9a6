"""Frames averaged over time by Gaussian weights: the difference of two such means is a band."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.frame_stack import Picture
from meviewer.motion.vision import cv2_or_error

Array = NDArray[np.float32]

_REACH = 2.5  # standard deviations to each side: 1 % of the weight is left out


def sigma_frames(cutoff_hz: float, rate_hz: float) -> float:
    """Return the standard deviation of the Gaussian low-pass that halves the power at a cutoff.

    ``exp(-2 pi^2 sigma^2 f^2) = 1 / sqrt(2)`` solved for sigma, in frames [ours].
    """
    return sqrt(log(2.0)) / (2 * pi * cutoff_hz) * rate_hz


def mean_around(frames: Sequence[Picture], index: int, sigma: float, samples: int) -> Array:
    """Return the Gaussian mean of the frames around one of them.

    Parameters
    ----------
    frames : sequence of (H, W) or (H, W, 3) uint8
    index : int
        Frame in the middle.
    sigma : float
        Standard deviation in frames.
    samples : int
        Frames that are read at most: a long mean does not need all of them.

    Returns
    -------
    (H, W) or (H, W, 3) float32
        At the ends of a clip the weights inside it are scaled to a sum of 1.
    """
    cv2 = cv2_or_error()
    reach = int(_REACH * sigma)
    step = max(-(-(2 * reach + 1) // samples), 1)
    first, last = index - reach // step * step, index + reach
    places = np.array([at for at in range(first, last + 1, step) if 0 <= at < len(frames)])
    weights = np.exp(-0.5 * ((places - index) / max(sigma, 1e-6)) ** 2)
    weights /= weights.sum()
    total = np.zeros(frames[index].shape, np.float32)
    for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
        cv2.addWeighted(total, 1.0, frames[place], weight, 0.0, dst=total, dtype=cv2.CV_32F)
    return total
