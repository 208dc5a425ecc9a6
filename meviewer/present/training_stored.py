"""A run that was trained before: its folder read back into the state that a live one has."""

from __future__ import annotations

from pathlib import Path

from meviewer.experiment.records import AnyRecord, EpochDone, FoldDone, RunDone, RunStarted, Scores
from meviewer.experiment.runs import FoldResult, RunFolder
from meviewer.experiment.scoring import score
from meviewer.present.training_state import TrainingState, of_records


def stored_state(folder: Path) -> TrainingState:
    """Return the state of the run in a folder, as far as it has come.

    Raises
    ------
    ExperimentError
        If the folder holds no run, or its files are damaged.
    """
    run = RunFolder.open(folder)
    finished = run.finished()
    scores = run.scores()
    records: list[AnyRecord] = [_started(run, finished)]
    for number in sorted(finished):
        records += _epochs(run, finished[number])
        records.append(_fold_done(run, finished[number]))
    if scores is not None:
        records.append(RunDone(folder=str(folder), scores=scores))
    elif finished:
        done = list(finished.values())
        records.append(score(done, run.spec, run.card, run.reference()))
    return of_records(tuple(records))


def short_scores(scores: Scores) -> dict[str, object]:
    """Return what the table of runs shows of some scores, for the project to keep."""
    return {
        "accuracy": scores.accuracy,
        "uf1": scores.uf1,
        "uar": scores.uar,
        "intervals": {name: list(limits) for name, limits in scores.intervals.items()},
        "n_samples": scores.n_samples,
        "n_folds": scores.n_folds,
        "folds_done": scores.folds_done,
        "seconds": scores.seconds,
        "device": scores.device,
        "protocol": scores.protocol,
    }


def _started(run: RunFolder, finished: dict[int, FoldResult]) -> RunStarted:
    truth = [number for fold in finished.values() for number in fold.truth]
    classes = run.card.classes
    return RunStarted(
        folder=str(run.folder),
        network=run.spec.network,
        n_parameters=0,
        n_samples=run.card.n_samples,
        classes=classes,
        # Before all folds are done this is the share within those that are.
        class_counts=tuple(truth.count(number) for number in range(len(classes))),
        subjects=run.card.subjects,
        epochs=run.spec.epochs,
        seeds=run.spec.seeds,
        device=run.card.device,
        finished=tuple(sorted(finished)),
    )


def _epochs(run: RunFolder, fold: FoldResult) -> list[EpochDone]:
    """Return the curve of the first seed: it stands for the fold."""
    if not fold.curves:
        return []
    curve = fold.curves[0]
    return [
        EpochDone(
            fold=fold.fold,
            seed=curve.seed,
            epoch=at + 1,
            n_epochs=run.spec.epochs,
            loss=loss,
            accuracy=accuracy,
            learning_rate=0.0,
            seconds=0.0,
        )
        for at, (loss, accuracy) in enumerate(zip(curve.loss, curve.accuracy, strict=True))
    ]


def _fold_done(run: RunFolder, fold: FoldResult) -> FoldDone:
    return FoldDone(
        fold=fold.fold,
        n_folds=run.n_folds,
        subject=fold.subject,
        sample_ids=fold.sample_ids,
        names=fold.names,
        truth=fold.truth,
        predicted=fold.predicted,
        probabilities=fold.probabilities,
        seconds=fold.seconds,
        restored=True,
    )
