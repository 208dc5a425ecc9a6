"""One particle: its time course, how well that explains what was seen, its keyframes, its moves.

Loops, compiled; import late. What the numbers of a particle mean: see ``estimate_sampler``. They
stand in one file because numba's cache goes by file: it would not see a change in another one.
"""

from __future__ import annotations

import math
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
_STEP = 0.72
_SWAPS = 0.3
_LEAPS = 0.08
FREEDOM = 8.0


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
def spans(v: Floats, early: Floats, late: Floats, out: Floats) -> None:
    """Fill start, rise, end of the plateau, fall, middle and half width of the bump, frames."""
    out[1] = math.exp(v[1]) / (1 - _between(early, v[4], v[5]))
    out[0] = v[0] + math.exp(v[1]) - out[1]
    out[2] = out[0] + out[1] + v[2]
    out[3] = math.exp(v[3]) / _between(late, v[6], v[7])
    whole = out[1] + v[2] + out[3]
    out[4] = out[0] + v[8] * whole
    out[5] = math.exp(v[9]) * whole


@compiled
def design(
    v: Floats, at: Floats, first: int, n: int, shapes: Floats, spare: Floats, out: Floats
) -> None:
    """Fill hump, stay and bump of a particle in ``n`` frames from ``first`` on.

    ``at`` are its `spans`; ``spare`` is (2, 65) and overwritten; ``out`` is (3, n or more).
    """
    _shape(shapes, v[4], v[5], spare[0])
    _shape(shapes, v[6], v[7], spare[1])
    # The rise has ended before the fall begins: each frame lies in one of them at most.
    risen = min(max(math.ceil(at[0] + at[1]) - first, 0), n)
    falls = min(max(math.ceil(at[2]) - first, risen), n)
    up, down, bump = out[0, :n], out[1, :n], out[2, :n]
    _along(spare[0], first - at[0], at[1], up[:risen])
    _along(spare[1], first + falls - at[2], at[3], down[falls:])
    for k in range(risen):
        down[k] = 0.0
    for k in range(risen, falls):
        up[k], down[k] = 1.0, 0.0
    for k in range(falls, n):
        up[k] = 1.0 - down[k]
    narrow, behind = 1 / at[5], first - at[4]
    for k in range(n):
        away = (np.int32(k) + behind) * narrow
        near = max(1.0 - away * away, 0.0)
        bump[k] = near * near


@compiled
def _along(shape: Floats, start: float, length: float, out: Floats) -> None:
    """Fill a shape at every frame; ``start`` frames of its ``length`` have gone at the first."""
    per, last = (_N_RADII - 1) / length, _N_RADII - 1.0001
    # Narrow counters and places without a sign: only these are worked out several at a time.
    for k in range(len(out)):
        out[k] = min(max((start + np.int32(k)) * per, 0.0), last)
    for k in range(len(out)):
        i = np.uint32(np.int32(out[k]))
        out[k] = shape[i] + (out[k] - i) * (shape[i + 1] - shape[i])


@compiled
def window(at: Floats, n: int) -> tuple[int, int]:
    """Return the frames between which a particle is not constant: first, and one past the last."""
    low, high = min(at[0], at[4] - at[5]), max(at[2] + at[3], at[4] + at[5])
    first = min(max(int(low), 0), n - 1)
    return first, min(max(int(high) + 2, first + 1), n)


