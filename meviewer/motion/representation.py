"""One clip, decoded once: its curves, matrix, re-selected keyframes and dynamic images."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError, MotionError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span
from meviewer.motion import difference, difference_light, dynamic_image, gamdss
from meviewer.motion.difference_light import Light
from meviewer.motion.dynamic_image import DualPhase
from meviewer.motion.frame_stack import Frames, Picture, check_index
from meviewer.motion.gamdss import Reselection
from meviewer.motion.representation_decoding import Decoded, Progress, decode

DEFAULT_MAX_BYTES = 512 * 2**20
"""Memory for the frames of one clip: 580 colour frames of 640x480."""

MAX_MATRIX_FRAMES = 3000
"""Longest clip whose matrix is computed: 72 MB, and minutes at full size."""

T = TypeVar("T")
_Distances: TypeAlias = NDArray[np.float64]


class ClipMotion:
    """Motion of one clip; safe to use from several threads.

    Decodes at the first question, once; a matrix or a light that was computed is kept.

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
    """

    def __init__(
        self,
        frames: Frames,
        max_bytes: int = DEFAULT_MAX_BYTES,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        if len(frames) == 0:
            raise MotionError("No frames", why="the clip is empty", now="open another clip")
        self._frames = frames
        self._max_bytes = max_bytes
        self._progress = progress
        self._cancelled = cancelled
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._decoded: Decoded | None = None
        self._kept: dict[str, _Distances] = {}
        self._found_light: Light | None = None

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
                    self._frames, self._max_bytes, self._progress, self._cancelled
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

    def curve(self, reference: int, *, brightness_free: bool = False) -> _Distances:
        """Return the distance of every frame from one of them.

        Returns
        -------
        (T,) float64
            L2 at this scale, see `rms`; not-a-number for damaged frames. Free once the matrix is
            known, else one look at every frame.
        """
        check_index(reference, len(self))
        known = self._kept.get(_name("matrix", brightness_free))
        if known is not None:
            row: _Distances = known[reference].copy()
            return row
        pairs = [(index, reference) for index in range(len(self))]
        return self._pairs(pairs, brightness_free)

    def consecutive(self, *, brightness_free: bool = False) -> _Distances:
        """Return the distance of every frame from the one before, (T,) float64, 0 first."""

        def compute() -> _Distances:
            known = self._kept.get(_name("matrix", brightness_free))
            if known is not None:
                return np.concatenate([np.zeros(1), np.diagonal(known, 1)])
            later = [(index, index - 1) for index in range(1, len(self))]
            return np.concatenate([np.zeros(1), self._pairs(later, brightness_free)])

        return self._once(_name("consecutive", brightness_free), compute)

    def noise_floor(self, motion: Span | None = None, *, brightness_free: bool = False) -> float:
        """Return the spread of distances between neighbours outside the motion, L2."""
        return difference.noise_floor(self.consecutive(brightness_free=brightness_free), motion)

    def matrix(self, *, brightness_free: bool = False) -> _Distances:
        """Return the distances of all pairs of frames, (T, T) float64, read-only.

        Raises
        ------
        MotionError
            If the clip has more than `MAX_MATRIX_FRAMES` frames.
        """
        if len(self) > MAX_MATRIX_FRAMES:
            raise MotionError(
                "Too long for a matrix of all pairs",
                where=f"{len(self)} frames",
                why=f"the memory it takes grows with the square; {MAX_MATRIX_FRAMES} is the limit",
                now="cut the clip around the event",
            )

        def compute() -> _Distances:
            found = difference.matrix_of(self.stack, self._light(brightness_free))
            for index in self.damaged:
                found[index] = found[:, index] = np.nan
            return found

        return self._once(_name("matrix", brightness_free), compute)

    def reselect(
        self,
        keyframes: Keyframes | None,
        variant: str = "full",
        *,
        ratio: float | None = None,
        rise_ratio: float | None = None,
        fall_ratio: float | None = None,
        wrapped_uint8: bool = False,
        brightness_free: bool = False,
        max_duration_frames: int | None = None,
    ) -> Reselection:
        """Choose keyframes anew, see `gamdss.reselect`; instant once the matrix is known."""
        known = self._kept.get(_name("matrix", brightness_free))
        if wrapped_uint8 or (known is None and variant != "free"):
            return gamdss.from_stack(
                self.stack,
                keyframes,
                variant,
                ratio=ratio,
                rise_ratio=rise_ratio,
                fall_ratio=fall_ratio,
                wrapped_uint8=wrapped_uint8,
                brightness_free=brightness_free,
                max_duration_frames=max_duration_frames,
                light=self._light(brightness_free),
                neighbours=self._neighbours(brightness_free, wrapped_uint8),
                damaged=self.damaged,
            )
        return gamdss.from_matrix(
            self.matrix(brightness_free=brightness_free),
            keyframes,
            variant,
            ratio=ratio,
            rise_ratio=rise_ratio,
            fall_ratio=fall_ratio,
            brightness_free=brightness_free,
            max_duration_frames=max_duration_frames,
        )

    def dual_phase(self, keyframes: Keyframes, kind: str = "bilen") -> DualPhase:
        """Return the dynamic images of the phases, at the scale of this object.

        Raises
        ------
        ClipError
            If a frame of the event is damaged: a sum without it would be another picture.
        """
        for index, error in self.load().damage.items():
            if index in keyframes.span:
                raise error
        return dynamic_image.dual_phase(self.stack, keyframes, kind)

    def signed(
        self, frame: int, reference: int, *, brightness_free: bool = False
    ) -> NDArray[np.float32]:
        """Return ``frame - reference`` at full size, (H, W) float32 grey levels."""
        pair = self.frame(frame), self.frame(reference)
        return difference.signed(*pair, brightness_free=brightness_free)

    def absolute(
        self, frame: int, reference: int, *, brightness_free: bool = False
    ) -> NDArray[np.float32]:
        """Return ``|frame - reference|`` at full size, (H, W) float32 grey levels."""
        pair = self.frame(frame), self.frame(reference)
        return difference.absolute(*pair, brightness_free=brightness_free)

    def rms(self, distance: _Distances | float) -> _Distances:
        """Return distances of this object in RMS grey levels: comparable between scales."""
        return difference.rms(distance, self.frame_shape)

    def _pairs(self, wanted: list[tuple[int, int]], brightness_free: bool) -> _Distances:
        found = difference.pairs(self.stack, wanted, self._light(brightness_free))
        damaged = set(self.damaged)
        found[[bool(damaged.intersection(pair)) for pair in wanted]] = np.nan
        return found

    def _neighbours(self, brightness_free: bool, wrapped_uint8: bool) -> _Distances | None:
        if not wrapped_uint8:
            return self.consecutive(brightness_free=brightness_free)

        def compute() -> _Distances:
            return gamdss.wrapped_neighbours(self.stack)

        return self._once("wrapped neighbours", compute)

    def _light(self, brightness_free: bool) -> Light | None:
        if not brightness_free:
            return None
        with self._lock("light"):
            if self._found_light is None:
                self._found_light = difference_light.fit(self.stack)
            return self._found_light

    def _once(self, name: str, compute: Callable[[], _Distances]) -> _Distances:
        """Return what is kept under a name; whoever comes first computes it, others wait."""
        with self._lock(name):
            if name not in self._kept:
                found = compute()
                found.flags.writeable = False
                self._kept[name] = found
            return self._kept[name]

    def _lock(self, name: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(name, threading.Lock())


def _name(what: str, brightness_free: bool) -> str:
    return f"{what} brightness-free" if brightness_free else what
