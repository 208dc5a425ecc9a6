"""Cutting a picture into strips of rows, one a thread, and keeping their borders equal.

Each strip carries a halo of rows of its neighbours, wide enough that the iterations of one warp
need no exchange. So threads meet once a warp, and the result is the same for any number of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

CACHE_LINE = 64
# Columns left of the picture: one cache line of zeros (flow_tvl1_kernels.LEFT, which needs numba).
LEFT = 16


@dataclass(frozen=True)
class Strip:
    """Rows ``begin..end`` (end excluded) of a picture with their halo, and the room to work in.

    Attributes
    ----------
    begin, end : int
        The rows this strip answers for.
    top : int
        The first row it holds.
    state : (6, rows, pitch) float32
        u, v and the dual variables.
    """

    begin: int
    end: int
    top: int
    height: int
    state: Array
    data: Array
    scratch: Array
    step: Array

    @property
    def bottom(self) -> int:
        """One past the last row it holds."""
        return self.top + int(self.state.shape[1])

    @property
    def cut_above(self) -> bool:
        """Whether rows above belong to another strip."""
        return self.top > 0

    @property
    def cut_below(self) -> bool:
        """Whether rows below belong to another strip."""
        return self.bottom < self.height

    def rows(self, begin: int, end: int) -> Array:
        """Return the state of these rows of the picture, (6, rows, pitch), as a view."""
        return self.state[:, begin - self.top : end - self.top]


def cut(shape: tuple[int, int], strips: int, halo: int) -> tuple[Strip, ...]:
    """Cut a picture into at most ``strips`` strips with zero flow."""
    height, width = shape
    strips = max(1, min(strips, height // (3 * halo)))
    edges = [height * n // strips for n in range(strips + 1)]
    return tuple(_strip(begin, end, height, width, halo) for begin, end in pairwise(edges))


def exchange(strips: Sequence[Strip]) -> None:
    """Copy into each halo what the neighbour has found there."""
    for above, below in pairwise(strips):
        edge = below.begin
        above.rows(edge, above.bottom)[:] = below.rows(edge, above.bottom)
        below.rows(below.top, edge)[:] = above.rows(below.top, edge)


def put_flow(strips: Sequence[Strip], u: Array, v: Array) -> None:
    """Set the flow of all strips from whole pictures, (H, W) each."""
    width = u.shape[1]
    for strip in strips:
        for component, values in enumerate((u, v)):
            strip.state[component, :, LEFT : LEFT + width] = values[strip.top : strip.bottom]


def take_flow(strips: Sequence[Strip], width: int) -> tuple[Array, Array]:
    """Join the flow of all strips to whole pictures, (H, W) each."""
    parts = [strip.rows(strip.begin, strip.end)[:2, :, LEFT : LEFT + width] for strip in strips]
    joined = np.concatenate(parts, axis=1)
    return joined[0], joined[1]


def _strip(begin: int, end: int, height: int, width: int, halo: int) -> Strip:
    top, bottom = max(0, begin - halo), min(height, end + halo)
    rows = bottom - top
    pitch = LEFT + -(-width // LEFT) * LEFT
    return Strip(
        begin,
        end,
        top,
        height,
        state=_aligned_zeros(6, rows, pitch),
        data=_aligned_zeros(4, rows, pitch),
        scratch=_aligned_zeros(rows, width),
        step=_aligned_zeros(width),
    )


def _aligned_zeros(*shape: int) -> Array:
    """Zeros that begin on a cache line: loads across two lines cost twice."""
    spare = CACHE_LINE // 4
    room = np.zeros(prod(shape) + spare, np.float32)
    skip = -room.ctypes.data % CACHE_LINE // 4
    return room[skip : skip + prod(shape)].reshape(shape)
