"""Products of all pairs of frames in blocks of columns, summed exactly.

Two ways. Many frames are multiplied as small whole numbers by loops of our own, faster than BLAS on
processors with AVX2. Else BLAS multiplies float32, where no sum of a block can be rounded.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from meviewer.core.blas_threads import single_blas_thread
from meviewer.motion.cores import usable_cores

_BLOCK_PX = 4096
# Integers up to 2^24 are exact in float32; 1 % is for the rounding of the check itself.
_EXACT_F32 = 0.99 * 2**24
_MAX_WORKERS = 4
_FEWEST_WHOLE = 48  # with fewer frames their conversion takes longer than their products

S = TypeVar("S", np.float64, np.int64)

Block: TypeAlias = Callable[[slice], NDArray[np.float32]]
"""Gives columns of the frames as (T, n) float32, centred on something near all of them."""


def squared_distances_of_frames(stack: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return ``||F(i) - F(j)||^2`` of all pairs of frames, exact whole numbers, (T, T) float64.

    Parameters
    ----------
    stack : (T, H, W, 3) or (T, H, W) uint8
        Grey frames that were stored as colour take a third of the work.
    """
    if stack.ndim == 4 and is_grey(stack):
        return 3 * squared_distances(stack.reshape(len(stack), -1, 3))
    return squared_distances(stack.reshape(len(stack), -1))


