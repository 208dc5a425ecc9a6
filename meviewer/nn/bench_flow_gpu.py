"""Benchmark of TV-L1 on many pairs at once, against the compiled loops of the CPU."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from meviewer.motion import flow
from meviewer.motion.bench_measure import Goal, Peer, Result, compare
from meviewer.motion.bench_scenes import flow_scene
from meviewer.motion.flow_params import TVL1Params
from meviewer.nn import device
from meviewer.nn.flow_gpu import BatchedTVL1, Batching

Flow = NDArray[np.float32]
Stack = NDArray[np.uint8]

GOAL_PAIRS_PER_S = 2000.0
_PEER_PAIRS = 8


def tvl1_gpu(size_px: int = 224, n_pairs: int = 256, n_on_cpu: int = 4) -> tuple[Result, ...]:
    """TV-L1 of many pairs at once, from frames in memory to flows in memory.

    Parameters
    ----------
    size_px : int
        Width and height.
    n_pairs, n_on_cpu : int
        Pairs with a CUDA device, and without one: then torch works on the CPU, which is said and
        reaches no goal.
    """
    on_gpu = torch.cuda.is_available()
    where = device.pick("cuda" if on_gpu else "cpu")
    n = n_pairs if on_gpu else n_on_cpu
    scene = flow_scene(size_px, size_px, most_px=1.0, noise=1.0)
    first, second = (np.stack([frame] * n) for frame in (scene.first, scene.second))
    flow.warm()
    ways = {"plain": Batching()}
    if on_gpu:
        ways["compiled, in a CUDA graph"] = Batching(at_once=n, compiled=True, graph=True)
    return tuple(_measured(way, batching, where, first, second) for way, batching in ways.items())


def _measured(
    way: str, batching: Batching, where: torch.device, first: Stack, second: Stack
) -> Result:
    n, height, width = first.shape
    on_gpu = where.type == "cuda"
    solve = BatchedTVL1((height, width), TVL1Params(), where, batching)
    alone = flow.compute(first[0], second[0])
    apart_px = float(np.abs(solve(first, second) - alone).max())
    found = compare(
        f"TV-L1, {n} pairs at once, {width}x{height}, {way}",
        partial(solve, first, second),
        _loops(first, second),
        goal=Goal(ms=1e3 * n / GOAL_PAIRS_PER_S) if on_gpu else Goal(),
        runs=7 if on_gpu else 1,
        peer_runs=1,
    )
    note = f"{1e3 * n / found.ours_ms:.0f} pairs/s on {device.describe(where)}"
    if not on_gpu:
        note += ", because there is no CUDA device"
    return replace(found, note=f"{note}; differs from one pair on the CPU by {apart_px:.0e} px")


def _loops(first: Stack, second: Stack) -> Peer:
    n = min(_PEER_PAIRS, len(first))
    pairs = list(zip(first[:n], second[:n], strict=True))

    def work() -> list[Flow]:
        return list(flow.compute_pairs(pairs))

    return Peer("our compiled loops on all cores of the CPU", work, share=n / len(first))
