"""How much two frames differ by how far pixels moved between them, from a quick flow [ours].

``M(i, j) = s mean_x |u_ij(x)|``: u is the flow from frame i to frame j by dense inverse search
(preset "fast") on grey frames that are made smaller by a whole factor s, to about 160 px of width;
the mean is over all pixels or over a region. Px of the clip. Unlike grey levels it does not depend
on how much contrast the skin has, and hardly on the light; like them it contains the head's motion
unless the frames are stabilised first. About 3 ms of one core a pair, measured at 640x480.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.motion.cores import usable_cores
from meviewer.motion.flow import DISParams, compute_with
from meviewer.motion.frame_stack import reduced

MAX_PAIRS = 4000
"""Most pairs of frames that are compared at once: about 12 s of one core."""

_WIDTH_PX = 160
_LEAST_PX = 16
_MOST_WORKERS = 4

Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class SmallFrames:
    """Frames made ready for a quick flow.

    Attributes
    ----------
    stack : (T, h, w) uint8
        Grey.
    factor : int
        By how much they are smaller than the clip.
    inside : (h, w) bool or None
        The region; None is everywhere.
    """

    stack: NDArray[np.uint8]
    factor: int
    inside: NDArray[np.bool_] | None = None


def small_frames(
    stack: NDArray[np.uint8], scale: int = 1, mask: NDArray[np.bool_] | None = None
) -> SmallFrames:
    """Make frames ready.

    Parameters
    ----------
    stack : (T, H, W, 3) or (T, H, W) uint8
        At least 16 x 16 px.
    scale : int
        By how much these are smaller than the clip already.
    mask : (H, W) bool, optional
        A region of them.

    Raises
    ------
    MotionError
        If the frames are too small, or nothing is left of the region.
    """
    shape = stack.shape[1:3]
    if min(shape) < _LEAST_PX:
        raise MotionError(
            "These frames are too small for optical flow",
            where=f"{shape[1]} x {shape[0]} px",
            why=f"it needs {_LEAST_PX} px on each side",
            now="measure the difference of grey levels instead",
        )
    factor = max(1, min(round(shape[1] / _WIDTH_PX), min(shape) // _LEAST_PX))
    small = np.stack([_grey(reduced(frame, factor)) for frame in stack])
    inside = None if mask is None else _shrunk(mask, factor)
    return SmallFrames(small, factor * scale, inside)


def magnitudes(frames: SmallFrames, wanted: Pairs) -> NDArray[np.float64]:
    """Return the mean motion of each pair of frames, (len(wanted),) float64, px of the clip.

    Raises
    ------
    MotionError
        If more than `MAX_PAIRS` pairs are asked for.
    MissingExtraError
        If OpenCV is not installed.
    """
    if len(wanted) > MAX_PAIRS:
        raise MotionError(
            "Too many pairs of frames for optical flow",
            where=f"{len(wanted)} pairs",
            why=f"each takes some milliseconds; {MAX_PAIRS} is the limit",
            now="choose narrower windows, or measure the difference of grey levels",
        )
    params = DISParams(preset="fast")

    def mean_px(pair: tuple[int, int]) -> float:
        if pair[0] == pair[1]:
            return 0.0
        flow = compute_with(frames.stack[pair[0]], frames.stack[pair[1]], params)
        length = np.hypot(flow[..., 0], flow[..., 1])
        chosen = length if frames.inside is None else length[frames.inside]
        return frames.factor * float(chosen.mean(dtype=np.float64))

    with ThreadPoolExecutor(min(usable_cores(), _MOST_WORKERS)) as pool:
        return np.fromiter(pool.map(mean_px, wanted), np.float64, len(wanted))


def _grey(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if frame.ndim == 2:
        return frame
    # The flow's own luma, rounded: DIS wants 8 bits anyway.
    luma = frame.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.rint(luma).astype(np.uint8)


def _shrunk(mask: NDArray[np.bool_], factor: int) -> NDArray[np.bool_]:
    height, width = mask.shape[0] // factor, mask.shape[1] // factor
    squares = mask[: height * factor, : width * factor].reshape(height, factor, width, factor)
    share = squares.mean(axis=(1, 3))
    if not share.any():
        raise MotionError(
            "The region is empty",
            where=f"{int(mask.sum())} px",
            why="a mean motion needs a pixel",
            now="choose a larger region",
        )
    # A region thinner than a pixel of the small frames keeps the pixels it lies in.
    inside: NDArray[np.bool_] = share >= min(0.5, float(share.max()))
    return inside
