"""Every plausible rise, peak and fall of a noisy time course, by a tempered particle sampler.

A course is ``A hump + stay + bump + constant + trend + noise``. The hump rises and falls by
cumulative beta distributions: two numbers make them early or late, steep or flat, and none of them
is a shape that simulations use. The five linear terms are integrated out in closed form; the other
eleven numbers are carried by particles from the prior to the posterior (sequential Monte Carlo:
the likelihood is let in by steps that half of the particles survive, each followed by moves of
differential evolution). Import late: it brings numba along.

A particle: 0 start, 1 log rise, 2 plateau, 3 log fall (frames), 4, 5 steepness and skew of the
rise, 6, 7 of the fall, 8 place and 9 log width of the bump (shares of the event), 10 log noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

Floats = NDArray[np.float64]

N_DIMS = 11
N_LINEAR = 5
_FIRST_LOG = -0.45
_LOG_STEP = 0.15
_N_LOGS = 16
_N_RADII = 65
_MOVES = 3
_FREEDOM = 8.0


@cache
def beta_tables() -> tuple[Floats, Floats, Floats]:
    """Return cumulative beta distributions by (log p, log q), and where they cross 5 and 95 %.

    Returns
    -------
    shapes : (16, 16, 65) float64
        Over 0..1.
    early, late : (16, 16) float64
    """
    logs = _FIRST_LOG + _LOG_STEP * np.arange(_N_LOGS)
    fine = np.linspace(0, 1, 2049)
    middle = (fine[1:] + fine[:-1]) / 2
    p, q = np.exp(logs)[:, None, None], np.exp(logs)[None, :, None]
    density = middle ** (p - 1) * (1 - middle) ** (q - 1)
    total = np.concatenate((np.zeros((_N_LOGS, _N_LOGS, 1)), np.cumsum(density, axis=2)), axis=2)
    total /= total[..., -1:]
    shapes = np.ascontiguousarray(total[..., :: 2048 // (_N_RADII - 1)])
    early, late = (
        np.array([[np.interp(level, one, fine) for one in row] for row in total])
        for level in (0.05, 0.95)
    )
    return shapes, early, late


@compiled
def _corner(steep: float, skew: float) -> tuple[int, int, float, float]:
    """Return the place in the tables of a shape, and how far between entries it lies."""
    x = min(max((steep + skew - _FIRST_LOG) / _LOG_STEP, 0.0), _N_LOGS - 1.001)
    y = min(max((steep - skew - _FIRST_LOG) / _LOG_STEP, 0.0), _N_LOGS - 1.001)
    return int(x), int(y), x - int(x), y - int(y)


@compiled
def _between(table: Floats, steep: float, skew: float) -> float:
    i, j, u, v = _corner(steep, skew)
    low: float = table[i, j] + v * (table[i, j + 1] - table[i, j])
    high: float = table[i + 1, j] + v * (table[i + 1, j + 1] - table[i + 1, j])
    return low + u * (high - low)


@compiled
def _shape(shapes: Floats, steep: float, skew: float, out: Floats) -> None:
    i, j, u, v = _corner(steep, skew)
    a, b, c, d = (1 - u) * (1 - v), (1 - u) * v, u * (1 - v), u * v
    first, second = shapes[i, j], shapes[i, j + 1]
    third, fourth = shapes[i + 1, j], shapes[i + 1, j + 1]
    for k in range(_N_RADII):
        out[k] = a * first[k] + b * second[k] + c * third[k] + d * fourth[k]


@compiled
def design(th: Floats, step: float, shapes: Floats, spare: Floats, out: Floats) -> None:
    """Fill hump, stay and bump of a particle, (3, n), at every ``step`` frames.

    ``spare`` is (2, 65) and overwritten.
    """
    rise, fall = math.exp(th[1]), math.exp(th[3])
    leaves = th[0] + rise + th[2]
    whole = rise + th[2] + fall
    middle, width = th[0] + th[8] * whole, math.exp(th[9]) * whole
    _shape(shapes, th[4], th[5], spare[0])
    _shape(shapes, th[6], th[7], spare[1])
    per_rise, per_fall = (_N_RADII - 1) / rise, (_N_RADII - 1) / fall
    last = _N_RADII - 1.0001
    for k in range(out.shape[1]):
        time = step * k
        r = min(max((time - th[0]) * per_rise, 0.0), last)
        f = min(max((time - leaves) * per_fall, 0.0), last)
        i, j = int(r), int(f)
        up = spare[0, i] + (r - i) * (spare[0, i + 1] - spare[0, i])
        down = spare[1, j] + (f - j) * (spare[1, j + 1] - spare[1, j])
        out[0, k] = up * (1 - down)
        out[1, k] = up * down
        away = abs(time - middle) / width
        near = max(1.0 - away * away, 0.0)
        out[2, k] = near * near


@compiled
def solve(
    th: Floats,
    y: Floats,
    trust: float,
    misfit: float,
    linear: Floats,
    x: Floats,
    gram: Floats,
    mean: Floats,
) -> float:
    """Return the log marginal likelihood of a course under the design ``x`` of a particle.

    Parameters
    ----------
    th : (11,) float64
    y : (T,) float64
    trust : float
        Power of the likelihood, up to 1: what a model is worth that is not quite true.
    linear : (2, 5) float64
        Prior mean and sd of the linear terms.
    x : (3, T) float64
    gram : (5, 5) float64
        Becomes the lower Cholesky factor of their posterior precision.
    mean : (5,) float64
        Becomes their posterior mean.
    """
    n = len(y)
    variance = math.exp(2 * th[10]) + misfit * misfit
    weight = trust / variance
    gram[:] = 0.0
    mean[:] = 0.0
    total = 0.0
    for a in range(3):
        for b in range(a + 1):
            s = 0.0
            for k in range(n):
                s += x[a, k] * x[b, k]
            gram[a, b] = weight * s
        s, one, slope = 0.0, 0.0, 0.0
        for k in range(n):
            s += x[a, k] * y[k]
            one += x[a, k]
            slope += x[a, k] * (2.0 * k / (n - 1) - 1.0)
        mean[a] = weight * s
        gram[3, a] = weight * one
        gram[4, a] = weight * slope
    one, slope, square = 0.0, 0.0, 0.0
    for k in range(n):
        trend = 2.0 * k / (n - 1) - 1.0
        one += y[k]
        slope += y[k] * trend
        square += trend * trend
        total += y[k] * y[k]
    mean[3], mean[4] = weight * one, weight * slope
    gram[3, 3], gram[4, 4] = weight * n, weight * square
    prior = 0.0
    for a in range(N_LINEAR):
        precision = 1.0 / linear[1, a] ** 2
        mean[a] += linear[0, a] * precision
        gram[a, a] += precision
        prior += linear[0, a] ** 2 * precision
    explained, log_det = _solved_in_place(gram, mean)
    return -0.5 * (trust * n * math.log(variance) + weight * total + prior - explained + log_det)


@compiled
def _solved_in_place(gram: Floats, mean: Floats) -> tuple[float, float]:
    """Factor, solve; return ``m^T G^-1 m`` and the log determinant."""
    log_det, explained = 0.0, 0.0
    for a in range(N_LINEAR):
        for b in range(a + 1):
            s = gram[a, b]
            for k in range(b):
                s -= gram[a, k] * gram[b, k]
            if a == b:
                gram[a, a] = math.sqrt(max(s, 1e-12))
                log_det += 2 * math.log(gram[a, a])
            else:
                gram[a, b] = s / gram[b, b]
    for a in range(N_LINEAR):
        s = mean[a]
        for k in range(a):
            s -= gram[a, k] * mean[k]
        mean[a] = s / gram[a, a]
        explained += mean[a] * mean[a]
    for a in range(N_LINEAR - 1, -1, -1):
        s = mean[a]
        for k in range(a + 1, N_LINEAR):
            s -= gram[k, a] * mean[k]
        mean[a] = s / gram[a, a]
    return explained, log_det


@compiled
def _log_label(label: Floats, onset: float, apex: float, offset: float) -> float:
    """Return how well keyframes agree with a label, by Student's t."""
    total = (
        -0.5 * (_FREEDOM + 1) * math.log(1 + ((onset - label[0, 0]) / label[1, 0]) ** 2 / _FREEDOM)
    )
    total -= (
        0.5 * (_FREEDOM + 1) * math.log(1 + ((apex - label[0, 1]) / label[1, 1]) ** 2 / _FREEDOM)
    )
    total -= (
        0.5 * (_FREEDOM + 1) * math.log(1 + ((offset - label[0, 2]) / label[1, 2]) ** 2 / _FREEDOM)
    )
    return total


