"""Loops over pixels for the stabilisation, compiled; import it late, it brings numba along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

Floats = NDArray[np.float32]


@compiled
def shrink(frame: NDArray[np.uint8], factor: int, out: Floats) -> None:
    """Average squares of ``factor`` x ``factor`` px over all channels.

    Parameters
    ----------
    frame : (H, W, C) uint8
    factor : int
    out : (h, w) float32
        Filled; rows and columns that do not fill a square are left out.
    """
    height, width = out.shape
    channels = frame.shape[2]
    share = np.float32(1.0 / (factor * factor * channels))
    across = factor * channels
    row_sums = np.empty(width * across, np.int32)
    for y in range(height):
        row_sums[:] = 0
        for inner in range(factor):
            row = frame[y * factor + inner].ravel()
            for i in range(width * across):
                row_sums[i] += row[i]
        for x in range(width):
            total = 0
            for i in range(x * across, (x + 1) * across):
                total += row_sums[i]
            out[y, x] = share * np.float32(total)


@compiled
def blur(picture: Floats, spare: Floats) -> None:
    """Blur in place with the binomial (1 4 6 4 1) / 16, a Gaussian of 1 px; edges are repeated.

    Parameters
    ----------
    picture, spare : (h, w) float32
        ``spare`` is overwritten.
    """
    height, width = picture.shape
    centre, near, far = np.float32(0.375), np.float32(0.25), np.float32(0.0625)
    for y in range(height):
        above, below = max(y - 1, 0), min(y + 1, height - 1)
        higher, lower = max(y - 2, 0), min(y + 2, height - 1)
        for x in range(width):
            spare[y, x] = (
                centre * picture[y, x]
                + near * (picture[above, x] + picture[below, x])
                + far * (picture[higher, x] + picture[lower, x])
            )
    for y in range(height):
        for x in range(width):
            sides = spare[y, max(x - 1, 0)] + spare[y, min(x + 1, width - 1)]
            ends = spare[y, max(x - 2, 0)] + spare[y, min(x + 2, width - 1)]
            picture[y, x] = centre * spare[y, x] + near * sides + far * ends


@compiled
def warp(source: Floats, shift_x: float, shift_y: float, a: float, b: float, out: Floats) -> None:
    """Sample ``source`` at ``m + shift + (a -b; b a) (x - m)``, m its middle, bicubically.

    Parameters
    ----------
    source : (H, W, C) float32
    shift_x, shift_y : float
        px.
    a, b : float
        Of the similarity: scale times cosine and sine of the turn.
    out : (H, W, C) float32
        Filled. Beyond the edges the outermost pixel is repeated.
    """
    height, width, channels = source.shape
    middle_x, middle_y = 0.5 * (width - 1), 0.5 * (height - 1)
    half = np.float32(0.5)
    for y in range(height):
        from_x = middle_x + shift_x - a * middle_x - b * (y - middle_y)
        from_y = middle_y + shift_y - b * middle_x + a * (y - middle_y)
        for x in range(width):
            at_x = min(max(from_x + a * x, 0.0), width - 1.0)
            at_y = min(max(from_y + b * x, 0.0), height - 1.0)
            left, top = int(at_x), int(at_y)
            u, v = np.float32(at_x - left), np.float32(at_y - top)
            # Keys' cubic with its slope at -1/2: exact for parabolas.
            u0 = half * u * (u * (np.float32(2) - u) - np.float32(1))
            u1 = half * (u * u * (np.float32(3) * u - np.float32(5)) + np.float32(2))
            u2 = half * u * (u * (np.float32(4) - np.float32(3) * u) + np.float32(1))
            u3 = half * u * u * (u - np.float32(1))
            v0 = half * v * (v * (np.float32(2) - v) - np.float32(1))
            v1 = half * (v * v * (np.float32(3) * v - np.float32(5)) + np.float32(2))
            v2 = half * v * (v * (np.float32(4) - np.float32(3) * v) + np.float32(1))
            v3 = half * v * v * (v - np.float32(1))
            x0, x2, x3 = max(left - 1, 0), min(left + 1, width - 1), min(left + 2, width - 1)
            y0, y2, y3 = max(top - 1, 0), min(top + 1, height - 1), min(top + 2, height - 1)
            for c in range(channels):
                first = source[y0, x0, c] * u0 + source[y0, left, c] * u1
                first += source[y0, x2, c] * u2 + source[y0, x3, c] * u3
                second = source[top, x0, c] * u0 + source[top, left, c] * u1
                second += source[top, x2, c] * u2 + source[top, x3, c] * u3
                third = source[y2, x0, c] * u0 + source[y2, left, c] * u1
                third += source[y2, x2, c] * u2 + source[y2, x3, c] * u3
                fourth = source[y3, x0, c] * u0 + source[y3, left, c] * u1
                fourth += source[y3, x2, c] * u2 + source[y3, x3, c] * u3
                out[y, x, c] = v0 * first + v1 * second + v2 * third + v3 * fourth


@compiled
def cell_sums(rest: Floats, slope_x: Floats, slope_y: Floats, size: int, out: Floats) -> None:
    """Sum ``slope * rest`` over square cells: what the rest says about their motion.

    Parameters
    ----------
    rest : (T, h, w) float32
    slope_x, slope_y : (h, w) float32
    size : int
        Of a cell, px.
    out : (T, (h // size) * (w // size), 2) float32
        Filled.
    """
    n_frames, height, width = rest.shape
    columns = width // size
    out[:] = np.float32(0)
    for t in range(n_frames):
        for y in range(height // size * size):
            row = y // size * columns
            for cell in range(columns):
                across, down = np.float32(0), np.float32(0)
                for x in range(cell * size, (cell + 1) * size):
                    across += slope_x[y, x] * rest[t, y, x]
                    down += slope_y[y, x] * rest[t, y, x]
                out[t, row + cell, 0] += across
                out[t, row + cell, 1] += down
