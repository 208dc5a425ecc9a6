"""Synthetic clips with their truth: the public way to make one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from meviewer.core.action_units import ActionUnit
from meviewer.core.events import Keyframes
from meviewer.synth.camera import film
from meviewer.synth.courses import Course
from meviewer.synth.curves import Floats
from meviewer.synth.flow_truth import true_flow
from meviewer.synth.pose import Pose
from meviewer.synth.take import Take, direct
from meviewer.synth.unit_fields import BLINK
from meviewer.synth.view import NOMINAL_SIZE


@dataclass(frozen=True)
class SyntheticClip:
    """A clip with its truth.

    Attributes
    ----------
    frames : uint8 array (T, H, W, 3)
        RGB.
    keyframes : Keyframes
        Onset and offset are at rest, motion lies strictly between them; the apex has most of it.
    flow_rise, flow_fall : float32 arrays (H, W, 2)
        True flow from onset to apex and from apex to offset, px, x right and y down, the head's
        motion included: ``apex(p + flow_rise(p)) = onset(p)``. The picture at rest is at its
        beginning, so warping the later frame by it gives the earlier one.
    valid_rise, valid_fall : bool arrays (H, W)
        False where the truth is undefined: edges of layers, and what is hidden in one picture.
    label : str
        Emotion.
    subject : str
        ``"s03"`` for identity 3.
    rate : Fraction
        Frames per second.
    action_units : tuple of ActionUnit
        Units of the expression; a blink is no part of it.
    units : mapping of int to float
        The same with relative strengths.
    courses : mapping of int to Course
        Time course of each unit; of unit 45 too if there is a blink.
    strengths : mapping of int to float64 array (T,)
        Strength of each unit over time, 0 to 1.
    poses : tuple of Pose
        Of the head, for each frame.
    brightness : float64 array (T,)
        Of each frame, mean 1.
    """

    frames: NDArray[np.uint8]
    keyframes: Keyframes
    flow_rise: NDArray[np.float32]
    flow_fall: NDArray[np.float32]
    valid_rise: NDArray[np.bool_]
    valid_fall: NDArray[np.bool_]
    label: str
    subject: str
    rate: Fraction
    action_units: tuple[ActionUnit, ...]
    units: Mapping[int, float]
    courses: Mapping[int, Course]
    strengths: Mapping[int, Floats]
    poses: tuple[Pose, ...]
    brightness: Floats


def make_clip(
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
    threads: int = 2,
) -> SyntheticClip:
    """Film one expression of a synthetic face.

    Parameters
    ----------
    seed : int
        Decides all that is not given, 0 or more. Noise, flicker and head motion have random
        streams of their own: the same seed without noise is the same clip, only clean.
    emotion : str
        Key of `meviewer.synth.emotions.EMOTIONS`.
    subject : int, optional
        Identity; the seed by default.
    size : tuple of int
        Width and height in px.
    rate : Fraction or int
        Frames per second.
    n_frames : int
        At least 8.
    keyframes : Keyframes, optional
        When to move; drawn by default.
    units : mapping of int to float, optional
        Action units with relative strengths in place of those of the emotion.
    courses : mapping of int to Course, optional
        A time course for each unit, in place of drawn ones about the keyframes.
    rise, fall : str, optional
        Shapes of the drawn courses, keys of `meviewer.synth.courses.SHAPES`.
    max_px : float
        Longest displacement of the skin, px, with all units at full strength as they are at
        a drawn apex, without the head's motion.
    left, right : float
        Strength on the subject's sides.
    noise : float
        Standard deviation of the sensor noise in grey levels.
    flicker_percent : float
        Largest deviation of the recorded brightness from its mean.
    head_px : float
        Largest motion of the head's outline from the first frame, px.
    blink : int, optional
        Frame at which the lids meet (action unit 45).
    threads : int
        Threads that render; the frames do not depend on it.

    Returns
    -------
    SyntheticClip

    Raises
    ------
    SynthError
        If emotion, units, shapes, keyframes or size are impossible.
    """
    take = direct(
        seed, emotion, subject=subject, size=size, rate=rate, n_frames=n_frames,
        keyframes=keyframes, units=units, courses=courses, rise=rise, fall=fall, max_px=max_px,
        left=left, right=right, noise=noise, flicker_percent=flicker_percent, head_px=head_px,
        blink=blink,
    )  # fmt: skip
    return _with_truth(take, film(take.shoot, n_frames, threads), emotion)


def _with_truth(take: Take, frames: NDArray[np.uint8], emotion: str) -> SyntheticClip:
    key = take.keyframes
    onset, apex, offset = (take.state(index) for index in (key.onset, key.apex, key.offset))
    rise, fall = true_flow(take.face, onset, apex), true_flow(take.face, apex, offset)
    return SyntheticClip(
        frames=frames,
        keyframes=key,
        flow_rise=rise.field.astype(np.float32),
        flow_fall=fall.field.astype(np.float32),
        valid_rise=rise.valid,
        valid_fall=fall.valid,
        label=emotion,
        subject=take.subject,
        rate=take.rate,
        action_units=take.action_units,
        units={unit: s for unit, s in take.script.units.items() if unit != BLINK},
        courses=take.script.courses,
        strengths=take.strengths,
        poses=take.poses,
        brightness=take.brightness,
    )