@compiled
def _hump_label(th: Floats, label: Floats, early: Floats, late: Floats) -> float:
    """Return how well the hump of a particle agrees with the label."""
    top = th[0] + math.exp(th[1])
    leaves = top + th[2]
    onset = th[0] + (top - th[0]) * _between(early, th[4], th[5])
    offset = leaves + math.exp(th[3]) * _between(late, th[6], th[7])
    return _log_label(label, onset, min(max(label[0, 1], top), leaves), offset)


@compiled
def log_prior(th: Floats, label: Floats, usual: Floats, early: Floats, late: Floats) -> float:
    """Return the log prior of a particle; -1e300 where it is impossible.

    ``label`` is (2, 3): keyframes and their sd, frames. ``usual`` is (2, 11): mean and sd of each
    number; the sd of the plateau is the mean of an exponential. Student's t with 8 degrees of
    freedom lets a label be far off.
    """
    if th[2] < 0 or th[8] < -0.2 or th[8] > 1.0 or th[9] < -2.5 or th[9] > -0.9:
        return -1e300
    rise, fall = math.exp(th[1]), math.exp(th[3])
    if rise < 0.7 or fall < 0.7 or abs(th[5]) > 1.0 or abs(th[7]) > 1.0:
        return -1e300
    total: float = _hump_label(th, label, early, late) - th[2] / usual[1, 2]
    for d in (1, 3, 4, 5, 6, 7, 9, 10):
        total -= 0.5 * ((th[d] - usual[0, d]) / usual[1, d]) ** 2
    return total


