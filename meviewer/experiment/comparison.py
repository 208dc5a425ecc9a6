"""Runs compared on the same clips: scores, paired differences by subject, McNemar's test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ExperimentError
from meviewer.experiment import metrics
from meviewer.experiment.intervals import bootstrap
from meviewer.experiment.paired import differences, mcnemar
from meviewer.experiment.people import Member
from meviewer.experiment.runs import FoldResult, RunFolder
from meviewer.experiment.scoring import FEWEST_FOR_INTERVALS, protocol
from meviewer.experiment.spec import KERNEL, ExperimentSpec, differing

SEEDS = (0, 1, 2)
"""Seeds of each run of a comparison, where nobody says otherwise [ours]."""

_WHAT = "The runs cannot be compared"
_Key = tuple[str, str, int]


class ComparedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run on the clips that all have in common.

    Attributes
    ----------
    name : str
    network, protocol : str
    n_seeds : int
        0 for the kernel ridge, which has none.
    accuracy, uf1, uar : float
    intervals : dict of str to (low, high)
        95 %, by drawing subjects; empty for fewer than three of them.
    seeds : dict of str to tuple of float
        Each score of each seed alone; empty for a run without seeds.
    differs : tuple of str
        Fields in which its experiment differs from that of the first run.
    """

    name: str
    network: str
    protocol: str
    n_seeds: int
    accuracy: float
    uf1: float
    uar: float
    intervals: dict[str, tuple[float, float]]
    seeds: dict[str, tuple[float, ...]]
    differs: tuple[str, ...]


class ComparedPair(msgspec.Struct, frozen=True, kw_only=True):
    """Two runs on the same clips.

    Attributes
    ----------
    first, second : str
        Names of the runs.
    differences : dict of str to (value, low, high)
        Scores of the second less those of the first, 95 % by drawing the same subjects for both.
    first_only, second_only : int
        Clips that only one of the two got right.
    p : float
        McNemar's exact test, two-sided.
    p_holm : float
        The same after Holm's correction for the number of pairs.
    """

    first: str
    second: str
    differences: dict[str, tuple[float, float, float]]
    first_only: int
    second_only: int
    p: float
    p_holm: float


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Some runs on the clips that all of them have tested.

    Attributes
    ----------
    runs : tuple of ComparedRun
        The first one is what the others are compared with.
    pairs : tuple of ComparedPair
    n_samples, n_subjects : int
    classes : tuple of str
    notes : tuple of str
        What one has to know before one believes the figures.
    """

    runs: tuple[ComparedRun, ...]
    pairs: tuple[ComparedPair, ...]
    n_samples: int
    n_subjects: int
    classes: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a run said of its clips, by clip."""

    name: str
    spec: ExperimentSpec
    classes: tuple[str, ...]
    truth: dict[_Key, int]
    predicted: dict[_Key, int]
    by_seed: tuple[dict[_Key, int], ...]
    n_missing: int


def compare(runs: Sequence[tuple[str, RunFolder]]) -> Comparison:
    """Compare runs, clip by clip.

    Parameters
    ----------
    runs : sequence of (str, RunFolder)
        At least two, with different names.

    Raises
    ------
    ExperimentError
        If they have other classes, no clip in common, or nothing to compare.
    """
    if len(runs) < 2 or len({name for name, _run in runs}) < len(runs):
        raise ExperimentError(_WHAT, why="two or more runs with different names are needed")
    said = [_said(name, run) for name, run in runs]
    classes = said[0].classes
    for one in said[1:]:
        if one.classes != classes:
            raise ExperimentError(
                _WHAT,
                where=f"{said[0].name} and {one.name}",
                why=f"their classes are {', '.join(classes)} and {', '.join(one.classes)}",
                now="train both with one class scheme",
            )
    keys = _common(said)
    people = [key[0] for key in keys]
    truth = _column(said[0].truth, keys)
    return Comparison(
        runs=tuple(_run(one, keys, truth, people, said[0].spec) for one in said),
        pairs=_pairs(said, keys, truth, people),
        n_samples=len(keys),
        n_subjects=len(set(people)),
        classes=classes,
        notes=tuple(_notes(said, len(keys))),
    )


def holm(values: Sequence[float]) -> list[float]:
    """Return p values after Holm's correction, in their order [paper: Holm 1979]."""
    order = sorted(range(len(values)), key=lambda at: values[at])
    found, highest = [0.0] * len(values), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[at]))
        found[at] = highest
    return found


def _said(name: str, run: RunFolder) -> _Said:
    folds = [fold for _number, fold in sorted(run.finished().items())]
    if not folds:
        raise ExperimentError(
            _WHAT, where=name, why="no fold of it is finished", now="resume it, or leave it out"
        )
    keys = [key for fold in folds for key in _keys(fold)]
    # Several events of one clip are told apart by their order.
    seen: Counter[tuple[str, str]] = Counter()
    numbered: list[_Key] = []
    for person, clip in keys:
        numbered.append((person, clip, seen[person, clip]))
        seen[person, clip] += 1
    n_seeds = min(len(fold.per_seed) for fold in folds)
    return _Said(
        name,
        run.spec,
        run.card.classes,
        _by_key(numbered, [t for fold in folds for t in fold.truth]),
        _by_key(numbered, [p for fold in folds for p in fold.predicted]),
        tuple(
            _by_key(numbered, [int(np.argmax(row)) for fold in folds for row in fold.per_seed[n]])
            for n in range(n_seeds)
        ),
        run.n_folds - len(folds),
    )


