"""Folds in one batched model: as many at once as the memory of the device holds."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import torch

from meviewer.experiment.records import EpochDone, Record, Warned, Working
from meviewer.experiment.runs import Curve, FoldResult
from meviewer.nn.estimate_cost import STATE_BYTES
from meviewer.nn.fold_order import Said, in_order
from meviewer.nn.loop import Place
from meviewer.nn.one_fold import Course, Experiment
from meviewer.nn.parallel_folds import Pupil, train_stack
from meviewer.nn.probe import Measured, out_of_memory

_USED = 0.7
"""Share of the free memory that is planned with: kernels need room to work."""


@dataclass(frozen=True, slots=True)
class Batched:
    """Trains folds as one model: a `meviewer.nn.folds.Dealer`.

    Attributes
    ----------
    n_at_once : int
        Folds of one model; fewer where they turn out not to fit.
    """

    n_at_once: int

    def __call__(
        self, experiment: Experiment, numbers: Sequence[int]
    ) -> Generator[Record | FoldResult, None, None]:
        """Train folds in groups."""
        left, n_at_once = list(numbers), max(1, self.n_at_once)
        while left:
            group = left[:n_at_once]
            try:
                # The seconds of an epoch are shared out among the folds already.
                yield from in_order(_trained(experiment, group), group, 1)
            except torch.OutOfMemoryError as error:
                if len(group) == 1:
                    x = Course(experiment, group[0]).material.x
                    n_classes = len(experiment.data.classes)
                    raise out_of_memory(experiment.spec, n_classes, x) from error
                n_at_once = (len(group) + 1) // 2
                yield Warned(text=f"{len(group)} folds at once do not fit: {n_at_once} are tried")
                continue
            left = left[len(group) :]


def folds_that_fit(measured: Measured, sample_bytes: int, n_samples: int, free_bytes: int) -> int:
    """Return how many folds fit into memory at once, at least one.

    Parameters
    ----------
    measured : Measured
        What one step needs.
    sample_bytes, n_samples : int
        Of the training data: each fold holds its own.
    free_bytes : int
    """
    # Weights, gradients and means, then what one step keeps and the gradients of the same size.
    one = STATE_BYTES * measured.n_parameters + 2 * measured.kept_bytes + sample_bytes * n_samples
    return max(1, int(_USED * free_bytes // one))


def _trained(experiment: Experiment, group: Sequence[int]) -> Generator[Said | None, None, None]:
    started = time.monotonic()
    courses = [Course(experiment, number) for number in group]
    spec, n_classes = experiment.spec, len(experiment.data.classes)
    for seed in spec.seeds:
        pupils, watched = [], []
        for course in courses:
            yield course.fold.number, course.begins(seed)
            network, watches = course.network(seed)
            place = Place(course.fold.number, seed)
            material = course.material
            pupils.append(Pupil(network, material.x, material.truth, place, watches.every()))
            watched.append(watches)
        curves = yield from _numbered(train_stack(pupils, n_classes, spec))
        for course, pupil, watches, curve in zip(courses, pupils, watched, curves, strict=True):
            course.keep(seed, pupil.network, watches, curve)
    seconds = (time.monotonic() - started) / len(courses)
    for course in courses:
        yield course.fold.number, course.end(seconds)


def _numbered(
    training: Generator[Record, None, tuple[Curve, ...]],
) -> Generator[Said | None, None, tuple[Curve, ...]]:
    """Pass on what a training says, with the fold that it is said of."""
    while True:
        try:
            record = next(training)
        except StopIteration as stop:
            curves: tuple[Curve, ...] = stop.value
            return curves
        yield (record.fold, record) if isinstance(record, EpochDone | Working) else None
