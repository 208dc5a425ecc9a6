"""Figures of agreement from sums over events, so that drawing subjects again is one product.

Each figure is a function of sums over units (an event, or a clip) alone. The sums of a subject are
added up once; a bootstrap draw counts subjects, and all draws are one matrix product away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.experiment.intervals import DRAWS, Interval

Floats = NDArray[np.float64]

FEWEST = 5
"""Fewest units, and fewest clips where clips are drawn, for an interval [ours]."""

FEWEST_SUBJECTS = 3
"""Fewest subjects to draw from; below it clips are drawn [ours]."""

_MOST_UNDEFINED = 0.05
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its interval, or why there is none.

    Attributes
    ----------
    value : float or None
        None where it is undefined; `note` says why.
    n : int
        Units that it is made from.
    interval : Interval or None
        95 % percentile interval of the bootstrap.
    note : str
        Why there is no number or no interval; empty if there are both.
    """

    value: float | None
    n: int
    interval: Interval | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """What a figure is made from.

    Attributes
    ----------
    units : ndarray, shape (n, q), float64
        What each unit adds.
    figure : callable
        From totals of shape (..., q) to values of shape (...); NaN where it is undefined.
    why : callable
        From the totals, shape (q,), to the reason why the value is undefined.
    """

    units: Floats
    figure: Callable[[Floats], Floats]
    why: Callable[[Floats], str]

    def value(self) -> float:
        """Return the figure of all units; NaN where it is undefined."""
        return float(self.figure(self.units.sum(0)))


@dataclass(frozen=True, slots=True)
class Draws:
    """How often each subject (or clip) is in each bootstrap draw.

    Attributes
    ----------
    owners : dict
        Number of each subject or clip.
    times : ndarray, shape (draws, n_owners), int64
    """

    owners: dict[Hashable, int]
    times: NDArray[np.int64]

    @classmethod
    def of(cls, owners: Sequence[Hashable], draws: int = DRAWS, seed: int = 0) -> Draws:
        """Draw with replacement; equal seeds give equal draws."""
        numbers = {name: at for at, name in enumerate(dict.fromkeys(owners))}
        n = len(numbers)
        rng = np.random.default_rng(seed)
        times = rng.multinomial(n, np.full(n, 1 / n), size=draws) if n else np.zeros((0, 0))
        return cls(numbers, times.astype(np.int64))


def figure(sums: Sums, owners: Sequence[Hashable] = (), draws: Draws | None = None) -> Figure:
    """Return a figure with its interval.

    Parameters
    ----------
    sums : Sums
    owners : sequence, length n
        Whose each unit is.
    draws : Draws, optional
        Without it there is no interval, and no word about it.
    """
    n = len(sums.units)
    value = sums.value()
    if not math.isfinite(value):
        return Figure(None, n, None, sums.why(sums.units.sum(0)))
    if draws is None:
        return Figure(value, n)
    if n < FEWEST:
        return Figure(value, n, None, "too few for an interval")
    interval, note = _interval(sums, owners, draws)
    return Figure(value, n, interval, note)


def _interval(sums: Sums, owners: Sequence[Hashable], draws: Draws) -> tuple[Interval | None, str]:
    owned = np.zeros((len(draws.owners), sums.units.shape[1]))
    np.add.at(owned, [draws.owners[one] for one in owners], sums.units)
    drawn = sums.figure(draws.times @ owned)
    defined = drawn[np.isfinite(drawn)]
    missing = 1 - len(defined) / len(drawn)
    if missing > _MOST_UNDEFINED:
        return None, f"no interval: undefined in {missing:.0%} of the draws"
    low, high = np.quantile(defined, (0.025, 0.975))
    return Interval(float(low), float(high)), ""


def mean_of(values: Floats) -> Sums:
    """Return the mean of values, shape (n,)."""
    units = np.column_stack([np.ones(len(values)), values])
    return Sums(units, lambda t: _ratio(t[..., 1], t[..., 0]), lambda _: NO_EVENT)


def share_of(hits: Floats, of: Floats, why: str) -> Sums:
    """Return ``sum(hits) / sum(of)``, both of shape (n,)."""
    units = np.column_stack([of, hits])
    return Sums(units, lambda t: _ratio(t[..., 1], t[..., 0]), lambda _: why)


def icc_of(table: Floats) -> Sums:
    """Return ICC(2,1): two-way random, absolute agreement, one coder [Shrout & Fleiss 1979].

    Parameters
    ----------
    table : ndarray, shape (n, k), float64
        An event a row, a coder a column, none missing.
    """
    k = table.shape[1]
    centred = _centred(table)
    means = centred.mean(1)
    # Kept apart from the row means: the coders differ by little, the rows by much.
    within = centred - means[:, None]
    ones = np.ones(len(table))
    units = np.column_stack([ones, means, means**2, (within**2).sum(1), within])
    least = _TINY * _scale(centred)

    def value(totals: Floats) -> Floats:
        rows, columns, error = mean_squares(totals, k)
        n = totals[..., 0]
        below = rows + (k - 1) * error + k * _ratio(columns - error, n)
        return _ratio(rows - error, np.where(np.abs(below) > least, below, np.nan))

    return Sums(units, value, lambda totals: _icc_words(totals, least))


def mean_squares(totals: Floats, k: int) -> tuple[Floats, Floats, Floats]:
    """Return the mean squares of rows, columns and error from the sums of `icc_of`."""
    n, mean, square, within = (totals[..., at] for at in range(4))
    enough = np.where(n > 1, n - 1, np.nan)
    rows = k * np.maximum(square - _ratio(mean**2, n), 0) / enough
    by_column = _ratio((totals[..., 4:] ** 2).sum(-1), n)
    columns = by_column / (k - 1)
    error = np.maximum(within - by_column, 0) / (enough * (k - 1))
    return rows, columns, error