def _keys(fold: FoldResult) -> list[tuple[str, str]]:
    return [
        (Member(owner).person, clip) for owner, clip in zip(fold.owners(), fold.names, strict=True)
    ]


def _by_key(keys: Sequence[_Key], values: Sequence[int]) -> dict[_Key, int]:
    return dict(zip(keys, values, strict=True))


def _common(said: Sequence[_Said]) -> list[_Key]:
    """Return the clips that all have tested as of the same class, in the order of the first."""
    events = [Counter(key[:2] for key in one.truth) for one in said]
    keys = [
        key
        for key in said[0].truth
        if all(one.truth.get(key) == said[0].truth[key] for one in said)
        # Where one run has fewer events of a clip, it is not known which one is missing.
        and len({counts[key[:2]] for counts in events}) == 1
    ]
    if not keys:
        raise ExperimentError(
            _WHAT,
            where=", ".join(one.name for one in said),
            why="no clip was tested by all of them as of the same class",
            now="compare runs on the same clips and labels of emotion",
        )
    return keys


def _run(
    one: _Said,
    keys: Sequence[_Key],
    truth: NDArray[np.int64],
    people: Sequence[str],
    first: ExperimentSpec,
) -> ComparedRun:
    n_classes = len(one.classes)
    found = _scores(truth, _column(one.predicted, keys), n_classes)
    seeds = [_scores(truth, _column(each, keys), n_classes) for each in one.by_seed]
    intervals = {}
    if len(set(people)) >= FEWEST_FOR_INTERVALS:
        limits = bootstrap(truth, _column(one.predicted, keys), people, n_classes)
        intervals = {name: (low, high) for name, (low, high) in limits._asdict().items()}
    return ComparedRun(
        name=one.name,
        network=one.spec.network,
        protocol=protocol(one.spec),
        n_seeds=len(one.by_seed),
        **found,
        intervals=intervals,
        seeds={name: tuple(each[name] for each in seeds) for name in found} if seeds else {},
        differs=differing(first, one.spec),
    )


def _scores(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], n_classes: int
) -> dict[str, float]:
    counts = metrics.confusion(truth, predicted, n_classes)
    measures = {"accuracy": metrics.accuracy_of, "uf1": metrics.uf1_of, "uar": metrics.uar_of}
    return {name: float(measure(counts)) for name, measure in measures.items()}


def _pairs(
    said: Sequence[_Said],
    keys: Sequence[_Key],
    truth: NDArray[np.int64],
    people: Sequence[str],
) -> tuple[ComparedPair, ...]:
    columns = [(one.name, _column(one.predicted, keys)) for one in said]
    tests, found = [], []
    for (first, old), (second, new) in combinations(columns, 2):
        test = mcnemar(truth, old, new)
        tests.append(test.p)
        apart = differences(truth, new, old, people, len(said[0].classes))
        found.append((first, second, apart, test))
    return tuple(
        ComparedPair(
            first=first,
            second=second,
            differences=apart,
            first_only=test.first_only,
            second_only=test.second_only,
            p=test.p,
            p_holm=corrected,
        )
        for (first, second, apart, test), corrected in zip(found, holm(tests), strict=True)
    )


def _column(values: dict[_Key, int], keys: Sequence[_Key]) -> NDArray[np.int64]:
    return np.array([values[key] for key in keys], np.int64)


def _notes(said: Sequence[_Said], n_common: int) -> list[str]:
    notes = []
    for one in said:
        left_out = len(one.truth) - n_common
        if left_out:
            notes.append(
                f"{left_out} clips of {one.name} are left out: not all runs tested them as of"
                " the same class."
            )
        if one.n_missing:
            notes.append(f"{one.name} is not complete: {one.n_missing} folds are missing.")
        if one.spec.network != KERNEL and len(one.by_seed) < len(SEEDS):
            seeds = "1 seed" if len(one.by_seed) == 1 else f"{len(one.by_seed)} seeds"
            notes.append(f"{one.name} has {seeds}: a lucky seed looks like a better network.")
        if one.spec.shuffle_labels:
            notes.append(f"{one.name} is a control with shuffled labels.")
    splits = {(one.spec.split, one.spec.n_folds, one.spec.split_seed) for one in said}
    if len({split for split, _n, _seed in splits}) > 1 or (
        len(splits) > 1 and said[0].spec.split != "loso"
    ):
        notes.append("The runs were split in different ways: they were trained on other clips.")
    if len({key[0] for key in said[0].truth}) < FEWEST_FOR_INTERVALS:
        notes.append("There are too few subjects for an interval that means anything.")
    return notes
