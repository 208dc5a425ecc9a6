"""Training clips mirrored, turned and moved at random; vectors turn with the picture."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.inputs import Inputs, mirror


def augmented(x: Tensor, inputs: Inputs, spec: ExperimentSpec) -> Tensor:
    """Return a batch as the experiment wants it changed, ready for the network.

    All views of a clip are changed alike. Random numbers are drawn on the CPU from torch's
    generator, so that a GPU shows the same clips changed as a CPU does.

    Parameters
    ----------
    x : Tensor, shape (B, V, 3, P, P)
        As `Inputs.training` makes it.
    """
    x = inputs.numbers(x)
    if spec.mirror:
        flipped = (torch.rand(len(x)) < 0.5).nonzero()[:, 0].to(x.device)
        x = x.index_copy(0, flipped, mirror(x[flipped], vectors=inputs.vectors))
    if spec.rotation_deg > 0 or spec.crop_px > 0:
        turn = (2 * torch.rand(len(x)) - 1) * math.radians(spec.rotation_deg)
        most = min(spec.crop_px, x.shape[-1] - 1)
        shift = torch.randint(-most, most + 1, (len(x), 2))
        x = moved(x, turn, shift, inputs)
    return inputs.finished(x)


def moved(x: Tensor, turn: Tensor, shift: Tensor, inputs: Inputs) -> Tensor:
    """Return clips turned about their middle, then moved; what comes in is padding.

    Parameters
    ----------
    x : Tensor, shape (B, V, 3, P, P)
    turn : Tensor, shape (B,)
        rad; positive is clockwise on the screen, as y points down.
    shift : Tensor, shape (B, 2)
        To the right and down, px.
    inputs : Inputs
        Of a flow the vectors are turned too. Padding is 0, where that is no motion; of frames it
        is their border.
    """
    n, n_views, n_channels, height, width = x.shape
    cos, sin = turn.cos(), turn.sin()
    step = 2 * shift.float() / torch.tensor([width, height])
    # Where each new pixel comes from: turned back after the shift is taken off.
    back = torch.stack([torch.stack([cos, sin], 1), torch.stack([-sin, cos], 1)], 1)
    offset = -(back @ step[:, :, None])
    grid = functional.affine_grid(
        torch.cat([back, offset], 2).to(x.device), [n, 1, height, width], align_corners=False
    )
    padding = "border" if inputs.family == "keyframes" else "zeros"
    flat = x.reshape(n, n_views * n_channels, height, width)
    flat = functional.grid_sample(flat, grid, padding_mode=padding, align_corners=False)
    out = flat.reshape(x.shape)
    return _turned(out, cos.to(x.device), sin.to(x.device)) if inputs.vectors else out


def _turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    u, v = x[:, :, :1], x[:, :, 1:2]
    c, s = (part[:, None, None, None, None] for part in (cos, sin))
    return torch.cat([c * u - s * v, s * u + c * v, x[:, :, 2:]], 2)
