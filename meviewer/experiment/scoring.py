"""From the predictions of the folds to the scores of a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meviewer.experiment import metrics
from meviewer.experiment.intervals import bootstrap
from meviewer.experiment.paired import differences
from meviewer.experiment.people import normalise_subject
from meviewer.experiment.records import OtherScores, ReferenceScores, Scores, SubjectScore
from meviewer.experiment.run_values import BY_PHASES, OPTIMISTIC, SHUFFLED
from meviewer.experiment.runs import FoldResult, ReferenceResult, RunCard
from meviewer.experiment.spec import KERNEL, ExperimentSpec

FEWEST_FOR_INTERVALS = 3
_OTHERS = {
    BY_PHASES: "mean of the softmaxes of rise and fall, in place of the whole event",
    OPTIMISTIC: "NOT a result: the best epoch of each fold, chosen on the clips it is tested on",
}
_SCORES = {"accuracy": metrics.accuracy, "uf1": metrics.uf1, "uar": metrics.uar}


def score(
    folds: Sequence[FoldResult],
    spec: ExperimentSpec,
    card: RunCard,
    reference: ReferenceResult | None = None,
) -> Scores:
    """Pool all test clips of the folds and score them once [paper: MEGC 2019].

    Parameters
    ----------
    folds : sequence of FoldResult
        At least one.
    spec : ExperimentSpec
    card : RunCard
        Classes, subjects and device of the run.
    reference : ReferenceResult, optional
        Scored on the same folds.
    """
    n_classes = len(card.classes)
    truth = _joined([fold.truth for fold in folds])
    predicted = _joined([fold.predicted for fold in folds])
    people = [normalise_subject(name) for fold in folds for name in fold.owners()]
    counts = metrics.confusion(truth, predicted, n_classes)
    return Scores(
        **{name: measure(truth, predicted, n_classes) for name, measure in _SCORES.items()},
        n_samples=len(truth),
        n_folds=len(card.subjects),
        folds_done=len(folds),
        classes=card.classes,
        confusion=tuple(tuple(row) for row in counts.tolist()),
        recalls=metrics.recalls(counts),
        absent=tuple(card.classes[number] for number in metrics.absent(truth, n_classes)),
        per_subject=_per_subject(folds, n_classes),
        intervals=_intervals(truth, predicted, people, n_classes),
        per_seed=_per_seed(folds, spec.seeds, truth, n_classes),
        protocol=protocol(spec),
        device=card.device,
        seconds=sum(fold.seconds for fold in folds),
        reference=None if reference is None else score_reference(reference, n_classes, folds),
        others=_others(folds, truth, people, n_classes),
    )


def _others(
    folds: Sequence[FoldResult], truth: NDArray[np.int64], people: Sequence[str], n_classes: int
) -> dict[str, OtherScores]:
    """Score what all of the folds say beside their answer."""
    found = {}
    for name, text in _OTHERS.items():
        if not all(name in fold.others for fold in folds):
            continue
        said = _joined([np.argmax(fold.others[name], axis=1).tolist() for fold in folds])
        found[name] = OtherScores(
            text=text,
            **{each: measure(truth, said, n_classes) for each, measure in _SCORES.items()},
            intervals=_intervals(truth, said, people, n_classes),
        )
    return found


def score_reference(
    reference: ReferenceResult, n_classes: int, folds: Sequence[FoldResult] | None = None
) -> ReferenceScores:
    """Score the reference on the folds of a run that are done, or on all of them.

    Parameters
    ----------
    reference : ReferenceResult
    n_classes : int
    folds : sequence of FoldResult, optional
        With them the run's scores less the reference's are told too.
    """
    chosen = range(len(reference.truth)) if folds is None else [fold.fold for fold in folds]
    truth = _joined([reference.truth[n] for n in chosen])
    predicted = _joined([reference.predicted[n] for n in chosen])
    people = [normalise_subject(name) for n in chosen for name in reference.people[n]]
    enough = folds is not None and len(set(people)) >= FEWEST_FOR_INTERVALS
    said = _joined([fold.predicted for fold in folds or ()])
    return ReferenceScores(
        name=reference.name,
        text=reference.text,
        **{name: measure(truth, predicted, n_classes) for name, measure in _SCORES.items()},
        intervals=_intervals(truth, predicted, people, n_classes),
        n_folds=len(chosen),
        seconds=reference.seconds,
        differences=differences(truth, said, predicted, people, n_classes) if enough else {},
    )


def protocol(spec: ExperimentSpec) -> str:
    """Say in words how the scores came about."""
    words = [_split(spec)]
    if spec.network == KERNEL:
        words.append("kernel ridge")
    else:
        words.append(_length(spec))
        if len(spec.seeds) > 1:
            words.append(f"mean probabilities of {len(spec.seeds)} seeds")
    if spec.test_tier:
        words.append(f"trained on keyframes by {spec.label_tier}, tested by {spec.test_tier}")
    if spec.pictures:
        words.append("one phase, ready pictures")
    if spec.shuffle_labels:
        words.append(SHUFFLED)
    return ", ".join(words)


def _length(spec: ExperimentSpec) -> str:
    """Say how long was trained, and who chose the epoch."""
    if spec.epoch_choice == "inner":
        return f"epoch of {spec.epochs} chosen on {spec.inner_share:.0%} of the training clips"
    return f"fixed {spec.steps} steps" if spec.steps else f"fixed {spec.epochs} epochs"


def _split(spec: ExperimentSpec) -> str:
    match spec.split:
        case "k-fold":
            return f"{spec.n_folds} folds by subject, split seed {spec.split_seed}"
        case "hold-out":
            share = f"{spec.test_share:.0%}"
            return f"hold-out of {share} by subject, split seed {spec.split_seed}"
        case "cross-database":
            return f"cross-database, {spec.train_on or 'others'} to {spec.test_on or 'each'}"
        case _:
            return "loso"


def _per_subject(folds: Sequence[FoldResult], n_classes: int) -> dict[str, SubjectScore]:
    """Return the scores of each subject, in the order in which they were tested."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for fold in folds:
        for owner, truth, said in zip(fold.owners(), fold.truth, fold.predicted, strict=True):
            pair = found.setdefault(owner, ([], []))
            pair[0].append(truth)
            pair[1].append(said)
    return {name: _of_subject(*pair, n_classes) for name, pair in found.items()}


def _of_subject(truth: list[int], predicted: list[int], n_classes: int) -> SubjectScore:
    found = {name: measure(truth, predicted, n_classes) for name, measure in _SCORES.items()}
    return SubjectScore(n=len(truth), **found)


def _intervals(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], subjects: Sequence[str], n_classes: int
) -> dict[str, tuple[float, float]]:
    if len(set(subjects)) < FEWEST_FOR_INTERVALS:
        return {}
    found = bootstrap(truth, predicted, subjects, n_classes)
    return {name: (limits.low, limits.high) for name, limits in found._asdict().items()}


def _per_seed(
    folds: Sequence[FoldResult], seeds: Sequence[int], truth: NDArray[np.int64], n_classes: int
) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    if not all(fold.per_seed for fold in folds):
        return found
    for number, seed in enumerate(seeds):
        predicted = _joined([np.argmax(fold.per_seed[number], axis=1).tolist() for fold in folds])
        found[str(seed)] = {
            name: measure(truth, predicted, n_classes) for name, measure in _SCORES.items()
        }
    return found


def _joined(parts: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    return np.array([number for part in parts for number in part], np.int64)
