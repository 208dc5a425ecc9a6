"""STSTNet: three streams of one layer each on u, v and strain [paper: Liong et al. 2019].

At 28 px it is the released network [code]; at other sizes the last features are averaged to the
same 5 x 5 cells [ours].
"""

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, nn

from meviewer.nn.blocks import initialise
from meviewer.nn.families import CHANNELS, Sizes
from meviewer.nn.network import Network, Output, Takes
from meviewer.nn.networks.configs import STSTNetConfig

_WIDTHS = (3, 5, 8)
_CELLS = 5


class STSTNet(Network):
    """Streams of 3, 5 and 8 channels, pooled and joined, and one linear layer.

    Parameters
    ----------
    n_classes : int
    config : STSTNetConfig
    """

    def __init__(self, n_classes: int, config: STSTNetConfig) -> None:
        super().__init__()
        self.config = config
        self.takes = Takes("STSTNet", (1,), Sizes())
        self.streams = nn.ModuleList(_stream(width, config.dropout) for width in _WIDTHS)
        self.pool = nn.AdaptiveAvgPool2d(_CELLS)
        self.classify = nn.Linear(sum(_WIDTHS) * _CELLS**2, n_classes)
        initialise(self)

    def forward(self, x: Tensor) -> Output:
        """Classify; it has no maps."""
        self.takes.check(x)
        features = torch.cat([stream(x[:, 0]) for stream in self.streams], 1)
        return Output(self.classify(self.pool(features).flatten(1)), {})


def build(n_classes: int, config: msgspec.Struct) -> STSTNet:
    """Make the network from its configuration, for the registry."""
    assert isinstance(config, STSTNetConfig)
    return STSTNet(n_classes, config)


def _stream(width: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(CHANNELS, width, 3, padding=2),
        nn.ReLU(),
        nn.BatchNorm2d(width),
        nn.MaxPool2d(3, 3, 1),
        nn.Dropout(dropout),
    )