@compiled
def solve(
    v: Floats,
    end: int,
    sums: Floats,
    trust: float,
    misfit: float,
    linear: Floats,
    gram: Floats,
    mean: Floats,
) -> float:
    """Return the log marginal likelihood of a course under a particle.

    Parameters
    ----------
    v : (11,) float64
    end : int
        Of its `window`: from there on it stays.
    sums : (5, T + 1) float64
        Of the course, see `running_sums`.
    trust : float
        Power of the likelihood, up to 1: what a model is worth that is not quite true.
    misfit : float
        Added to the noise.
    linear : (2, 5) float64
        Prior mean and sd of the linear terms.
    gram : (5, 5) float64
        What `gather` has filled; becomes the Cholesky factor of their posterior precision.
    mean : (5,) float64
        As well; becomes their posterior mean.
    """
    n = sums.shape[1] - 1
    variance = math.exp(2 * v[10]) + misfit * misfit
    weight = trust / variance
    gram[1, 1] += n - end
    gram[3, 1] += n - end
    gram[4, 1] += sums[2, n] - sums[2, end]
    gram[3, 3], gram[4, 3], gram[4, 4] = n, 0.0, sums[3, n]
    mean[1] += sums[0, n] - sums[0, end]
    mean[3], mean[4] = sums[0, n], sums[1, n]
    prior = 0.0
    for a in range(N_LINEAR):
        precision = 1.0 / linear[1, a] ** 2
        for b in range(a + 1):
            gram[a, b] *= weight
        mean[a] = weight * mean[a] + linear[0, a] * precision
        gram[a, a] += precision
        prior += linear[0, a] ** 2 * precision
    explained, log_det = _solved_in_place(gram, mean)
    total = weight * sums[4, n] + prior - explained + log_det
    fit: float = -0.5 * (trust * n * math.log(variance) + total)
    return fit


@compiled
def gather(x: Floats, y: Floats, first: int, n: int, gram: Floats, mean: Floats) -> None:
    """Fill the products of a design with itself, a course, a constant and a trend.

    ``y`` (m,) is the part of a course of ``n`` frames that begins with frame ``first``; ``x`` is
    (3, m or more).
    """
    m = len(y)
    hump, stay, bump = x[0, :m], x[1, :m], x[2, :m]
    per, zero = 2.0 / (n - 1), 2.0 * first / (n - 1) - 1.0
    aa, ab, ac, bb, bc, cc = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(m):
        aa += hump[k] * hump[k]
        ab += hump[k] * stay[k]
        ac += hump[k] * bump[k]
        bb += stay[k] * stay[k]
        bc += stay[k] * bump[k]
        cc += bump[k] * bump[k]
    gram[0, 0], gram[1, 0], gram[1, 1] = aa, ab, bb
    gram[2, 0], gram[2, 1], gram[2, 2] = ac, bc, cc
    for a in range(3):
        one, seen, whole, slope = x[a, :m], 0.0, 0.0, 0.0
        for k in range(m):
            seen += one[k] * y[k]
            whole += one[k]
            slope += one[k] * (per * np.int32(k) + zero)
        mean[a], gram[3, a], gram[4, a] = seen, whole, slope


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
        -0.5 * (FREEDOM + 1) * math.log(1 + ((onset - label[0, 0]) / label[1, 0]) ** 2 / FREEDOM)
    )
    total -= 0.5 * (FREEDOM + 1) * math.log(1 + ((apex - label[0, 1]) / label[1, 1]) ** 2 / FREEDOM)
    total -= (
        0.5 * (FREEDOM + 1) * math.log(1 + ((offset - label[0, 2]) / label[1, 2]) ** 2 / FREEDOM)
    )
    return total


@compiled
def _hump_label(v: Floats, label: Floats) -> float:
    """Return how well the hump of a particle agrees with the label."""
    top = v[0] + math.exp(v[1])
    leaves = top + v[2]
    return _log_label(label, v[0], min(max(label[0, 1], top), leaves), leaves + math.exp(v[3]))


