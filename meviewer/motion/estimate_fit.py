"""From a time course to keyframes with their uncertainty. Import late: it brings numba along."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.motion.estimate_course import Label, hat, smooth
from meviewer.motion.estimate_kernels import FREEDOM, N_DIMS
from meviewer.motion.estimate_sampler import Target, running_sums, sample

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EstimateParams:
    """Settings of the estimate; chosen on simulated clips, see decision 0020.

    Attributes
    ----------
    particles : int
        Carried at once, 20 or more.
    pool : int
        Draws from the prior that they are chosen from, as many or more.
    rounds, every : int
        Sweeps under the posterior, and which of these are kept.
    trust : float
        Power of the likelihood, above 0 to 1: no model of the shape is quite true.
    misfit : float
        What no shape of the model explains, a share of the amplitude: added to the noise.
    rise_ms, fall_ms, plateau_ms : float
        Usual durations; the first two may be several times longer or shorter.
    onset_misfit_ms, apex_misfit_ms, offset_misfit_ms : float
        How far a keyframe usually lies from that of the best course of the model, since no shape
        is quite true: what the label is worth beside what was seen, and what intervals are wider
        by. With these, nine of ten intervals held the truth of clips.
    least_evidence : float
        Amplitude over noise, times the root of the frames, below which the label is kept.
    least_likeness : float
        Correlation with the label's hat, 0 to 1, below which another movement was followed.
    seed : int
    """

    particles: int = 100
    pool: int = 3000
    rounds: int = 48
    every: int = 8
    trust: float = 0.35
    misfit: float = 0.02
    rise_ms: float = 160.0
    fall_ms: float = 270.0
    plateau_ms: float = 30.0
    onset_misfit_ms: float = 3.5
    apex_misfit_ms: float = 11.0
    offset_misfit_ms: float = 12.5
    least_evidence: float = 8.0
    least_likeness: float = 0.6
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what is out of range by name."""
        least = {"particles": 20, "pool": self.particles, "rounds": 4, "every": 1}
        for one in fields(self):
            value = getattr(self, one.name)
            low = least.get(one.name, 0)
            high = 1 if one.name in ("trust", "least_likeness") else math.inf
            positive = one.name in ("trust", "rise_ms", "fall_ms", "plateau_ms")
            if not low <= value <= high or (positive and value == 0):
                raise MotionError(
                    "A setting of the estimate is out of range",
                    where=f"{one.name} = {value}",
                    now=f"give {low} or more" if high > 1 else "give a number above 0, up to 1",
                )


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What a time course says of the keyframes, together with the label.

    Attributes
    ----------
    samples : (K, 3) float64
        Onset, apex and offset, frames.
    middle, low, high : (3,) float64
        Median and 5-95 % interval, frames.
    evidence : float
        Amplitude over noise, times the root of half the frames of the event.
    likeness : float
        Largest correlation of the course with the label's hat.
    course : (T,) float64
        As given, scaled: about 0 at rest and 1 at the apex.
    """

    samples: Floats
    middle: Floats
    low: Floats
    high: Floats
    evidence: float
    likeness: float
    course: Floats


def infer(
    course: Floats, rate_hz: float, label: Label, sd_frames: Label, params: EstimateParams
) -> Posterior:
    """Sample the keyframes that a time course and a label allow.

    Parameters
    ----------
    course : (T,) float64
        Any scale and zero.
    rate_hz : float
    label, sd_frames : (onset, apex, offset)
        The label and how far off each usually is, frames.
    params : EstimateParams
    """
    scaled, noise = _scaled(course, rate_hz, label)
    frames = rate_hz / 1000
    misfit = frames * np.array(
        (params.onset_misfit_ms, params.apex_misfit_ms, params.offset_misfit_ms)
    )
    marks = np.array((label, np.hypot(sd_frames, misfit)), np.float64)
    usual = _usual(params, frames, noise)
    linear = np.array(((1.0, 0, 0, 0, 0), (0.3, 0.2, 0.2, 1.0, 0.15)))
    rng = np.random.default_rng(params.seed)
    found = sample(
        *_pool(marks, usual, params.pool, rng),
        Target(scaled, running_sums(scaled), params.trust, params.misfit, marks, usual, linear),
        count=params.particles,
        rounds=params.rounds,
        every=params.every,
        rng=rng,
    )
    keyframes = _of_the_face(found.keyframes, np.array((label, sd_frames)), misfit, rng)
    low, middle, high = np.quantile(keyframes, (0.05, 0.5, 0.95), axis=0)
    span = label[2] - label[0] + 1
    return Posterior(
        samples=keyframes,
        middle=middle,
        low=low,
        high=high,
        evidence=float(np.median(np.exp(-found.particles[:, 10])) * math.sqrt(0.5 * span)),
        likeness=_likeness(scaled, rate_hz, label, sd_frames[1]),
        course=scaled,
    )


def _scaled(course: Floats, rate_hz: float, label: Label) -> tuple[Floats, float]:
    """Return the course from rest to peak as about 0 to 1, and its noise."""
    soft = smooth(course, max(0.006 * rate_hz, 0.4))
    onset, offset = max(int(label[0]), 2), int(label[2])
    near = round(0.03 * rate_hz)
    during = soft[max(int(label[0]) - near, 0) : offset + near + 1]
    outside = np.concatenate((course[:onset], course[offset:]))
    height = max(float(during.max() - np.median(outside)), 0.2 * float(np.ptp(course)), 1e-9)
    scaled = (course - np.median(course[:onset])) / height
    bend = np.abs(np.diff(scaled, 2))
    # The second difference of white noise is sqrt(6) times as large; slow noise hides from it.
    noise = 1.6 * float(np.median(bend)) / 0.6745 / math.sqrt(6) if bend.size else 0.1
    return scaled, max(noise, 0.01)


def _usual(params: EstimateParams, frames: float, noise: float) -> Floats:
    return np.array(
        (
            (0, math.log(params.rise_ms * frames), 0, math.log(params.fall_ms * frames),
             0.55, 0.0, 0.45, -0.1, 0, -1.6, math.log(noise)),
            (1, 0.6, params.plateau_ms * frames, 0.7, 0.45, 0.45, 0.5, 0.55, 1, 0.4, 0.4),
        )
    )  # fmt: skip


def _pool(
    marks: Floats, usual: Floats, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw particles from nearly the prior; return how seldom each is drawn, log, as well."""
    gaps = rng.standard_t(FREEDOM, (3, count))
    onset, apex, offset = marks[0][:, None] + marks[1][:, None] * gaps
    made = np.empty((count, N_DIMS))
    made[:, 2] = rng.exponential(usual[1, 2], count)
    top = apex - rng.random(count) * made[:, 2]
    rise, fall = top - onset, offset - top - made[:, 2]
    possible = np.minimum(rise, fall) > 0.5
    rise, fall = np.maximum(rise, 0.5), np.maximum(fall, 0.5)
    made[:, 0], made[:, 1], made[:, 3] = onset, np.log(rise), np.log(fall)
    normal = [4, 5, 6, 7, 9, 10]
    z = rng.standard_normal((count, len(normal)))
    made[:, normal] = usual[0, normal] + usual[1, normal] * z
    made[:, 8] = rng.uniform(-0.2, 1.0, count)
    often = -0.5 * (FREEDOM + 1) * np.log1p(gaps**2 / FREEDOM).sum(axis=0)
    often += made[:, 1] + made[:, 3] - made[:, 2] / usual[1, 2] - 0.5 * (z**2).sum(axis=1)
    return made, np.where(possible, -often, -np.inf)


