"""How sure a score is: bootstrap intervals over subjects, as their clips are not independent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meviewer.core.errors import ExperimentError
from meviewer.experiment import metrics

DRAWS = 2000

_DRAWS_AT_ONCE = 200


class Interval(NamedTuple):
    """Limits of a score at a level of confidence, both 0 to 1."""

    low: float
    high: float


class Intervals(NamedTuple):
    """Intervals of the three scores."""

    accuracy: Interval
    uf1: Interval
    uar: Interval


def bootstrap(
    truth: ArrayLike,
    predicted: ArrayLike,
    subjects: Sequence[str],
    n_classes: int,
    *,
    draws: int = DRAWS,
    level: float = 0.95,
    seed: int = 0,
) -> Intervals:
    """Return percentile intervals from drawing whole subjects with replacement [ours].

    Parameters
    ----------
    truth, predicted : array_like, shape (n,), int
        Class numbers 0 .. ``n_classes`` - 1.
    subjects : sequence of str, length n
        Whose clip each sample is.
    draws : int
        Resampled sets of subjects, at least 1.
    level : float
        Confidence, 0 to 1 (exclusive).
    seed : int
        Equal seeds give equal intervals.

    Raises
    ------
    ExperimentError
        If lengths differ or a class number is outside the range.
    """
    counts = per_subject(truth, predicted, subjects, n_classes)
    n_subjects = len(counts)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(n_subjects, np.full(n_subjects, 1 / n_subjects), size=draws)
    drawn = np.tensordot(times, counts, axes=(1, 0)).astype(np.int64)
    scores = (metrics.accuracy_of(drawn), metrics.uf1_of(drawn), metrics.uar_of(drawn))
    return Intervals(*(_percentiles(score, level) for score in scores))


def of_median(
    values: ArrayLike,
    subjects: Sequence[str] | None = None,
    *,
    draws: int = DRAWS,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return the percentile interval of a median from drawing with replacement [ours].

    Parameters
    ----------
    values : array_like, shape (n,), float
        At least one.
    subjects : sequence of str, length n, optional
        Whose each value is: whole subjects are drawn. Without it, values are.
    draws, level, seed
        As in `bootstrap`.
    """
    names = range(len(np.atleast_1d(values))) if subjects is None else subjects
    owner = np.unique(np.asarray(names), return_inverse=True)[1]
    order = np.argsort(values, kind="stable")
    ranked, owner = np.asarray(values, np.float64)[order], owner[order]
    n_owners = int(owner.max()) + 1
    rng = np.random.default_rng(seed)
    medians = []
    for done in range(0, draws, _DRAWS_AT_ONCE):
        n = min(_DRAWS_AT_ONCE, draws - done)
        times = rng.multinomial(n_owners, np.full(n_owners, 1 / n_owners), size=n)
        medians.append(_medians(ranked, times[:, owner]))
    return _percentiles(np.concatenate(medians), level)


def _medians(ranked: NDArray[np.float64], times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the median of sorted values of which each occurs so many times, a row a draw."""
    reached = np.cumsum(times, axis=1)
    total = reached[:, -1:]
    low = (reached > (total - 1) // 2).argmax(axis=1)
    high = (reached > total // 2).argmax(axis=1)
    middle: NDArray[np.float64] = (ranked[low] + ranked[high]) / 2
    return middle


def per_subject(
    truth: ArrayLike, predicted: ArrayLike, subjects: Sequence[str], n_classes: int
) -> NDArray[np.int64]:
    """Return one confusion matrix a subject, shape (n_subjects, c, c), in order of first sight."""
    rows, columns = np.asarray(truth), np.asarray(predicted)
    if not len(subjects) == len(rows) == len(columns):
        raise ExperimentError(
            "Scores cannot be computed",
            why=f"there are {len(subjects)} subject names for {len(rows)} samples and"
            f" {len(columns)} predictions",
        )
    numbers = {name: number for number, name in enumerate(dict.fromkeys(subjects))}
    owner = np.array([numbers[name] for name in subjects], np.int64)
    return np.stack(
        [
            metrics.confusion(rows[owner == number], columns[owner == number], n_classes)
            for number in range(len(numbers))
        ]
    )


def _percentiles(scores: NDArray[np.float64], level: float) -> Interval:
    low, high = np.quantile(scores, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
