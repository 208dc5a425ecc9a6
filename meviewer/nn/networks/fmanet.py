"""FMANet, our reading: each block is the learnable twin of one step of MM-COF.

Two streams see the optical flow of the two phases; (a) a learnt combination joins them, (b) a
learnt modulation amplifies where the motion is strong, (c) attention picks salient regions
[paper: arXiv 2510.07810]. Layer sizes and the order inside each step are not public: they are
[ours].
"""

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional

from meviewer.nn.blocks import (
    BasicBlock,
    ConvUnit,
    SpatialAttention,
    SqueezeExcitation,
    initialise,
    residual_layer,
)
from meviewer.nn.families import CHANNELS, Sizes
from meviewer.nn.network import Network, Output, Takes
from meviewer.nn.networks.fmanet_config import FMANetConfig

_TINY = 1e-6
_SEEN = {"both": (0, 1), "rise": (0,), "fall": (1,)}
_VIEWS = {"both": (2,), "rise": (1, 2), "fall": (2,)}


class Combination(nn.Module):
    """(a) ``F = w1 F1 + w2 F2`` with ``[w1, w2] = softmax over phases`` per pixel.

    The scores of the phases are Conv1x1(ReLU(BN(Conv3x3([F1; F2])))) [ours after paper].
    """

    def __init__(self, channels: int, narrow: int) -> None:
        super().__init__()
        self.score = nn.Sequential(ConvUnit(2 * channels, narrow), nn.Conv2d(narrow, 2, 1))

    def forward(self, rise: Tensor, fall: Tensor) -> tuple[Tensor, Tensor]:
        """Return the combined features and ``w1``, shape (B, 1, h, w), 0 to 1."""
        first = torch.softmax(self.score(torch.cat([rise, fall], 1)), 1)[:, :1]
        # w1 + w2 = 1: one way from the fall to the rise.
        return torch.lerp(fall, rise, first.to(fall.dtype)), first


class Modulation(nn.Module):
    """(b) ``F' = F (b + (a - b) A)`` with ``A = sigmoid(k (Conv1x1(m) - tau))`` [ours after paper].

    ``m`` are the magnitudes of the phases, each between its least and its greatest, pooled to the
    grid of the features; k, tau, a, b are learnt from 10, 0.3, 1.5, 0.5.
    """

    def __init__(self, n_phases: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(n_phases, 1, 1)
        self.k = nn.Parameter(torch.tensor(10.0))
        self.tau = nn.Parameter(torch.tensor(0.3))
        self.a = nn.Parameter(torch.tensor(1.5))
        self.b = nn.Parameter(torch.tensor(0.5))

    def start(self) -> None:
        """Begin with the mean of the magnitudes, as MM-COF does before anything is learnt."""
        nn.init.constant_(self.mix.weight, 1 / self.mix.in_channels)

    def forward(self, features: Tensor, magnitudes: Tensor) -> tuple[Tensor, Tensor]:
        """Return the modulated features and ``A``, shape (B, 1, h, w), 0 to 1."""
        low = magnitudes.amin((2, 3), keepdim=True)
        spread = magnitudes.amax((2, 3), keepdim=True) - low
        grid = (features.shape[2], features.shape[3])
        # A mean commutes with the scale, and the grid is small.
        m = (functional.adaptive_avg_pool2d(magnitudes, grid) - low) / (spread + _TINY)
        strong = torch.sigmoid(self.k * (self.mix(m) - self.tau))
        return features * (self.b + (self.a - self.b) * strong), strong


class MotionAttention(nn.Module):
    """(c) squeeze-excitation, then 7x7 spatial attention, with a residual [ours after paper]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = SqueezeExcitation(channels)
        self.places = SpatialAttention()

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return the attended features and the attention, shape (B, 1, h, w), 0 to 1."""
        weighted = self.channels(features)
        places = self.places(weighted)
        return torch.addcmul(features, weighted, places), places


class FMANet(Network):
    """Streams, (a) combination, (b) modulation, (c) attention, tail.

    Parameters
    ----------
    n_classes : int
    config : FMANetConfig
    """

    def __init__(self, n_classes: int, config: FMANetConfig) -> None:
        super().__init__()
        self.config = config
        self.takes = Takes("FMANet", _VIEWS[config.phases], Sizes())
        self.seen = _SEEN[config.phases]
        n_streams = 1 if config.shared else len(self.seen)
        parts = [_stream(config.trunk) for _ in range(n_streams)]
        self.streams = nn.ModuleList(parts)
        width, narrow = _widths(config.trunk)
        learnt = len(self.seen) == 2 and config.fusion == "weights"
        self.combination = Combination(width, narrow) if learnt else None
        self.modulation = Modulation(len(self.seen)) if config.modulation else None
        self.attention = MotionAttention(width) if config.attention else None
        self.tail, last = _tail(config.trunk)
        self.pool = nn.AdaptiveAvgPool2d(config.grid)
        self.dropout = nn.Dropout(config.dropout)
        self.classify = nn.Linear(last * config.grid**2, n_classes)
        initialise(self)
        if self.modulation is not None:
            self.modulation.start()

    def forward(self, x: Tensor) -> Output:
        """Classify; the maps are ``w1``, ``modulation`` and ``attention`` where they exist."""
        self.takes.check(x)
        maps: dict[str, Tensor] = {}
        features = self._joined([self._features(x, phase) for phase in self.seen], maps)
        if self.modulation is not None:
            features, maps["modulation"] = self.modulation(features, x[:, list(self.seen), 2])
        if self.attention is not None:
            features, maps["attention"] = self.attention(features)
        pooled = self.pool(self.tail(features)).flatten(1)
        return Output(self.classify(self.dropout(pooled)), maps)

    def _features(self, x: Tensor, phase: int) -> Tensor:
        stream = self.streams[0 if len(self.streams) == 1 else phase]
        features: Tensor = stream(x[:, phase])
        return features

    def _joined(self, features: list[Tensor], maps: dict[str, Tensor]) -> Tensor:
        if len(features) == 1:
            return features[0]
        if self.combination is None:
            return features[0] + features[1]
        combined: Tensor
        combined, maps["w1"] = self.combination(*features)
        return combined


def build(n_classes: int, config: msgspec.Struct) -> FMANet:
    """Make the network from its configuration, for the registry."""
    assert isinstance(config, FMANetConfig)
    return FMANet(n_classes, config)


def _stream(trunk: str) -> nn.Sequential:
    if trunk == "light":
        return nn.Sequential(ConvUnit(CHANNELS, 16, 3, 2), ConvUnit(16, 32, 3, 2), ConvUnit(32, 64))
    return nn.Sequential(
        ConvUnit(CHANNELS, 64, 7, 2),
        nn.MaxPool2d(3, 2, 1),
        residual_layer(64, 64, 1),
        residual_layer(64, 128, 2),
    )


def _widths(trunk: str) -> tuple[int, int]:
    """Return the channels of the features, and those inside the combination."""
    return (64, 32) if trunk == "light" else (128, 128)


def _tail(trunk: str) -> tuple[nn.Sequential, int]:
    if trunk == "light":
        return nn.Sequential(BasicBlock(64, 96, 2)), 96
    return nn.Sequential(residual_layer(128, 256, 2), residual_layer(256, 512, 2)), 512
