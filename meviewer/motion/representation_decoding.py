"""Decoding of a clip into one array of bounded size, with what could not be read."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
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
from meviewer.motion.representation_preview import (
    FEWEST_FRAMES,
    Preview,
    Watch,
    previewing_order,
    small_picture,
)

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
    watch: Watch | None = None,
) -> Decoded:
    """Read every frame once.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
    max_bytes : int
        Most memory for the stack; an array that fits is used as it is.
    progress, cancelled, watch : callable, optional
        Told the share done; asked whether to stop; shown what is known so far.

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
    return _Reading(frames, max_bytes, small=watch is not None).run(progress, cancelled, watch)


class _Reading:
    """A clip being read into one array, by one thread or by several."""

    def __init__(self, frames: Frames, max_bytes: int, *, small: bool) -> None:
        self._frames, self._max_bytes = frames, max_bytes
        self._wants_small = small and len(frames) >= FEWEST_FRAMES
        self._guard = threading.Lock()
        self._shape: tuple[int, ...] | None = None
        self._scale = 1
        self._stack = self._small = np.empty(0, np.uint8)
        self._damage: dict[int, ClipError] = {}

    def run(
        self,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
        watch: Watch | None,
    ) -> Decoded:
        n_frames = len(self._frames)
        side_by_side = isinstance(self._frames, FolderClip)
        order = list(range(n_frames))
        looks: tuple[int, ...] = (n_frames // 2, n_frames)
        if side_by_side and self._wants_small:
            order, looks = previewing_order(n_frames)
        _check_wanted(0, n_frames, cancelled)
        with closing(self._arriving(order, side_by_side=side_by_side)) as arriving:
            for count in arriving:
                if progress is not None:
                    progress(count / n_frames, f"frame {count} of {n_frames}")
                if watch is not None and self._wants_small and count in looks:
                    self._show(watch, order[:count])
                if count < n_frames:
                    _check_wanted(count, n_frames, cancelled)
        return self._finished()

    def _finished(self) -> Decoded:
        if len(self._damage) == len(self._frames):
            raise self._damage[0]
        damage = dict(sorted(self._damage.items()))
        _fill(self._stack, damage)
        self._stack.flags.writeable = False
        return Decoded(self._stack, self._scale, MappingProxyType(damage))

    def _arriving(self, order: Sequence[int], *, side_by_side: bool) -> Generator[int]:
        """Yield how many frames are there; files of a folder are read side by side.

        A video is not: its frames depend on one another, so a second reader would only seek.
        """
        workers = min(_MOST_READERS, usable_cores()) if side_by_side else 1
        if workers == 1:
            for count, index in enumerate(order, 1):
                self._read(index)
                yield count
            return
        waiting: deque[Future[None]] = deque()
        # While a preview is made nothing is taken off: the readers must not become idle.
        ahead = workers * (8 if self._wants_small else 2)
        count = 0
        with ThreadPoolExecutor(workers, "decode") as pool:
            try:
                for index in order:
                    waiting.append(pool.submit(self._read, index))
                    if len(waiting) > ahead:
                        waiting.popleft().result()
                        count += 1
                        yield count
                while waiting:
                    waiting.popleft().result()
                    count += 1
                    yield count
            finally:
                # Whoever cancels does not want the rest.
                pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, index: int) -> None:
        frame = self._frame(index)
        if isinstance(frame, ClipError):
            self._damage[index] = frame
            return
        with self._guard:
            if self._shape is None:
                self._begin(frame.shape)
            shape = self._shape
        _check_shape(frame, shape or frame.shape, index)
        if frame.base is not self._stack:
            put(self._stack, index, reduced(frame, self._scale), index)
        if self._wants_small:
            self._small[index] = small_picture(frame)

    def _frame(self, index: int) -> Picture | ClipError:
        """Return a frame, or what is wrong with it; one of a folder is read to where it stays."""
        if not isinstance(self._frames, FolderClip):
            return _frame(self._frames, index)
        with self._guard:
            if self._shape is None:
                self._begin((*self._frames.size, 3))
        if self._scale > 1:
            return _frame(self._frames, index)
        room: Picture = self._stack[index]
        try:
            self._frames.frame_into(index, room)
        except ClipError as error:
            return error
        return room

    def _begin(self, shape: tuple[int, ...]) -> None:
        """Make room for frames of this shape."""
        n_frames = len(self._frames)
        self._scale = reduction(n_frames, shape, self._max_bytes)
        blank = np.broadcast_to(np.uint8(0), shape)
        self._stack = empty_like(reduced(blank, self._scale), n_frames)
        if self._wants_small:
            self._small = empty_like(small_picture(np.zeros(shape, np.uint8)), n_frames)
        self._shape = shape

    def _show(self, watch: Watch, read: Sequence[int]) -> None:
        good = np.array(sorted(index for index in read if index not in self._damage), np.int64)
        if len(good) > 1:
            watch(Preview(len(self._frames), good, self._small[good]))


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
