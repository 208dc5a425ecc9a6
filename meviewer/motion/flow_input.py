"""Frames as optical flow wants them: two grey pictures of one size, in grey levels."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError

Frame: TypeAlias = NDArray[np.uint8] | NDArray[np.float32]

SMALLEST_PX = 16
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
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


def _grey(frame: Frame, where: str) -> NDArray[np.float32]:
    if frame.dtype not in (np.uint8, np.float32):
        raise MotionError(
            "Optical flow cannot read this frame",
            where=where,
            why=f"its values are {frame.dtype}",
            now="Give uint8 or float32 grey levels",
        )
    if frame.ndim not in (2, 3) or (frame.ndim == 3 and frame.shape[2] != 3):
        raise MotionError(
            "Optical flow cannot read this frame",
            where=where,
            why=f"its shape is {frame.shape}",
            now="Give (H, W) or (H, W, 3)",
        )
    if min(frame.shape[:2]) < SMALLEST_PX:
        raise MotionError(
            "The frame is too small for optical flow",
            where=where,
            why=f"it has {frame.shape[1]}x{frame.shape[0]} px",
            now=f"Give at least {SMALLEST_PX} px on each side",
        )
    levels = frame.astype(np.float32)
    grey = np.ascontiguousarray(levels @ _LUMA if frame.ndim == 3 else levels, np.float32)
    if frame.dtype == np.float32 and not bool((np.abs(grey) <= _BRIGHTEST).all()):
        raise MotionError(
            "The frame holds values that are no grey levels",
            where=where,
            why="some are not finite, or far beyond 255",
            now="Look at how the frame was computed",
        )
    return grey
