"""Whole subjects dealt into folds that have nearly equal shares of each class and data base."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meviewer.experiment.people import Member
from meviewer.experiment.splits import Fold, folds_of, people_of


def k_fold(members: Sequence[Member], n_folds: int, seed: int = 0) -> tuple[Fold, ...]:
    """Return folds of whole subjects with nearly equal shares of each class and data base.

    Subjects are dealt out one after another, those with most clips first, each into the fold
    that it makes most like the whole [ours]; ``seed`` decides between equals.

    Raises
    ------
    ExperimentError
        If there are fewer subjects than folds, or a name is empty.
    """
    people = people_of(members, n_folds, f"A split into {n_folds} folds")
    dealt = _dealt(members, people, np.full(n_folds, 1 / n_folds), seed)
    return folds_of(people, [(f"fold {n + 1}", part) for n, part in enumerate(dealt)])


def hold_out(members: Sequence[Member], share: float, seed: int = 0) -> tuple[Fold, ...]:
    """Return one fold that tests about this share of the clips, by whole subjects.

    Raises
    ------
    ExperimentError
        If there are fewer than two subjects, or a name is empty.
    """
    people = people_of(members, 2, "A hold-out by subject")
    dealt = _dealt(members, people, np.array([share, 1 - share]), seed)
    n = len(dealt[0])
    return folds_of(people, [(f"{n} held out", dealt[0])])


def _dealt(
    members: Sequence[Member],
    people: Sequence[str],
    wanted: NDArray[np.float64],
    seed: int,
) -> list[frozenset[str]]:
    """Deal people into parts with these shares of the clips of each class and data base."""
    strata, names = _strata(members), sorted(set(people))
    place = {person: number for number, person in enumerate(names)}
    table = np.zeros((len(names), max(strata) + 1), np.int64)
    np.add.at(table, ([place[person] for person in people], strata), 1)
    counts = dict(zip(names, table, strict=True))
    np.random.default_rng(seed).shuffle(names)
    names.sort(key=lambda person: -int(counts[person].sum()))
    target = wanted[:, None] * table.sum(0)
    filled = np.zeros(target.shape)
    parts: list[set[str]] = [set() for _ in wanted]
    for left, person in zip(range(len(names), 0, -1), names, strict=True):
        chosen = _best_part(filled, target, counts[person], parts, left)
        filled[chosen] += counts[person]
        parts[chosen].add(person)
    return [frozenset(part) for part in parts]


def _best_part(
    filled: NDArray[np.float64],
    target: NDArray[np.float64],
    counts: NDArray[np.int64],
    parts: Sequence[set[str]],
    left: int,
) -> int:
    """Return the part that is brought nearest to its target; none may stay empty."""
    empty = [number for number, part in enumerate(parts) if not part]
    open_to = empty if len(empty) >= left else range(len(parts))
    scale = np.maximum(target.sum(0), 1)
    # What a part lacks before, less what it lacks after: how much this person helps it.
    lacking = np.square((target - filled) / scale) - np.square((target - filled - counts) / scale)
    gain = lacking.sum(1)
    return max(open_to, key=lambda number: (gain[number], -number))


def _strata(members: Sequence[Member]) -> list[int]:
    keys = [(member.source, member.class_number) for member in members]
    numbers = {key: number for number, key in enumerate(sorted(set(keys)))}
    return [numbers[key] for key in keys]
