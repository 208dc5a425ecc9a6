"""Every plausible rise, peak and fall of a noisy time course, by a tempered particle sampler.

A course is ``A hump + stay + bump + constant + trend + noise``. The hump rises and falls by
cumulative beta distributions: two numbers make them early or late, steep or flat, and none of them
is a shape that simulations use. The five linear terms are integrated out in closed form; the other
eleven numbers are carried by particles from the prior to the posterior (sequential Monte Carlo:
the likelihood is let in by steps that half of the particles survive, each followed by random walks
along their covariance). Thousands of weighted draws from the prior come first, so that few
particles begin in all places that the course allows. Import late: it brings numba along.

A particle: 0 onset, 1 log of the time from there to the top, 2 plateau, 3 log of the time from
there to the offset (frames), 4, 5 steepness and skew of the rise, 6, 7 of the fall, 8 place and 9
log width of the bump (shares of the event), 10 log noise. Onset and offset are where the hump
crosses 5 %: what a course and a label say of them hardly depends on the shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.estimate_kernels import (
    N_DIMS,
    N_LINEAR,
    beta_tables,
    move,
    read_all,
)

Floats = NDArray[np.float64]

_MOVES = 6


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is to be sampled.

    Attributes
    ----------
    y : (T,) float64
        The time course, about 0 at rest and 1 at the apex.
    sums : (5, T + 1) float64
        Its `running_sums`.
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
    sums: Floats
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
    """

    keyframes: Floats
    particles: Floats


def sample(
    pool: Floats,
    weights: Floats,
    target: Target,
    *,
    count: int,
    rounds: int,
    every: int,
    rng: np.random.Generator,
) -> Samples:
    """Carry particles from the prior to the posterior.

    Parameters
    ----------
    pool : (N, 11) float64
        Draws from something like the prior.
    weights : (N,) float64
        How much more seldom each is drawn than others, log.
    target : Target
    count : int
        Particles that are carried.
    rounds, every : int
        Sweeps under the posterior; every ``every``-th of these is kept.
    rng : numpy.random.Generator
    """
    swarm = _Swarm(pool, np.full(len(pool), -1e300), np.full(len(pool), -1e300))
    _weigh(swarm, target)
    shares = np.where(swarm.priors > -1e299, weights + swarm.priors, -np.inf)
    power = 0.0
    while power < 1.0:
        further = _next_power(shares, swarm.fits, power, count / 2)
        shares = shares + (further - power) * (swarm.fits - swarm.fits.max())
        swarm = swarm.of(drawn(np.exp(shares - shares.max()), count, rng.random()))
        power, shares = further, np.zeros(count)
        _sweep(swarm, target, power, _MOVES, rng)
    kept: list[tuple[Floats, Floats]] = []
    for _ in range(max(1, rounds // every)):
        _sweep(swarm, target, power, every, rng)
        kept.append((_read(swarm, target, rng), swarm.particles.copy()))
    return Samples(*(np.concatenate(parts) for parts in zip(*kept, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class _Swarm:
    """Particles (K, 11), their log prior and log likelihood, (K,); all are changed in place."""

    particles: Floats
    priors: Floats
    fits: Floats

    def of(self, chosen: NDArray[np.intp]) -> _Swarm:
        return _Swarm(self.particles[chosen], self.priors[chosen], self.fits[chosen])


def _weigh(swarm: _Swarm, target: Target) -> None:
    """Fill log prior and log likelihood, by a step of nothing."""
    n = len(swarm.particles)
    surely = np.zeros((n, 6))
    surely[:, 0] = 1.0  # no difference of two particles
    nowhere = np.zeros((N_DIMS, N_DIMS))
    _move(swarm, target, 1.0, nowhere, np.zeros((n, N_DIMS)), surely)


def _sweep(
    swarm: _Swarm, target: Target, power: float, turns: int, rng: np.random.Generator
) -> None:
    """Move every particle ``turns`` times."""
    n = turns * len(swarm.particles)
    steps, chances = rng.standard_normal((n, N_DIMS)), rng.random((n, 6))
    _move(swarm, target, power, _root(swarm.particles), steps, chances)


def _move(
    swarm: _Swarm, target: Target, power: float, root: Floats, steps: Floats, chances: Floats
) -> None:
    t = target
    move(
        swarm.particles, swarm.priors, swarm.fits, power, t.y, t.sums, t.trust, t.misfit,
        t.label, t.usual, t.linear, *beta_tables(), root, steps, chances,
    )  # fmt: skip


def _read(swarm: _Swarm, target: Target, rng: np.random.Generator) -> Floats:
    """Return a draw of the keyframes of every particle, (K, 3)."""
    t, count = target, len(swarm.particles)
    keyframes = np.empty((count, 3))
    read_all(
        swarm.particles, t.y, t.sums, t.trust, t.misfit, t.label, t.linear, *beta_tables(),
        rng.standard_normal((count, N_LINEAR)), keyframes,
    )  # fmt: skip
    return keyframes


def _root(particles: Floats) -> Floats:
    """Return the lower Cholesky factor of the covariance of particles."""
    centred = particles - particles.mean(axis=0)
    covariance = centred.T @ centred / len(particles)
    return np.ascontiguousarray(np.linalg.cholesky(covariance + 1e-9 * np.eye(N_DIMS)))


def _next_power(weights: Floats, fits: Floats, power: float, least: float) -> float:
    """Return how far the likelihood may be let in so that ``least`` particles still count.

    ``weights`` are logarithms.
    """
    gaps = fits - fits.max()

    def still_count(tried: float) -> bool:
        tilted = weights + (tried - power) * gaps
        shares = np.exp(tilted - tilted.max())
        return float(shares.sum() ** 2 / np.square(shares).sum()) >= least

    low, high = power, 1.0
    if still_count(high):
        return high
    for _ in range(16):
        tried = (low + high) / 2
        low, high = (tried, high) if still_count(tried) else (low, tried)
    return max(low, power + 1e-6)


def drawn(weights: Floats, count: int, start: float = 0.5) -> NDArray[np.intp]:
    """Return ``count`` places, each as often as it weighs.

    ``start`` is where the first draw lies between two, 0 to 1.
    """
    ends = np.cumsum(weights) / weights.sum()
    places = (np.arange(count) + start) / count
    return np.minimum(np.searchsorted(ends, places), len(weights) - 1)


def running_sums(y: Floats) -> Floats:
    """Return the sums, up to each frame, of a course and with a trend from -1 to 1, (5, T + 1).

    Course, course times trend, trend, trend squared, course squared.
    """
    trend = np.linspace(-1, 1, len(y))
    rows = np.stack((y, y * trend, trend, trend * trend, y * y))
    return np.concatenate((np.zeros((5, 1)), np.cumsum(rows, axis=1)), axis=1)
