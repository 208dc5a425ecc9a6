"""From flow to the input of a network: normalised per clip or by one scale, mirrored exactly."""

from __future__ import annotations

import torch
from torch import Tensor

_TINY = 1e-6


def robust_scale(flow: Tensor) -> float:
    """Return one scale for a set of clips: the median of their strong motion.

    Parameters
    ----------
    flow : Tensor, shape (n, 2, 2, P, P)

    Returns
    -------
    float
        Median over clips of the 95th percentile of the magnitude, in pixels of the grid; > 0.
    """
    strong = torch.linalg.vector_norm(_centred(flow), dim=2).flatten(1).quantile(0.95, dim=1)
    return max(float(strong.median()), _TINY)


def normalise(flow: Tensor, scale: float | None = None) -> Tensor:
    """Return u, v and magnitude as a network takes them.

    The median of u and of v is taken off each phase first: it is motion of the whole head.

    Parameters
    ----------
    flow : Tensor, shape (n, phases, 2 or 3, P, P)
        Phase, then component (u, v), in pixels of the grid, and if there is a third one, the
        strain, which takes the place of the magnitude.
    scale : float, optional
        Divide everything by this. Without it, each channel of each phase is divided by its own
        root mean square, which did best on 442 public clips [ours].

    Returns
    -------
    Tensor, shape (n, phases, 3, P, P)
        Channels u, v, and magnitude or strain.
    """
    centred = _centred(flow[:, :, :2])
    magnitude = torch.linalg.vector_norm(centred, dim=2, keepdim=True)
    third = flow[:, :, 2:] if flow.shape[2] == 3 else magnitude
    channels = torch.cat([centred, third], 2)
    if scale is not None:
        return channels / scale
    rms = channels.square().mean((3, 4), keepdim=True).sqrt()
    return channels / (rms + _TINY)


def mirror(x: Tensor) -> Tensor:
    """Return what the mirrored clip would have given: exact, since u only changes its sign.

    Parameters
    ----------
    x : Tensor, shape (..., C, P, P)
        Channel 0 is u; flow or normalised input.
    """
    flipped = x.flip(-1)
    return torch.cat([-flipped[..., :1, :, :], flipped[..., 1:, :, :]], -3)


def _centred(flow: Tensor) -> Tensor:
    middle = flow.flatten(3).quantile(0.5, dim=3)
    return flow - middle[..., None, None]
