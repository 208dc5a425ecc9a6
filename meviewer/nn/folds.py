"""All folds of a run: dealt to whoever trains them, and scored as they come in."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import TypeAlias

from meviewer.experiment.records import FoldDone, Record, RunDone, Scores
from meviewer.experiment.runs import FoldResult
from meviewer.experiment.scoring import score
from meviewer.nn.one_fold import Experiment, fold_seed, train_fold

__all__ = ["Dealer", "Experiment", "fold_seed", "one_after_another", "run_folds"]

Dealt: TypeAlias = Generator[Record | FoldResult, None, None]
Dealer: TypeAlias = Callable[[Experiment, Sequence[int]], Dealt]
"""Trains folds by their numbers: records, and a stored result at the end of each, in this order.

Closing it stops the work; folds that are stored are whole.
"""


def one_after_another(experiment: Experiment, numbers: Sequence[int]) -> Dealt:
    """Train folds in this process, one after another."""
    for number in numbers:
        yield (yield from train_fold(experiment, number))


def run_folds(experiment: Experiment, deal: Dealer = one_after_another) -> Iterator[Record]:
    """Train and test all folds that are not finished, then the final model; store each at its end.

    Parameters
    ----------
    experiment : Experiment
    deal : callable
        Who trains them.
    """
    run, n_folds = experiment.run, len(experiment.folds)
    finished, to_do = run.finished(), experiment.to_do()
    results: list[FoldResult] = []
    scores: Scores | None = None
    reference = run.reference()
    with closing(deal(experiment, to_do)) as dealt:
        for fold in experiment.folds:
            restored = fold.number in finished
            result = finished[fold.number] if restored else (yield from _until_result(dealt))
            results.append(result)
            yield done(result, n_folds, restored)
            scores = score(results, experiment.spec, run.card, reference)
            yield scores
        assert scores is not None
        run.write_scores(scores)
        if n_folds in to_do:
            yield from _until_result(dealt)
    yield RunDone(folder=str(run.folder), scores=scores)


def done(result: FoldResult, n_folds: int, restored: bool = False) -> FoldDone:
    """Return the record of a fold that is stored."""
    return FoldDone(
        fold=result.fold,
        n_folds=n_folds,
        subject=result.subject,
        sample_ids=result.sample_ids,
        names=result.names,
        truth=result.truth,
        predicted=result.predicted,
        probabilities=result.probabilities,
        seconds=result.seconds,
        restored=restored,
    )


def _until_result(dealt: Dealt) -> Generator[Record, None, FoldResult]:
    for one in dealt:
        if isinstance(one, FoldResult):
            return one
        yield one
    raise RuntimeError("the folds ended before their results did")
