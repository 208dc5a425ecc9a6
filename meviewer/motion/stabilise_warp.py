"""Sampling a picture along a similarity, compiled; import it late, it brings numba along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

Floats = NDArray[np.float32]


@compiled
def warp(source: Floats, shift_x: float, shift_y: float, a: float, b: float, out: Floats) -> None:
    """Sample ``source`` at ``m + shift + (a -b; b a) (x - m)``, m its middle, bicubically.

    Parameters
    ----------
    source : (H, W) float32
        At least 4 x 4 px.
    shift_x, shift_y : float
        px.
    a, b : float
        Of the similarity: scale times cosine and sine of the turn.
    out : (H, W) float32
        Filled. Beyond the edges the outermost pixel is repeated.
    """
    height, width = source.shape
    middle_x, middle_y = 0.5 * (width - 1), 0.5 * (height - 1)
    lines = np.empty(width + 3, np.float32)
    for y in range(height):
        from_x = middle_x + shift_x - a * middle_x - b * (y - middle_y)
        from_y = middle_y + shift_y - b * middle_x + a * (y - middle_y)
        x = 0
        while x < width:
            at_x, at_y = from_x + a * x, from_y + b * x
            left, top = int(np.floor(at_x)), int(np.floor(at_y))
            if left < 1 or left > width - 3 or top < 1 or top > height - 3:
                out[y, x] = _at_edge(source, at_x, at_y)
                x += 1
                continue
            # As long as neighbours stay neighbours, a run of pixels is a loop without branches.
            run = min(width - x, width - 2 - left)
            run = min(run, _lasts(at_x - left, a - 1.0), _lasts(at_y - top, b))
            line, rise = lines[: run + 3], b / a
            _sample_columns(
                source[top - 1, left - 1 : left + run + 2],
                source[top, left - 1 : left + run + 2],
                source[top + 1, left - 1 : left + run + 2],
                source[top + 2, left - 1 : left + run + 2],
                np.float32(at_y - top - rise * (at_x - left + 1.0)),
                np.float32(rise),
                line,
            )
            _sample_line(line, np.float32(at_x - left), np.float32(a - 1.0), out[y, x : x + run])
            x += run


@compiled
def _lasts(fraction: float, step: float) -> int:
    """Count the steps, 1 or more, until a fraction of a pixel leaves 0..1."""
    if step > 0:
        return max(1, int(min((1.0 - fraction) / step, 1e6)))
    if step < 0:
        return max(1, int(min(-fraction / step, 1e6)))
    return 1000000


@compiled
def _sample_columns(
    first: Floats,
    second: Floats,
    third: Floats,
    fourth: Floats,
    v: np.float32,
    step: np.float32,
    line: Floats,
) -> None:
    """Sample columns where a slanted line crosses them, ``v`` px below the second row at first.

    Keys' cubic with slope -1/2, which is exact for parabolas, here as in `_sample_line`. A picture
    along a straight line is a curve like any other: first the columns, then the line, takes half
    of the work of 16 neighbours a pixel and is as exact.
    """
    half, two, three = np.float32(0.5), np.float32(2), np.float32(3)
    four, five = np.float32(4), np.float32(5)
    for i in range(len(line)):
        t = v + step * np.float32(np.int32(i))
        p, q, r, s = first[i], second[i], third[i], fourth[i]
        bend = two * p - five * q + four * r - s
        line[i] = q + half * t * (r - p + t * (bend + t * (three * (q - r) + s - p)))


@compiled
def _sample_line(line: Floats, u: np.float32, step: np.float32, out: Floats) -> None:
    """Sample a line ``u`` px behind the second of each four neighbours, a step more each time."""
    half, two, three = np.float32(0.5), np.float32(2), np.float32(3)
    four, five = np.float32(4), np.float32(5)
    for i in range(len(out)):
        t = u + step * np.float32(np.int32(i))
        p, q, r, s = line[i], line[i + 1], line[i + 2], line[i + 3]
        bend = two * p - five * q + four * r - s
        out[i] = q + half * t * (r - p + t * (bend + t * (three * (q - r) + s - p)))


@compiled
def _at_edge(source: Floats, at_x: float, at_y: float) -> np.float32:
    """Sample between the nearest pixels where there are no four a side."""
    height, width = source.shape
    x, y = min(max(at_x, 0.0), width - 1.0), min(max(at_y, 0.0), height - 1.0)
    left, top = min(int(x), width - 2), min(int(y), height - 2)
    u, v = np.float32(x - left), np.float32(y - top)
    upper: np.float32 = source[top, left] + u * (source[top, left + 1] - source[top, left])
    lower: np.float32 = source[top + 1, left] + u * (
        source[top + 1, left + 1] - source[top + 1, left]
    )
    return upper + v * (lower - upper)
