"""Frames as optical flow wants them: two grey pictures of one size, in grey levels."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError

Frame: TypeAlias = NDArray[np.uint8] | NDArray[np.float32]

SMALLEST_PX = 16
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_BRIGHTEST = 512.0


def grey_pair(first: Frame, second: Frame) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Turn two frames into grey levels, unrounded.

    Parameters
    ----------
    first, second : (H, W) or (H, W, 3) uint8 or float32
        Grey or RGB, in grey levels (0..255).

    Returns
    -------
    first, second : (H, W) float32

    Raises
    ------
    MotionError
        If a frame has another shape or type, is smaller than 16 px, holds values that are not
        finite, or was scaled to 0..1; or if the two differ in size.
    """
    one, two = _grey(first, "first frame"), _grey(second, "second frame")
    if one.shape != two.shape:
        raise MotionError(
            "The two frames of a flow differ in size",
            where=f"{one.shape[1]}x{one.shape[0]} px and {two.shape[1]}x{two.shape[0]} px",
            now="Take both from one clip, or bring them to one size",
        )
    # One frame of 0 and 1 may be black; two of them were divided by 255.
    if first.dtype == np.float32 and 0.0 < max(float(one.max()), float(two.max())) <= 1.0:
        raise MotionError(
            "The frames are too dark for optical flow",
            why="their values lie between 0 and 1, but grey levels go from 0 to 255",
            now="Multiply them by 255",
        )
    return one, two


def check_stack(first: Frame, second: Frame, shape: tuple[int, int]) -> None:
    """Make sure that two stacks hold as many frames of one size, in grey levels.

    Parameters
    ----------
    first, second : (N, H, W) or (N, H, W, 3) uint8 or float32
    shape : (H, W)

    Raises
    ------
    MotionError
        If they do not.
    """
    if len(first) != len(second):
        raise MotionError(
            "Pairs of frames need as many first as second frames",
            where=f"{len(first)} and {len(second)}",
        )
    for stack, where in ((first, "first frames"), (second, "second frames")):
        colours = stack.shape[3:] in ((), (3,))
        if stack.ndim < 3 or stack.shape[1:3] != shape or not colours:
            raise _unreadable(
                where, f"the stack is {stack.shape}", f"Give (N, {shape[0]}, {shape[1]})"
            )
        _check_levels(stack, where)


def _check_levels(frame: Frame, where: str) -> None:
    if frame.dtype not in (np.uint8, np.float32):
        raise _unreadable(
            where, f"its values are {frame.dtype}", "Give uint8 or float32 grey levels"
        )
    if frame.dtype == np.float32 and not bool((np.abs(frame) <= _BRIGHTEST).all()):
        raise MotionError(
            "The frame holds values that are no grey levels",
            where=where,
            why="some are not finite, or far beyond 255",
            now="Look at how the frame was computed",
        )


def _unreadable(where: str, why: str, now: str) -> MotionError:
    return MotionError("Optical flow cannot read this frame", where=where, why=why, now=now)


def _grey(frame: Frame, where: str) -> NDArray[np.float32]:
    _check_levels(frame, where)
    if frame.ndim not in (2, 3) or (frame.ndim == 3 and frame.shape[2] != 3):
        raise _unreadable(where, f"its shape is {frame.shape}", "Give (H, W) or (H, W, 3)")
    if min(frame.shape[:2]) < SMALLEST_PX:
        raise MotionError(
            "The frame is too small for optical flow",
            where=where,
            why=f"it has {frame.shape[1]}x{frame.shape[0]} px",
            now=f"Give at least {SMALLEST_PX} px on each side",
        )
    if frame.ndim == 2:
        return np.ascontiguousarray(frame, np.float32)
    from meviewer.motion.flow_input_kernels import luma

    grey = np.empty(frame.shape[:2], np.float32)
    luma(frame, LUMA, grey)
    return grey