def icc_interval(table: Floats, level: float = 0.95) -> Interval | None:
    """Return the interval of ICC(2,1) from the F distribution [McGraw & Wong 1996].

    It takes events for independent. None where the coders differ in nothing but a constant, or
    where the ICC is undefined: then there is no F.
    """
    from scipy.special import fdtri

    n, k = table.shape
    sums = icc_of(table) if n > 1 else None
    icc = sums.value() if sums is not None else math.nan
    if sums is None or not math.isfinite(icc):
        return None
    rows, columns, error = (float(one) for one in mean_squares(sums.units.sum(0), k))
    if error <= _TINY * _scale(_centred(table)):
        return None
    ratio = columns / error
    inner = n * (1 + (k - 1) * icc) - k * icc
    above = (k - 1) * (n - 1) * (k * icc * ratio + inner) ** 2
    freedom = above / ((n - 1) * k**2 * icc**2 * ratio**2 + inner**2)
    tail = 1 - (1 - level) / 2
    first, second = float(fdtri(n - 1, freedom, tail)), float(fdtri(freedom, n - 1, tail))
    rest = k * columns + (k * n - k - n) * error
    low = n * (rows - first * error) / (first * rest + n * rows)
    high = n * (second * rows - error) / (rest + n * second * rows)
    return Interval(low, high)


def alpha_of(table: Floats) -> Sums:
    """Return Krippendorff's alpha for interval data.

    Parameters
    ----------
    table : ndarray, shape (n, k), float64
        An event a row, a coder a column; NaN where a coder gave no value. Rows with fewer than two
        values count for nothing.
    """
    centred = _centred(table)
    there = ~np.isnan(centred)
    m = there.sum(1)
    paired = m > 1
    values = np.where(there & paired[:, None], centred, 0.0)
    m = np.where(paired, m, 0)
    mean = values.sum(1) / np.maximum(m, 1)
    spread = (np.where(there & paired[:, None], centred - mean[:, None], 0.0) ** 2).sum(1)
    # The sum over ordered pairs of squared differences is 2 m times that of squared deviations.
    observed = 2 * m * spread / np.maximum(m - 1, 1)
    units = np.column_stack([m.astype(np.float64), values.sum(1), (values**2).sum(1), observed])
    least = _TINY * _scale(centred)

    def value(totals: Floats) -> Floats:
        n, total, square, seen = (totals[..., at] for at in range(4))
        by_chance = 2 * (square - _ratio(total**2, n)) * _ratio(n, n - 1)
        return 1 - _ratio(seen, np.where(by_chance > least, by_chance, np.nan))

    return Sums(units, value, lambda totals: NO_EVENT if totals[0] < 2 else ALL_THE_SAME)


def alpha_nominal_of(table: NDArray[np.int64], n_classes: int) -> Sums:
    """Return Krippendorff's alpha for names.

    Parameters
    ----------
    table : ndarray, shape (n, k), int64
        Class numbers 0 .. ``n_classes`` - 1; -1 where a coder gave none.
    """
    counts = (table[:, :, None] == np.arange(n_classes)).sum(1).astype(np.float64)
    m = counts.sum(1)
    counts = np.where(m[:, None] > 1, counts, 0.0)
    m = counts.sum(1)
    differing = (m**2 - (counts**2).sum(1)) / np.maximum(m - 1, 1)
    units = np.column_stack([differing, counts])

    def value(totals: Floats) -> Floats:
        seen, classes = totals[..., 0], totals[..., 1:]
        n = classes.sum(-1)
        by_chance = _ratio(n**2 - (classes**2).sum(-1), n - 1)
        return 1 - _ratio(seen, by_chance)

    return Sums(units, value, lambda totals: NO_EVENT if totals[1:].sum() < 2 else ONE_CATEGORY)


def kappa_of(first: NDArray[np.int64], second: NDArray[np.int64], n_classes: int) -> Sums:
    """Return Cohen's kappa of two coders; class numbers 0 .. ``n_classes`` - 1, shape (n,)."""
    units = np.zeros((len(first), n_classes**2))
    units[np.arange(len(first)), first * n_classes + second] = 1.0

    def value(totals: Floats) -> Floats:
        counts = totals.reshape(*totals.shape[:-1], n_classes, n_classes)
        n = counts.sum((-2, -1))
        # Whole numbers throughout, so that agreement by chance of 1 is seen exactly.
        chance = (counts.sum(-1) * counts.sum(-2)).sum(-1)
        hits = np.trace(counts, axis1=-2, axis2=-1)
        return _ratio(n * hits - chance, n**2 - chance)

    return Sums(units, value, lambda totals: ONE_CATEGORY if totals.sum() else NO_EVENT)


NO_EVENT = "undefined: no event in common"
ONE_EVENT = "undefined: one event only"
ONE_CATEGORY = "undefined: one category only"
ALL_THE_SAME = "undefined: all values are the same"
TOO_FEW = "undefined: too few events"


def _icc_words(totals: Floats, least: float) -> str:
    if totals[0] < 2:
        return ONE_EVENT if totals[0] else NO_EVENT
    # Within rows, or between them: something differs, but two events do not tell what.
    return TOO_FEW if totals[3] > least or totals[2] > least else ALL_THE_SAME


def _centred(table: Floats) -> Floats:
    """Return the table less its first value: what cancels out does so before it is squared."""
    found = table[~np.isnan(table)]
    return table - found[0] if found.size else table


def _scale(centred: Floats) -> float:
    found = centred[~np.isnan(centred)]
    return float(np.abs(found).max()) ** 2 if found.size else 0.0


def _ratio(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.asarray(above / below, np.float64)
    return np.where(np.isfinite(found), found, np.nan)
