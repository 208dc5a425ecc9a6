"""Shrinks flow fields and pictures exactly: a new pixel is the mean over its area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def resize_flow(flow: NDArray[np.float32], size_px: int) -> NDArray[np.float32]:
    """Average a flow field over a square grid and scale its vectors with it.

    Parameters
    ----------
    flow : ndarray, shape (H, W, 2), float32
        Horizontal and vertical displacement in pixels of the frame.
    size_px : int
        Width and height of the result.

    Returns
    -------
    ndarray, shape (2, size_px, size_px), float32
        The same in pixels of the result.
    """
    height, width = flow.shape[:2]
    rows, columns = _averaging(height, size_px), _averaging(width, size_px)
    scale = np.array([size_px / width, size_px / height], np.float32)
    averaged = np.stack([rows @ flow[..., axis] @ columns.T for axis in (0, 1)])
    return np.asarray(averaged * scale[:, None, None], np.float32)


def resize_planes(planes: NDArray[np.floating | np.uint8], size_px: int) -> NDArray[np.float32]:
    """Average the planes of a picture over a square grid.

    Parameters
    ----------
    planes : ndarray, shape (H, W, C)
    size_px : int
        Width and height of the result; the sides are scaled on their own.

    Returns
    -------
    ndarray, shape (C, size_px, size_px), float32
    """
    height, width = planes.shape[:2]
    rows, columns = _averaging(height, size_px), _averaging(width, size_px)
    values = np.moveaxis(planes, -1, 0).astype(np.float32)
    return np.asarray(rows @ values @ columns.T, np.float32)


def _averaging(old: int, new: int) -> NDArray[np.float32]:
    """Return the shares that old pixels have in new ones, (new, old); rows sum to 1."""
    edges = np.linspace(0, old, new + 1)
    starts = np.arange(old)
    overlap = np.minimum(edges[1:, None], starts + 1) - np.maximum(edges[:-1, None], starts)
    shares = np.clip(overlap, 0, None)
    return np.asarray(shares / shares.sum(1, keepdims=True), np.float32)
