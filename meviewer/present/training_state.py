"""Where a training stands: the records of a run, one after another, folded into one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from meviewer.experiment.records import (
    AnyRecord,
    EpochDone,
    FoldDone,
    FoldStarted,
    Predicted,
    Preparing,
    ReferenceDone,
    ReferenceScores,
    RunDone,
    RunStarted,
    Scores,
    Skipped,
    Usage,
    Warned,
    Working,
)

Phase = Literal["starting", "preparing", "training", "done"]


@dataclass(frozen=True, slots=True)
class MeanCurve:
    """Mean of the training curves of finished folds: sums by epoch, and how many were added."""

    loss: tuple[float, ...] = ()
    accuracy: tuple[float, ...] = ()
    count: int = 0

    def plus(self, epochs: tuple[EpochDone, ...]) -> MeanCurve:
        """Return the sums with one more fold; a fold that was cut short is left out."""
        if not epochs or epochs[-1].epoch != epochs[-1].n_epochs:
            return self
        if self.count and len(self.loss) != len(epochs):
            return self
        loss = self.loss or (0.0,) * len(epochs)
        accuracy = self.accuracy or (0.0,) * len(epochs)
        return MeanCurve(
            tuple(a + one.loss for a, one in zip(loss, epochs, strict=True)),
            tuple(a + one.accuracy for a, one in zip(accuracy, epochs, strict=True)),
            self.count + 1,
        )


@dataclass(frozen=True, slots=True)
class TrainingState:
    """What is known of a run so far.

    Attributes
    ----------
    started : RunStarted or None
    preparing : Preparing or None
        The last word on the motion of the clips, before the start.
    fold : FoldStarted or None
        The fold under way.
    epochs : tuple of EpochDone
        Of the fold and seed under way.
    working : Working or None
        The last sign of life within the epoch under way.
    earlier : MeanCurve
        Training curves of the folds before.
    folds : tuple of FoldDone
        In the order in which they ended.
    scores : Scores or None
        Pooled over ``folds``.
    reference : ReferenceScores or None
        Of all folds before the first one is done, then of those that are done.
    predicted : tuple of Predicted
        What a trained run said of clips.
    usage : Usage or None
        The last word on what it takes of the machine.
    seconds, n_epochs : float, int
        Time of the epochs trained in this process, and how many they are.
    """

    started: RunStarted | None = None
    preparing: Preparing | None = None
    fold: FoldStarted | None = None
    epochs: tuple[EpochDone, ...] = ()
    working: Working | None = None
    earlier: MeanCurve = MeanCurve()
    folds: tuple[FoldDone, ...] = ()
    scores: Scores | None = None
    reference: ReferenceScores | None = None
    skipped: tuple[Skipped, ...] = ()
    warned: tuple[Warned, ...] = ()
    predicted: tuple[Predicted, ...] = ()
    usage: Usage | None = None
    finished: bool = False
    seconds: float = 0.0
    n_epochs: int = 0

    @property
    def phase(self) -> Phase:
        """What the run is at."""
        if self.finished:
            return "done"
        if self.started is not None:
            return "training"
        return "starting" if self.preparing is None else "preparing"


def advance(state: TrainingState, record: AnyRecord) -> TrainingState:
    """Return the state after one more record; records that say nothing of it change nothing."""
    match record:
        case FoldStarted():
            return replace(_without_curve(state), fold=record)
        case EpochDone():
            return _epoch(state, record)
        case FoldDone():
            return _fold_done(state, record)
        case RunDone():
            known = record.scores.reference or state.reference
            ended = replace(_without_curve(state), fold=None, finished=True)
            return replace(ended, scores=record.scores, reference=known)
        case Predicted():
            return replace(state, predicted=(*state.predicted, record))
        case _:
            return _notes(state, record)


def of_records(records: tuple[AnyRecord, ...]) -> TrainingState:
    """Return the state after all of these records."""
    state = TrainingState()
    for record in records:
        state = advance(state, record)
    return state


def _notes(state: TrainingState, record: AnyRecord) -> TrainingState:
    match record:
        case Preparing():
            return replace(state, preparing=record)
        case RunStarted():
            return replace(state, started=record)
        case Working():
            return replace(state, working=record)
        case Scores():
            known = record.reference or state.reference
            return replace(state, scores=record, reference=known)
        case ReferenceDone():
            return replace(state, reference=record.scores)
        case Usage():
            return replace(state, usage=record)
        case Skipped():
            return replace(state, skipped=(*state.skipped, record))
        case Warned():
            return replace(state, warned=(*state.warned, record))
        case _:
            return state


def _epoch(state: TrainingState, record: EpochDone) -> TrainingState:
    last = state.epochs[-1] if state.epochs else None
    if last is not None and (last.fold, last.seed) != (record.fold, record.seed):
        state = _without_curve(state)
    return replace(
        state,
        epochs=(*state.epochs, record),
        working=None,
        seconds=state.seconds + record.seconds,
        n_epochs=state.n_epochs + 1,
    )


def _fold_done(state: TrainingState, record: FoldDone) -> TrainingState:
    folds = (*(one for one in state.folds if one.fold != record.fold), record)
    return replace(state, folds=folds)


def _without_curve(state: TrainingState) -> TrainingState:
    # The final model is no fold: it sees every clip, so its curve is not one of theirs.
    n_folds = len(state.started.subjects) if state.started else 0
    of_folds = tuple(one for one in state.epochs if one.fold < n_folds)
    return replace(state, epochs=(), working=None, earlier=state.earlier.plus(of_folds))
