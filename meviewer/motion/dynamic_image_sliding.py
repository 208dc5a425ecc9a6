"""Dynamic images of every window along a clip; each frame is read once.

``linear``, in O(1) a frame. Write ``x_1 .. x_n`` for the window, ``S = sum x_t`` and
``D = sum (2t - n - 1) x_t``. One frame later every weight has moved by -2, so

    ``S' = S + x_new - x_old``,    ``D' = D + (n + 1) x_new + (n - 1) x_old - 2 S'``.

All of it is whole numbers: nothing drifts, however long the clip [ours].

``bilen`` and ``learnet`` have no such step. Their weights are ``2 (n - t + 1) - (n + c) (H_n -
H_{t-1})`` with harmonic numbers ``H``, c = 1 and 0. An update that keeps a fixed number of sums
exists only for weights that are sums of polynomials times exponentials of t, which harmonic numbers
are not. Their windows are computed several at a time by one matrix product: O(n) a frame, but at
the speed of BLAS, and nothing is carried from one window to the next, so nothing drifts either.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from meviewer.core.blas_threads import single_blas_thread
from meviewer.motion.frame_stack import Picture

_MOST_INT32 = 5803
"""Longest window with |D| <= 255 n^2 / 4 < 2^31; sums in between may wrap, D comes out right."""

_BLOCK_PX = 4096
_WINDOWS = 16


def linear(frames: Iterable[Picture], n: int) -> Iterator[NDArray[np.float32]]:
    """Give ``sum (2t - n - 1) x_t`` of every window of ``n`` frames, 2 or more, in O(1) a frame.

    Yields
    ------
    float32, shape of a frame
        The exact whole number, rounded once where it needs more than 24 bits.
    """
    coming = iter(frames)
    window = deque(islice(coming, n))
    kind = np.int32 if n <= _MOST_INT32 else np.int64
    sums = np.zeros(window[0].shape, kind)
    image = np.zeros_like(sums)
    part = np.zeros_like(sums)
    for t, frame in enumerate(window, 1):
        sums += frame
        image += np.multiply(frame, 2 * t - n - 1, out=part, dtype=kind)
    yield image.astype(np.float32)
    for new in coming:
        old = window.popleft()
        window.append(new)
        sums += new
        sums -= old
        image += np.multiply(new, n + 1, out=part, dtype=kind)
        image += np.multiply(old, n - 1, out=part, dtype=kind)
        image -= np.multiply(sums, 2, out=part)
        yield image.astype(np.float32)


def weighted(
    frames: Iterable[Picture], alpha: NDArray[np.float64]
) -> Iterator[NDArray[np.float32]]:
    """Give ``sum alpha_t x_t`` of every window of ``len(alpha)`` frames, by matrix products.

    Yields
    ------
    float32, shape of a frame
        To 1e-6 of ``255 sum |alpha_t|``.
    """
    n = len(alpha)
    coming = iter(frames)
    held = list(islice(coming, n - 1))
    while more := list(islice(coming, _WINDOWS)):
        held += more
        yield from _windows(held, alpha)
        held = held[len(more) :]


def _windows(held: Sequence[Picture], alpha: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the images of all windows of frames that are at hand, (len - n + 1, ...) float32."""
    n_windows = len(held) - len(alpha) + 1
    band = np.zeros((n_windows, len(held)), np.float32)
    for window in range(n_windows):
        band[window, window : window + len(alpha)] = alpha
    found = np.empty((n_windows, held[0].size), np.float32)
    flat = [frame.reshape(-1) for frame in held]
    # The still face is left out of the products, where it would cost digits, and added at last.
    still = flat[0].astype(np.float32)
    rest = np.float32(alpha.sum())
    block = np.empty((len(held), _BLOCK_PX), np.float32)
    with single_blas_thread():
        for start in range(0, still.size, _BLOCK_PX):
            part = slice(start, min(start + _BLOCK_PX, still.size))
            values = block[:, : part.stop - start]
            for row, frame in zip(values, flat, strict=True):
                np.subtract(frame[part], still[part], out=row)
            found[:, part] = band @ values
            found[:, part] += rest * still[part]
    return found.reshape(n_windows, *held[0].shape)