def squared_distances(values: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return ``||F(i) - F(j)||^2`` of all pairs of rows, exact whole numbers.

    Parameters
    ----------
    values : (T, P) or (T, P, 3) uint8
        One row a frame; of three channels, which are alike, the first counts.

    Returns
    -------
    (T, T) float64

    Notes
    -----
    The first frame is subtracted first: otherwise the cancellation in ``a + b - 2c`` eats the
    signal. By Cauchy and Schwarz no partial sum of a block exceeds its largest energy, so a block
    of float32 whose energies stay below 2^24 is exact; the others are done in float64.
    """
    if len(values) >= _FEWEST_WHOLE and multiplies_whole_numbers():
        return squared_distances_by_whole_numbers(values)

    def block(part: slice) -> NDArray[np.float32]:
        columns = _columns(values, part)
        centred: NDArray[np.float32] = np.subtract(
            columns, columns[0].astype(np.float32), dtype=np.float32
        )
        return centred

    return from_blocks(block, *values.shape[:2], exact=True)


def squared_distances_by_whole_numbers(values: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the same as `squared_distances`, by products of bytes or 16 bits on any processor."""
    from meviewer.motion.difference_gram_kernels import COLUMNS, TILE

    n_frames, n_values = values.shape[:2]
    padded = -(-n_frames // TILE) * TILE
    kind = _ByteProducts if "avx2" in _processor() else _ShortProducts

    def stripe(mine: range) -> NDArray[np.int64]:
        products = kind(padded, COLUMNS)
        for start in mine:
            products.add(_columns(values, slice(start, start + COLUMNS)))
        return products.total()

    summed = _over_stripes(stripe, range(0, n_values, COLUMNS))
    products = np.triu(summed[:n_frames, :n_frames]).astype(np.float64)
    return _squared(products + np.triu(products, 1).T)


class _ShortProducts:
    """Products of all pairs of rows, as 16-bit numbers, summed over blocks of columns."""

    def __init__(self, n_rows: int, n_columns: int) -> None:
        self._rows = np.zeros((n_rows, n_columns), np.int16)
        self._total = np.zeros((n_rows, n_rows), np.int64)

    def add(self, part: NDArray[np.uint8]) -> None:
        from meviewer.motion.difference_gram_kernels import add_products, centre

        centre(part, part[0], self._rows)
        add_products(self._rows, self._total)

    def total(self) -> NDArray[np.int64]:
        return self._total


class _ByteProducts(_ShortProducts):
    """The same as bytes, in blocks of columns where the frames differ little enough."""

    def __init__(self, n_rows: int, n_columns: int) -> None:
        super().__init__(n_rows, n_columns)
        self._unsigned = np.zeros((n_rows, n_columns), np.uint8)
        self._signed = np.zeros((n_rows, n_columns), np.int8)
        self._beyond = np.zeros(n_rows, np.int64)

    def add(self, part: NDArray[np.uint8]) -> None:
        from meviewer.motion.difference_byte_kernels import LARGEST, add_byte_products, centre_bytes

        largest = centre_bytes(part, part[0], self._unsigned, self._signed)
        if largest > LARGEST:
            super().add(part)
        else:
            into = self._total, self._beyond
            add_byte_products(self._unsigned, self._signed, largest, *into)

    def total(self) -> NDArray[np.int64]:
        return self._total - self._beyond


def multiplies_whole_numbers() -> bool:
    """Whether this processor multiplies small whole numbers faster than float32.

    With AVX-512 BLAS has vectors of twice the width, our loops have not.
    """
    return "avx2" in _processor() and "avx512f" not in _processor()


@cache
def _processor() -> frozenset[str]:
    """Return what sets of instructions this processor has, as LLVM names them."""
    try:
        from llvmlite.binding import get_host_cpu_features

        features = get_host_cpu_features()
    except (ImportError, RuntimeError):
        return frozenset()
    return frozenset(name for name, there in features.items() if there)


def from_blocks(block: Block, n_frames: int, n_values: int, *, exact: bool) -> NDArray[np.float64]:
    """Return squared distances of all pairs of frames that come in blocks of columns.

    Parameters
    ----------
    block : callable
        Gives the columns of a slice; called from several threads.
    n_frames, n_values : int
        Rows and columns in all.
    exact : bool
        The values are whole numbers, and no sum of them may be rounded.
    """

    def stripe(mine: range) -> NDArray[np.float64]:
        total = np.zeros((n_frames, n_frames))
        for start in mine:
            part = block(slice(start, min(start + _BLOCK_PX, n_values)))
            total += _products(part, exact=exact)
        return total

    with single_blas_thread():
        return _squared(_over_stripes(stripe, range(0, n_values, _BLOCK_PX)))


def _over_stripes(stripe: Callable[[range], NDArray[S]], starts: range) -> NDArray[S]:
    """Return the sum of what threads make of the blocks that begin at ``starts``."""
    workers = max(1, min(_MAX_WORKERS, usable_cores(), len(starts) // 4))
    if workers == 1:
        return stripe(starts)
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(stripe, (starts[worker::workers] for worker in range(workers)))
        total = next(parts)
        for part in parts:
            total += part
    return total


def _squared(products: NDArray[np.float64]) -> NDArray[np.float64]:
    energy = np.diag(products)
    return energy[:, None] + energy[None, :] - 2 * products


def is_grey(stack: NDArray[np.uint8]) -> bool:
    """Whether the channels of all frames are alike, (T, H, W, 3)."""
    return stack.shape[3] == 3 and all(_is_grey(frame) for frame in stack)


def _columns(values: NDArray[np.uint8], part: slice) -> NDArray[np.uint8]:
    """Return columns as (T, n), of the first channel where there are three.

    A copy of that channel for all columns at once takes longer than all products of grey frames.
    """
    columns = values[:, part]
    if columns.ndim == 2:
        return columns
    try:
        import cv2
    except ImportError:
        return np.ascontiguousarray(columns[..., 0])
    found: NDArray[np.uint8] = cv2.extractChannel(columns, 0)
    return found


def _is_grey(frame: NDArray[np.uint8]) -> bool:
    # Neighbouring bytes are compared, those of two pixels included: unlike a look at every third
    # byte that runs at the speed of memory.
    flat = frame.reshape(-1)
    same = flat[1:] == flat[:-1]
    same[2::3] = True
    return bool(same.all())


def _products(
    block: NDArray[np.float32], *, exact: bool
) -> NDArray[np.float32] | NDArray[np.float64]:
    products = block @ block.T
    if exact and products.diagonal().max() >= _EXACT_F32:
        wide = block.astype(np.float64)
        return wide @ wide.T
    return products
