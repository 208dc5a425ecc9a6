"""DIANet, our reading: dynamic images of rise and fall, and attention of each phase to the other.

One convolutional network a phase and cross attention between them [paper: arXiv 2510.12219];
ResNet-18 as that network, the form of the attention and the head are [ours].
"""

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, nn

from meviewer.nn.blocks import BasicBlock, ConvUnit, initialise, received, residual_layer
from meviewer.nn.families import CHANNELS, Sizes
from meviewer.nn.network import Network, Output, Takes
from meviewer.nn.networks.configs import DIANetConfig

_PHASES = ("rise", "fall")


class CrossAttention(nn.Module):
    """What each place of one phase finds in all places of the other, added to it.

    Parameters
    ----------
    channels, n_heads : int
    """

    def __init__(self, channels: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.norms = nn.ModuleList(nn.LayerNorm(channels) for _ in range(2))
        self.query = nn.Linear(channels, channels)
        # A bias of the keys would add the same to all scores of a query: it has no effect.
        self.key = nn.Linear(channels, channels, bias=False)
        self.value = nn.Linear(channels, channels)
        self.out = nn.Linear(channels, channels)

    def forward(self, own: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
        """Join two phases.

        Parameters
        ----------
        own, other : Tensor, shape (B, N, C)

        Returns
        -------
        Tensor, shape (B, N, C)
        Tensor, shape (B, heads, N, N)
            Weights of the places of ``other``.
        """
        seen = self.norms[1](other)
        query = self._heads(self.query(self.norms[0](own)))
        key, value = self._heads(self.key(seen)), self._heads(self.value(seen))
        weights = torch.softmax(query @ key.mT * query.shape[-1] ** -0.5, -1)
        found = self.out((weights @ value).transpose(1, 2).flatten(2))
        return own + found, weights

    def _heads(self, x: Tensor) -> Tensor:
        n_clips, n_places, channels = x.shape
        return x.reshape(n_clips, n_places, self.n_heads, channels // self.n_heads).transpose(1, 2)


class DIANet(Network):
    """Two streams, cross attention both ways, means over the face, and one linear layer.

    Parameters
    ----------
    n_classes : int
    config : DIANetConfig
    """

    def __init__(self, n_classes: int, config: DIANetConfig) -> None:
        super().__init__()
        self.config = config
        self.takes = Takes("DIANet", (2,), Sizes(28))
        n_streams = 1 if config.shared else len(_PHASES)
        self.streams = nn.ModuleList(_stream(config.trunk) for _ in range(n_streams))
        width = 96 if config.trunk == "light" else 512
        self.cross = nn.ModuleList(CrossAttention(width, config.heads) for _ in _PHASES)
        self.norm = nn.LayerNorm(2 * width)
        self.dropout = nn.Dropout(config.dropout)
        self.classify = nn.Linear(2 * width, n_classes)
        initialise(self)

    def forward(self, x: Tensor) -> Output:
        """Classify; ``attention_rise`` is where in the rise the fall looks, and the reverse."""
        self.takes.check(x)
        features = [self.streams[n % len(self.streams)](x[:, n]) for n in range(len(_PHASES))]
        height, width = features[0].shape[2:]
        rise, fall = (f.flatten(2).mT for f in features)
        joined_rise, of_fall = self.cross[0](rise, fall)
        joined_fall, of_rise = self.cross[1](fall, rise)
        maps = {
            "attention_rise": received(of_rise, height, width),
            "attention_fall": received(of_fall, height, width),
        }
        pooled = self.norm(torch.cat([joined_rise.mean(1), joined_fall.mean(1)], 1))
        return Output(self.classify(self.dropout(pooled)), maps)


def build(n_classes: int, config: msgspec.Struct) -> DIANet:
    """Make the network from its configuration, for the registry."""
    assert isinstance(config, DIANetConfig)
    return DIANet(n_classes, config)


def _stream(trunk: str) -> nn.Sequential:
    if trunk == "light":
        start = [ConvUnit(CHANNELS, 16, 3, 2), ConvUnit(16, 32, 3, 2)]
        return nn.Sequential(*start, ConvUnit(32, 64), BasicBlock(64, 96, 2))
    return nn.Sequential(
        ConvUnit(CHANNELS, 64, 7, 2),
        nn.MaxPool2d(3, 2, 1),
        residual_layer(64, 64, 1),
        residual_layer(64, 128, 2),
        residual_layer(128, 256, 2),
        residual_layer(256, 512, 2),
    )
