"""Convex areas as masks, without OpenCV: hulls, rings and half planes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Mask = NDArray[np.bool_]
Points = NDArray[np.float64]


def hull(points: ArrayLike) -> Points:
    """Return the corners of the convex hull of (N, 2) points, in turn, as (K, 2) float64."""
    rows = sorted({(float(x), float(y)) for x, y in np.asarray(points, np.float64)})
    if len(rows) < 3:
        return np.array(rows, np.float64)
    chains = (_chain(rows), _chain(rows[::-1]))
    return np.array([*chains[0][:-1], *chains[1][:-1]], np.float64)


def _chain(rows: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return one side of the hull (Andrew's monotone chain)."""
    side: list[tuple[float, float]] = []
    for x, y in rows:
        while len(side) >= 2:
            (x1, y1), (x2, y2) = side[-2:]
            if (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) > 0:
                break
            side.pop()
        side.append((x, y))
    return side


def convex_mask(points: ArrayLike, shape: tuple[int, int], margin_px: float = 0.0) -> Mask:
    """Return which pixel centres lie in the convex hull of points, widened by a margin.

    Parameters
    ----------
    points : (N, 2) array
        x and y in px.
    shape : (H, W)
    margin_px : float
        How far each side is moved outwards; corners stay sharp.
    """
    mask = np.zeros(shape, np.bool_)
    corners = hull(points)
    low, high = corners.min(axis=0) - margin_px, corners.max(axis=0) + margin_px
    left, top = (max(0, int(np.ceil(v))) for v in low)
    right, bottom = (min(n, int(np.floor(v)) + 1) for v, n in zip(high, shape[::-1], strict=True))
    if left >= right or top >= bottom:
        return mask
    x = np.arange(left, right, dtype=np.float64)
    first, last = _row_spans(corners, np.arange(top, bottom, dtype=np.float64), margin_px)
    mask[top:bottom, left:right] = (x >= first[:, None]) & (x <= last[:, None])
    return mask


def _row_spans(corners: Points, rows: Points, margin_px: float) -> tuple[Points, Points]:
    """Return where a convex area begins and ends in each row: spans are cheaper than px."""
    first, last = np.full(len(rows), -np.inf), np.full(len(rows), np.inf)
    if len(corners) < 3:
        return first, last
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        across, down = x2 - x1, y2 - y1
        room = margin_px * float(np.hypot(across, down)) + (rows - y1) * across
        # Inside is where (x - x1) * down <= room.
        if down > 0:
            last = np.minimum(last, x1 + room / down)
        elif down < 0:
            first = np.maximum(first, x1 + room / down)
        else:
            last = np.where(room < 0, -np.inf, last)
    return first, last


def scaled(points: Points, factor: float) -> Points:
    """Return points moved towards their middle (or away from it) by a factor."""
    middle = points.mean(axis=0)
    scaled_points: Points = middle + factor * (points - middle)
    return scaled_points


def above(shape: tuple[int, int], start: ArrayLike, end: ArrayLike) -> Mask:
    """Return which pixels lie above the line from ``start`` (left) to ``end`` (right)."""
    (x1, y1), (x2, y2) = np.asarray(start, np.float64), np.asarray(end, np.float64)
    x = np.arange(shape[1], dtype=np.float64)
    y = np.arange(shape[0], dtype=np.float64)[:, None]
    over: Mask = (x2 - x1) * (y - y1) < (y2 - y1) * (x - x1)
    return over
