"""Frames in one array: reading them from any sequence, checking them, making them smaller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.frames import Span

Picture: TypeAlias = NDArray[np.uint8]
"""One frame: (H, W, 3) RGB or (H, W) grey."""

Frames: TypeAlias = NDArray[np.uint8] | Sequence[Picture]
"""(T, H, W, 3) or (T, H, W) uint8, or any sequence of such frames, for instance a clip."""


def read(frames: Frames, span: Span | None = None) -> NDArray[np.uint8]:
    """Return the frames as one array, without a copy where they already are one.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
    span : Span, optional
        Frames wanted; all of them by default.

    Returns
    -------
    (N, H, W, 3) or (N, H, W) uint8

    Raises
    ------
    MotionError
        If there is no frame, the span leaves the clip, or the frames differ in size or type.
    """
    n_frames = len(frames)
    if n_frames == 0:
        raise MotionError("No frames", why="the sequence is empty", now="open a clip with frames")
    wanted = span or Span(0, n_frames - 1)
    check_index(wanted.first, n_frames)
    check_index(wanted.last, n_frames)
    if isinstance(frames, np.ndarray):
        _check_stack(frames)
        return frames[wanted.first : wanted.last + 1]
    stack = empty_like(frames[wanted.first], len(wanted))
    for place, index in enumerate(wanted):
        put(stack, place, frames[index], index)
    return stack


def check_index(index: int, n_frames: int) -> None:
    """Raise MotionError unless ``0 <= index < n_frames``."""
    if not 0 <= index < n_frames:
        raise MotionError(
            "No such frame",
            where=f"frame {index}",
            why=f"the clip has {n_frames} frames, counted from 0",
            now=f"choose a frame from 0 to {n_frames - 1}",
        )


def check_picture(frame: Picture, name: str = "frame") -> None:
    """Raise MotionError unless the frame is (H, W) or (H, W, 3) uint8."""
    shape_fits = frame.ndim == 2 or (frame.ndim == 3 and frame.shape[2] == 3)
    if frame.dtype != np.uint8 or not shape_fits or frame.size == 0:
        raise MotionError(
            "Not a picture",
            where=f"{name}, {frame.dtype} of shape {frame.shape}",
            why="a frame is (H, W, 3) RGB or (H, W) grey in 8 bits",
            now="convert the frames to uint8",
        )


def check_same(frame: Picture, first: Picture, index: int) -> None:
    """Raise MotionError if a frame differs in shape or type from the first; ``index`` names it."""
    if frame.shape != first.shape or frame.dtype != first.dtype:
        raise MotionError(
            "Frames differ in size or type",
            where=f"frame {index} is {frame.dtype} of shape {frame.shape}",
            why=f"the first frame is {first.dtype} of shape {first.shape}",
            now="crop or scale the frames of a clip to one size",
        )


def empty_like(frame: Picture, n_frames: int) -> NDArray[np.uint8]:
    """Return an unfilled stack for frames of this shape."""
    check_picture(np.asarray(frame))
    return np.empty((n_frames, *frame.shape), np.uint8)


def put(stack: NDArray[np.uint8], place: int, frame: Picture, index: int) -> None:
    """Copy a frame into the stack.

    Raises
    ------
    MotionError
        If its shape or type is another than that of the stack; ``index`` names it.
    """
    check_same(frame, stack[0], index)
    stack[place] = frame


def reduced(frame: Picture, factor: int) -> Picture:
    """Return the frame made smaller by averaging squares of ``factor`` x ``factor`` px.

    Rows and columns that do not fill a square are left out. Means are rounded half up.
    """
    if factor == 1:
        return frame
    height, width = frame.shape[0] // factor, frame.shape[1] // factor
    cut = frame[: height * factor, : width * factor]
    rows = np.zeros((height, *cut.shape[1:]), np.uint32)
    for offset in range(factor):
        rows += cut[offset::factor]
    total = np.zeros((height, width, *cut.shape[2:]), np.uint32)
    for offset in range(factor):
        total += rows[:, offset::factor]
    return ((total + factor * factor // 2) // (factor * factor)).astype(np.uint8)


def reduction(n_frames: int, shape: tuple[int, ...], max_bytes: int) -> int:
    """Return the least whole factor by which frames must shrink to fit into ``max_bytes``.

    The shorter side stays 16 px or more, even where that takes more memory than asked for.
    """
    factor = 1
    height, width, channels = shape[0], shape[1], (shape[2] if len(shape) == 3 else 1)
    while (
        n_frames * (height // factor) * (width // factor) * channels > max_bytes
        and min(height, width) // (factor + 1) >= 16
    ):
        factor += 1
    return factor


def _check_stack(frames: NDArray[np.uint8]) -> None:
    if frames.ndim not in (3, 4):
        raise MotionError(
            "Not a stack of frames",
            where=f"array of shape {frames.shape}",
            why="frames are (T, H, W, 3) or (T, H, W)",
            now="add the missing axis, or pass a list of frames",
        )
    check_picture(frames[0])
