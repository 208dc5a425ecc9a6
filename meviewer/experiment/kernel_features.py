"""Two descriptions of motion for the kernel ridge: where it goes, and how its edges run."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from meviewer.experiment.motion_input import mirror

GRID = 10
"""Cells a side over which the channels are averaged [ours, chosen by inner validation]."""

CELLS, BINS = 4, 8
"""Cells a side and directions of the histograms of gradients [ours]."""

_TINY = 1e-6
Features = tuple[NDArray[np.float64], ...]


_AT_ONCE = 32
"""So many clips are described together: their gradients then stay near the processor."""


def describe(x: NDArray[np.float32], *, shape: bool = True) -> Features:
    """Return the features of some clips, one array a kind.

    Parameters
    ----------
    x : ndarray, shape (n, phases, 3, P, P), float32
        As `motion_input.normalise` makes it.
    shape : bool
        Also histograms of gradients.

    Returns
    -------
    tuple of ndarray, shape (n, d), float64
        Channels on the grid, then histograms. Mirroring a clip moves and negates entries and
        changes no distance between two clips that are both mirrored.
    """
    planes = x.reshape(len(x), -1, *x.shape[3:]).astype(np.float64)
    found = [_averaged(planes, GRID).reshape(len(x), -1)]
    return (*found, _histograms(planes)) if shape else tuple(found)


def both_views(
    x: NDArray[np.float32], *, shape: bool = True, workers: int = 1
) -> tuple[Features, Features]:
    """Return the features of the clips as they are and mirrored; ``workers`` threads share them."""
    parts = [x[at : at + _AT_ONCE] for at in range(0, len(x), _AT_ONCE)]
    both = [*parts, *map(mirror, parts)]
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(lambda part: describe(part, shape=shape), both))
    return _together(found[: len(parts)]), _together(found[len(parts) :])


def _together(parts: Sequence[Features]) -> Features:
    return tuple(np.concatenate(kind) for kind in zip(*parts, strict=True))


def _histograms(planes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the roots of histograms of gradients; those of one clip sum to 1."""
    down, across = np.gradient(planes, axis=(2, 3))
    strength = np.hypot(down, across)
    turn = np.arctan2(down, across) / (2 * np.pi) % 1 * BINS
    low = turn.astype(np.int64) % BINS
    high_share = turn - np.floor(turn)
    found = []
    for number in range(BINS):
        below = np.where(low == number, strength * (1 - high_share), 0.0)
        above = np.where((low + 1) % BINS == number, strength * high_share, 0.0)
        found.append(_averaged(below + above, CELLS))
    whole = np.stack(found, -1).reshape(len(planes), -1)
    return np.asarray(np.sqrt(whole / (whole.sum(1, keepdims=True) + _TINY)), np.float64)


def _averaged(planes: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    """Average over a grid of equal cells, those cut by a border by their shares: (n, c, k, k)."""
    rows, columns = (_shares(n, min(cells, n)) for n in planes.shape[2:])
    return rows @ planes @ columns.T


def _shares(old: int, new: int) -> NDArray[np.float64]:
    edges = np.linspace(0, old, new + 1)
    starts = np.arange(old)
    overlap = np.minimum(edges[1:, None], starts + 1) - np.maximum(edges[:-1, None], starts)
    shares = np.clip(overlap, 0, None)
    return np.asarray(shares / shares.sum(1, keepdims=True), np.float64)