@compiled
def _evaluate(
    particles: Floats,
    y: Floats,
    trust: float,
    misfit: float,
    linear: Floats,
    shapes: Floats,
    fits: Floats,
) -> None:
    """Fill the log likelihood of every particle."""
    x, spare = np.empty((3, len(y))), np.empty((2, _N_RADII))
    gram, mean = np.empty((N_LINEAR, N_LINEAR)), np.empty(N_LINEAR)
    for i in range(len(particles)):
        design(particles[i], 1.0, shapes, spare, x)
        fits[i] = solve(particles[i], y, trust, misfit, linear, x, gram, mean)


@compiled
def _move(
    particles: Floats,
    priors: Floats,
    fits: Floats,
    power: float,
    turns: int,
    y: Floats,
    trust: float,
    misfit: float,
    label: Floats,
    usual: Floats,
    linear: Floats,
    shapes: Floats,
    early: Floats,
    late: Floats,
    rng: np.random.Generator,
) -> None:
    """Move every particle ``turns`` times, each by the difference of two others."""
    n = len(particles)
    x, spare = np.empty((3, len(y))), np.empty((2, _N_RADII))
    gram, mean = np.empty((N_LINEAR, N_LINEAR)), np.empty(N_LINEAR)
    proposed = np.empty(N_DIMS)
    for turn in range(turns * n):
        i = turn % n
        a, b = int(rng.random() * n), int(rng.random() * n)
        leap = rng.random() < 0.1
        length = 1.0 if leap else 2.38 / math.sqrt(N_DIMS) * (0.3 + 0.9 * rng.random())
        for d in range(N_DIMS):
            proposed[d] = particles[i, d] + 0.003 * rng.standard_normal()
            if leap or rng.random() < 0.6:
                proposed[d] += length * (particles[a, d] - particles[b, d])
        prior = log_prior(proposed, label, usual, early, late)
        # The prior decides first: it costs little.
        if prior < -1e299 or math.log(rng.random() + 1e-300) >= prior - priors[i]:
            continue
        if power > 0:
            design(proposed, 1.0, shapes, spare, x)
            fit = solve(proposed, y, trust, misfit, linear, x, gram, mean)
            if math.log(rng.random() + 1e-300) >= power * (fit - fits[i]):
                continue
            fits[i] = fit
        particles[i] = proposed
        priors[i] = prior


