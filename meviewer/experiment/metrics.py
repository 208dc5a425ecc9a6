"""Scores of a classifier, pooled over all folds: accuracy, UF1, UAR and the confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meviewer.core.errors import ExperimentError


def confusion(truth: ArrayLike, predicted: ArrayLike, n_classes: int) -> NDArray[np.int64]:
    """Count how often each class was taken for each other one.

    Parameters
    ----------
    truth, predicted : array_like, shape (n,), int
        Class numbers 0 .. ``n_classes`` - 1, one pair a sample, pooled over all folds.
    n_classes : int

    Returns
    -------
    ndarray, shape (n_classes, n_classes), int64
        Truth in rows, prediction in columns.

    Raises
    ------
    ExperimentError
        If the lengths differ, nothing is given, or a class number is outside the range.
    """
    rows, columns = _class_numbers(truth, "truth"), _class_numbers(predicted, "predicted")
    _check(rows, columns, n_classes)
    counts = np.bincount(rows * n_classes + columns, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes).astype(np.int64)


def accuracy(truth: ArrayLike, predicted: ArrayLike, n_classes: int) -> float:
    """Return the share of samples whose class was found, 0 to 1."""
    return float(accuracy_of(confusion(truth, predicted, n_classes)))


def uf1(truth: ArrayLike, predicted: ArrayLike, n_classes: int) -> float:
    """Return the unweighted F1: ``mean_c 2 TP / (2 TP + FP + FN)`` [paper: MEGC 2019].

    Classes that do not occur in the truth have no F1: they are left out of the mean, not counted
    as 0 or 1; `absent` names them.
    """
    return float(uf1_of(confusion(truth, predicted, n_classes)))


def uar(truth: ArrayLike, predicted: ArrayLike, n_classes: int) -> float:
    """Return the unweighted average recall: ``mean_c TP / N_c`` [paper: MEGC 2019].

    Classes that do not occur in the truth have no recall and are left out of the mean.
    """
    return float(uar_of(confusion(truth, predicted, n_classes)))


def absent(truth: ArrayLike, n_classes: int) -> tuple[int, ...]:
    """Return the class numbers that do not occur in the truth."""
    present = set(_class_numbers(truth, "truth").tolist())
    return tuple(number for number in range(n_classes) if number not in present)


def recalls(counts: NDArray[np.int64]) -> tuple[float | None, ...]:
    """Return the recall of each class from a confusion matrix; None where the class is absent."""
    found = zip(np.diagonal(counts).tolist(), counts.sum(1).tolist(), strict=True)
    return tuple(hits / total if total else None for hits, total in found)


def accuracy_of(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the accuracy of confusion matrices of shape (..., c, c), as shape (...)."""
    hits = np.diagonal(counts, axis1=-2, axis2=-1).sum(-1)
    return np.asarray(hits / counts.sum((-2, -1)), np.float64)


def uf1_of(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the UF1 of confusion matrices of shape (..., c, c), as shape (...)."""
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    return _mean_of_present(2 * hits, counts.sum(-1) + counts.sum(-2), counts.sum(-1))


def uar_of(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the UAR of confusion matrices of shape (..., c, c), as shape (...)."""
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    return _mean_of_present(hits, counts.sum(-1), counts.sum(-1))


def _mean_of_present(
    above: NDArray[np.int64], below: NDArray[np.int64], in_truth: NDArray[np.int64]
) -> NDArray[np.float64]:
    present = in_truth > 0
    ratio = np.where(present, above / np.maximum(below, 1), 0.0)
    return np.asarray(ratio.sum(-1) / present.sum(-1), np.float64)


def _class_numbers(values: ArrayLike, name: str) -> NDArray[np.int64]:
    found = np.asarray(values)
    if found.ndim != 1 or not (found.size == 0 or np.issubdtype(found.dtype, np.integer)):
        raise ExperimentError(
            "Scores need one whole class number a sample",
            where=name,
            why=f"shape {found.shape} and type {found.dtype} were given",
        )
    return found.astype(np.int64)


def _check(truth: NDArray[np.int64], predicted: NDArray[np.int64], n_classes: int) -> None:
    if truth.size != predicted.size or truth.size == 0:
        raise ExperimentError(
            "Scores cannot be computed",
            why=f"there are {truth.size} true and {predicted.size} predicted classes",
            now="give one prediction for each sample, and at least one",
        )
    outside = _outside((truth, predicted), n_classes)
    if outside:
        raise ExperimentError(
            "Scores cannot be computed",
            why=f"class numbers {outside} are outside 0 .. {n_classes - 1}",
            now="check the class scheme",
        )


def _outside(arrays: Sequence[NDArray[np.int64]], n_classes: int) -> list[int]:
    every = np.unique(np.concatenate(arrays))
    return [int(number) for number in every if not 0 <= number < n_classes]
