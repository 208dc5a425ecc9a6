"""The frames of one clip in memory, decoded at the first question; what else is kept of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError, MotionError
from meviewer.motion.frame_stack import Frames, Picture, check_index
from meviewer.motion.representation_decoding import Decoded, Progress, decode
from meviewer.motion.representation_preview import Watch

DEFAULT_MAX_BYTES = 512 * 2**20
"""Memory for the frames of one clip: 580 colour frames of 640x480."""


class ClipFrames:
    """Frames of one clip; safe to use from several threads.

    Decodes at the first question, once.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
        An open clip, for instance.
    max_bytes : int
        Most memory for the frames. Above it they are averaged over squares of `scale` px.
    progress : callable, optional
        Called while decoding with a share in [0, 1] and a word.
    cancelled : callable, optional
        Asked before each frame; once it says so, decoding stops with `DecodingCancelledError`.
    watch : callable, optional
        Shown a `Preview` some times while frames arrive, in the thread that decodes.
    """

    def __init__(
        self,
        frames: Frames,
        max_bytes: int = DEFAULT_MAX_BYTES,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        watch: Watch | None = None,
    ) -> None:
        if len(frames) == 0:
            raise MotionError("No frames", why="the clip is empty", now="open another clip")
        self._frames = frames
        self._max_bytes = max_bytes
        self._progress = progress
        self._cancelled = cancelled
        self._watch = watch
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._decoded: Decoded | None = None

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def scale(self) -> int:
        """Whole factor by which frames are smaller here than in the clip; 1 is full size."""
        return self.load().scale

    @property
    def damaged(self) -> tuple[int, ...]:
        """Frames that could not be read; they take part in nothing."""
        return tuple(self.load().damage)

    @property
    def damage(self) -> tuple[ClipError, ...]:
        """What is wrong with each of them."""
        return tuple(self.load().damage.values())

    @property
    def stack(self) -> NDArray[np.uint8]:
        """All frames at the scale of this object, read-only; a damaged one repeats another."""
        return self.load().stack

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """Shape of the frames at this scale."""
        return self.stack.shape[1:]

    def load(self) -> Decoded:
        """Decode now, unless done before, and return the frames.

        Raises
        ------
        DecodingCancelledError
            If decoding was cancelled; the next question begins it anew.
        ClipError, MotionError
            If no frame can be read, or frames differ in size.
        """
        with self._lock("decode"):
            if self._decoded is None:
                self._decoded = decode(
                    self._frames, self._max_bytes, self._progress, self._cancelled, self._watch
                )
            return self._decoded

    def frame(self, index: int) -> Picture:
        """Return a frame at full size, read from the clip.

        Raises
        ------
        MotionError
            If there is no such frame.
        ClipError
            If it is damaged.
        """
        check_index(index, len(self))
        if self._decoded is not None and self._decoded.scale == 1:
            if index in self._decoded.damage:
                raise self._decoded.damage[index]
            picture: Picture = self._decoded.stack[index]
            return picture
        frame: Picture = self._frames[index]
        return frame

    def _lock(self, name: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(name, threading.Lock())
