"""Building blocks that several networks share."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class ConvUnit(nn.Sequential):
    """Convolution without bias, batch normalisation, ReLU."""

    def __init__(self, inner: int, outer: int, size: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inner, outer, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outer),
            # The backward pass of the normalisation does not ask for what it gave.
            nn.ReLU(inplace=True),
        )


class BasicBlock(nn.Module):
    """Residual block of ResNet-18 [paper: He et al. 2016]."""

    def __init__(self, inner: int, outer: int, stride: int = 1) -> None:
        super().__init__()
        self.first = ConvUnit(inner, outer, 3, stride)
        self.second = nn.Sequential(
            nn.Conv2d(outer, outer, 3, 1, 1, bias=False), nn.BatchNorm2d(outer)
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inner != outer:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inner, outer, 1, stride, bias=False), nn.BatchNorm2d(outer)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Return features of shape (B, outer, H / stride, W / stride)."""
        return functional.relu(self.second(self.first(x)) + self.shortcut(x))


def residual_layer(inner: int, outer: int, stride: int) -> nn.Sequential:
    """Return one layer of ResNet-18: two basic blocks."""
    return nn.Sequential(BasicBlock(inner, outer, stride), BasicBlock(outer, outer))


class SqueezeExcitation(nn.Module):
    """Weights per channel from their means [paper: Hu et al. 2018]."""

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        narrow = max(channels // reduction, 4)
        self.squeeze = nn.Linear(channels, narrow)
        self.excite = nn.Linear(narrow, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` with each channel weighted by 0 to 1."""
        weights = self.excite(functional.relu(self.squeeze(x.mean((2, 3)))))
        return x * torch.sigmoid(weights)[:, :, None, None]


class SpatialAttention(nn.Module):
    """Weights per pixel from mean and maximum over the channels [paper: Woo et al. 2018]."""

    def __init__(self, size: int = 7) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 1, size, padding=size // 2)

    def forward(self, x: Tensor) -> Tensor:
        """Return the attention, shape (B, 1, H, W), 0 to 1."""
        summary = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
        return torch.sigmoid(self.conv(summary))


class DropPath(nn.Module):
    """Leaves a residual branch out for some clips of a training batch [paper: Huang et al. 2016].

    Parameters
    ----------
    share : float
        Of the clips, from 0 to below 1; what is kept is scaled so that its mean stays.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` of shape (B, ...), with zeros for the clips that are left out."""
        if not self.training or self.share == 0:
            return x
        shape = (len(x), *[1] * (x.ndim - 1))
        kept = torch.rand(shape, dtype=x.dtype, device=x.device) >= self.share
        return x * kept / (1 - self.share)


def received(weights: Tensor, height: int, width: int) -> Tensor:
    """Return how much attention each place is given, as a picture.

    Parameters
    ----------
    weights : Tensor, shape (B, heads, queries, height * width)
        Rows sum to 1.

    Returns
    -------
    Tensor, shape (B, 1, height, width)
        Means over heads and queries, divided by the greatest of each picture: 0 to 1.
    """
    each = weights.detach().mean((1, 2)).view(len(weights), 1, height, width)
    return each / each.amax((2, 3), keepdim=True)


def initialise(module: nn.Module) -> None:
    """Draw the weights of all convolutions and linear layers for ReLU [paper: He et al. 2015]."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(part, nn.Linear):
            nn.init.kaiming_uniform_(part.weight, nonlinearity="relu")
        if isinstance(part, nn.Conv2d | nn.Linear) and part.bias is not None:
            nn.init.zeros_(part.bias)
