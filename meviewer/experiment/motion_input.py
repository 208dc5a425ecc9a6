"""What a classifier sees of motion, without torch: normalised per clip, and mirrored exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TINY = 1e-6


def normalise(flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return u, v and a third channel, each clip divided by its own strength.

    The median of u and of v is taken off each phase first: it is motion of the whole head. Then
    each channel of each phase is divided by its root mean square, which did best on 442 public
    clips [ours]. Equal to what networks are given, `meviewer.nn.inputs.normalise`.

    Parameters
    ----------
    flow : ndarray, shape (n, phases, 2 or 3, P, P), float32
        Channels u and v in any unit, and if there is a third one, the strain. Without it the third
        channel is the magnitude.

    Returns
    -------
    ndarray, shape (n, phases, 3, P, P), float32
    """
    vectors = flow[:, :, :2]
    centred = vectors - np.median(vectors, axis=(3, 4), keepdims=True)
    if flow.shape[2] == 3:
        third = flow[:, :, 2:]
    else:
        third = np.sqrt(np.square(centred).sum(2, keepdims=True))
    channels = np.concatenate([centred, third], 2)
    rms = np.sqrt(np.square(channels).mean((3, 4), keepdims=True))
    return np.asarray(channels / (rms + _TINY), np.float32)


def mirror(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the mirrored clip would have given: exact, since u only changes its sign.

    Parameters
    ----------
    x : ndarray, shape (..., C, P, P)
        Normalised: channel 0 is u, and its zero is no motion.
    """
    flipped = x[..., ::-1].copy()
    flipped[..., 0, :, :] *= -1
    return flipped
