"""The two-branch network of GAMDSS, written from a description of its code (arXiv 2603.04766).

``logits = B(apex - onset, P(onset))`` and, in training, ``B(apex - offset, P(apex))``, with one B
and one P [code]. P looks at the face itself, B at what has changed. Without 3,590 numbers that the
released code holds and never uses. Differences are taken of real numbers, not of bytes that wrap
around.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional

from meviewer.nn.families import CHANNELS, Sizes
from meviewer.nn.network import Network, Output, Takes
from meviewer.nn.networks.configs import GAMDSSConfig
from meviewer.nn.networks.manhattan import ManhattanBlock

_WIDTHS = (64, 128, 256, 512)
_DEPTHS = (1, 1, 2, 1)
_HEADS, _RATIO, _HIDDEN = 2, 3, 1024
_REACH = (4.0, 4.0, 6.0, 6.0)
_AXIAL = (True, True, False, False)
_GRID, _WIDTH, _P_HEADS, _P_HIDDEN = 14, 512, 4, 2048
_EPS = 1e-6


class PositionBlock(nn.Module):
    """Block of a transformer, normalised before each step [paper: Dosovitskiy et al. 2021]."""

    def __init__(self, channels: int, n_heads: int, hidden: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.norms = nn.ModuleList(nn.LayerNorm(channels, _EPS) for _ in range(2))
        self.all = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)
        self.widen = nn.Linear(channels, hidden)
        self.narrow = nn.Linear(hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return tokens of the same shape (B, N, C)."""
        n_clips, n_tokens, channels = x.shape
        heads = (n_clips, n_tokens, 3, self.n_heads, channels // self.n_heads)
        query, key, value = self.all(self.norms[0](x)).view(heads).permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(query, key, value)
        x = x + self.out(found.transpose(1, 2).flatten(2))
        hidden = functional.gelu(self.widen(self.norms[1](x)))
        change: Tensor = self.narrow(hidden)
        return x + change


class Position(nn.Module):
    """P: the face at 14 x 14 px as tokens with learnt positions, and two transformer blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Conv2d(CHANNELS, _WIDTH, 1)
        self.places = nn.Parameter(torch.zeros(1, _GRID**2, _WIDTH))
        self.blocks = nn.Sequential(*(PositionBlock(_WIDTH, _P_HEADS, _P_HIDDEN) for _ in range(2)))
        self.norm = nn.LayerNorm(_WIDTH, _EPS)

    def forward(self, frame: Tensor) -> Tensor:
        """Return features of a frame, shape (B, 512, 14, 14)."""
        small = functional.adaptive_avg_pool2d(frame, _GRID)
        tokens = self.embed(small).flatten(2).mT + self.places
        found: Tensor = self.norm(self.blocks(tokens))
        return found.mT.reshape(len(frame), _WIDTH, _GRID, _GRID)


class Stage(nn.ModuleList):
    """Blocks one after another, on one grid."""

    def forward(self, x: Tensor, maps: dict[str, Tensor]) -> Tensor:
        """Return features of the same shape (B, H, W, C)."""
        for block in self:
            x = block(x, maps)
        return x


class Change(nn.Module):
    """B: a difference of two frames through four stages, joined with P, to logits."""

    def __init__(self, n_classes: int, drop_path: float) -> None:
        super().__init__()
        self.stem = _stem()
        shares = iter(torch.linspace(0, drop_path, sum(_DEPTHS), device="cpu").tolist())
        self.stages = nn.ModuleList(
            Stage(
                ManhattanBlock(width, _HEADS, _RATIO, reach, axial, next(shares))
                for _ in range(depth)
            )
            for width, depth, reach, axial in zip(_WIDTHS, _DEPTHS, _REACH, _AXIAL, strict=True)
        )
        self.downs = nn.ModuleList(
            nn.Sequential(nn.Conv2d(inner, outer, 3, 2, 1), nn.BatchNorm2d(outer))
            for inner, outer in pairwise(_WIDTHS)
        )
        self.project = nn.Linear(_WIDTHS[-1], _HIDDEN)
        self.norm = nn.BatchNorm2d(_HIDDEN)
        self.classify = nn.Linear(_HIDDEN, n_classes)

    def forward(self, difference: Tensor, position: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the logits, and ``attention`` of the last stage."""
        maps: dict[str, Tensor] = {}
        x = self.stem(difference)
        for number, stage in enumerate(self.stages):
            x = x if number == 0 else self.downs[number - 1](x)
            x = stage(x.permute(0, 2, 3, 1), maps).permute(0, 3, 1, 2)
        x = x + functional.adaptive_avg_pool2d(position, (x.shape[2], x.shape[3]))
        x = self.project(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = functional.silu(self.norm(x)).mean((2, 3))
        return self.classify(x), maps


class GAMDSS(Network):
    """B and P on onset and apex, and in training on apex and offset.

    At 224 px the features of B are 14 x 14 as those of P; at other sizes P is averaged to the
    grid of B [ours].

    Parameters
    ----------
    n_classes : int
    config : GAMDSSConfig
    """

    def __init__(self, n_classes: int, config: GAMDSSConfig) -> None:
        super().__init__()
        self.config = config
        self.takes = Takes("GAMDSS", (3,), Sizes(32, 448, 16))
        self.change = Change(n_classes, config.drop_path)
        self.position = Position()
        _start(self)

    def forward(self, x: Tensor) -> Output:
        """Classify; the map is ``attention``, and in training ``also`` is the rear branch."""
        self.takes.check(x)
        onset, apex, offset = x.unbind(1)
        logits, maps = self.change(apex - onset, self.position(onset))
        if not (self.training and self.config.rear):
            return Output(logits, maps)
        rear, _ = self.change(apex - offset, self.position(apex))
        return Output(logits, maps, (rear,))


def build(n_classes: int, config: msgspec.Struct) -> GAMDSS:
    """Make the network from its configuration, for the registry."""
    assert isinstance(config, GAMDSSConfig)
    return GAMDSS(n_classes, config)


def _stem() -> nn.Sequential:
    layers: list[nn.Module] = []
    for inner, outer, stride in ((CHANNELS, 32, 2), (32, 32, 1), (32, 64, 1), (64, 64, 1)):
        layers += [nn.Conv2d(inner, outer, 3, stride, 1), nn.BatchNorm2d(outer), nn.GELU()]
    return nn.Sequential(*layers[:-1])


def _start(network: nn.Module) -> None:
    for name, weight in network.named_parameters():
        if name.endswith("places") or weight.ndim == 2:
            nn.init.trunc_normal_(weight, std=0.02)
    for part in network.modules():
        if isinstance(part, nn.Linear):
            nn.init.zeros_(part.bias)
