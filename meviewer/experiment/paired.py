"""Two classifiers on the same clips: the difference of their scores, and McNemar's test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meviewer.experiment import metrics
from meviewer.experiment.intervals import DRAWS, per_subject

_OF = {"accuracy": metrics.accuracy_of, "uf1": metrics.uf1_of, "uar": metrics.uar_of}


class McNemar(NamedTuple):
    """McNemar's test of two classifiers on the same clips.

    Attributes
    ----------
    first_only, second_only : int
        Clips that only one of the two got right.
    p : float
        Two-sided, from the binomial distribution; 1 where the two never differ.
    """

    first_only: int
    second_only: int
    p: float


def mcnemar(truth: ArrayLike, first: ArrayLike, second: ArrayLike) -> McNemar:
    """Return McNemar's exact test: ``p = min(1, 2 P(X <= min(b, c)))``, X binomial (b + c, 1/2).

    The test takes clips as independent; clips of one face are not, so that p is too small rather
    than too large. The intervals of `differences` draw whole subjects and do not have this fault.

    Parameters
    ----------
    truth, first, second : array_like, shape (n,), int
        Class numbers.
    """
    right, other = np.asarray(first) == truth, np.asarray(second) == truth
    b, c = int((right & ~other).sum()), int((~right & other).sum())
    below = sum(math.comb(b + c, k) for k in range(min(b, c) + 1))
    # Whole numbers throughout: the ratio is exact however many clips there are.
    return McNemar(b, c, min(1.0, 2 * below / 2 ** (b + c)))


def differences(
    truth: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    people: Sequence[str],
    n_classes: int,
    *,
    draws: int = DRAWS,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, tuple[float, float, float]]:
    """Return the scores of the first less those of the second, with percentile intervals [ours].

    Both are scored on the same drawn subjects, so what makes subjects easy or hard cancels.

    Parameters
    ----------
    truth, first, second : array_like, shape (n,), int
        Class numbers.
    people : sequence of str, length n
        Whose clip each one is.
    draws, level, seed
        As in `meviewer.experiment.intervals.bootstrap`.

    Returns
    -------
    dict of str to (value, low, high)
        For ``accuracy``, ``uf1`` and ``uar``.

    Raises
    ------
    ExperimentError
        If lengths differ or a class number is outside the range.
    """
    counts = [per_subject(truth, said, people, n_classes) for said in (first, second)]
    n_people = len(counts[0])
    rng = np.random.default_rng(seed)
    times = rng.multinomial(n_people, np.full(n_people, 1 / n_people), size=draws)
    drawn = [np.tensordot(times, one, axes=(1, 0)).astype(np.int64) for one in counts]
    limits = ((1 - level) / 2, (1 + level) / 2)
    found = {}
    for name, measure in _OF.items():
        value = float(measure(counts[0].sum(0)) - measure(counts[1].sum(0)))
        spread: NDArray[np.float64] = measure(drawn[0]) - measure(drawn[1])
        low, high = np.quantile(spread, limits)
        found[name] = (value, float(low), float(high))
    return found
