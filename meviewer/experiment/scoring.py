"""From the predictions of the folds to the scores of a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meviewer.experiment import metrics
from meviewer.experiment.intervals import bootstrap
from meviewer.experiment.records import Scores, SubjectScore
from meviewer.experiment.runs import FoldResult, RunCard
from meviewer.experiment.spec import ExperimentSpec

FEWEST_FOR_INTERVALS = 3
_SCORES = {"accuracy": metrics.accuracy, "uf1": metrics.uf1, "uar": metrics.uar}


def score(folds: Sequence[FoldResult], spec: ExperimentSpec, card: RunCard) -> Scores:
    """Pool all test clips of the folds and score them once [paper: MEGC 2019].

    Parameters
    ----------
    folds : sequence of FoldResult
        At least one.
    spec : ExperimentSpec
    card : RunCard
        Classes, subjects and device of the run.
    """
    n_classes = len(card.classes)
    truth = _joined([fold.truth for fold in folds])
    predicted = _joined([fold.predicted for fold in folds])
    subjects = [fold.subject for fold in folds for _ in fold.truth]
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
        per_subject={fold.subject: _of_subject(fold, n_classes) for fold in folds},
        intervals=_intervals(truth, predicted, subjects, n_classes),
        per_seed=_per_seed(folds, spec.seeds, truth, n_classes),
        protocol=protocol(spec),
        device=card.device,
        seconds=sum(fold.seconds for fold in folds),
    )


def protocol(spec: ExperimentSpec) -> str:
    """Say in words how the scores came about."""
    words = ["loso", f"fixed {spec.epochs} epochs"]
    if len(spec.seeds) > 1:
        words.append(f"mean probabilities of {len(spec.seeds)} seeds")
    if spec.shuffle_labels:
        words.append("labels shuffled (control)")
    return ", ".join(words)


def _of_subject(fold: FoldResult, n_classes: int) -> SubjectScore:
    found = {
        name: measure(fold.truth, fold.predicted, n_classes) for name, measure in _SCORES.items()
    }
    return SubjectScore(n=len(fold.truth), **found)


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
    found = {}
    for number, seed in enumerate(seeds):
        predicted = _joined([np.argmax(fold.per_seed[number], axis=1).tolist() for fold in folds])
        found[str(seed)] = {
            name: measure(truth, predicted, n_classes) for name, measure in _SCORES.items()
        }
    return found


def _joined(parts: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    return np.array([number for part in parts for number in part], np.int64)
