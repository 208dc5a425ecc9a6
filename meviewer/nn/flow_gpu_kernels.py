"""The steps of TV-L1 on many pairs at once: sampling, linearising, iterating, median.

The scheme is that of `meviewer.motion.flow_tvl1`, number for number. Each function is plain
arithmetic on whole batches with no branch on a value, so that torch may fuse it into one or two
kernels (`torch.compile`) and a CUDA graph may replay it.

Shapes: B pairs, both components of the flow as channels, (B, 2, H, W); what belongs to a pixel and
not to a component is (B, 1, H, W). All float32.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

MARGIN_PX = 2
"""What a cubic reads beyond its pixel."""


class Linearised(NamedTuple):
    """The data term around the present flow.

    Attributes
    ----------
    gradient : (B, 2, H, W)
        Of the warped second frame, grey levels per px.
    rest : (B, 1, H, W)
        What a flow of zero would leave unexplained, grey levels.
    weight : (B, 1, H, W)
        1 / (gradient^2 + floor), and 0 where the flow leaves the outer edge of the picture.
    """

    gradient: Tensor
    rest: Tensor
    weight: Tensor


class State(NamedTuple):
    """The flow and its dual variables, (B, 2, H, W) each.

    Attributes
    ----------
    flow : Tensor
        u and v, px.
    along, down : Tensor
        Duals of the differences to the right (0 in the last column) and downwards (0 in the last
        row).
    """

    flow: Tensor
    along: Tensor
    down: Tensor


def linearise(first: Tensor, padded: Tensor, flow: Tensor, floor: float) -> Linearised:
    """Warp the second frame by the flow, and linearise what is left around it.

    Parameters
    ----------
    first : (B, 1, H, W)
    padded : (B, H + 4, W + 4)
        The second frame, its edges repeated by two pixels.
    flow : (B, 2, H, W)
    floor : float
        Square of the slope below which texture is taken for noise.
    """
    height, width = flow.shape[-2:]
    columns = torch.arange(width, device=flow.device, dtype=flow.dtype)
    rows = torch.arange(height, device=flow.device, dtype=flow.dtype)[:, None]
    x, y = columns + flow[:, 0], rows + flow[:, 1]
    warped = _sampled(padded, x.clamp(0, width - 1), y.clamp(0, height - 1))[:, None]
    gradient = torch.cat((_slope(warped), _slope(warped.mT).mT), dim=1)
    inside = (x >= -0.5) & (x <= width - 0.5) & (y >= -0.5) & (y <= height - 0.5)
    weight = inside[:, None] / ((gradient * gradient).sum(1, keepdim=True) + floor)
    return Linearised(gradient, warped - (gradient * flow).sum(1, keepdim=True) - first, weight)


def relax(state: State, data: Linearised, limit: float, theta: float, rate: float) -> State:
    """One iteration: threshold the residual, then ascend in the dual."""
    flow, along, down = state
    left = data.rest + (data.gradient * flow).sum(1, keepdim=True)
    step = (-left * data.weight).clamp(-limit, limit)
    divergence = along - pad(along[..., :-1], (1, 0)) + down - pad(down[..., :-1, :], (0, 0, 1, 0))
    flow = flow + step * data.gradient + theta * divergence
    x = pad(flow[..., 1:] - flow[..., :-1], (0, 1))
    y = pad(flow[..., 1:, :] - flow[..., :-1, :], (0, 0, 0, 1))
    shrink = 1 / (1 + rate * (x * x + y * y).sqrt())
    return State(flow, (along + rate * x) * shrink, (down + rate * y) * shrink)


def median(flow: Tensor) -> Tensor:
    """Median of 3x3 by 19 exchanges; the outermost pixels are kept."""
    height, width = flow.shape[-2:]
    a, b, c, d, e, f, g, h, k = (
        flow[..., i : height - 2 + i, j : width - 2 + j] for i in range(3) for j in range(3)
    )
    b, c = _sorted(b, c)
    e, f = _sorted(e, f)
    h, k = _sorted(h, k)
    a, b = _sorted(a, b)
    d, e = _sorted(d, e)
    g, h = _sorted(g, h)
    b, c = _sorted(b, c)
    e, f = _sorted(e, f)
    h, k = _sorted(h, k)
    d = torch.maximum(a, d)
    f = torch.minimum(f, k)
    e, h = _sorted(e, h)
    g = torch.maximum(d, g)
    e = torch.maximum(b, e)
    c = torch.minimum(c, f)
    e = torch.minimum(e, h)
    e, c = _sorted(e, c)
    e = torch.maximum(g, e)
    smooth = flow.clone()
    smooth[..., 1:-1, 1:-1] = torch.minimum(e, c)
    return smooth


def _slope(pictures: Tensor) -> Tensor:
    """Central differences to the right, one-sided at the edges (torch.gradient fixes the size)."""
    inner = 0.5 * (pictures[..., 2:] - pictures[..., :-2])
    left = pictures[..., 1:2] - pictures[..., :1]
    return torch.cat((left, inner, pictures[..., -1:] - pictures[..., -2:-1]), dim=-1)


def _sampled(padded: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Catmull-Rom cubic of pictures at (x, y), (B, H, W) each, inside the picture."""
    pitch = padded.shape[-1]
    left, above = x.long(), y.long()
    across, upright = _cubic(x - left), _cubic(y - above)
    corner = ((above + 1) * pitch + left + 1).flatten(1)
    flat = padded.flatten(1)
    total = torch.zeros_like(x)
    for down in range(4):
        row = torch.zeros_like(x)
        for right in range(4):
            tap = flat.gather(1, corner + (down * pitch + right)).view_as(x)
            row = torch.addcmul(row, across[right], tap)
        total = torch.addcmul(total, upright[down], row)
    return total


def _cubic(s: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Weights of the four taps, ``s`` behind the second."""
    return (
        s * (s * (1 - 0.5 * s) - 0.5),
        s * s * (1.5 * s - 2.5) + 1,
        s * (s * (2 - 1.5 * s) + 0.5),
        0.5 * s * s * (s - 1),
    )


def _sorted(one: Tensor, two: Tensor) -> tuple[Tensor, Tensor]:
    return torch.minimum(one, two), torch.maximum(one, two)
