"""Simulated annotators: they see the truth with a bias and a jitter, and sometimes err grossly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from zlib import crc32

import numpy as np

from meviewer.core.events import Keyframes

PerKeyframe = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Coder:
    """How one annotator works.

    Attributes
    ----------
    name : str
        Coders of different names err independently.
    bias_ms : tuple of three float
        Mean error of onset, apex and offset; positive is late.
    jitter_ms : tuple of three float
        Standard deviation of the errors.
    gross_chance : float
        Share of clips, 0 to 1, in which one of the three keyframes is far off.
    gross_ms : tuple of float
        Least and greatest size of such an error, to either side.
    slip_chance : float
        Share of clips in which another emotion is named.
    """

    name: str
    bias_ms: PerKeyframe = (0.0, 0.0, 0.0)
    jitter_ms: PerKeyframe = (15.0, 20.0, 25.0)
    gross_chance: float = 0.0
    gross_ms: tuple[float, float] = (80.0, 200.0)
    slip_chance: float = 0.0

    def mark(self, truth: Keyframes, n_frames: int, rate: Fraction, seed: int) -> Keyframes:
        """Return the keyframes that this coder marks.

        Parameters
        ----------
        truth : Keyframes
        n_frames : int
            Of the clip: marks outside it are moved to its ends.
        rate : Fraction
            Frames per second.
        seed : int
            The clip, 0 or more: the same seed gives the same marks.
        """
        rng = self._rng(seed, 1)
        error_ms = np.array(self.bias_ms) + rng.normal(0, 1, 3) * self.jitter_ms
        which, side, size = rng.integers(3), rng.choice([-1, 1]), rng.uniform(*self.gross_ms)
        if rng.random() < self.gross_chance:
            error_ms[which] += side * size
        exact = np.array([truth.onset, truth.apex, truth.offset]) + error_ms * float(rate) / 1000
        onset, apex, offset = (int(frame) for frame in np.rint(exact))
        return in_order(onset, apex, offset, n_frames)

    def name_emotion(self, truth: str, choices: Sequence[str], seed: int) -> str:
        """Return the emotion that this coder names, rarely another one of ``choices``."""
        rng = self._rng(seed, 2)
        others = [emotion for emotion in choices if emotion != truth]
        slips = rng.random() < self.slip_chance
        return others[int(rng.integers(len(others)))] if others and slips else truth

    def _rng(self, seed: int, question: int) -> np.random.Generator:
        return np.random.default_rng((crc32(self.name.encode()), seed, question))


def in_order(onset: int, apex: int, offset: int, n_frames: int) -> Keyframes:
    """Return keyframes inside the clip and in order.

    Where they are out of order, onset and offset change places if needed and the apex moves
    between them.
    """
    last = n_frames - 1
    first, end = sorted((min(max(onset, 0), last), min(max(offset, 0), last)))
    return Keyframes(first, min(max(apex, first), end), end)


CAREFUL = Coder(
    "A",
    bias_ms=(12.0, 5.0, -15.0),
    jitter_ms=(12.0, 14.0, 20.0),
    gross_chance=0.05,
    slip_chance=0.04,
)
"""Marks a little inside the motion, with few gross errors."""
HASTY = Coder(
    "B",
    bias_ms=(-10.0, 15.0, 30.0),
    jitter_ms=(22.0, 28.0, 36.0),
    gross_chance=0.12,
    slip_chance=0.08,
)
"""Marks generously outside the motion, with more jitter and more gross errors."""
