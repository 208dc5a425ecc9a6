"""Where the frames of a labelled clip may lie in the one that is there now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

LEAST_MARKS = 5
_LEAST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the frames of the labelled clip lie in the one that is there now.

    Attributes
    ----------
    ratio : Fraction
        Frames now for one frame then: 1/2 if every second one was kept.
    shift : Fraction
        Index now of the frame that had index 0.
    """

    ratio: Fraction = Fraction(1)
    shift: Fraction = Fraction(0)

    def __call__(self, frame: int) -> int:
        """Return the index now of a frame then; the nearest one in time, maybe outside."""
        return floor(self.ratio * frame + self.shift + Fraction(1, 2))

    def of(self, frames: Ints) -> Ints:
        """Return the indices now of many frames."""
        unit = self._unit
        return np.floor_divide(self._scaled(frames) + unit // 2, unit)

    def hits(self, frames: Ints) -> NDArray[np.bool_]:
        """Return which frames have one now that begins with them, not half a frame beside."""
        beside = self._scaled(frames) - self.of(frames) * self._unit
        return np.asarray(np.abs(beside) * 4 <= self._unit)

    @property
    def _unit(self) -> int:
        return self.ratio.denominator * self.shift.denominator * 2

    def _scaled(self, frames: Ints) -> Ints:
        step = 2 * self.ratio.numerator * self.shift.denominator
        start = 2 * self.shift.numerator * self.ratio.denominator
        return frames * step + start


def placements(
    frames: Ints, n_now: int, ratios: Iterable[Fraction], stride: int = 1
) -> list[Placement]:
    """Return every place, or one in ``stride``, with enough of the marks inside the clip."""
    found = []
    for ratio in ratios:
        step = Fraction(1, 1 if ratio.denominator == 1 else 2) * stride
        low = -ceil(ratio * int(frames.max()))
        n_steps = int((n_now - low) / step)
        for k in range(n_steps):
            placement = Placement(ratio, low + k * step)
            places = placement.of(frames)
            if np.count_nonzero((places >= 0) & (places < n_now)) >= least_inside(len(frames)):
                found.append(placement)
    return found


def least_inside(n_marks: int) -> int:
    """Return how many marks have to lie inside a clip for a place to count."""
    return max(LEAST_MARKS, ceil(n_marks * _LEAST_SHARE))
