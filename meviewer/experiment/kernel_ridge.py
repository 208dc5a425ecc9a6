"""Kernel ridge regression on motion: the reference that takes seconds and no torch.

A product of Gaussian kernels, one a kind of feature, their widths from the median distance of
the training clips; classes weigh alike; every training clip is shown mirrored too and both views
of a test clip are averaged. All this is [ours]. Mirroring both of two clips changes no distance;
so training on both views is one system of n equations with the kernel ``k(x, z) + k(x, Mz)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer.experiment import metrics
from meviewer.experiment.form import about
from meviewer.experiment.kernel_features import Features

GAMMAS = (2.0, 1.0, 4.0)
LAMBDAS = (1.0, 0.3, 3.0)
"""What is chosen from; the first one is kept where others are not better."""

_FEWEST_SUBJECTS = 3
_WIDTH_CLIPS = 100
_TINY = 1e-12


class KernelConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the kernel ridge."""

    choose: Annotated[
        bool,
        about(
            "Choose width and ridge",
            "In each fold, by leaving out one training subject after another; the subject held out"
            " has no say.",
        ),
    ] = True
    gamma: Annotated[
        float,
        about(
            "Width",
            "Gamma of the Gaussian in units of the median squared distance, if it is not chosen.",
            low=1e-3,
            high=1e3,
        ),
    ] = GAMMAS[0]
    ridge: Annotated[
        float,
        about("Ridge", "Lambda: how much is smoothed, if it is not chosen.", low=1e-6, high=1e6),
    ] = LAMBDAS[0]
    shape: Annotated[
        bool, about("Gradients", "Also compare histograms of the gradients of the motion.")
    ] = True


