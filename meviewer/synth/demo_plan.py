"""What the demo project shows: who does what in which clip."""

from __future__ import annotations

import msgspec
import numpy as np

from meviewer.synth.take import subject_name
from meviewer.synth.view import NOMINAL_SIZE

EMOTIONS = ("happiness", "surprise", "disgust", "repression", "sadness")
RATE_HZ = 200
_SHORTEST, _LONGEST = 72, 108
_FLICKERING, _BLINKING, _DRIFTING = 0.4, 0.15, 0.125


class ClipPlan(msgspec.Struct, frozen=True):
    """One clip of the demo.

    Attributes
    ----------
    name : str
    seed : int
    emotion : str
    n_frames : int
    first_number : int
        Number of the first image, as in a clip cut out of a longer recording.
    max_px, left, right, noise, flicker_percent, head_px, blink
        As in `meviewer.synth.clips.make_clip`.
    """

    name: str
    seed: int
    emotion: str
    n_frames: int
    first_number: int
    max_px: float
    left: float
    right: float
    noise: float
    flicker_percent: float
    head_px: float
    blink: int | None


class SubjectPlan(msgspec.Struct, frozen=True):
    """All clips of one subject.

    Attributes
    ----------
    identity : int
    size : tuple of int
        Width and height in px.
    clips : tuple of ClipPlan
    """

    identity: int
    size: tuple[int, int]
    clips: tuple[ClipPlan, ...]

    @property
    def name(self) -> str:
        """Name of the subject."""
        return subject_name(self.identity)


def plan(
    subjects: int, clips: int, seed: int = 0, size: tuple[int, int] = NOMINAL_SIZE
) -> tuple[SubjectPlan, ...]:
    """Decide the whole demo.

    Each subject shows the emotions in turn, in an order of their own and beginning at another one,
    so that all of them are about equally frequent.
    """
    return tuple(_subject(index, clips, seed, size) for index in range(subjects))


def _subject(index: int, clips: int, seed: int, size: tuple[int, int]) -> SubjectPlan:
    rng = np.random.default_rng((seed, index, 11))
    shown = [EMOTIONS[(index + number) % len(EMOTIONS)] for number in range(clips)]
    order = rng.permutation(clips)
    plans = [_clip(rng, n, index, clips, seed, shown[place]) for n, place in enumerate(order)]
    return SubjectPlan(index + 1, size, tuple(plans))


def _clip(
    rng: np.random.Generator, number: int, subject: int, clips: int, seed: int, emotion: str
) -> ClipPlan:
    n_frames = int(rng.integers(_SHORTEST, _LONGEST + 1))
    weaker, side = float(rng.uniform(0.75, 1.0)), bool(rng.integers(2))
    # Both numbers are always drawn, so that the chances can change without changing the rest.
    flicker, flickers = float(rng.uniform(0.3, 1.0)), rng.random() < _FLICKERING
    # People blink after an expression rather than in it, and then the onset stays comparable.
    blink, blinks = int(rng.integers(9 * n_frames // 10, n_frames)), rng.random() < _BLINKING
    # Most heads rest on a support; one clip in eight drifts enough to fool plain differences. The
    # first clip of a subject is calm: it is what one sees first.
    drift, drifts = float(rng.uniform(0.4, 0.7)), rng.random() < _DRIFTING
    calm = float(rng.uniform(0.03, 0.15))
    return ClipPlan(
        name=f"c{number + 1:02d}",
        seed=seed * 100_003 + subject * clips + number + 1,
        emotion=emotion,
        n_frames=n_frames,
        first_number=int(rng.integers(21, 400)),
        max_px=float(rng.uniform(1.1, 3.0)),
        left=weaker if side else 1.0,
        right=1.0 if side else weaker,
        noise=float(rng.uniform(0.5, 1.0)),
        flicker_percent=flicker if flickers else 0.05,
        head_px=drift if drifts and number > 0 else calm,
        blink=blink if blinks and number > 0 else None,
    )
