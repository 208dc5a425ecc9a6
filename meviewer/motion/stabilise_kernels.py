"""Loops over pixels for the stabilisation, compiled; import it late, it brings numba along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

Floats = NDArray[np.float32]

_PIECE = 1024
_NARROW = 257


@compiled
def shrink(frame: NDArray[np.uint8], factor: int, out: Floats) -> None:
    """Average squares of ``factor`` x ``factor`` px over all channels.

    Parameters
    ----------
    frame : (H, W, C) uint8
    factor : int
        Up to 257.
    out : (h, w) float32
        Filled; rows and columns that do not fill a square are left out.
    """
    height, width = out.shape
    across = factor * frame.shape[2]
    share = np.float32(1.0 / (factor * across))
    # 257 rows of 255 fit: the narrower the numbers, the more are added at once.
    sums, runs = np.empty(width * across, np.uint16), np.empty(width * across, np.uint16)
    for y in range(height):
        row = frame[y * factor].ravel()
        for i in range(len(sums)):
            sums[i] = row[i]
        for inner in range(1, factor):
            row = frame[y * factor + inner].ravel()
            for i in range(len(sums)):
                sums[i] += row[i]
        if factor * across <= _NARROW:
            _sum_runs(sums, across, share, runs, out[y])
            continue
        for x in range(width):
            total = 0
            for i in range(x * across, (x + 1) * across):
                total += sums[i]
            out[y, x] = share * np.float32(total)


@compiled
def _sum_runs(
    sums: NDArray[np.uint16],
    across: int,
    share: np.float32,
    runs: NDArray[np.uint16],
    out: Floats,
) -> None:
    """Sum runs of ``across`` numbers; ``runs`` is overwritten.

    All runs, wherever they begin, are summed at once and few are taken: neighbours are added
    many at a time, which is several times as fast as one run after the other.
    """
    n = len(sums) - across + 1
    for i in range(n):
        runs[i] = sums[i]
    for j in range(1, across):
        later = sums[j:]
        for i in range(n):
            runs[i] += later[i]
    for x in range(len(out)):
        out[x] = share * np.float32(runs[x * across])


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
        above, below = picture[max(y - 1, 0)], picture[min(y + 1, height - 1)]
        higher, lower = picture[max(y - 2, 0)], picture[min(y + 2, height - 1)]
        here, blurred = picture[y], spare[y]
        for x in range(width):
            sides, ends = above[x] + below[x], higher[x] + lower[x]
            blurred[x] = centre * here[x] + near * sides + far * ends
    last = width - 1
    for y in range(height):
        row, blurred = spare[y], picture[y]
        for x in range(width - 4):
            sides, ends = row[x + 1] + row[x + 3], row[x] + row[x + 4]
            blurred[x + 2] = centre * row[x + 2] + near * sides + far * ends
        for x in (0, 1, last - 1, last):
            sides = row[max(x - 1, 0)] + row[min(x + 1, last)]
            ends = row[max(x - 2, 0)] + row[min(x + 2, last)]
            blurred[x] = centre * row[x] + near * sides + far * ends


@compiled
def halve(source: Floats, out: Floats) -> None:
    """Average squares of 2 x 2 px of every frame.

    Parameters
    ----------
    source : (T, H, W) float32
    out : (T, H // 2, W // 2) float32
        Filled.
    """
    n_frames, height, width = out.shape
    quarter = np.float32(0.25)
    for t in range(n_frames):
        for y in range(height):
            upper, lower = source[t, 2 * y], source[t, 2 * y + 1]
            for x in range(width):
                pair = upper[2 * x] + upper[2 * x + 1]
                out[t, y, x] = quarter * (pair + lower[2 * x] + lower[2 * x + 1])


@compiled
def project(frames: Floats, mean: Floats, columns: Floats, out: NDArray[np.float64]) -> None:
    """Fill the products (T, k) of frames less the mean with columns.

    A library's product of matrices waits for its own threads where the cores are busy.

    Parameters
    ----------
    frames : (T, P) float32
    mean : (P,) float32
    columns : (k, P) float32
        k: 4 or 8.
    out : (T, k) float64
        Filled.
    """
    left = np.empty(_PIECE, np.float32)
    out[:] = 0.0
    # In pieces of which mean and columns stay in the cache for all frames.
    for begin in range(0, len(mean), _PIECE):
        end = min(begin + _PIECE, len(mean))
        change, usual = left[: end - begin], mean[begin:end]
        for t in range(len(out)):
            frame = frames[t, begin:end]
            for i in range(len(change)):
                change[i] = frame[i] - usual[i]
            for k in range(0, len(columns), 4):
                one, two = columns[k, begin:end], columns[k + 1, begin:end]
                three, four = columns[k + 2, begin:end], columns[k + 3, begin:end]
                a, b, c, d = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
                for i in range(len(change)):
                    a += one[i] * change[i]
                    b += two[i] * change[i]
                    c += three[i] * change[i]
                    d += four[i] * change[i]
                out[t, k] += a
                out[t, k + 1] += b
                out[t, k + 2] += c
                out[t, k + 3] += d


@compiled
def mean_squares(frames: Floats, mean: Floats, columns: Floats, found: Floats, out: Floats) -> None:
    """Fill the variance (P,) over the frames of what mean and columns do not explain.

    Parameters
    ----------
    frames, mean, columns
        As for `project`.
    found : (T, k) float32
        How much of each column is in a frame.
    out : (P,) float32
    """
    left = np.empty(_PIECE, np.float32)
    share = np.float32(1.0 / len(found))
    for begin in range(0, len(mean), _PIECE):
        end = min(begin + _PIECE, len(mean))
        usual, total, rest = mean[begin:end], out[begin:end], left[: end - begin]
        for i in range(len(total)):
            total[i] = np.float32(0)
        for t in range(len(found)):
            frame = frames[t, begin:end]
            for i in range(len(rest)):
                rest[i] = frame[i] - usual[i]
            for k in range(0, len(columns), 4):
                one, two = columns[k, begin:end], columns[k + 1, begin:end]
                three, four = columns[k + 2, begin:end], columns[k + 3, begin:end]
                a, b, c, d = found[t, k], found[t, k + 1], found[t, k + 2], found[t, k + 3]
                for i in range(len(rest)):
                    rest[i] -= a * one[i] + b * two[i] + c * three[i] + d * four[i]
            for i in range(len(rest)):
                total[i] += share * rest[i] * rest[i]


@compiled
def cell_sums(
    frames: Floats, mean: Floats, slope_x: Floats, slope_y: Floats, size: int, out: Floats
) -> None:
    """Sum ``slope * (frame - mean)`` over square cells: what a change says about their motion.

    Parameters
    ----------
    frames : (T, h, w) float32
    mean, slope_x, slope_y : (h, w) float32
    size : int
        Of a cell, px.
    out : (T, (h // size) * (w // size), 2) float32
        Filled.
    """
    n_frames, height, width = frames.shape
    columns = width // size
    across, down = np.empty(width, np.float32), np.empty(width, np.float32)
    for t in range(n_frames):
        for row in range(height // size):
            # Whole rows first: sums over the few pixels of a cell are slow.
            for x in range(width):
                across[x] = down[x] = np.float32(0)
            for y in range(row * size, (row + 1) * size):
                frame, usual, to_x, to_y = frames[t, y], mean[y], slope_x[y], slope_y[y]
                for x in range(width):
                    change = frame[x] - usual[x]
                    across[x] += to_x[x] * change
                    down[x] += to_y[x] * change
            for cell in range(columns):
                sum_x, sum_y = np.float32(0), np.float32(0)
                for x in range(cell * size, (cell + 1) * size):
                    sum_x += across[x]
                    sum_y += down[x]
                out[t, row * columns + cell, 0] = sum_x
                out[t, row * columns + cell, 1] = sum_y