@dataclass(frozen=True, slots=True)
class Distances:
    """Squared distances between all clips, by kind of feature.

    Attributes
    ----------
    plain, mirrored : ndarray, shape (kinds, n, n), float64
        Between clips, and between clips and mirrored clips; both symmetric.
    """

    plain: NDArray[np.float64]
    mirrored: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of the test clips of a fold.

    Attributes
    ----------
    scores : ndarray, shape (n_test, n_classes), float64
        Rows sum to 1; an entry can be below 0 or above 1: they are no probabilities.
    gamma, ridge : float
        With which settings.
    """

    scores: NDArray[np.float64]
    gamma: float
    ridge: float


def distances(plain: Features, mirrored: Features) -> Distances:
    """Return the distances between clips from the features of both their views."""
    return Distances(
        np.stack([_squared(one, one) for one in plain]),
        np.stack([_squared(one, other) for one, other in zip(plain, mirrored, strict=True)]),
    )


def answer(
    between: Distances,
    truth: NDArray[np.int64],
    subjects: Sequence[str],
    train: Sequence[int],
    test: Sequence[int],
    n_classes: int,
    config: KernelConfig,
) -> Answer:
    """Learn from the training clips of a fold and score its test clips.

    Parameters
    ----------
    between : Distances
        Of all clips.
    truth : ndarray, shape (n,), int64
        Class numbers; those of the test clips are not looked at.
    subjects : sequence of str, length n
        Whose clip each one is, one spelling a person.
    train, test : sequence of int
    n_classes : int
    config : KernelConfig
    """
    rows, asked = np.asarray(train), np.asarray(test)
    widths = _widths(between, rows)
    own = _Exponents.of(between, rows, rows, widths)
    lesson = _Lesson.of(truth[rows], n_classes)
    gamma, ridge = config.gamma, config.ridge
    groups = _groups([subjects[i] for i in train])
    if config.choose and sum(map(len, groups)) >= _FEWEST_SUBJECTS:
        gamma, ridge = _chosen(own, lesson, groups)
    dual = _Factor.of(own.kernel(gamma), lesson, ridge).solve(lesson.scaled)
    seen = _Exponents.of(between, asked, rows, widths).kernel(gamma)
    return Answer(seen @ (lesson.root[:, None] * dual) + lesson.middle, gamma, ridge)


def shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores as shares between 0 and 1 that sum to 1 and keep their best class."""
    positive = np.clip(scores, 1e-9, None)
    return np.asarray(positive / positive.sum(1, keepdims=True), np.float64)


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Targets and weights of the training clips; ``scaled`` are centred targets times ``root``."""

    truth: NDArray[np.int64]
    n_classes: int
    root: NDArray[np.float64]
    middle: NDArray[np.float64]
    scaled: NDArray[np.float64]

    @classmethod
    def of(cls, truth: NDArray[np.int64], n_classes: int) -> _Lesson:
        counts = np.bincount(truth, minlength=n_classes)
        weights = 1 / counts[truth]
        weights = weights / weights.mean()
        targets = np.eye(n_classes)[truth]
        middle = (weights[:, None] * targets).sum(0) / weights.sum()
        root = np.sqrt(weights)
        return cls(truth, n_classes, root, middle, root[:, None] * (targets - middle))


@dataclass(frozen=True, slots=True)
class _Exponents:
    """Exponents of kernels at gamma 1 between some clips and the training clips."""

    plain: NDArray[np.floating]
    mirrored: NDArray[np.floating]

    @classmethod
    def of(
        cls,
        between: Distances,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        widths: Sequence[float],
    ) -> _Exponents:
        views = (between.plain, between.mirrored)
        return cls(*(_exponent(view, rows, columns, widths) for view in views))

    def kernel(self, gamma: float) -> NDArray[np.floating]:
        """Return ``k(x, z) + k(x, Mz)``."""
        return np.asarray(np.exp(gamma * self.plain) + np.exp(gamma * self.mirrored))

    def kernels(self) -> dict[float, NDArray[np.floating]]:
        """Return the kernels of all `GAMMAS` in single precision: each is the square of another."""
        least = min(GAMMAS)
        views = [np.exp(least * view.astype(np.float32)) for view in (self.plain, self.mirrored)]
        found = {}
        for gamma in sorted(GAMMAS):
            found[gamma] = views[0] + views[1]
            views = [view * view for view in views]
        return found


def _exponent(
    view: NDArray[np.float64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    widths: Sequence[float],
) -> NDArray[np.floating]:
    """Return the sum of some distances, each kind divided by its width, negative."""
    found = np.zeros((len(rows), len(columns)))
    for one, width in zip(view, widths, strict=True):
        # Whole rows, then columns: a third of the time of single entries.
        found -= one[rows].take(columns, 1) / width
    return found


def _widths(between: Distances, rows: NDArray[np.int64]) -> tuple[float, ...]:
    """Return the median distance of the training clips, by kind of feature; > 0.

    Of many clips every so many are taken against all: a width needs no more.
    """
    few = rows[:: max(1, len(rows) // _WIDTH_CLIPS)]
    found = []
    for views in zip(between.plain, between.mirrored, strict=True):
        both = np.stack([one[few].take(rows, 1) for one in views]).astype(np.float32)
        found.append(max(float(np.median(both, overwrite_input=True)), _TINY))
    return tuple(found)


def _chosen(
    own: _Exponents, lesson: _Lesson, groups: Sequence[NDArray[np.int64]]
) -> tuple[float, float]:
    """Return gamma at the usual ridge, then the ridge at that gamma: best on training subjects."""
    kernels = own.kernels()
    quality = {g: _inner(kernels[g], lesson, LAMBDAS[0], groups) for g in GAMMAS}
    gamma = max(GAMMAS, key=lambda one: quality[one])
    by_ridge = {LAMBDAS[0]: quality[gamma]}
    by_ridge |= {r: _inner(kernels[gamma], lesson, r, groups) for r in LAMBDAS[1:]}
    return gamma, max(LAMBDAS, key=lambda one: by_ridge[one])


def _inner(
    kernel: NDArray[np.floating],
    lesson: _Lesson,
    ridge: float,
    groups: Sequence[NDArray[np.int64]],
) -> float:
    """Return the mean of UF1 and UAR with each training subject left out once, in closed form.

    Without a block S of the equations the residuals of S are ``(G_SS)^-1 (G t)_S`` with G the
    inverse of the whole system: exact for weights and widths of all training subjects.
    """
    factor = _Factor.of(kernel, lesson, ridge)
    dual, lower = factor.solve(lesson.scaled), factor.inverted()
    residual = np.empty_like(dual)
    for block in groups:
        columns = np.moveaxis(lower[:, block], 0, -1)
        residual[block] = np.linalg.solve(columns @ np.swapaxes(columns, -1, -2), dual[block])
    found = (lesson.scaled - residual) / lesson.root[:, None] + lesson.middle
    counts = metrics.confusion(lesson.truth, found.argmax(1), lesson.n_classes)
    return float(metrics.uf1_of(counts) + metrics.uar_of(counts)) / 2


@dataclass(frozen=True, slots=True)
class _Factor:
    """The lower Cholesky factor of the system of equations; its type is that of the kernel."""

    lower: NDArray[np.floating]

    @classmethod
    def of(cls, kernel: NDArray[np.floating], lesson: _Lesson, ridge: float) -> _Factor:
        from scipy.linalg import cholesky

        root = lesson.root.astype(kernel.dtype)
        system = root[:, None] * kernel * root
        system[np.diag_indices_from(system)] += ridge
        # Symmetric, so its transpose is itself, in the order of memory that saves a copy.
        return cls(cholesky(system.T, lower=True, overwrite_a=True, check_finite=False))

    def solve(self, right: NDArray[np.float64]) -> NDArray[np.floating]:
        """Return the solution for some right sides, shape (n, c)."""
        from scipy.linalg import cho_solve

        found = cho_solve((self.lower, True), right.astype(self.lower.dtype), check_finite=False)
        return np.asarray(found)

    def inverted(self) -> NDArray[np.floating]:
        """Return the inverse X of the factor: that of the system is ``X.T @ X``."""
        from scipy.linalg.lapack import get_lapack_funcs

        invert = get_lapack_funcs("trtri", (self.lower,))
        return np.asarray(invert(self.lower, lower=1)[0])


def _groups(subjects: Sequence[str]) -> tuple[NDArray[np.int64], ...]:
    """Return the clips of each subject, subjects with equally many clips in one array (m, k)."""
    names = np.unique(np.asarray(subjects), return_inverse=True)[1]
    blocks: dict[int, list[NDArray[np.int64]]] = {}
    for number in range(int(names.max()) + 1):
        members = np.flatnonzero(names == number)
        blocks.setdefault(len(members), []).append(members)
    return tuple(np.stack(same) for same in blocks.values())


def _squared(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.square(one).sum(1)[:, None] + np.square(other).sum(1)
    found = np.maximum(lengths - 2 * one @ other.T, 0)
    return np.asarray((found + found.T) / 2, np.float64)
