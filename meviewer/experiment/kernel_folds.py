"""The kernel ridge over all folds of an experiment, folds side by side on the cores."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer.core.blas_threads import single_blas_thread
from meviewer.experiment.kernel_features import both_views
from meviewer.experiment.kernel_ridge import (
    Answer,
    Distances,
    KernelConfig,
    answer,
    distances,
    shares,
)
from meviewer.experiment.motion_input import normalise
from meviewer.experiment.splits import Fold

_MOST_WORKERS = 4
_CHOICE_COSTS = 6
_BUDGET = 3e11
"""Multiplications that an instant reference may take: half a minute on a core [ours]."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the kernel ridge learns and is asked.

    Attributes
    ----------
    flow : ndarray, shape (n, phases, 2 or 3, P, P), float32
        As `motion_input.normalise` takes it.
    truth : ndarray, shape (n,), int64
    people : sequence of str, length n
        Whose clip each one is, one spelling a person.
    folds : sequence of Fold
    n_classes : int
    test_flow : ndarray or None
        As ``flow``, with which clips are tested; None: the same.
    """

    flow: NDArray[np.float32]
    truth: NDArray[np.int64]
    people: Sequence[str]
    folds: Sequence[Fold]
    n_classes: int
    test_flow: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class FoldAnswer:
    """One fold of the kernel ridge.

    Attributes
    ----------
    fold : Fold
    predicted : ndarray, shape (n_test,), int64
    shares : ndarray, shape (n_test, n_classes), float64
        Scores cut at 0 and scaled to sum 1; no calibrated probabilities.
    gamma, ridge : float
    seconds : float
    """

    fold: Fold
    predicted: NDArray[np.int64]
    shares: NDArray[np.float64]
    gamma: float
    ridge: float
    seconds: float


def affordable(task: Task, config: KernelConfig) -> KernelConfig | None:
    """Return the settings with which the whole takes seconds, or None if no settings do.

    With many clips nothing is chosen inside the folds; with very many there is no instant
    reference.
    """
    cost = sum(float(len(fold.train)) ** 3 for fold in task.folds)
    if config.choose and cost * _CHOICE_COSTS > _BUDGET:
        config = msgspec.structs.replace(config, choose=False)
    return config if cost <= _BUDGET else None


def answers(task: Task, config: KernelConfig) -> Iterator[FoldAnswer]:
    """Yield the folds in their order; every fold learns from its training clips alone.

    The result does not depend on the number of cores.
    """
    # Loaded before its threads are counted: a library that comes later would not be held to one.
    import_module("scipy.linalg")

    workers = min(_MOST_WORKERS, os.cpu_count() or 1)
    behind = 0 if task.test_flow is None else len(task.flow)
    with single_blas_thread():
        between = _between(task, config, workers)

    def learn(fold: Fold) -> FoldAnswer:
        started = time.monotonic()
        asked = [behind + i for i in fold.test]
        found = answer(between, task.truth, task.people, fold.train, asked, task.n_classes, config)
        return _told(fold, found, time.monotonic() - started)

    with single_blas_thread(), ThreadPoolExecutor(workers) as pool:
        try:
            yield from pool.map(learn, task.folds)
        finally:
            pool.shutdown(cancel_futures=True)


def _between(task: Task, config: KernelConfig, workers: int) -> Distances:
    """Return the distances of all clips; what is tested stands behind what is learnt."""
    parts = [task.flow] if task.test_flow is None else [task.flow, task.test_flow]
    x = normalise(np.concatenate(parts))
    return distances(*both_views(x, shape=config.shape, workers=workers))


def _told(fold: Fold, found: Answer, seconds: float) -> FoldAnswer:
    predicted = found.scores.argmax(1).astype(np.int64)
    return FoldAnswer(fold, predicted, shares(found.scores), found.gamma, found.ridge, seconds)
