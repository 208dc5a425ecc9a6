"""Products of all pairs of rows of small whole numbers, exact. Import late: needs numba.

Processors of the x86 family multiply 16 pairs of 16-bit numbers and add neighbours in one
instruction, twice as many as pairs of float32; BLAS does not know it, and LLVM does not find it in
a plain loop over several rows. So the innermost loop is written as vectors, without a word of
assembler: `_square` describes one square of sums, and LLVM chooses the instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, cast

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

TILE = 3
"""Rows come in multiples of this: 3 x 3 sums with their factors just fill 16 vector registers."""

COLUMNS = 1024
"""Columns a block at most: what 1024 products of 255 x 255 add up to stays within 32 bits."""

_LANES = 16
BAND = 8 * TILE  # rows that stay in the fastest memory while the others pass by


class Context(Protocol):
    """What is used here of numba's own."""

    def get_dummy_value(self) -> ir.Value:
        """Return what a function without a result returns."""


Emit: TypeAlias = Callable[[Context, ir.IRBuilder, object, Sequence[ir.Value]], ir.Value]

_I32, _I64 = ir.IntType(32), ir.IntType(64)
_NUMBERS = ir.VectorType(ir.IntType(16), _LANES)
_PRODUCTS = ir.VectorType(_I32, _LANES)
_SUMS = ir.VectorType(_I32, _LANES // 2)


def _square_typed(
    _typing: object, one: object, other: object, pitch: object, steps: object, target: object
) -> tuple[object, Emit]:
    """Give numba the signature of `_square` and what writes its instructions.

    ``one`` and ``other`` are the addresses of the first of `TILE` rows each, ``pitch`` the bytes
    from row to row, ``steps`` how many vectors a row has; the sums go to ``target``, int32.
    """
    return types.void(types.intp, types.intp, types.intp, types.intp, types.intp), _emit_square


def _emit_square(
    context: Context, builder: ir.IRBuilder, _signature: object, arguments: Sequence[ir.Value]
) -> ir.Value:
    one, other, pitch, steps, target = arguments
    places = [cgutils.alloca_once(builder, _SUMS) for _ in range(TILE * TILE)]
    for place in places:
        builder.store(ir.Constant(_SUMS, [0] * (_LANES // 2)), place)
    with cgutils.for_range(builder, steps) as loop:
        at = builder.mul(loop.index, ir.Constant(_I64, 2 * _LANES))
        left = [_load(builder, one, pitch, row, at) for row in range(TILE)]
        right = [_load(builder, other, pitch, row, at) for row in range(TILE)]
        for k, place in enumerate(places):
            product = builder.mul(left[k // TILE], right[k % TILE])
            pairs = builder.add(
                _every_other(builder, product, 0), _every_other(builder, product, 1)
            )
            builder.store(builder.add(builder.load(place), pairs), place)
    add_up = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(_I32, [_SUMS]), "llvm.vector.reduce.add.v8i32"
    )
    found = builder.inttoptr(target, _I32.as_pointer())
    for k, place in enumerate(places):
        total = builder.call(add_up, [builder.load(place)])
        builder.store(total, builder.gep(found, [ir.Constant(_I64, k)]))
    return context.get_dummy_value()


def _load(
    builder: ir.IRBuilder, start: ir.Value, pitch: ir.Value, row: int, at: ir.Value
) -> ir.Value:
    """Load 16 numbers of a row and widen them: LLVM leaves that out where it can multiply them."""
    begin = builder.add(start, builder.mul(pitch, ir.Constant(_I64, row)))
    place = builder.inttoptr(builder.add(begin, at), _NUMBERS.as_pointer())
    return builder.sext(builder.load(place, align=2), _PRODUCTS)


def _every_other(builder: ir.IRBuilder, product: ir.Value, first: int) -> ir.Value:
    chosen = ir.Constant(ir.VectorType(_I32, _LANES // 2), list(range(first, _LANES, 2)))
    return builder.shuffle_vector(product, product, chosen)


_square = cast(Callable[[int, int, int, int, int], None], intrinsic(_square_typed))


@compiled
def centre(values: NDArray[np.uint8], first: NDArray[np.uint8], found: NDArray[np.int16]) -> None:
    """Write what grey levels differ by from the first frame; columns beyond them become 0.

    Parameters
    ----------
    values : (T, n) uint8
    first : (n,) uint8
    found : (T or more, n or more) int16
        Written; rows beyond T are left alone.
    """
    n = first.shape[0]
    for t in range(values.shape[0]):
        for k in range(n):
            found[t, k] = np.int16(values[t, k]) - np.int16(first[k])
        found[t, n:] = 0


@compiled
def add_products(rows: NDArray[np.int16], total: NDArray[np.int64]) -> None:
    """Add the products of all pairs of rows on and above the diagonal, and some below it.

    Parameters
    ----------
    rows : (T, n) int16
        From -255 to 255, in one piece; T a multiple of `TILE`, n one of 16, at most `COLUMNS`.
    total : (T, T) int64
    """
    n_rows, n = rows.shape
    sums = np.empty(TILE * TILE, np.int32)
    start, target, pitch = rows.ctypes.data, sums.ctypes.data, 2 * n
    for band in range(0, n_rows, BAND):
        end = min(band + BAND, n_rows)
        for i in range(0, end, TILE):
            for j in range(max(i, band), end, TILE):
                _square(start + i * pitch, start + j * pitch, pitch, n // _LANES, target)
                for k in range(TILE * TILE):
                    total[i + k // TILE, j + k % TILE] += sums[k]
