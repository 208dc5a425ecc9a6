"""A comparison as a plot: scores of the runs, and differences of pairs, with their intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from meviewer.experiment.comparison import Comparison
from meviewer.present.training_words import score, signed

Measure = Literal["uf1", "uar", "accuracy"]
MEASURES: tuple[Measure, ...] = ("uf1", "uar", "accuracy")
TITLES = {"uf1": "UF1", "uar": "UAR", "accuracy": "Accuracy"}

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a plot: a value with its interval.

    Attributes
    ----------
    name : str
    value : float
    low, high : float
        95 % interval; equal to the value where there is none.
    text : str
        The value in words.
    clear : bool
        Of a difference: whether its interval leaves out 0.
    """

    name: str
    value: float
    low: float
    high: float
    text: str
    clear: bool = True


@dataclass(frozen=True, slots=True)
class Forest:
    """Bars over one axis.

    Attributes
    ----------
    title : str
    bars : tuple of Bar
    low, high : float
        Ends of the axis.
    ticks : tuple of (float, str)
    zero : bool
        Whether 0 is drawn as the line on which two runs are equal.
    """

    title: str
    bars: tuple[Bar, ...]
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    zero: bool


def forests(found: Comparison, measure: Measure) -> tuple[Forest, Forest]:
    """Return the plot of the scores and that of the differences."""
    scores = []
    for run in found.runs:
        value = float(getattr(run, measure))
        low, high = run.intervals.get(measure, (value, value))
        scores.append(Bar(run.name, value, low, high, score(value)))
    apart = []
    for pair in found.pairs:
        value, low, high = pair.differences[measure]
        name = f"{pair.second} − {pair.first}"
        apart.append(Bar(name, value, low, high, signed(value), not low <= 0 <= high))
    title = TITLES[measure]
    return (
        _forest(f"{title} of each run", scores, zero=False),
        _forest(f"{title}, second less first", apart, zero=True),
    )


def words(forest: Forest) -> str:
    """Return what a plot shows, for somebody who cannot see it."""
    lines = (
        f"{bar.name}: {bar.text}, from {score(bar.low, 2)} to {score(bar.high, 2)}"
        if not forest.zero
        else f"{bar.name}: {bar.text}, from {signed(bar.low, 2)} to {signed(bar.high, 2)}"
        for bar in forest.bars
    )
    return f"{forest.title}: " + "; ".join(lines)


def _forest(title: str, bars: list[Bar], *, zero: bool) -> Forest:
    ends = [end for bar in bars for end in (bar.low, bar.high, bar.value)] + ([0.0] if zero else [])
    low, high = min(ends), max(ends)
    span = max(high - low, 0.02)
    step = next((s for s in _STEPS if span / s <= _MOST_TICKS - 1), 0.5)
    first, last = math.floor(low / step), math.ceil(high / step)
    if first == last:
        last += 1
    write = signed if zero else score
    ticks = tuple((n * step, _tick(n * step, write(n * step, 2))) for n in range(first, last + 1))
    return Forest(title, tuple(bars), first * step, last * step, ticks, zero)


def _tick(value: float, text: str) -> str:
    return "0" if abs(value) < 1e-9 else text
