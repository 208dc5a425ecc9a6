"""Curves, folds, confusion matrix and scores of a training, ready to be drawn."""

from __future__ import annotations

import math
from typing import Literal

from meviewer.experiment import metrics
from meviewer.experiment.records import FoldDone, Scores
from meviewer.experiment.run_values import SHUFFLED
from meviewer.present.training_state import TrainingState
from meviewer.present.training_views import Confusion, Figure, FoldCell, Line, Plot
from meviewer.present.training_words import MISSING, duration, interval, percent, score
from meviewer.present.wording import counted

FoldMeasure = Literal["uf1", "accuracy", "time"]
MEASURES: tuple[FoldMeasure, ...] = ("uf1", "accuracy", "time")
EMPTY = Confusion((), (), ())


def plots(state: TrainingState) -> tuple[Plot, Plot]:
    """Return loss and accuracy on the training clips, by epoch: this fold, and the mean of others.

    The subject held out has no curve: it is looked at once, when its fold has ended.
    """
    epochs = state.started.epochs if state.started else 1
    x = tuple(float(one.epoch) for one in state.epochs)
    now = "final model" if _is_final(state) else "this fold"
    loss = [Line(now, "accent", x, tuple(one.loss for one in state.epochs))]
    accuracy = [Line(now, "accent", x, tuple(one.accuracy for one in state.epochs))]
    earlier = state.earlier
    if earlier.count:
        along = tuple(float(k + 1) for k in range(len(earlier.loss)))
        name = f"mean of {counted(earlier.count, 'fold')}"
        n = earlier.count
        loss.insert(0, Line(name, "curve", along, tuple(v / n for v in earlier.loss)))
        accuracy.insert(0, Line(name, "curve", along, tuple(v / n for v in earlier.accuracy)))
    if (share := _largest_class(state)) is not None:
        ends = (1.0, float(max(epochs, 2)))
        accuracy.append(Line("largest class", "curve_2", ends, (share, share), dashed=True))
    return (
        Plot("loss", "epoch", float(epochs), _top(loss), tuple(loss)),
        Plot("accuracy", "epoch", float(epochs), 1.0, tuple(accuracy)),
    )


def fold_cells(
    state: TrainingState, measure: FoldMeasure = "uf1", *, running: bool = True
) -> tuple[FoldCell, ...]:
    """Return one cell a subject, in the order of the folds."""
    if state.started is None:
        return ()
    done = {one.fold: one for one in state.folds}
    slowest = max((one.seconds for one in state.folds), default=0.0)
    cells = []
    for number, subject in enumerate(state.started.subjects):
        if number in done:
            cells.append(_done_cell(state, done[number], measure, slowest))
        elif running and state.fold is not None and state.fold.fold == number:
            epoch = state.epochs[-1].epoch if state.epochs else 0
            text = f"{epoch}/{state.started.epochs}"
            cells.append(FoldCell(subject, "now", text, tip=f"{subject}: training, epoch {text}"))
        else:
            cells.append(FoldCell(subject, "wait", "", tip=f"{subject}: waits"))
    return tuple(cells)


def pooled(state: TrainingState) -> Confusion:
    """Return the confusion matrix over all folds done so far."""
    return EMPTY if state.scores is None else of_scores(state.scores)


def of_scores(scores: Scores) -> Confusion:
    """Return the confusion matrix of some scores."""
    recall = tuple(MISSING if one is None else percent(one) for one in scores.recalls)
    return Confusion(scores.classes, scores.confusion, recall)


def last_fold(state: TrainingState) -> Confusion:
    """Return the confusion matrix of the fold that ended last."""
    if not state.folds or state.started is None:
        return EMPTY
    fold, classes = state.folds[-1], state.started.classes
    counts = [[0] * len(classes) for _ in classes]
    for truth, said in zip(fold.truth, fold.predicted, strict=True):
        counts[truth][said] += 1
    recall = tuple(
        percent(line[at] / sum(line)) if sum(line) else MISSING for at, line in enumerate(counts)
    )
    return Confusion(classes, tuple(tuple(line) for line in counts), recall)


def figures(scores: Scores | None, control: float | None = None) -> tuple[Figure, ...]:
    """Return the three scores with their intervals, and the UF1 of the shuffled-label control."""
    named = (("UF1, pooled", "uf1"), ("UAR", "uar"), ("Accuracy", "accuracy"))
    if scores is None:
        return tuple(Figure(title, MISSING, "after the first fold") for title, _ in named)
    shown = [
        Figure(title, score(getattr(scores, name)), _doubt(scores, name)) for title, name in named
    ]
    if control is not None:
        shown.append(Figure("Control UF1", score(control), "shuffled labels"))
    return tuple(shown)


def scores_note(state: TrainingState) -> str:
    """Say how much stands behind the scores."""
    scores = state.scores
    if scores is None:
        return "no fold done yet"
    done = counted(scores.folds_done, "fold")
    text = done if scores.folds_done == scores.n_folds else f"{done} so far"
    if SHUFFLED in scores.protocol:
        text += f", {SHUFFLED}"
    if scores.absent:
        text += f", without {', '.join(scores.absent)}"
    return text


def folds_note(state: TrainingState) -> str:
    """Say how many folds are done."""
    if state.started is None:
        return "by subject"
    return f"{len(state.folds)} of {len(state.started.subjects)}, by subject"


def _done_cell(
    state: TrainingState, fold: FoldDone, measure: FoldMeasure, slowest: float
) -> FoldCell:
    right = sum(t == p for t, p in zip(fold.truth, fold.predicted, strict=True))
    n = len(fold.truth)
    accuracy = right / n if n else 0.0
    n_classes = len(state.started.classes) if state.started else 0
    uf1 = metrics.uf1(fold.truth, fold.predicted, n_classes) if n else 0.0
    texts = {"uf1": score(uf1, 2), "accuracy": f"{right}/{n}", "time": duration(fold.seconds)}
    strengths = {
        "uf1": uf1,
        "accuracy": accuracy,
        "time": fold.seconds / slowest if slowest else 0.0,
    }
    tip = f"{fold.subject}: {right} of {n} right, UF1 {score(uf1, 2)}, {duration(fold.seconds)}"
    if fold.restored:
        tip += ", trained before the stop"
    return FoldCell(fold.subject, "done", texts[measure], strengths[measure], tip)


def _doubt(scores: Scores, name: str) -> str:
    if name not in scores.intervals:
        return "interval from 3 folds on"
    return interval(*scores.intervals[name])


def _largest_class(state: TrainingState) -> float | None:
    counts = state.started.class_counts if state.started else ()
    return max(counts) / sum(counts) if sum(counts) else None


def _is_final(state: TrainingState) -> bool:
    return state.fold is not None and state.fold.fold >= state.fold.n_folds


def _top(lines: list[Line]) -> float:
    """Upper end of the loss axis: a round number that keeps still while the curve falls."""
    highest = max((max(line.y) for line in lines if line.y), default=1.0)
    if not math.isfinite(highest) or highest <= 0:
        return 1.0
    step = 10.0 ** math.floor(math.log10(highest)) / 2
    return float(math.ceil(highest * 1.02 / step) * step)
