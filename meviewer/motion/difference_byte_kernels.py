"""Products of all pairs of rows of small whole numbers, exact, in bytes. Import late: needs numba.

What frames of a face differ by from the first is small. AVX2 multiplies 32 pairs of bytes and adds
neighbours in one instruction, twice as many as pairs of 16-bit numbers, if one factor of each pair
has no sign: rows are multiplied as ``(d_i + m) d_j``, and ``m`` times the sum of ``d_j`` is taken
off again. Such sums fill 16 bits after a number of steps that ``m`` gives, and are widened then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled
from meviewer.motion.difference_gram_kernels import BAND, TILE, Context, Emit

LARGEST = 45
"""What values may differ by from the first frame: so far this is the faster way."""

_LANES = 32
_LEAST_STEPS = 4
_I8, _I16, _I32, _I64 = (ir.IntType(bits) for bits in (8, 16, 32, 64))
_BYTES = ir.VectorType(_I8, _LANES)
_SHORT = ir.VectorType(_I16, _LANES // 2)
_LONG = ir.VectorType(_I32, _LANES // 4)


def _square_typed(
    _typing: object,
    one: object,
    other: object,
    pitch: object,
    chunks: object,
    steps: object,
    target: object,
    target_pitch: object,
) -> tuple[object, Emit]:
    """Give numba the signature of `_add_square` and what writes its instructions.

    ``one`` (without a sign) and ``other`` are the addresses of the first of `TILE` rows each,
    ``pitch`` the bytes from row to row; a row has ``chunks`` times ``steps`` vectors, and no sum of
    ``steps`` products of pairs leaves 16 bits. The sums are added to int64 at ``target``, whose
    rows are ``target_pitch`` bytes apart.
    """
    return types.void(*[types.intp] * 7), _emit_square


def _emit_square(
    context: Context, builder: ir.IRBuilder, _signature: object, arguments: Sequence[ir.Value]
) -> ir.Value:
    one, other, pitch, chunks, steps, target, target_pitch = arguments
    width = builder.mul(steps, ir.Constant(_I64, _LANES))
    long = _zeros(builder, _LONG)
    with cgutils.for_range(builder, chunks) as chunk:
        begin = builder.mul(chunk.index, width)
        short = _zeros(builder, _SHORT)
        with cgutils.for_range(builder, steps) as step:
            at = builder.add(begin, builder.mul(step.index, ir.Constant(_I64, _LANES)))
            _add_step(builder, short, [_rows(builder, start, pitch, at) for start in (one, other)])
        _widen(builder, short, long)
    sums = _add_up(builder, [builder.load(place) for place in long])
    for k, total in enumerate(sums):
        row = builder.add(target, builder.mul(target_pitch, ir.Constant(_I64, k // TILE)))
        found = builder.inttoptr(row, _I64.as_pointer())
        place = builder.gep(found, [ir.Constant(_I64, k % TILE)])
        builder.store(builder.add(builder.load(place), builder.sext(total, _I64)), place)
    return context.get_dummy_value()


def _zeros(builder: ir.IRBuilder, kind: ir.VectorType) -> list[ir.Value]:
    """Return places for the sums of a square, set to 0 here and now."""
    places = [cgutils.alloca_once(builder, kind) for _ in range(TILE * TILE)]
    for place in places:
        builder.store(ir.Constant(kind, [0] * kind.count), place)
    return places


def _rows(builder: ir.IRBuilder, start: ir.Value, pitch: ir.Value, at: ir.Value) -> list[ir.Value]:
    starts = (builder.add(start, builder.mul(pitch, ir.Constant(_I64, row))) for row in range(TILE))
    places = (builder.inttoptr(builder.add(row, at), _BYTES.as_pointer()) for row in starts)
    return [builder.load(place, align=1) for place in places]


def _add_step(
    builder: ir.IRBuilder, sums: Sequence[ir.Value], factors: Sequence[Sequence[ir.Value]]
) -> None:
    left, right = factors
    for k, place in enumerate(sums):
        pairs = _avx2(builder, "pmadd.ub.sw", _SHORT, left[k // TILE], right[k % TILE])
        builder.store(builder.add(builder.load(place), pairs), place)


def _widen(builder: ir.IRBuilder, short: Sequence[ir.Value], long: Sequence[ir.Value]) -> None:
    """Add neighbours of the 16-bit sums to the 32-bit ones."""
    ones = ir.Constant(_SHORT, [1] * _SHORT.count)
    for source, place in zip(short, long, strict=True):
        pairs = _avx2(builder, "pmadd.wd", _LONG, builder.load(source), ones)
        builder.store(builder.add(builder.load(place), pairs), place)


def _add_up(builder: ir.IRBuilder, vectors: Sequence[ir.Value]) -> list[ir.Value]:
    """Return the sum of the numbers of each vector; four vectors are added up together."""
    found: list[ir.Value] = []
    for start in range(0, len(vectors), 4):
        four = list(vectors[start : start + 4])
        a, b, c, d = four + [four[0]] * (4 - len(four))
        halves = [_avx2(builder, "phadd.d", _LONG, *two) for two in ((a, b), (c, d))]
        both = _avx2(builder, "phadd.d", _LONG, *halves)
        for k in range(len(four)):
            low, high = (
                builder.extract_element(both, ir.Constant(_I32, place)) for place in (k, k + 4)
            )
            found.append(builder.add(low, high))
    return found


def _avx2(
    builder: ir.IRBuilder, name: str, kind: ir.VectorType, one: ir.Value, other: ir.Value
) -> ir.Value:
    signature = ir.FunctionType(kind, [one.type, other.type])
    function = cgutils.get_or_insert_function(builder.module, signature, f"llvm.x86.avx2.{name}")
    return builder.call(function, [one, other])


_add_square = cast(Callable[[int, int, int, int, int, int, int], None], intrinsic(_square_typed))


@compiled
def centre_bytes(
    values: NDArray[np.uint8],
    first: NDArray[np.uint8],
    unsigned: NDArray[np.uint8],
    signed: NDArray[np.int8],
) -> int:
    """Write what grey levels differ by from the first frame; columns beyond them become 0.

    Parameters
    ----------
    values : (T, n) uint8
    first : (n,) uint8
    unsigned, signed : (T or more, n or more) uint8 and int8
        Written, if the differences allow it: with the largest added, and as they are.

    Returns
    -------
    int
        The largest difference; beyond `LARGEST` nothing was written.
    """
    n_rows, n = values.shape
    largest = np.uint8(0)
    for t in range(n_rows):
        # In bytes throughout: numba makes 64 bits of a plain difference.
        most = np.uint8(0)
        for k in range(n):
            one, other = values[t, k], first[k]
            most = max(most, np.uint8(max(one, other) - min(one, other)))
        largest = max(largest, most)
    if largest > LARGEST:
        return int(largest)
    for t in range(n_rows):
        for k in range(n):
            signed[t, k] = values[t, k] - first[k]
            unsigned[t, k] = values[t, k] - first[k] + largest
        signed[t, n:] = 0
        unsigned[t, n:] = 0
    return int(largest)


@compiled
def add_byte_products(
    unsigned: NDArray[np.uint8],
    signed: NDArray[np.int8],
    largest: int,
    total: NDArray[np.int64],
    beyond: NDArray[np.int64],
) -> None:
    """Add the products of all pairs of rows on and above the diagonal, and some below it.

    What is too much in a column of the sums is added to ``beyond``: to take it off once, at the
    end, costs less than in each block.

    Parameters
    ----------
    unsigned, signed, largest
        What `centre_bytes` made; T a multiple of `TILE`, columns 128 times a power of 2.
    total : (T, T) int64
    beyond : (T,) int64
    """
    n_rows, n = signed.shape
    n_steps, steps = n // _LANES, _LEAST_STEPS
    # Neighbours are added at once, so a step adds up to four times the square of the largest.
    while 2 * steps * 4 * largest * largest < 2**15 and 2 * steps <= n_steps:
        steps *= 2
    row = 8 * n_rows
    one, other, target = unsigned.ctypes.data, signed.ctypes.data, total.ctypes.data
    for band in range(0, n_rows, BAND):
        end = min(band + BAND, n_rows)
        for i in range(0, end, TILE):
            for j in range(max(i, band), end, TILE):
                place = target + i * row + 8 * j
                _add_square(one + i * n, other + j * n, n, n_steps // steps, steps, place, row)
    for j in range(n_rows):
        added = np.int32(0)
        for k in range(n):
            added += np.int32(signed[j, k])
        beyond[j] += largest * added
