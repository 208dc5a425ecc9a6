"""Whether suggestions draw labels towards them: labels before and after they were seen.

Before is a label as it was committed blind, after is what has become of it. Of clips that stay
blind nothing was ever shown: what moves there anyhow is what a second look does by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Edge, Keyframes
from meviewer.core.frames import frames_to_ms
from meviewer.project.blind import first_verdicts, rules, stays_blind
from meviewer.project.project import Project, Sample

_DRAWS = 2000
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Before:
    """A label as it was committed blind: of which event of which sample, and where."""

    sample: Sample
    event_id: int
    keyframes: Keyframes


@dataclass(frozen=True, slots=True)
class Drawn:
    """How one keyframe moved towards the suggestion.

    Attributes
    ----------
    edge : Edge
    seen : bool
        Whether the suggestion was shown after the commit; False for clips that stay blind.
    n : int
        Labels that the suggestion differs from.
    n_moved : int
        Of them, those that are not where they were committed blind.
    frames, ms : float or None
        Mean shift, positive towards the suggestion.
    weight : float or None
        Mean share of the way to the suggestion: 0 stays, 1 takes it over.
    low, high : float or None
        95 % interval of the weight, from drawing subjects.
    note : str
        Why there is no number.
    """

    edge: Edge
    seen: bool
    n: int
    n_moved: int
    frames: float | None
    ms: float | None
    weight: float | None
    low: float | None
    high: float | None
    note: str = ""


def before(project: Project, coder: str) -> tuple[Before, ...]:
    """Return the labels of a coder as each clip was committed first."""
    by_id = {sample.id: sample for sample in project.samples()}
    return tuple(
        Before(by_id[sample_id], event.id, event.keyframes)
        for sample_id, labels in first_verdicts(project, coder).items()
        for event in labels
        if event.has_apex
    )


def anchoring(
    project: Project, coder: str, suggested: Mapping[tuple[int, int], Keyframes]
) -> tuple[Drawn, ...]:
    """Return how far labels moved towards suggestions, seen ones first.

    Parameters
    ----------
    suggested : mapping of (int, int) to Keyframes
        What is suggested for the label that was committed blind, by sample and event.
    """
    rule = rules(project).get(coder)
    share = 0.0 if rule is None else rule.share
    now = project.tier(coder)
    ways: dict[bool, list[_Way]] = {True: [], False: []}
    for one in before(project, coder):
        goal = suggested.get((one.sample.id, one.event_id))
        after = now[one.sample.id].find(one.event_id) if one.sample.id in now else None
        if goal is not None and after is not None:
            kept = stays_blind(coder, one.sample.subject, one.sample.name, share)
            ways[not kept].append(_Way(one.sample, one.keyframes, after.keyframes, goal))
    return tuple(_drawn(edge, seen, ways[seen]) for seen in (True, False) for edge in Edge)


@dataclass(frozen=True, slots=True)
class _Way:
    sample: Sample
    start: Keyframes
    end: Keyframes
    goal: Keyframes


def _drawn(edge: Edge, seen: bool, ways: Sequence[_Way]) -> Drawn:
    apart = [way for way in ways if way.goal[edge] != way.start[edge]]
    if not apart:
        words = "no label to compare"
        return Drawn(edge, seen, 0, 0, None, None, None, None, None, words)
    whole = np.array([way.goal[edge] - way.start[edge] for way in apart], np.float64)
    moved = np.array([way.end[edge] - way.start[edge] for way in apart], np.float64)
    towards = moved * np.sign(whole)
    ms = [by * frames_to_ms(1, way.sample.rate) for by, way in zip(towards, apart, strict=True)]
    weights = moved / whole
    n, subjects = len(apart), [way.sample.subject for way in apart]
    low, high = (None, None) if n < _FEWEST else _interval(weights, subjects)
    return Drawn(
        edge,
        seen,
        n,
        int(np.count_nonzero(moved)),
        float(towards.mean()),
        float(np.mean(ms)),
        float(weights.mean()),
        low,
        high,
        f"{n} labels only" if n < _FEWEST else "",
    )


def _interval(values: NDArray[np.float64], subjects: Sequence[str]) -> tuple[float, float]:
    """Return the 95 % interval of a mean from drawing whole subjects."""
    names, which = np.unique(np.array(subjects), return_inverse=True)
    sums = np.bincount(which, weights=values, minlength=len(names))
    counts = np.bincount(which, minlength=len(names))
    drawn = np.random.default_rng(0).integers(len(names), size=(_DRAWS, len(names)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
