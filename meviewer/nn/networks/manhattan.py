"""Attention that fades with the Manhattan distance, and the blocks of the GAMDSS network around it.

Written from a description of the released code: the sizes, the decay and the rotary angles are
those of the code; activations, margins and how weights are drawn are [ours].
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from meviewer.nn.blocks import DropPath, received

_BASE = 10000.0
_EPS = 1e-6


class OnGrid(nn.Conv2d):
    """Depthwise convolution of features whose channels come last, (B, H, W, C)."""

    def __init__(self, channels: int, size: int) -> None:
        super().__init__(channels, channels, size, padding=size // 2, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return features of the same shape."""
        return super().forward(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


class ManhattanAttention(nn.Module):
    """Self-attention whose scores fade with |dx| + |dy|, at a rate of its own for each head.

    Parameters
    ----------
    channels : int
    n_heads : int
    reach : float
        Head h of n fades by log(1 - 2^(-2 - reach h / n)) a cell: the greater, the farther the
        last heads see.
    axial : bool
        Along rows, then along columns, instead of all places at once.
    """

    rates: Tensor
    frequencies: Tensor

    def __init__(self, channels: int, n_heads: int, reach: float, axial: bool) -> None:
        super().__init__()
        self.n_heads, self.axial = n_heads, axial
        self.query = nn.Linear(channels, channels)
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.out = nn.Linear(channels, channels)
        self.local = OnGrid(channels, 5)
        heads = torch.arange(n_heads) / n_heads
        rates = torch.log1p(-torch.exp2(-2 - reach * heads))
        each = channels // n_heads
        frequencies = _BASE ** -torch.linspace(0, 1, each // 2)
        # Constants of the configuration: files of weights do without them.
        self.register_buffer("rates", rates, persistent=False)
        self.register_buffer("frequencies", frequencies, persistent=False)

    def forward(self, x: Tensor, maps: dict[str, Tensor]) -> Tensor:
        """Return features of the same shape (B, H, W, C); all places at once give ``attention``."""
        height, width = x.shape[1:3]
        value = self.value(x)
        local = self.local(value)
        index = torch.arange(height * width, device=x.device).view(height, width)
        angles = index[..., None] * self.frequencies
        query = rotated(self._heads(self.query(x)), angles)
        key = rotated(self._heads(self.key(x)), angles) * query.shape[-1] ** -0.5
        value = self._heads(value)
        if self.axial:
            value = self._along(query, key, value).transpose(2, 3)
            value = self._along(query.transpose(2, 3), key.transpose(2, 3), value).transpose(2, 3)
        else:
            value = self._everywhere(query, key, value, maps)
        joined: Tensor = self.out(value.permute(0, 2, 3, 1, 4).flatten(3) + local)
        return joined

    def _heads(self, x: Tensor) -> Tensor:
        """Return (B, heads, H, W, C / heads)."""
        shape = (*x.shape[:3], self.n_heads, x.shape[3] // self.n_heads)
        return x.reshape(shape).permute(0, 3, 1, 2, 4)

    def _fading(self, distance: Tensor) -> Tensor:
        return self.rates[:, None, None] * distance

    def _along(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attend along the last axis of the grid."""
        n_rows, place = query.shape[2], torch.arange(query.shape[3], device=query.device)
        fading = self._fading((place[:, None] - place).abs())
        # One batch entry a row: kernels of attention take four axes.
        query, key, rows = (t.transpose(1, 2).flatten(0, 1) for t in (query, key, value))
        found = functional.scaled_dot_product_attention(
            query, key, rows, attn_mask=fading.to(query.dtype), scale=1.0
        )
        return found.reshape(-1, n_rows, *found.shape[1:]).transpose(1, 2)

    def _everywhere(
        self, query: Tensor, key: Tensor, value: Tensor, maps: dict[str, Tensor]
    ) -> Tensor:
        shape, (height, width) = value.shape, query.shape[2:4]
        index = torch.arange(height * width, device=query.device)
        row, column = index // width, index % width
        distance = (row[:, None] - row).abs() + (column[:, None] - column).abs()
        query, key, value = (t.flatten(2, 3) for t in (query, key, value))
        weights = torch.softmax(query @ key.mT + self._fading(distance), -1)
        maps["attention"] = received(weights, height, width)
        return (weights.to(value.dtype) @ value).reshape(shape)


class ManhattanBlock(nn.Module):
    """Position by a 3x3 convolution, attention, and two linear layers; each with a residual.

    Parameters
    ----------
    channels, n_heads : int
    ratio : int
        Of the hidden channels.
    reach, axial
        As in `ManhattanAttention`.
    drop_path : float
    """

    def __init__(
        self,
        channels: int,
        n_heads: int,
        ratio: int,
        reach: float,
        axial: bool,
        drop_path: float,
    ) -> None:
        super().__init__()
        self.place = OnGrid(channels, 3)
        self.norms = nn.ModuleList(nn.LayerNorm(channels, _EPS) for _ in range(2))
        self.attention = ManhattanAttention(channels, n_heads, reach, axial)
        self.widen = nn.Linear(channels, ratio * channels)
        self.around = OnGrid(ratio * channels, 3)
        self.narrow = nn.Linear(ratio * channels, channels)
        self.drop = DropPath(drop_path)

    def forward(self, x: Tensor, maps: dict[str, Tensor]) -> Tensor:
        """Return features of the same shape (B, H, W, C)."""
        x = x + self.place(x)
        x = x + self.drop(self.attention(self.norms[0](x), maps))
        hidden = functional.gelu(self.widen(self.norms[1](x)))
        change: Tensor = self.drop(self.narrow(hidden + self.around(hidden)))
        return x + change


def rotated(x: Tensor, angles: Tensor) -> Tensor:
    """Turn pairs of neighbouring channels by angles, so that products know the distance.

    Parameters
    ----------
    x : Tensor, shape (..., 2 n)
    angles : Tensor, shape (..., n), rad
    """
    cos, sin = angles.cos(), angles.sin()
    even, odd = x[..., ::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)
