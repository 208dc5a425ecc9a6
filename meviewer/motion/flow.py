"""Optical flow between two frames by one function, whatever the method.

A flow is ``(H, W, 2)`` float32 in px: ``[..., 0]`` to the right, ``[..., 1]`` downwards, from the
first frame to the second. What is derived from it lives in `strain`, `head_motion` and `mm_cof`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.brightness import brightness_change, normalise_brightness
from meviewer.motion.cores import usable_cores
from meviewer.motion.flow_input import Frame, grey_pair
from meviewer.motion.flow_params import (
    KINDS,
    DeepFlowParams,
    DISParams,
    FarnebackParams,
    FlowParams,
    TVL1Params,
    make_params,
    provenance,
)
from meviewer.motion.head_motion import remove_head_motion
from meviewer.motion.strain import strain

__all__ = [
    "METHODS",
    "DISParams",
    "DeepFlowParams",
    "FarnebackParams",
    "FlowParams",
    "TVL1Params",
    "brightness_change",
    "compute",
    "compute_pairs",
    "compute_with",
    "direction",
    "magnitude",
    "make_params",
    "normalise_brightness",
    "provenance",
    "remove_head_motion",
    "strain",
    "warm",
]

METHODS: tuple[str, ...] = tuple(KINDS)
"""Names of the methods, the default first."""

_MOST_THREADS = 8


def compute(
    first: Frame, second: Frame, method: str = "tvl1", **params: object
) -> NDArray[np.float32]:
    """Flow from the first frame to the second.

    Parameters
    ----------
    first, second : (H, W) or (H, W, 3) uint8 or float32
        Grey or RGB, in grey levels (0..255).
    method : str
        One of `METHODS`.
    **params
        Fields of `TVL1Params`, `DISParams`, `FarnebackParams` or `DeepFlowParams`.

    Returns
    -------
    (H, W, 2) float32
        px, to the right and downwards.

    Raises
    ------
    MotionError
        If frames, method or parameters do not fit.
    MissingExtraError
        If OpenCV is not installed.
    """
    return compute_with(first, second, make_params(method, params))


def compute_with(
    first: Frame, second: Frame, params: FlowParams, threads: int | None = None
) -> NDArray[np.float32]:
    """Flow from the first frame to the second, with typed parameters.

    Parameters
    ----------
    first, second : (H, W) or (H, W, 3) uint8 or float32
    params : TVL1Params, DISParams, FarnebackParams or DeepFlowParams
    threads : int, optional
        For TV-L1: threads for this pair; by default one a core. It changes no value.

    Returns
    -------
    (H, W, 2) float32
        px.
    """
    one, two = grey_pair(first, second)
    if params.brightness:
        one, two = normalise_brightness(one, two, params.local_mean_px)
    if isinstance(params, TVL1Params):
        from meviewer.motion.flow_tvl1 import tvl1

        return tvl1(one, two, params, threads or min(usable_cores(), _MOST_THREADS))
    from meviewer.motion import flow_opencv

    if isinstance(params, DISParams):
        return flow_opencv.dis(one, two, params)
    if isinstance(params, DeepFlowParams):
        return flow_opencv.deepflow(one, two)
    return flow_opencv.farneback(one, two, params)


def compute_pairs(
    pairs: Iterable[tuple[Frame, Frame]],
    method: str = "tvl1",
    threads: int | None = None,
    **params: object,
) -> Iterator[NDArray[np.float32]]:
    """Flow of many pairs, in their order: each pair on one thread, which wastes least.

    Parameters
    ----------
    pairs : iterable of (first, second)
        Taken only a little faster than results are asked for, so a generator may decode them.
    method, **params
        As in `compute`.
    threads : int, optional
        Pairs at once; by default one a core.

    Yields
    ------
    (H, W, 2) float32
        px; equal to `compute` on that pair.

    Raises
    ------
    MotionError
        At once if the method or a parameter does not fit, at its pair if a frame does not.
    """
    typed = make_params(method, params)
    return _pairs(pairs, typed, threads or usable_cores())


def magnitude(flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the length of the flow, (H, W) float32 px."""
    length: NDArray[np.float32] = np.hypot(flow[..., 0], flow[..., 1])
    return length


def direction(flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the angle of the flow, (H, W) float32 rad in -pi..pi: 0 right, pi / 2 downwards."""
    angle: NDArray[np.float32] = np.arctan2(flow[..., 1], flow[..., 0])
    return angle


def warm() -> None:
    """Compile TV-L1, or load its machine code: seconds the first time, then about 0.3 s.

    To be called in a thread before the first flow is wanted.
    """
    still = np.zeros((32, 32), np.float32)
    compute_with(still, still, TVL1Params(scales=1, warps=1, iterations=1), threads=1)


def _pairs(
    pairs: Iterable[tuple[Frame, Frame]], params: FlowParams, threads: int
) -> Iterator[NDArray[np.float32]]:
    one = partial(compute_with, params=params, threads=1)
    waiting: deque[Future[NDArray[np.float32]]] = deque()
    with ThreadPoolExecutor(threads, "flow") as pool:
        try:
            for first, second in pairs:
                waiting.append(pool.submit(one, first, second))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # Whoever stops listening does not want the rest.
            pool.shutdown(wait=False, cancel_futures=True)
