"""TV-L1 optical flow on the CPU (Zach, Pock and Bischof 2007), with a thread for each strip.

The functional is ``sum |grad u| + |grad v| + lambda |I2(x + w) - I1(x)|`` [paper]; the scheme is
theirs: linearise around the present flow, threshold the residual, one step of dual ascent [paper].
Ours are the brightness matching before it, the floor under the gradient, and the fixed schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray

from meviewer.motion import flow_strip
from meviewer.motion.flow_params import TVL1Params
from meviewer.motion.flow_pyramid import enlarge, padded, pyramid

Array = NDArray[np.float32]

_MARGIN_PX = 2
"""What a cubic reads beyond its pixel."""


def tvl1(first: Array, second: Array, params: TVL1Params, threads: int = 1) -> Array:
    """Flow from the first frame to the second.

    Parameters
    ----------
    first, second : (H, W) float32
        Grey levels, already equally bright.
    params : TVL1Params
    threads : int
        Threads for one pair. The result is the same, bit for bit, for any number.

    Returns
    -------
    (H, W, 2) float32
        u to the right and v downwards, px.
    """
    levels = zip(pyramid(first, params.scales), pyramid(second, params.scales), strict=True)
    with ExitStack() as stack:
        pool = None
        if threads > 1:
            # The calling thread takes a strip, too.
            pool = stack.enter_context(ThreadPoolExecutor(threads - 1, "tvl1"))
        u = v = np.zeros((1, 1), np.float32)
        for still, moved in reversed(list(levels)):
            u, v = enlarge(u, v, (still.shape[0], still.shape[1]))
            u, v = _level(still, moved, u, v, params, threads, pool)
    return np.stack((u, v), axis=-1)


def _level(
    still: Array,
    moved: Array,
    u: Array,
    v: Array,
    params: TVL1Params,
    threads: int,
    pool: ThreadPoolExecutor | None,
) -> tuple[Array, Array]:
    height, width = still.shape
    strips = flow_strip.cut((height, width), threads, params.iterations + 1)
    flow_strip.put_flow(strips, u, v)
    room = padded(moved, _MARGIN_PX)
    for _ in range(params.warps):
        _advance_all(strips, still, room, params, pool)
        flow_strip.exchange(strips)
    return flow_strip.take_flow(strips, width)


def _advance_all(
    strips: Sequence[flow_strip.Strip],
    still: Array,
    room: Array,
    params: TVL1Params,
    pool: ThreadPoolExecutor | None,
) -> None:
    waiting = []
    if pool is not None:
        waiting = [pool.submit(_advance, strip, still, room, params) for strip in strips[1:]]
    _advance(strips[0], still, room, params)
    for result in waiting:
        result.result()


def _advance(strip: flow_strip.Strip, still: Array, room: Array, params: TVL1Params) -> None:
    from meviewer.motion import flow_tvl1_kernels

    model = np.array(
        [
            params.attachment * params.theta,
            params.theta,
            params.tau / params.theta,
            params.gradient_floor**2,
        ],
        np.float32,
    )
    flow_tvl1_kernels.advance_strip(
        still,
        room,
        strip.state,
        strip.data,
        strip.scratch,
        strip.step,
        model,
        params.iterations,
        strip.top,
        strip.cut_above,
        strip.cut_below,
        params.median,
    )
