"""Loops over pixels for the stabilisation, compiled; import it late, it brings numba along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

Floats = NDArray[np.float32]

_PIECE = 1024


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
    sums = np.empty(width * across, np.uint16)
    for y in range(height):
        sums[:] = 0
        for inner in range(factor):
            row = frame[y * factor + inner].ravel()
            for i in range(width * across):
                sums[i] += row[i]
        if across == 6:
            _sum_sixes(sums, share, out[y])
            continue
        for x in range(width):
            total = 0
            for i in range(x * across, (x + 1) * across):
                total += sums[i]
            out[y, x] = share * np.float32(total)


@compiled
def _sum_sixes(sums: NDArray[np.uint16], share: np.float32, out: Floats) -> None:
    """Sum pairs of colour pixels: the usual case, several times as fast without an inner loop."""
    for x in range(len(out)):
        i = 6 * x
        one = np.int32(sums[i]) + np.int32(sums[i + 1]) + np.int32(sums[i + 2])
        two = np.int32(sums[i + 3]) + np.int32(sums[i + 4]) + np.int32(sums[i + 5])
        out[x] = share * np.float32(one + two)


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
            _sample_run(
                source[top - 1, left - 1 : left + run + 2],
                source[top, left - 1 : left + run + 2],
                source[top + 1, left - 1 : left + run + 2],
                source[top + 2, left - 1 : left + run + 2],
                np.float32(at_x - left),
                np.float32(at_y - top),
                np.float32(a - 1.0),
                np.float32(b),
                out[y, x : x + run],
            )
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
def _sample_run(
    first: Floats,
    second: Floats,
    third: Floats,
    fourth: Floats,
    u: np.float32,
    v: np.float32,
    step_u: np.float32,
    step_v: np.float32,
    out: Floats,
) -> None:
    """Fill a run of a row by Keys' cubic with slope -1/2, which is exact for parabolas."""
    half, one, two = np.float32(0.5), np.float32(1), np.float32(2)
    three, four, five = np.float32(3), np.float32(4), np.float32(5)
    for i in range(len(out)):
        s = u + step_u * np.float32(i)
        t = v + step_v * np.float32(i)
        s0 = s * (s * (two - s) - one)
        s1 = s * s * (three * s - five) + two
        s2 = s * (s * (four - three * s) + one)
        s3 = s * s * (s - one)
        above = s0 * first[i] + s1 * first[i + 1] + s2 * first[i + 2] + s3 * first[i + 3]
        high = s0 * second[i] + s1 * second[i + 1] + s2 * second[i + 2] + s3 * second[i + 3]
        low = s0 * third[i] + s1 * third[i + 1] + s2 * third[i + 2] + s3 * third[i + 3]
        below = s0 * fourth[i] + s1 * fourth[i + 1] + s2 * fourth[i + 2] + s3 * fourth[i + 3]
        upper = t * (t * (two - t) - one) * above + (t * t * (three * t - five) + two) * high
        lower = t * (t * (four - three * t) + one) * low + t * t * (t - one) * below
        out[i] = half * half * (upper + lower)


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


@compiled
def leave(frames: Floats, mean: Floats, columns: Floats, found: Floats, rest: Floats) -> None:
    """Take the mean and what the columns explain from every frame.

    Parameters
    ----------
    frames, rest : (T, P) float32
        ``rest`` is filled.
    mean : (P,) float32
    columns : (k, P) float32
        k: 4 or 8.
    found : (T, k) float32
    """
    # In pieces of which mean and columns stay in the cache for all frames.
    for begin in range(0, len(mean), _PIECE):
        end = min(begin + _PIECE, len(mean))
        for t in range(len(found)):
            _leave_piece(
                frames[t, begin:end], mean[begin:end], columns[:, begin:end], found[t],
                rest[t, begin:end],
            )  # fmt: skip


@compiled
def project(frames: Floats, mean: Floats, columns: Floats, out: NDArray[np.float64]) -> None:
    """Fill the products (T, k) of frames less the mean with columns; as for `leave`.

    A library's product of matrices waits for its own threads where the cores are busy.
    """
    left = np.empty(_PIECE, np.float32)
    out[:] = 0.0
    for begin in range(0, len(mean), _PIECE):
        end = min(begin + _PIECE, len(mean))
        change, usual = left[: end - begin], mean[begin:end]
        for t in range(len(out)):
            frame = frames[t, begin:end]
            for i in range(len(change)):
                change[i] = frame[i] - usual[i]
            for k in range(len(columns)):
                column, total = columns[k, begin:end], np.float32(0)
                for i in range(len(change)):
                    total += column[i] * change[i]
                out[t, k] += total


@compiled
def mean_squares(frames: Floats, mean: Floats, columns: Floats, found: Floats, out: Floats) -> None:
    """Fill the variance (P,) of what `leave` would leave over the frames."""
    left = np.empty(_PIECE, np.float32)
    share = np.float32(1.0 / len(found))
    for begin in range(0, len(mean), _PIECE):
        end = min(begin + _PIECE, len(mean))
        piece, total = left[: end - begin], out[begin:end]
        total[:] = np.float32(0)
        for t in range(len(found)):
            _leave_piece(
                frames[t, begin:end], mean[begin:end], columns[:, begin:end], found[t], piece
            )
            for i in range(len(piece)):
                total[i] += share * piece[i] * piece[i]


@compiled
def _leave_piece(frame: Floats, mean: Floats, columns: Floats, found: Floats, left: Floats) -> None:
    for i in range(len(left)):
        left[i] = frame[i] - mean[i]
    for k in range(0, len(columns), 4):
        a, b, c, d = found[k], found[k + 1], found[k + 2], found[k + 3]
        one, two, three, four = columns[k], columns[k + 1], columns[k + 2], columns[k + 3]
        for i in range(len(left)):
            left[i] -= a * one[i] + b * two[i] + c * three[i] + d * four[i]


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
    across, down = np.empty(width, np.float32), np.empty(width, np.float32)
    for t in range(n_frames):
        for row in range(height // size):
            # Whole rows first: sums over the few pixels of a cell are slow.
            across[:] = np.float32(0)
            down[:] = np.float32(0)
            for y in range(row * size, (row + 1) * size):
                left, to_x, to_y = rest[t, y], slope_x[y], slope_y[y]
                for x in range(width):
                    across[x] += to_x[x] * left[x]
                    down[x] += to_y[x] * left[x]
            for cell in range(columns):
                sum_x, sum_y = np.float32(0), np.float32(0)
                for x in range(cell * size, (cell + 1) * size):
                    sum_x += across[x]
                    sum_y += down[x]
                out[t, row * columns + cell, 0] = sum_x
                out[t, row * columns + cell, 1] = sum_y
