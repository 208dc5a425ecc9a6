"""Time courses of simulated expressions with their true keyframes, and coders who err on them.

Families that share no shape: one to choose settings on, the others to be looked at, at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shape = Callable[[Floats], Floats]

_STEP_MS = 0.1
_LEVEL = 0.05


def _cosine(r: Floats) -> Floats:
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * r))


def _decay(r: Floats) -> Floats:
    return np.asarray((1 - np.exp(-3 * r)) / (1 - np.exp(-3)))


def _logistic(r: Floats) -> Floats:
    raw = 1 / (1 + np.exp(-10 * (r - 0.5)))
    low, high = 1 / (1 + np.exp(5)), 1 / (1 + np.exp(-5))
    return np.asarray((raw - low) / (high - low))


def _gompertz(r: Floats) -> Floats:
    raw = np.exp(-5 * np.exp(-6 * r))
    low, high = np.exp(-5), np.exp(-5 * np.exp(-6))
    return np.asarray((raw - low) / (high - low))


def _damped(r: Floats) -> Floats:
    """Way back of a critically damped spring."""
    raw = 1 - (1 + 5 * r) * np.exp(-5 * r)
    return np.asarray(raw / (1 - 6 * np.exp(-5)))


def _septic(r: Floats) -> Floats:
    return np.asarray(r**4 * (35 - 84 * r + 70 * r**2 - 20 * r**3))


def _arctangent(r: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * np.arctan(8 * (r - 0.5)) / np.arctan(4))


def _erlang(r: Floats) -> Floats:
    """Way of three relaxations, one after the other."""
    raw = 1 - (1 + 7 * r + 24.5 * r**2) * np.exp(-7 * r)
    return np.asarray(raw / (1 - 32.5 * np.exp(-7)))


def _hill(r: Floats) -> Floats:
    return np.asarray(r**3 * (1 + 0.3**3) / (r**3 + 0.3**3))


def _parabolas(r: Floats) -> Floats:
    return np.asarray(np.where(r < 0.5, 2 * r**2, 1 - 2 * (1 - r) ** 2))


def _rayleigh(r: Floats) -> Floats:
    return np.asarray((1 - np.exp(-4.5 * r**2)) / (1 - np.exp(-4.5)))


def _stretched(r: Floats) -> Floats:
    return np.asarray((1 - np.exp(-3.5 * r**0.8)) / (1 - np.exp(-3.5)))


def _error_function(r: Floats) -> Floats:
    """Way of a bell-shaped speed, by its sum."""
    fine = np.linspace(0, 1, 2001)
    way = np.cumsum(np.exp(-0.5 * ((fine - 0.5) / 0.11) ** 2))
    return np.asarray(np.interp(r, fine, (way - way[0]) / (way[-1] - way[0])))


def _weibull(r: Floats) -> Floats:
    return np.asarray((1 - np.exp(-5 * r**1.4)) / (1 - np.exp(-5)))


def _swelling(r: Floats) -> Floats:
    return np.asarray((np.exp(2.5 * r) - 1) / (np.exp(2.5) - 1))


def _two_relaxations(r: Floats) -> Floats:
    raw = 0.55 * (1 - np.exp(-9 * r)) + 0.45 * (1 - np.exp(-2 * r))
    return np.asarray(raw / (0.55 * (1 - np.exp(-9)) + 0.45 * (1 - np.exp(-2))))


def _cycloid(r: Floats) -> Floats:
    early = r**0.75
    return np.asarray(early - np.sin(2 * np.pi * early) / (2 * np.pi))


def _gumbel(r: Floats) -> Floats:
    raw = np.exp(-np.exp(2.5 - 8 * r))
    low, high = np.exp(-np.exp(2.5)), np.exp(-np.exp(-5.5))
    return np.asarray((raw - low) / (high - low))


@dataclass(frozen=True, slots=True)
class Family:
    """Shapes of rise and fall, each from 0 to 1 over 0..1."""

    rises: Mapping[str, Shape]
    falls: Mapping[str, Shape]


FAMILIES: Mapping[str, Family] = {
    "dev": Family(
        rises={
            "cosine": _cosine,
            "late": lambda r: _cosine(r**1.5),
            "early": lambda r: _cosine(r**0.7),
            "straight": lambda r: r,
            "logistic": _logistic,
        },
        falls={
            "cosine": _cosine,
            "early": lambda r: _cosine(r**0.6),
            "late": lambda r: _cosine(r**1.4),
            "straight": lambda r: r,
            "parabola": lambda r: 1 - (1 - r) ** 2,
        },
    ),
    "held-out": Family(
        rises={
            "quintic": lambda r: r**3 * (10 - 15 * r + 6 * r * r),
            "sine": lambda r: np.sin(np.pi / 2 * r) ** 1.5,
            "gompertz": _gompertz,
        },
        falls={"cubic": lambda r: r * r * (3 - 2 * r), "decay": _decay, "damped": _damped},
    ),
    "held-out-2": Family(
        rises={"septic": _septic, "power": lambda r: r**1.7, "erlang": _erlang},
        falls={
            "arctangent": _arctangent,
            "hyperbola": lambda r: 4 * r / (1 + 3 * r),
            "erlang": _erlang,
        },
    ),
    "held-out-3": Family(
        rises={"hill": _hill, "bow": lambda r: 1 - (1 - r) ** 1.5, "rayleigh": _rayleigh},
        falls={"parabolas": _parabolas, "rayleigh": _rayleigh, "stretched": _stretched},
    ),
    "held-out-4": Family(
        rises={"error function": _error_function, "weibull": _weibull, "swelling": _swelling},
        falls={
            "accelerated": lambda r: (np.exp(1.2 * r) - 1) / (np.exp(1.2) - 1),
            "lorentz": lambda r: 1.16 * r**2 / (r**2 + 0.16),
            "two relaxations": _two_relaxations,
        },
    ),
    "held-out-5": Family(
        rises={
            "broken": lambda r: np.interp(r, (0, 0.55, 1), (0, 0.2, 1)),
            "cycloid": _cycloid,
            "late power": lambda r: r**2.5,
        },
        falls={
            "steep power": lambda r: r**2,
            "logarithm": lambda r: np.log1p(14 * r) / np.log(15),
            "gumbel": _gumbel,
        },
    ),
}
"""``dev``: the first choices were made on it. The others: shapes that no choice had seen, each for
when the one before had been looked at; of each a steep fall and two that end slowly. ``held-out-2``
and ``held-out-3`` have since been used for choices as well (decision 0020)."""


@dataclass(frozen=True, slots=True, eq=False)
class TrueCourse:
    """An expression over time, with its keyframes.

    Attributes
    ----------
    strength : (T,) float64
        1 at the apex.
    onset, offset : float
        Frames, sub-frame: the last crossing of 5 % before the apex, and of 5 % above the end level.
    apex_first, apex_last : float
        Frames between which any apex is right: one and the same but for a plateau.
    other_peak : float or None
        Of a second, lower peak that a coder may take for the apex.
    """

    strength: Floats
    onset: float
    apex_first: float
    apex_last: float
    offset: float
    other_peak: float | None

    def error(self, onset: float, apex: float, offset: float) -> tuple[float, float, float]:
        """Return by how many frames three keyframes are late."""
        right = min(max(apex, self.apex_first), self.apex_last)
        return onset - self.onset, apex - right, offset - self.offset


def true_course(family: str, rate_hz: float, rng: np.random.Generator) -> TrueCourse:
    """Draw a time course: rise of 90-260 ms, fall of 140-420 ms, some with plateau or two peaks.

    Parameters
    ----------
    family : str
        Key of `FAMILIES`.
    rate_hz : float
    rng : numpy.random.Generator
    """
    shapes = FAMILIES[family]
    rise = shapes.rises[str(rng.choice(list(shapes.rises)))]
    fall = shapes.falls[str(rng.choice(list(shapes.falls)))]
    rise_ms, fall_ms = rng.uniform(90, 260), rng.uniform(140, 420)
    kind = rng.choice(["plain", "plateau", "two peaks"], p=[0.5, 0.25, 0.25])
    held_ms = rng.uniform(40, 120) if kind == "plateau" else 0.0
    onset = rng.uniform(120, 320)
    apex = onset + rise_ms
    leaves, ends = apex + held_ms, apex + held_ms + fall_ms
    n_frames = int(np.ceil((ends + rng.uniform(120, 320)) / 1000 * rate_hz))
    ms = np.arange(0, n_frames * 1000 / rate_hz, _STEP_MS)
    up = rise(np.clip((ms - onset) / rise_ms, 0, 1))
    down = 1 - fall(np.clip((ms - leaves) / fall_ms, 0, 1))
    end = rng.uniform(0.05, 0.3) if rng.random() < 0.25 else 0.0
    strength = up * (end + (1 - end) * down)
    if kind == "two peaks":
        strength = _second_peak(strength, ms, (onset, apex, rise_ms, fall_ms), rng)
    return _with_truth(strength, ms, rate_hz, n_frames, kind == "plateau", end)


def _second_peak(
    strength: Floats, ms: Floats, at: tuple[float, float, float, float], rng: np.random.Generator
) -> Floats:
    onset, apex, rise_ms, fall_ms = at
    if rng.random() < 0.5:
        middle = apex + rng.uniform(0.35, 0.6) * fall_ms
        width, height = rng.uniform(0.2, 0.35) * fall_ms, rng.uniform(0.25, 0.5)
    else:
        middle = onset + rng.uniform(0.35, 0.6) * rise_ms
        width, height = rng.uniform(0.25, 0.4) * rise_ms, -rng.uniform(0.2, 0.4)
    counter = _bump(ms, onset - rng.uniform(20, 40), rng.uniform(20, 35))
    made = strength + height * _bump(ms, middle, width) - rng.uniform(0.05, 0.15) * counter
    return np.asarray(made / made.max())


def _bump(ms: Floats, middle: float, width: float) -> Floats:
    return _cosine(np.clip(1 - np.abs(ms - middle) / width, 0, 1))


def _with_truth(
    strength: Floats, ms: Floats, rate_hz: float, n_frames: int, held: bool, end: float
) -> TrueCourse:
    frames = rate_hz / 1000
    top = np.flatnonzero(strength >= strength.max() - (0.002 if held else 1e-12))
    first, last = (top[0], top[-1]) if held else (int(np.argmax(strength)),) * 2
    below = np.flatnonzero(strength[:first] < _LEVEL)
    above = np.flatnonzero(strength > end + _LEVEL * (1 - end))
    slope = np.diff(strength)
    peaks = np.flatnonzero((slope[:-1] > 0) & (slope[1:] <= 0)) + 1
    others = [p for p in peaks if strength[p] > 0.3 and abs(ms[p] - ms[first]) > 25]
    return TrueCourse(
        strength=np.interp(np.arange(n_frames) / frames, ms, strength),
        onset=float(ms[below[-1]] * frames) if below.size else 0.0,
        apex_first=float(ms[first] * frames),
        apex_last=float(ms[last] * frames),
        offset=float(ms[min(above[-1] + 1, len(ms) - 1)] * frames),
        other_peak=float(ms[others[0]] * frames) if others else None,
    )


def usual_label(
    course: TrueCourse, rate_hz: float, rng: np.random.Generator
) -> tuple[int, int, int]:
    """Return what a usual coder marks: off by 2-10 frames at 200 fps, the offset more loosely.

    In two of five clips with a second peak that one is marked.
    """
    share = rate_hz / 200
    bias = rng.uniform(2, 10, 3) * rng.choice([-1, 1], 3) * share
    jitter = rng.normal(0, 2, 3) * share
    apex = rng.uniform(course.apex_first, course.apex_last) + bias[1] + jitter[1]
    if course.other_peak is not None and rng.random() < 0.4:
        apex = course.other_peak + jitter[1]
    loose = rng.uniform(-0.15, 0.3) * (course.offset - course.apex_last)
    onset = course.onset + bias[0] + jitter[0]
    offset = course.offset + bias[2] + 2 * jitter[2] + loose
    return _ordered(onset, apex, offset, len(course.strength))


def careful_label(
    course: TrueCourse, sd_frames: float, rng: np.random.Generator
) -> tuple[int, int, int]:
    """Return the label of a coder with this sd and no bias."""
    onset, apex, offset = rng.normal(0, sd_frames, 3)
    middle = (course.apex_first + course.apex_last) / 2
    return _ordered(
        course.onset + onset, middle + apex, course.offset + offset, len(course.strength)
    )


def _ordered(onset: float, apex: float, offset: float, n_frames: int) -> tuple[int, int, int]:
    first = min(max(round(onset), 0), n_frames - 3)
    middle = min(max(round(apex), first + 1), n_frames - 2)
    return first, middle, min(max(round(offset), middle + 1), n_frames - 1)
