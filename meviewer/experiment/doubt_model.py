"""How far off a keyframe is expected to be by mistake, from all that speaks about it [ours].

Each witness (our estimate, the turns of the seen course, another coder) lies some ms from the
label. Most of that is what it always does: its own definition of a keyframe, and jitter. Both are
read off the whole project by median and MAD, drawn towards what simulated coders do where there are
few labels. How much of the jitter is the label's own follows from how the witnesses differ among
themselves. What remains is weighed against an error of the label: small as usual or, in 5 of 100,
gross. Witnesses may be grossly wrong themselves, so one alone convinces less than two that agree.
The result is the mean size of a gross error over its posterior: what a coder always errs by is
nothing to look at again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEP_MS = 2.5
_REACH_MS = 400.0
_GROSS = 0.05
_GROSS_SD_MS = 100.0
_WITNESS_GROSS = 0.1
_WITNESS_TAIL = 5.0
_PRIOR_LABELS = 4
_LEAST_SD_MS = 7.5
_LEAST_WITNESS_MS = 5.0
_MAD_TO_SD = 1.4826
_FEWEST_PAIRS = 8

_ERRORS = np.arange(-_REACH_MS, _REACH_MS + _STEP_MS / 2, _STEP_MS)


@dataclass(frozen=True, slots=True, eq=False)
class Witness:
    """What one source says of one keyframe of all labels.

    Attributes
    ----------
    gaps_ms : (n,) float64
        From the label to the source; not-a-number where it says nothing.
    weight : float
        0 to 1; below 1 for sources that see the same pixels as others do.
    usual_ms : float
        Spread of a source and a label where nothing is known.
    """

    gaps_ms: Floats
    weight: float
    usual_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """How far off labels are expected to be by mistake, and by whose word.

    Attributes
    ----------
    expected_ms : (n,) float64
        Mean size of a gross error, 0 where there is none.
    due_ms : dict of str to (n,) float64
        What is due to this source: the mean of what it adds to no other and to all others, since of
        two that agree neither is missed; not below 0.
    usual_ms : dict of str to float
        How far each source usually lies from the label.
    """

    expected_ms: Floats
    due_ms: dict[str, Floats]
    usual_ms: dict[str, float]


def weigh(witnesses: Mapping[str, Witness], n: int) -> Verdict:
    """Weigh what sources say of one keyframe of ``n`` labels.

    Parameters
    ----------
    witnesses : mapping of str to Witness
        By name.
    """
    heard = {name: one for name, one in witnesses.items() if np.isfinite(one.gaps_ms).any()}
    if not heard:
        return Verdict(np.zeros(n), {}, {})
    facts = {name: _usual(one) for name, one in heard.items()}
    own = _own_spread(heard, facts)
    usual, gross = (1 - _GROSS) * _bell(_ERRORS, own), _GROSS * _bell(_ERRORS, _GROSS_SD_MS)
    prior, sizes = np.log(usual + gross), np.abs(_ERRORS) * gross / (usual + gross)
    said = {name: _said(one, *facts[name], own) for name, one in heard.items()}
    together = prior[None, :] + sum(said.values(), np.zeros((n, len(_ERRORS))))
    expected = _mean_size(together, sizes)
    rest = float(_mean_size(prior[None, :], sizes)[0])
    nobody = ~np.any([np.isfinite(one.gaps_ms) for one in heard.values()], axis=0)
    due = {}
    for name, one in said.items():
        last = expected - _mean_size(together - one, sizes)
        first = _mean_size(prior[None, :] + one, sizes) - rest
        due[name] = np.maximum((first + last) / 2, 0.0)
    return Verdict(
        np.where(nobody, 0.0, expected), due, {name: centre for name, (centre, _) in facts.items()}
    )


def _usual(one: Witness) -> tuple[float, float]:
    """Return where a source usually lies from the label, and its spread, ms."""
    gaps = one.gaps_ms[np.isfinite(one.gaps_ms)]
    n = len(gaps)
    middle, spread = _spread(gaps)
    mixed = (n * spread**2 + _PRIOR_LABELS * one.usual_ms**2) / (n + _PRIOR_LABELS)
    return middle * n / (n + _PRIOR_LABELS), max(math.sqrt(mixed), _LEAST_SD_MS)


def _said(one: Witness, centre: float, spread: float, own: float) -> Floats:
    """Return the log likelihood of each error, (n, errors); 0 where nothing is said."""
    jitter = max(math.sqrt(max(spread**2 - own**2, 0.0)), _LEAST_WITNESS_MS)
    left = (one.gaps_ms - centre)[:, None] + _ERRORS[None, :]
    likely = (1 - _WITNESS_GROSS) * _bell(left, jitter)
    likely += _WITNESS_GROSS * _bell(left, _WITNESS_TAIL * jitter)
    logs = one.weight * np.log(np.maximum(likely, 1e-300))
    return np.where(np.isfinite(one.gaps_ms)[:, None], logs, 0.0)


def _own_spread(heard: Mapping[str, Witness], facts: Mapping[str, tuple[float, float]]) -> float:
    """Return how much labels jitter by themselves, ms.

    Three sources that err independently tell the jitter of each by how their differences spread
    (the three-cornered hat of clock makers). Where there are no three, a label is taken to be as
    good as the best witness.
    """
    least = min(spread for _centre, spread in facts.values())
    found = []
    for (one, a), (other, b) in combinations(heard.items(), 2):
        apart = a.gaps_ms - b.gaps_ms
        apart = apart[np.isfinite(apart)]
        if len(apart) < _FEWEST_PAIRS or max(a.weight, b.weight) < 1:
            continue
        found.append((facts[one][1] ** 2 + facts[other][1] ** 2 - _spread(apart)[1] ** 2) / 2)
    if not found:
        return least / math.sqrt(2)
    return min(max(math.sqrt(max(float(np.median(found)), 0.0)), 0.3 * least), 0.95 * least)


def _spread(gaps: Floats) -> tuple[float, float]:
    """Return middle and spread of gaps, ms, whatever a few of them are."""
    middle = float(np.median(gaps))
    return middle, _MAD_TO_SD * float(np.median(np.abs(gaps - middle)))


def _mean_size(logs: Floats, sizes: Floats) -> Floats:
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    return np.asarray(chances @ sizes)


def _bell(values: Floats, sd: float) -> Floats:
    return np.asarray(np.exp(-0.5 * (values / sd) ** 2) / sd)