@compiled
def _read_all(
    particles: Floats,
    y: Floats,
    trust: float,
    misfit: float,
    label: Floats,
    linear: Floats,
    shapes: Floats,
    early: Floats,
    late: Floats,
    rng: np.random.Generator,
    keyframes: Floats,
    agreement: Floats,
) -> None:
    """Draw the linear terms of every particle and read its keyframes at every half frame."""
    x, spare = np.empty((3, len(y))), np.empty((2, _N_RADII))
    gram, mean = np.empty((N_LINEAR, N_LINEAR)), np.empty(N_LINEAR)
    fine = np.empty((3, 2 * len(y) - 1))
    course = np.empty(fine.shape[1])
    for i in range(len(particles)):
        design(particles[i], 1.0, shapes, spare, x)
        solve(particles[i], y, trust, misfit, linear, x, gram, mean)
        _draw(gram, mean, rng)
        design(particles[i], 0.5, shapes, spare, fine)
        for k in range(len(course)):
            course[k] = mean[0] * fine[0, k] + mean[1] * fine[1, k] + mean[2] * fine[2, k]
        _read(course, mean[1], keyframes[i])
        onset, apex, offset = keyframes[i]
        agreement[i] = _log_label(label, onset, apex, offset)
        agreement[i] -= _hump_label(particles[i], label, early, late)


def _next_power(fits: Floats, power: float) -> float:
    """Return how far the likelihood may be let in so that half of the particles still count."""
    gaps = fits - fits.max()

    def still_count(tried: float) -> bool:
        weights = np.exp((tried - power) * gaps)
        return float(weights.sum() ** 2 / np.square(weights).sum()) >= 0.5 * len(fits)

    low, high = power, 1.0
    if still_count(high):
        return high
    for _ in range(24):
        tried = (low + high) / 2
        low, high = (tried, high) if still_count(tried) else (low, tried)
    return max(low, power + 1e-6)