@compiled
def log_prior(v: Floats, at: Floats, label: Floats, usual: Floats) -> float:
    """Return the log prior of a particle with its `spans`; -1e300 where it is impossible.

    ``label`` is (2, 3): keyframes and their sd, frames. ``usual`` is (2, 11): mean and sd of each
    number, of rise and fall as a whole; the sd of the plateau is the mean of an exponential.
    Student's t with 8 degrees of freedom lets a label be far off.
    """
    if v[2] < 0 or v[8] < -0.2 or v[8] > 1.0 or v[9] < -2.5 or v[9] > -0.9:
        return -1e300
    if at[1] < 0.7 or at[3] < 0.7 or abs(v[5]) > 1.0 or abs(v[7]) > 1.0:
        return -1e300
    total: float = _hump_label(v, label) - v[2] / usual[1, 2]
    total -= 0.5 * ((math.log(at[1]) - usual[0, 1]) / usual[1, 1]) ** 2
    total -= 0.5 * ((math.log(at[3]) - usual[0, 3]) / usual[1, 3]) ** 2
    for d in (4, 5, 6, 7, 9, 10):
        total -= 0.5 * ((v[d] - usual[0, d]) / usual[1, d]) ** 2
    return total


@compiled
def _fit(
    v: Floats,
    at: Floats,
    y: Floats,
    sums: Floats,
    trust: float,
    misfit: float,
    label: Floats,
    linear: Floats,
    shapes: Floats,
    spare: Floats,
    x: Floats,
    gram: Floats,
    mean: Floats,
    read: Floats,
) -> float:
    """Return how well a particle explains the course, log, and read its usual keyframes.

    Second peaks and ends above zero move the keyframes of a course away from those of its hump,
    which the prior has compared with the label: what that costs is added.
    """
    first, end = window(at, len(y))
    design(v, at, first, end - first, shapes, spare, x)
    gather(x, y[first:end], first, len(y), gram, mean)
    fit = solve(v, end, sums, trust, misfit, linear, gram, mean)
    _read(x, mean, first, end - first, read)
    agreement = _log_label(label, read[0], read[1], read[2]) - _hump_label(v, label)
    return fit + min(agreement, 0.0)


@compiled
def _propose(
    particles: Floats, i: int, root: Floats, steps: Floats, chances: Floats, proposed: Floats
) -> None:
    """Fill a step of one particle: along the covariance of all, or by the difference of two."""
    n = len(particles)
    length = _STEP * (0.3 + 0.9 * chances[1])
    if chances[0] < _SWAPS:
        if chances[0] < _LEAPS:
            length = 1.0
        a, b = int(chances[2] * n), int(chances[3] * n)
        for d in range(N_DIMS):
            apart = length * (particles[a, d] - particles[b, d])
            proposed[d] = particles[i, d] + apart + 0.003 * steps[d]
        return
    for d in range(N_DIMS):
        proposed[d] = particles[i, d]
    for k in range(N_DIMS):
        z = 1.4 * length * steps[k]
        for d in range(k, N_DIMS):
            proposed[d] += root[d, k] * z


@compiled
def move(
    particles: Floats,
    priors: Floats,
    fits: Floats,
    power: float,
    y: Floats,
    sums: Floats,
    trust: float,
    misfit: float,
    label: Floats,
    usual: Floats,
    linear: Floats,
    shapes: Floats,
    early: Floats,
    late: Floats,
    root: Floats,
    steps: Floats,
    chances: Floats,
) -> None:
    """Move the particles in turns.

    Parameters
    ----------
    particles : (K, 11) float64
    priors, fits : (K,) float64
        Their log prior and log likelihood; of a particle that nobody has weighed -1e300 each: it
        takes any step that is possible, a step of nothing as well.
    power : float
        Of the likelihood, 0 to 1.
    root : (11, 11) float64
        Cholesky factor of the covariance of the particles.
    steps : (N, 11) float64
        Normal numbers, those of a turn in a row.
    chances : (N, 6) float64
        Numbers from 0 to 1.
    """
    x, spare = np.empty((4, len(y))), np.empty((2, _N_RADII))
    gram, mean = np.empty((N_LINEAR, N_LINEAR)), np.empty(N_LINEAR)
    at, read, proposed = np.empty(6), np.empty(3), np.empty(N_DIMS)
    for turn in range(len(chances)):
        i = turn % len(particles)
        _propose(particles, i, root, steps[turn], chances[turn], proposed)
        spans(proposed, early, late, at)
        prior = log_prior(proposed, at, label, usual)
        # The prior decides first: it costs little.
        if prior < -1e299 or math.log(chances[turn, 4] + 1e-300) >= prior - priors[i]:
            continue
        fit = _fit(
            proposed, at, y, sums, trust, misfit, label, linear,
            shapes, spare, x, gram, mean, read,
        )  # fmt: skip
        if math.log(chances[turn, 5] + 1e-300) >= power * (fit - fits[i]):
            continue
        particles[i] = proposed
        priors[i] = prior
        fits[i] = fit


