"""One clip, decoded once: its curves, matrix, re-selected keyframes and dynamic images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span
from meviewer.motion import difference, difference_light, dynamic_image, gamdss
from meviewer.motion import representation_views as views
from meviewer.motion.difference_light import Light
from meviewer.motion.dynamic_image import DualPhase
from meviewer.motion.frame_stack import Frames, check_index
from meviewer.motion.gamdss import Reselection
from meviewer.motion.representation_decoding import Decoded, Progress
from meviewer.motion.representation_frames import DEFAULT_MAX_BYTES, ClipFrames
from meviewer.motion.representation_preview import Watch

MAX_MATRIX_FRAMES = 3000
"""Longest clip whose matrix is computed: 72 MB, and minutes at full size."""

_Distances: TypeAlias = NDArray[np.float64]


class ClipMotion(ClipFrames):
    """Motion of one clip; safe to use from several threads.

    A matrix or a light that was computed is kept. The parameters are those of `ClipFrames`.
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
        super().__init__(frames, max_bytes, progress=progress, cancelled=cancelled, watch=watch)
        self._kept: dict[str, _Distances] = {}
        self._found_light: Light | None = None
        self._find_light: Callable[[], Light] = lambda: difference_light.fit(self.stack)
        self._views: dict[str, ClipMotion] = {}

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

    def matrix_rms(self, *, brightness_free: bool = False) -> _Distances:
        """Return `matrix` in RMS grey levels, (T, T) float64, read-only; kept like that one."""

        def compute() -> _Distances:
            return self.rms(self.matrix(brightness_free=brightness_free))

        return self._once(_name("matrix in rms", brightness_free), compute)

    def rms(self, distance: _Distances | float) -> _Distances:
        """Return distances of this object in RMS grey levels: comparable between scales."""
        return difference.rms(distance, self.frame_shape)

    def stabilised(self) -> ClipMotion:
        """Return this clip with its head held still at the first frame, see `stabilise`.

        Computed once; it takes as much memory again. Its frames are at the scale of this object.
        """

        def compute() -> ClipMotion:
            return self._derived(views.aligned(self.load()))

        return self._view(views.STABILISED, compute)

    def within(self, mask: NDArray[np.bool_]) -> ClipMotion:
        """Return this clip as if nothing lay outside a region; the light is that of all of it.

        Parameters
        ----------
        mask : (H, W) bool
            Of the size of the clip. Distances are over its pixels, and `rms` divides by them.

        Raises
        ------
        MotionError
            If the mask has another size, or no pixel of it is left at this scale.
        """
        inside = views.at_scale(mask, self.frame_shape, self.scale)

        def compute() -> ClipMotion:
            part = self._derived(views.restricted(self.load(), inside))
            part._find_light = lambda: views.lit_within(self._light_of_all(), inside)
            return part

        return self._view(views.name_of(inside), compute)

    def region_curves(
        self,
        masks: Mapping[str, NDArray[np.bool_]],
        reference: int,
        *,
        brightness_free: bool = False,
    ) -> dict[str, _Distances]:
        """Return for each region the difference of every frame from one of them.

        Parameters
        ----------
        masks : mapping of str to (H, W) bool
            Regions at the size of the clip; one without a pixel is left out.

        Returns
        -------
        dict of str to (T,) float64
            RMS grey levels over the pixels of the region; not-a-number for damaged frames.
        """
        regions = {name: self.within(mask) for name, mask in masks.items() if mask.any()}
        return {
            name: part.rms(part.curve(reference, brightness_free=brightness_free))
            for name, part in regions.items()
        }

    def _derived(self, decoded: Decoded) -> ClipMotion:
        made = ClipMotion(decoded.stack, self._max_bytes)
        made._decoded = decoded
        return made

    def _view(self, name: str, compute: Callable[[], ClipMotion]) -> ClipMotion:
        with self._lock(name):
            if name not in self._views:
                made = compute()
                with self._guard:
                    views.forget_oldest(self._views)
                    self._views[name] = made
            return self._views[name]

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
        return self._light_of_all() if brightness_free else None

    def _light_of_all(self) -> Light:
        with self._lock("light"):
            if self._found_light is None:
                self._found_light = self._find_light()
            return self._found_light

    def _once(self, name: str, compute: Callable[[], _Distances]) -> _Distances:
        """Return what is kept under a name; whoever comes first computes it, others wait."""
        with self._lock(name):
            if name not in self._kept:
                found = compute()
                found.flags.writeable = False
                self._kept[name] = found
            return self._kept[name]


def _name(what: str, brightness_free: bool) -> str:
    return f"{what} brightness-free" if brightness_free else what
