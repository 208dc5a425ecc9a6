"""What every training does before it learns: split, guard, and the card of the run. No torch."""

from __future__ import annotations

import platform
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from meviewer import __version__
from meviewer.core.errors import ExperimentError
from meviewer.experiment.folding import folds_of
from meviewer.experiment.leaks import Evidence, check_leaks
from meviewer.experiment.people import doubtful
from meviewer.experiment.records import Record, RunStarted, Warned
from meviewer.experiment.runs import RunCard, RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.splits import Fold
from meviewer.nn.motion_set import MotionSet

_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Prepared:
    """Data that are split, without a leak.

    Attributes
    ----------
    spec : ExperimentSpec
    data : MotionSet
    folds : tuple of Fold
    truth : ndarray, shape (n,), int64
        The class numbers that are learnt: dealt out at random for the control.
    """

    spec: ExperimentSpec
    data: MotionSet
    folds: tuple[Fold, ...]
    truth: NDArray[np.int64]


def prepare(spec: ExperimentSpec, data: MotionSet) -> Generator[Record, None, Prepared]:
    """Split the data and look for leaks; says what is doubtful.

    Raises
    ------
    ExperimentError
        If there is too little to learn from, or something is on both sides of a fold.
    """
    if len(set(data.truth.tolist())) < 2:
        raise ExperimentError(
            "There is only one class to learn",
            where=data.classes[int(data.truth[0])],
            why=f"all {len(data)} usable clips belong to it",
            now="label clips of another emotion, or choose another class scheme",
        )
    folds = folds_of(spec, data.members)
    evidence = Evidence(data.members, data.names, data.fingerprints, data.flow, data.frames)
    check_leaks(evidence, folds)
    yield from _doubts(data)
    return Prepared(spec, data, folds, learnt(spec, data.truth))


def learnt(spec: ExperimentSpec, truth: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the class numbers that are learnt and scored: shuffled for the control."""
    if not spec.shuffle_labels:
        return truth
    return np.random.default_rng(spec.seeds[0]).permutation(truth)


def card_of(prepared: Prepared, device: str, versions: Mapping[str, str]) -> RunCard:
    """Return the card of a new run.

    Parameters
    ----------
    device : str
        In words.
    versions : mapping
        Of libraries beside this program, Python and NumPy.
    """
    data, folds = prepared.data, prepared.folds
    spelt = [member.spelt for member in data.members]
    return RunCard(
        classes=data.classes,
        subjects=tuple(fold.subject for fold in folds),
        clips=dict(zip(data.fingerprints, spelt, strict=True)),
        labels=data.labels,
        n_samples=len(data),
        device=device,
        versions={
            "meviewer": __version__,
            **versions,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        held_out=tuple(tuple(dict.fromkeys(spelt[i] for i in fold.test)) for fold in folds),
    )


def started(run: RunFolder, prepared: Prepared, n_parameters: int) -> RunStarted:
    """Return the record with which a run begins."""
    data = prepared.data
    counts = np.bincount(data.truth, minlength=len(data.classes))
    return RunStarted(
        folder=str(run.folder),
        network=run.spec.network,
        n_parameters=n_parameters,
        n_samples=len(data),
        classes=data.classes,
        class_counts=tuple(counts.tolist()),
        subjects=run.card.subjects,
        epochs=run.spec.epochs,
        seeds=run.spec.seeds,
        device=run.card.device,
        finished=tuple(sorted(run.finished())),
    )


def owners(data: MotionSet, indices: Sequence[int]) -> tuple[str, ...]:
    """Return whose clip each of some is."""
    members = data.members
    return tuple(members[i].spelt for i in indices)


def _doubts(data: MotionSet) -> Iterator[Record]:
    pairs = doubtful(list(data.members))
    if pairs:
        named = ", ".join(f"{one} and {other}" for one, other in pairs[:_MOST_NAMED])
        more = f" and {len(pairs) - _MOST_NAMED} more pairs" if len(pairs) > _MOST_NAMED else ""
        yield Warned(
            text=f"Taken for different people: {named}{more}. If two are one person, give both"
            " one name: else the one is trained on when the other is tested."
        )
