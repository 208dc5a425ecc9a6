"""What happens in a clip: which units act when, and the keyframes that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from meviewer.core.errors import SynthError
from meviewer.core.events import Keyframes
from meviewer.synth.courses import SHAPES, Course
from meviewer.synth.curves import Floats
from meviewer.synth.emotions import draw_units
from meviewer.synth.expression import Expression
from meviewer.synth.unit_fields import BLINK

SHORTEST = 8
"""Fewest frames of a clip."""
_LAG = 0.25  # of the rise or fall: how much later a unit starts, or earlier it ends, at most
_CLOSING_S, _OPENING_S = 0.08, 0.16  # of a blink


@dataclass(frozen=True)
class Script:
    """What happens in one clip.

    Attributes
    ----------
    emotion : str
    units : mapping of int to float
        Action units of the expression with relative strengths.
    courses : mapping of int to Course
        Time course of each of them, and of unit 45 if there is a blink.
    n_frames : int
    """

    emotion: str
    units: Mapping[int, float]
    courses: Mapping[int, Course]
    n_frames: int

    def strengths(self) -> dict[int, Floats]:
        """Return the strength of each unit over the frames, each (T,), 0 to 1."""
        frames = np.arange(self.n_frames, dtype=np.float64)
        return {unit: course.strength(frames) for unit, course in self.courses.items()}

    def _of_blink(self) -> Keyframes:
        """Return the ends of a clip's only motion, a blink, as far as they are in the clip."""
        course, last = self.courses[BLINK], self.n_frames - 1
        onset, apex, offset = (
            min(max(frame, 0), last) for frame in (course.onset, course.apex, course.offset)
        )
        return Keyframes(onset, apex, offset)

    def keyframes(self, expression: Expression) -> Keyframes:
        """Return the true keyframes of the expression; a blink counts only if it is alone.

        Onset and offset are the last frame at rest before the motion and the first one after it;
        the apex is the frame with the greatest sum of squared displacements.
        """
        strengths = self.strengths()
        acting = list(expression.motions)
        if not acting:
            return self._of_blink()
        over_time = np.stack([strengths[unit] for unit in acting])
        energy = np.einsum("it,ij,jt->t", over_time, expression.overlap(), over_time)
        onset = min(self.courses[unit].onset for unit in acting)
        offset = max(self.courses[unit].offset for unit in acting)
        last = self.n_frames - 1
        return Keyframes(max(onset, 0), int(energy.argmax()), min(offset, last))


def write_script(
    rng: np.random.Generator,
    emotion: str,
    n_frames: int,
    rate_hz: float,
    *,
    keyframes: Keyframes | None = None,
    units: Mapping[int, float] | None = None,
    courses: Mapping[int, Course] | None = None,
    rise: str | None = None,
    fall: str | None = None,
    blink: int | None = None,
) -> Script:
    """Decide what happens in a clip; all that is None is drawn.

    The strongest unit acts from onset to offset. The others start up to a quarter of the rise
    later and end up to a quarter of the fall earlier; all have their apex together.

    Raises
    ------
    SynthError
        If the clip is too short, the keyframes lie outside it or coincide, or a unit has no course.
    """
    if n_frames < SHORTEST:
        raise SynthError(
            "The clip is too short for an expression",
            where=f"{n_frames} frames",
            now=f"ask for {SHORTEST} frames or more",
        )
    if keyframes is not None and keyframes.offset >= n_frames:
        raise SynthError(
            "The keyframes lie outside the clip",
            where=f"offset {keyframes.offset} of {n_frames} frames",
            now="ask for more frames, or an earlier offset",
        )
    acting = dict(units) if units is not None else draw_units(emotion, rng)
    drawn = _draw_keyframes(rng, n_frames)
    shapes = _shape(rng, rise), _shape(rng, fall)
    if courses is None:
        chosen = _draw_courses(rng, acting, keyframes or drawn, *shapes)
    else:
        chosen = dict(courses)
    if missing := [unit for unit in acting if unit not in chosen and unit != BLINK]:
        raise SynthError("Units without a time course", where=", ".join(map(str, missing)))
    if blink is not None:
        chosen[BLINK] = blink_course(blink, rate_hz)
    return Script(emotion, acting, chosen, n_frames)


def blink_course(frame: int, rate_hz: float) -> Course:
    """Return the course of a blink whose lids meet at ``frame``: quick to close, slow to open."""
    closing, opening = max(1, round(_CLOSING_S * rate_hz)), max(1, round(_OPENING_S * rate_hz))
    return Course(frame - closing, frame, frame + opening, "quick", "slow")


def _draw_keyframes(rng: np.random.Generator, n_frames: int) -> Keyframes:
    onset = max(1, round(rng.uniform(0.08, 0.20) * n_frames))
    offset = min(n_frames - 2, round(rng.uniform(0.80, 0.92) * n_frames))
    apex = round(onset + rng.uniform(0.36, 0.50) * (offset - onset))
    return Keyframes(onset, min(max(apex, onset + 1), offset - 1), offset)


def _shape(rng: np.random.Generator, asked: str | None) -> str:
    drawn = tuple(SHAPES)[int(rng.integers(len(SHAPES)))]
    return drawn if asked is None else asked


def _draw_courses(
    rng: np.random.Generator, units: Mapping[int, float], key: Keyframes, rise: str, fall: str
) -> dict[int, Course]:
    leading = max(units, key=lambda unit: units[unit], default=0)
    courses = {}
    for unit in units:
        lags = rng.uniform(0, _LAG, 2) * (unit != leading)
        later = int(lags[0] * (key.apex - key.onset))
        earlier = int(lags[1] * (key.offset - key.apex))
        courses[unit] = Course(key.onset + later, key.apex, key.offset - earlier, rise, fall)
    return courses
