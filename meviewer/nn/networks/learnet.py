"""LEARNet: four branches of different reach on one dynamic image, which add to one another.

Layers as its authors released them [code]: every convolution halves the picture and is followed by
ReLU; after the first and the second one, each second branch adds the branch beside it and is
normalised. Weights are drawn for ReLU, and the moments of the normalisations are those of torch
[ours].
"""

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional

from meviewer.nn.blocks import initialise
from meviewer.nn.families import CHANNELS, Sizes
from meviewer.nn.network import Network, Output, Takes
from meviewer.nn.networks.configs import LEARNetConfig

_SIDE_PX = 112
_BRANCH = ((16, 16, 1, 56), (16, 32, 3, 28), (32, 64, 5, 14))
"""Channels in and out, kernel, and side in pixels before each convolution of a branch."""


class HalvingConv(nn.Sequential):
    """Convolution of stride 2 and ReLU, to half the side, rounded up.

    The margins are those of "same" convolutions in the framework of the released code: an odd
    pixel goes to the right and the bottom.

    Parameters
    ----------
    inner, outer : int
    size : int
        Of the kernel.
    side : int
        Of the pictures, in pixels.
    """

    def __init__(self, inner: int, outer: int, size: int, side: int) -> None:
        margin = max((-(-side // 2) - 1) * 2 + size - side, 0)
        before, after = margin // 2, margin - margin // 2
        super().__init__(
            nn.ZeroPad2d((before, after, before, after)),
            nn.Conv2d(inner, outer, size, 2),
            nn.ReLU(),
        )


class Pair(nn.Module):
    """Two branches, the second of which adds what the first one has found."""

    def __init__(self) -> None:
        super().__init__()
        self.plain = nn.ModuleList(HalvingConv(*layer) for layer in _BRANCH)
        self.adding = nn.ModuleList(HalvingConv(*layer) for layer in _BRANCH)
        self.norms = nn.ModuleList(nn.BatchNorm2d(outer) for _, outer, _, _ in _BRANCH[:-1])

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the features of both, each (B, 64, 7, 7)."""
        first = second = x
        for number, norm in enumerate(self.norms):
            first = self.plain[number](first)
            second = norm(self.adding[number](second) + first)
        return [self.plain[-1](first), self.adding[-1](second)]


class LEARNet(Network):
    """Stem, two pairs of branches, a last convolution, and two linear layers.

    Parameters
    ----------
    n_classes : int
    config : LEARNetConfig
    """

    def __init__(self, n_classes: int, config: LEARNetConfig) -> None:
        super().__init__()
        self.config = config
        self.takes = Takes("LEARNet", (1,), Sizes(_SIDE_PX, _SIDE_PX))
        self.stem = HalvingConv(CHANNELS, 16, 3, _SIDE_PX)
        self.pairs = nn.ModuleList([Pair(), Pair()])
        self.norm = nn.BatchNorm2d(256)
        self.join = HalvingConv(256, 256, 3, 7)
        self.hidden = nn.Linear(256 * 4 * 4, 256)
        self.dropout = nn.Dropout(config.dropout)
        self.classify = nn.Linear(256, n_classes)
        initialise(self)

    def forward(self, x: Tensor) -> Output:
        """Classify; it has no maps."""
        self.takes.check(x)
        stem = self.stem(x[:, 0])
        features = self.norm(torch.cat([b for pair in self.pairs for b in pair(stem)], 1))
        hidden = functional.relu(self.hidden(self.join(features).flatten(1)))
        return Output(self.classify(self.dropout(hidden)), {})


def build(n_classes: int, config: msgspec.Struct) -> LEARNet:
    """Make the network from its configuration, for the registry."""
    assert isinstance(config, LEARNetConfig)
    return LEARNet(n_classes, config)