@compiled
def read_all(
    particles: Floats,
    y: Floats,
    sums: Floats,
    trust: float,
    misfit: float,
    label: Floats,
    linear: Floats,
    shapes: Floats,
    early: Floats,
    late: Floats,
    normals: Floats,
    keyframes: Floats,
) -> None:
    """Draw the linear terms of every particle and read its keyframes.

    Parameters
    ----------
    normals : (K, 5) float64
        Normal numbers.
    keyframes : (K, 3) float64
        Filled.
    """
    x, spare = np.empty((4, len(y))), np.empty((2, _N_RADII))
    gram, mean = np.empty((N_LINEAR, N_LINEAR)), np.empty(N_LINEAR)
    at = np.empty(6)
    for i in range(len(particles)):
        spans(particles[i], early, late, at)
        _fit(
            particles[i], at, y, sums, trust, misfit, label, linear,
            shapes, spare, x, gram, mean, keyframes[i],
        )  # fmt: skip
        _draw(gram, mean, normals[i])
        first, end = window(at, len(y))
        _read(x, mean, first, end - first, keyframes[i])


@compiled
def _draw(factor: Floats, mean: Floats, normals: Floats) -> None:
    """Add noise of the precision ``L L^T`` to the mean; ``normals`` (5,) are overwritten."""
    for a in range(N_LINEAR - 1, -1, -1):
        s = normals[a]
        for k in range(a + 1, N_LINEAR):
            s -= factor[k, a] * normals[k]
        normals[a] = s / factor[a, a]
    for a in range(N_LINEAR):
        mean[a] += normals[a]


@compiled
def _read(x: Floats, terms: Floats, first: int, n: int, out: Floats) -> None:
    """Read onset, apex and offset off a particle's course, as the truth is defined.

    ``x`` is (4, n or more): its design of ``n`` frames from ``first`` on, and a row that is
    overwritten by the course; ``terms`` are the linear ones.
    """
    hump, stay, bump, course = x[0, :n], x[1, :n], x[2, :n], x[3, :n]
    for k in range(n):
        course[k] = terms[0] * hump[k] + terms[1] * stay[k] + terms[2] * bump[k]
    at = 0
    for k in range(n):
        if course[k] > course[at]:
            at = k
    top, end = course[at], terms[1]
    out[1] = first + _top(course, at)
    k = at
    while k > 0 and course[k - 1] > 0.05 * top:
        k -= 1
    out[0] = first + k
    if k > 0:
        part = (course[k] - 0.05 * top) / max(course[k] - course[k - 1], 1e-12)
        out[0] -= min(max(part, 0.0), 1.0)
    level = end + 0.05 * (top - end)
    k = n - 1
    while k > at and course[k] <= level:
        k -= 1
    out[2] = first + k
    if k < n - 1:
        part = (course[k] - level) / max(course[k] - course[k + 1], 1e-12)
        out[2] += min(max(part, 0.0), 1.0)


@compiled
def _top(course: Floats, at: int) -> float:
    """Return the middle of what is as high as the highest, or the top of a parabola."""
    low, high, top = at, at, course[at]
    while low > 0 and course[low - 1] > top - 0.003:
        low -= 1
    while high < len(course) - 1 and course[high + 1] > top - 0.003:
        high += 1
    if low < high or at in (0, len(course) - 1):
        return 0.5 * (low + high)
    bend = course[at - 1] - 2 * top + course[at + 1]
    beyond: float = 0.5 * (course[at - 1] - course[at + 1]) / min(bend, -1e-9)
    return at + beyond
