"""The scores of each subject that was held out, as a table on the screen and in files."""

from __future__ import annotations

from dataclasses import dataclass

from meviewer.experiment.metrics import accuracy, uar, uf1
from meviewer.experiment.records import FoldDone
from meviewer.present.training_state import TrainingState
from meviewer.present.training_words import MISSING, duration, score

HEADS = ("subject", "clips", "right", "accuracy", "UF1", "UAR", "taken for", "time")


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One subject, or one group of them, that was held out.

    Attributes
    ----------
    n, right : int
        Clips tested, and those that were right.
    accuracy, uf1, uar : float
        UF1 and UAR over the classes that this subject shows.
    taken_for : str
        The mistake made most often, in words; empty without one.
    """

    subject: str
    n: int
    right: int
    accuracy: float
    uf1: float
    uar: float
    taken_for: str
    seconds: float


def subject_rows(state: TrainingState) -> tuple[SubjectRow, ...]:
    """Return a row for each fold that is done, the weakest first."""
    classes = state.started.classes if state.started else ()
    rows = (_row(fold, classes) for fold in state.folds if fold.truth)
    return tuple(sorted(rows, key=lambda row: (row.accuracy, row.uf1, row.subject)))


def subject_cells(row: SubjectRow) -> tuple[str, ...]:
    """Return the words of a row, in the order of `HEADS`."""
    return (
        row.subject,
        str(row.n),
        str(row.right),
        score(row.accuracy),
        score(row.uf1),
        score(row.uar),
        row.taken_for or MISSING,
        duration(row.seconds),
    )


def _row(fold: FoldDone, classes: tuple[str, ...]) -> SubjectRow:
    n_classes = len(classes)
    right = sum(t == p for t, p in zip(fold.truth, fold.predicted, strict=True))
    return SubjectRow(
        fold.subject,
        len(fold.truth),
        right,
        accuracy(fold.truth, fold.predicted, n_classes),
        uf1(fold.truth, fold.predicted, n_classes),
        uar(fold.truth, fold.predicted, n_classes),
        _mistake(fold, classes),
        fold.seconds,
    )


def _mistake(fold: FoldDone, classes: tuple[str, ...]) -> str:
    wrong: dict[tuple[int, int], int] = {}
    for pair in zip(fold.truth, fold.predicted, strict=True):
        if pair[0] != pair[1]:
            wrong[pair] = wrong.get(pair, 0) + 1
    if not wrong:
        return ""
    (truth, said), n = max(wrong.items(), key=lambda item: (item[1], -item[0][0], -item[0][1]))
    times = f" ({n})" if n > 1 else ""
    return f"{classes[truth]} as {classes[said]}{times}"
