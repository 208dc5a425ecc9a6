"""Difference curves of the open clip, as values: exact, or rough while it is being read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Event
from meviewer.motion.representation import ClipMotion
from meviewer.motion.representation_preview import Preview


@dataclass(frozen=True, slots=True)
class Curves:
    """Difference curves of a clip in RMS grey levels, one value a frame.

    Attributes
    ----------
    from_onset : (T,) float64
        Distance of each frame from the reference.
    neighbours : (T,) float64
        Distance of each frame from the one before it.
    reference : int
        The onset of the selected event, or the first frame.
    noise_floor : float
        How far two pictures of a still face lie apart: the median of ``neighbours`` outside the
        event.
    preview : bool
        From small frames while the clip is being read; for looking, not for answers.
    """

    from_onset: NDArray[np.float64]
    neighbours: NDArray[np.float64]
    reference: int
    noise_floor: float
    preview: bool = False

    def keeping(self, before: Curves | None) -> Curves:
        """Return the same with the arrays of the curves before, where nothing has changed."""
        if before is None:
            return self
        pairs = (
            (self.from_onset, before.from_onset),
            (self.neighbours, before.neighbours),
        )
        onset, steps = (
            old if np.array_equal(new, old, equal_nan=True) else new for new, old in pairs
        )
        return replace(self, from_onset=onset, neighbours=steps)


@dataclass(frozen=True, slots=True, eq=False)
class Rough:
    """Distances of a clip that is being read.

    Attributes
    ----------
    matrix_rms : (T, T) float64
        Of small frames; not-a-number where nothing near is read.
    complete : bool
        Whether every frame is there, so that neighbours are no stand-ins for one another.
    """

    matrix_rms: NDArray[np.float64]
    complete: bool

    @classmethod
    def of(cls, preview: Preview, *, brightness_free: bool) -> Rough:
        """Compute them; called off the UI thread."""
        matrix = preview.matrix_rms(brightness_free=brightness_free)
        return cls(matrix, len(preview.read) == preview.n_frames)


def rough_curves(rough: Rough, event: Event | None) -> Curves:
    """Read the curves off a preview."""
    matrix = rough.matrix_rms
    reference = _reference(event, len(matrix))
    neighbours = np.full(len(matrix), np.nan)
    if rough.complete:
        neighbours = np.concatenate([np.zeros(1), np.diagonal(matrix, 1)])
    floor = _still(neighbours, event) if rough.complete else 0.0
    return Curves(matrix[reference].copy(), neighbours, reference, floor, preview=True)


def difference_curves(motion: ClipMotion, event: Event | None, *, brightness_free: bool) -> Curves:
    """Measure the curves of a clip from the onset of an event, or from its first frame."""
    reference = _reference(event, len(motion))
    neighbours = motion.rms(motion.consecutive(brightness_free=brightness_free))
    from_onset = motion.rms(motion.curve(reference, brightness_free=brightness_free))
    return Curves(from_onset, neighbours, reference, _still(neighbours, event))


def _reference(event: Event | None, n_frames: int) -> int:
    # A label may lie outside its clip: then it is a finding, and measured from the last frame.
    return min(event.onset, n_frames - 1) if event is not None else 0


def _still(neighbours: NDArray[np.float64], event: Event | None) -> float:
    """Return the level of the camera's noise; within the event if nothing lies outside."""
    outside = np.ones(len(neighbours), bool)
    outside[0] = False  # the first frame has no neighbour before it
    if event is not None and not (event.onset <= 1 and event.offset >= len(neighbours) - 1):
        outside[event.onset : event.offset + 1] = False
    return float(np.nanmedian(neighbours[outside])) if outside.any() else 0.0
