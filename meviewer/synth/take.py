"""A clip that is decided but not yet filmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from meviewer.core.action_units import ActionUnit
from meviewer.core.events import Keyframes
from meviewer.core.frames import parse_rate
from meviewer.synth.camera import Sensor, flicker
from meviewer.synth.courses import Course
from meviewer.synth.curves import Floats
from meviewer.synth.expression import Expression, State
from meviewer.synth.face import Face
from meviewer.synth.pose import Pose, drift
from meviewer.synth.script import Script, write_script
from meviewer.synth.view import NOMINAL_SIZE


class _Stream(IntEnum):
    """Each part of a clip draws from a stream of its own: changing one leaves the others alone."""

    SCRIPT = 1
    POSE = 2
    LAMP = 3
    SENSOR = 4


@dataclass(frozen=True)
class Take:
    """A clip that is decided but not yet filmed: frames can be shot one by one, in any order."""

    face: Face
    script: Script
    expression: Expression
    rate: Fraction
    keyframes: Keyframes
    strengths: Mapping[int, Floats]
    poses: tuple[Pose, ...]
    brightness: Floats
    sensor: Sensor

    @property
    def action_units(self) -> tuple[ActionUnit, ...]:
        """Units of the expression, in order of their numbers."""
        return tuple(ActionUnit(unit) for unit in sorted(self.expression.motions))

    @property
    def subject(self) -> str:
        """Name of the identity, as ``"s03"``."""
        return subject_name(self.face.seed)

    def state(self, index: int) -> State:
        """Return the face at a frame."""
        now = {unit: float(values[index]) for unit, values in self.strengths.items()}
        return self.expression.state(now, self.poses[index])

    def shoot(self, index: int) -> NDArray[np.uint8]:
        """Return one frame, uint8 (H, W, 3) RGB."""
        picture = self.face.render(self.state(index))
        return self.sensor.record(picture, index, float(self.brightness[index]))


def subject_name(identity: int) -> str:
    """Return the name of a subject, as ``"s03"``."""
    return f"s{identity:02d}"


@lru_cache(maxsize=3)
def face_of(identity: int, size: tuple[int, int] = NOMINAL_SIZE) -> Face:
    """Return the face of an identity; the last few are kept, as painting one takes a second."""
    return Face(identity, size)


def direct(
    seed: int,
    emotion: str = "happiness",
    *,
    subject: int | None = None,
    size: tuple[int, int] = NOMINAL_SIZE,
    rate: Fraction | int = 200,
    n_frames: int = 96,
    keyframes: Keyframes | None = None,
    units: Mapping[int, float] | None = None,
    courses: Mapping[int, Course] | None = None,
    rise: str | None = None,
    fall: str | None = None,
    max_px: float = 2.0,
    left: float = 1.0,
    right: float = 1.0,
    noise: float = 1.0,
    flicker_percent: float = 0.0,
    head_px: float = 0.3,
    blink: int | None = None,
) -> Take:
    """Decide everything about a clip; the parameters are those of `make_clip`."""
    identity = seed if subject is None else subject
    face, per_second = face_of(identity, size), parse_rate(rate)

    def stream(part: _Stream) -> np.random.Generator:
        return np.random.default_rng((seed, identity, int(part)))

    script = write_script(
        stream(_Stream.SCRIPT), emotion, n_frames, float(per_second),
        keyframes=keyframes, units=units, courses=courses, rise=rise, fall=fall, blink=blink,
    )  # fmt: skip
    expression = face.expression(script.units, max_px, left, right)
    poses = drift(stream(_Stream.POSE), n_frames, float(per_second), head_px, face.view.scale)
    lamp = flicker(stream(_Stream.LAMP), n_frames, float(per_second), flicker_percent)
    return Take(
        face=face,
        script=script,
        expression=expression,
        rate=per_second,
        keyframes=script.keyframes(expression),
        strengths=script.strengths(),
        poses=tuple(poses),
        brightness=lamp,
        sensor=Sensor(stream(_Stream.SENSOR), n_frames, size, noise),
    )