def drawn(weights: Floats, start: float = 0.5) -> NDArray[np.intp]:
    """Return as many places as there are weights, each as often as it weighs.

    ``start`` is where the first draw lies between two, 0 to 1.
    """
    ends = np.cumsum(weights) / weights.sum()
    places = (np.arange(len(weights)) + start) / len(weights)
    return np.minimum(np.searchsorted(ends, places), len(weights) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is to be sampled.

    Attributes
    ----------
    y : (T,) float64
        The time course, about 0 at rest and 1 at the apex.
    trust : float
        Power of the likelihood, up to 1: what a model is worth that is not quite true.
    misfit : float
        What no shape explains, added to the noise.
    label : (2, 3) float64
        Keyframes and their sd, frames.
    usual : (2, 11) float64
        Mean and sd of each number of a particle.
    linear : (2, 5) float64
        Mean and sd of the linear terms.
    """

    y: Floats
    trust: float
    misfit: float
    label: Floats
    usual: Floats
    linear: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """What was sampled.

    Attributes
    ----------
    keyframes : (K, 3) float64
    particles : (K, 11) float64
    agreement : (K,) float64
        How much better than its hump alone the whole course agrees with the label, log.
    """

    keyframes: Floats
    particles: Floats
    agreement: Floats


def sample(
    particles: Floats,
    target: Target,
    *,
    warm: int,
    rounds: int,
    every: int,
    rng: np.random.Generator,
) -> Samples:
    """Carry particles from the prior to the posterior.

    Parameters
    ----------
    particles : (N, 11) float64
        Possible ones, spread about the label; overwritten.
    target : Target
    warm, rounds, every : int
        Sweeps under the prior and under the posterior; every ``every``-th of these is kept.
    rng : numpy.random.Generator
    """
    shapes, early, late = beta_tables()
    t = target
    priors = np.array([log_prior(one, t.label, t.usual, early, late) for one in particles])
    fits = np.zeros(len(particles))

    def move(power: float, turns: int) -> None:
        _move(
            particles, priors, fits, power, turns, t.y, t.trust, t.misfit,
            t.label, t.usual, t.linear, shapes, early, late, rng,
        )  # fmt: skip

    move(0.0, warm)
    _evaluate(particles, t.y, t.trust, t.misfit, t.linear, shapes, fits)
    power = 0.0
    while power < 1.0:
        further = _next_power(fits, power)
        chosen = drawn(np.exp((further - power) * (fits - fits.max())), rng.random())
        particles[:], priors[:], fits[:] = particles[chosen], priors[chosen], fits[chosen]
        power = further
        move(power, _MOVES)
    kept: list[tuple[Floats, Floats, Floats]] = []
    for _ in range(max(1, rounds // every)):
        move(power, every)
        keyframes, agreement = np.empty((len(particles), 3)), np.empty(len(particles))
        _read_all(
            particles, t.y, t.trust, t.misfit, t.label, t.linear, shapes, early, late, rng,
            keyframes, agreement,
        )  # fmt: skip
        kept.append((keyframes, particles.copy(), agreement))
    return Samples(*(np.concatenate(parts) for parts in zip(*kept, strict=True)))


@compiled
def _draw(factor: Floats, mean: Floats, rng: np.random.Generator) -> None:
    """Add noise of the precision ``L L^T`` to the mean."""
    z = np.empty(N_LINEAR)
    for a in range(N_LINEAR - 1, -1, -1):
        s = rng.standard_normal()
        for k in range(a + 1, N_LINEAR):
            s -= factor[k, a] * z[k]
        z[a] = s / factor[a, a]
    for a in range(N_LINEAR):
        mean[a] += z[a]


@compiled
def _read(course: Floats, end: float, out: Floats) -> None:
    """Read onset, apex and offset off a course at every half frame, as the truth is defined."""
    n = len(course)
    at = 0
    for k in range(n):
        if course[k] > course[at]:
            at = k
    top = course[at]
    low, high = at, at
    while low > 0 and course[low - 1] > top - 0.003:
        low -= 1
    while high < n - 1 and course[high + 1] > top - 0.003:
        high += 1
    out[1] = 0.25 * (low + high)
    k = at
    while k > 0 and course[k - 1] > 0.05 * top:
        k -= 1
    out[0] = 0.5 * k
    if k > 0:
        part = (course[k] - 0.05 * top) / max(course[k] - course[k - 1], 1e-12)
        out[0] -= 0.5 * min(max(part, 0.0), 1.0)
    level = end + 0.05 * (top - end)
    k = n - 1
    while k > at and course[k] <= level:
        k -= 1
    out[2] = 0.5 * k
    if k < n - 1:
        part = (course[k] - level) / max(course[k] - course[k + 1], 1e-12)
        out[2] += 0.5 * min(max(part, 0.0), 1.0)