def _of_the_face(
    modelled: Floats, label: Floats, misfit: Floats, rng: np.random.Generator
) -> Floats:
    """Draw where keyframes are, given where the courses of the model have them, (K, 3).

    They lie about those of the courses by ``misfit``, and about the label by its sd, (2, 3): both
    have a say. A label that is far off has less of it, by Student's t.
    """
    spread, sd = np.square(np.maximum(misfit, 1e-9)), np.square(label[1])
    surprise = np.square(modelled - label[0]) / (spread + sd)
    wide = sd * (FREEDOM + surprise) / (FREEDOM + 1)
    share = spread / (spread + wide)
    noise = np.sqrt(share * wide) * rng.standard_normal(modelled.shape)
    return np.asarray(modelled + share * (label[0] - modelled) + noise)


def _likeness(course: Floats, rate_hz: float, label: Label, sd_frames: float) -> float:
    soft = smooth(course, max(0.006 * rate_hz, 0.4))
    wanted = hat(len(course), label, 0.012 * rate_hz)
    reach = math.ceil(sd_frames)
    if min(float(np.ptp(soft)), float(np.ptp(wanted))) < 1e-9:
        return 0.0
    shifted = np.stack([np.roll(wanted, by) for by in range(-reach, reach + 1)])
    shifted -= wanted.mean()
    norms = math.sqrt(float(np.square(shifted[0]).sum() * np.square(soft - soft.mean()).sum()))
    return float((shifted @ (soft - soft.mean())).max()) / norms
