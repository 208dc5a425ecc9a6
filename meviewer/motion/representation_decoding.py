"""Decoding of a clip into one array of bounded size, with what could not be read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError, MotionError
from meviewer.data.clip_folder import FolderClip
from meviewer.motion.cores import usable_cores
from meviewer.motion.frame_stack import Frames, Picture, empty_like, put, read, reduced, reduction

Progress: TypeAlias = Callable[[float, str], None]
"""Called with the share done, 0 to 1, and a word."""


_MOST_READERS = 4


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
    with closing(_in_order(frames)) as coming:
        for index in range(n_frames):
            _check_wanted(index, n_frames, cancelled)
            frame = next(coming)
            if isinstance(frame, ClipError):
                damage[index] = frame
            else:
                if stack.size == 0:
                    scale = reduction(n_frames, frame.shape, max_bytes)
                    stack, shape = empty_like(reduced(frame, scale), n_frames), frame.shape
                _check_shape(frame, shape, index)
                put(stack, index, reduced(frame, scale), index)
            if progress is not None:
                progress((index + 1) / n_frames, f"frame {index + 1} of {n_frames}")
    if len(damage) == n_frames:
        raise damage[0]
    _fill(stack, damage)
    stack.flags.writeable = False
    return Decoded(stack, scale, MappingProxyType(damage))


def _in_order(frames: Frames) -> Generator[Picture | ClipError]:
    """Give each frame, or what is wrong with it; files of a folder are read side by side.

    A video is not: its frames depend on one another, so a second reader would only seek.
    """
    workers = min(_MOST_READERS, usable_cores()) if isinstance(frames, FolderClip) else 1
    if workers == 1:
        for index in range(len(frames)):
            yield _frame(frames, index)
        return
    waiting: deque[Future[Picture | ClipError]] = deque()
    with ThreadPoolExecutor(workers, "decode") as pool:
        try:
            for index in range(len(frames)):
                waiting.append(pool.submit(_frame, frames, index))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # Whoever cancels does not want the rest.
            pool.shutdown(wait=False, cancel_futures=True)


def _frame(frames: Frames, index: int) -> Picture | ClipError:
    try:
        frame: Picture = frames[index]
    except ClipError as error:
        return error
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
