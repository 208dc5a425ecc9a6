"""Decoding of a clip into one array of bounded size, with what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError, MotionError
from meviewer.motion.frame_stack import Frames, Picture, empty_like, put, read, reduced, reduction

Progress: TypeAlias = Callable[[float, str], None]
"""Called with the share done, 0 to 1, and a word."""


class DecodingCancelledError(MotionError):
    """Nobody waits for the frames any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """Frames of a clip in memory.

    Attributes
    ----------
    stack : (T, H, W, 3) or (T, H, W) uint8
        Read-only. A damaged frame repeats the readable one before it, or the first one.
    scale : int
        Whole factor by which frames are smaller than in the clip.
    damage : mapping of int to ClipError
        What is wrong with each frame that could not be read.
    """

    stack: NDArray[np.uint8]
    scale: int
    damage: Mapping[int, ClipError]


def decode(
    frames: Frames,
    max_bytes: int,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Decoded:
    """Read every frame once.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
    max_bytes : int
        Most memory for the stack; an array that fits is used as it is.
    progress, cancelled : callable, optional

    Raises
    ------
    DecodingCancelledError
        If ``cancelled`` says so.
    ClipError
        If no frame at all can be read: the error of the first.
    MotionError
        If frames differ in size or type.
    """
    if isinstance(frames, np.ndarray) and read(frames).nbytes <= max_bytes:
        view = frames.view()
        view.flags.writeable = False
        return Decoded(view, 1, MappingProxyType({}))
    return _decode_each(frames, max_bytes, progress, cancelled)


def _decode_each(
    frames: Frames,
    max_bytes: int,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> Decoded:
    n_frames = len(frames)
    stack, scale, shape = np.empty(0, np.uint8), 1, (0,)
    damage: dict[int, ClipError] = {}
    for index in range(n_frames):
        _check_wanted(index, n_frames, cancelled)
        frame = _frame(frames, index, damage)
        if frame is not None and stack.size == 0:
            scale = reduction(n_frames, frame.shape, max_bytes)
            stack, shape = empty_like(reduced(frame, scale), n_frames), frame.shape
        if frame is not None:
            _check_shape(frame, shape, index)
            put(stack, index, reduced(frame, scale), index)
        if progress is not None:
            progress((index + 1) / n_frames, f"frame {index + 1} of {n_frames}")
    if len(damage) == n_frames:
        raise damage[0]
    _fill(stack, damage)
    stack.flags.writeable = False
    return Decoded(stack, scale, MappingProxyType(damage))


def _frame(frames: Frames, index: int, damage: dict[int, ClipError]) -> Picture | None:
    try:
        frame: Picture = frames[index]
    except ClipError as error:
        damage[index] = error
        return None
    return frame


def _check_wanted(index: int, n_frames: int, cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise DecodingCancelledError(
            "Decoding cancelled",
            where=f"after {index} of {n_frames} frames",
            why="another clip was asked for",
            now="open the clip again",
        )


def _check_shape(frame: Picture, shape: tuple[int, ...], index: int) -> None:
    # Reduced frames of sizes that differ by a few px may look alike.
    if frame.shape != shape:
        raise MotionError(
            "Frames differ in size",
            where=f"frame {index} has the shape {frame.shape}",
            why=f"the first readable frame has {shape}",
            now="crop or scale the frames of a clip to one size",
        )


def _fill(stack: NDArray[np.uint8], damage: Mapping[int, ClipError]) -> None:
    """Let damaged frames repeat a readable one: they must not shift the light of the others."""
    readable = [index for index in range(len(stack)) if index not in damage]
    for index in damage:
        before = [other for other in readable if other < index]
        stack[index] = stack[before[-1] if before else readable[0]]
