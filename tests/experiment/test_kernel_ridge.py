"""The kernel ridge: equal to its definition, blind to the fold it is tested on, and fast."""

import subprocess
import sys

import numpy as np
import pytest
from flow_patterns import motion_set

from meviewer.experiment import kernel_ridge
from meviewer.experiment.kernel_features import both_views, describe
from meviewer.experiment.kernel_folds import Task, affordable, answers
from meviewer.experiment.kernel_ridge import KernelConfig, answer, distances, shares
from meviewer.experiment.motion_input import mirror, normalise
from meviewer.experiment.splits import leave_one_subject_out

GIVEN = KernelConfig(choose=False, gamma=2.0, ridge=0.7)


@pytest.fixture(scope="module")
def data():
    return motion_set(5, 3, 2, seed=3)


def task(data, **changes):
    values = {
        "flow": data.flow,
        "truth": data.truth,
        "people": data.subjects,
        "folds": leave_one_subject_out(data.subjects),
        "n_classes": len(data.classes),
    }
    return Task(**{**values, **changes})


def by_definition(data, fold, gamma, ridge):
    """Weighted ridge on clips and mirrored clips, written as equations of 2 n clips."""
    views = [normalise(data.flow), mirror(normalise(data.flow))]
    kinds = [[describe(view)[kind] for view in views] for kind in (0, 1)]
    train, test = list(fold.train), list(fold.test)
    learnt = [np.concatenate([plain[train], mirrored[train]]) for plain, mirrored in kinds]

    def exponent(asked):
        total = 0.0
        for kind, known in zip(asked, learnt, strict=True):
            away = ((kind[:, None] - known[None]) ** 2).sum(2)
            own = ((known[:, None] - known[None]) ** 2).sum(2)
            total = total + away / np.median(own)
        return total

    truth = np.concatenate([data.truth[train]] * 2)
    n_classes = len(data.classes)
    weights = 1 / np.bincount(truth, minlength=n_classes)[truth]
    weights /= weights.mean()
    middle = (weights[:, None] * np.eye(n_classes)[truth]).sum(0) / weights.sum()
    system = np.exp(-gamma * exponent(learnt)) + ridge * np.diag(1 / weights)
    dual = np.linalg.solve(system, np.eye(n_classes)[truth] - middle)
    found = [
        np.exp(-gamma * exponent([plain[test], other[test]])) @ dual + middle
        for plain, other in zip((kinds[0][0], kinds[0][1]), (kinds[1][0], kinds[1][1]), strict=True)
    ]
    return sum(found) / 2


def test_it_is_the_ridge_on_both_views(data):
    for found in answers(task(data), GIVEN):
        wanted = by_definition(data, found.fold, GIVEN.gamma, GIVEN.ridge)
        np.testing.assert_allclose(found.shares, shares(wanted), atol=1e-6)
        np.testing.assert_array_equal(found.predicted, wanted.argmax(1))


def test_it_learns_patterns_of_motion(data):
    found = list(answers(task(data), KernelConfig()))
    truth = np.concatenate([data.truth[list(one.fold.test)] for one in found])
    said = np.concatenate([one.predicted for one in found])
    assert (truth == said).mean() > 0.9


def test_the_subject_held_out_has_no_say_in_what_is_chosen(data):
    folds = leave_one_subject_out(data.subjects)
    between = distances(*both_views(normalise(data.flow)))
    fold = folds[2]
    other = data.truth.copy()
    other[list(fold.test)] = (other[list(fold.test)] + 1) % 3
    told = [
        answer(between, truth, data.subjects, fold.train, fold.test, 3, KernelConfig())
        for truth in (data.truth, other)
    ]
    np.testing.assert_array_equal(told[0].scores, told[1].scores)
    assert (told[0].gamma, told[0].ridge) == (told[1].gamma, told[1].ridge)


def test_inner_validation_in_closed_form_equals_training_again(data):
    rows = np.arange(len(data))
    between = distances(*both_views(normalise(data.flow)))
    widths = kernel_ridge._widths(between, rows)
    kernel = kernel_ridge._Exponents.of(between, rows, rows, widths).kernel(2.0)
    lesson = kernel_ridge._Lesson.of(data.truth, 3)
    groups = kernel_ridge._groups(data.subjects)
    said = np.empty(len(data), int)
    for fold in leave_one_subject_out(data.subjects):
        train = np.array(fold.train)
        weights = np.diag(1 / lesson.root[train] ** 2)
        target = np.eye(3)[data.truth[train]] - lesson.middle
        dual = np.linalg.solve(kernel[np.ix_(train, train)] + 0.3 * weights, target)
        said[list(fold.test)] = (kernel[np.ix_(fold.test, train)] @ dual).argmax(1)
    counts = kernel_ridge.metrics.confusion(data.truth, said, 3)
    wanted = float(kernel_ridge.metrics.uf1_of(counts) + kernel_ridge.metrics.uar_of(counts)) / 2
    assert kernel_ridge._inner(kernel, lesson, 0.3, groups) == pytest.approx(wanted, abs=1e-12)


def test_mirroring_two_clips_changes_no_distance(data):
    for size_px in (14, 16, 28):
        x = normalise(motion_set(2, 2, 2, size_px=size_px).flow)
        for plain, other in zip(*both_views(x), strict=True):
            away = np.linalg.norm(plain[:, None] - plain[None], axis=2)
            mirrored = np.linalg.norm(other[:, None] - other[None], axis=2)
            np.testing.assert_allclose(away, mirrored, atol=1e-5)


def test_clips_described_in_parts_and_threads_are_described_as_at_once():
    x = np.random.default_rng(0).standard_normal((70, 2, 3, 14, 14)).astype(np.float32)
    at_once = describe(x), describe(mirror(x))
    for workers in (1, 3):
        for kinds, wanted in zip(both_views(x, workers=workers), at_once, strict=True):
            for kind, other in zip(kinds, wanted, strict=True):
                np.testing.assert_array_equal(kind, other)


def test_a_missing_class_and_a_single_subject_are_no_trouble(data):
    only = [i for i, name in enumerate(data.subjects) if name in ("sub01", "sub02")]
    few = task(
        data,
        flow=data.flow[only],
        truth=np.where(data.truth[only] == 2, 1, data.truth[only]),
        people=[data.subjects[i] for i in only],
        folds=leave_one_subject_out([data.subjects[i] for i in only]),
        n_classes=4,
    )
    for found in answers(few, KernelConfig()):
        assert set(found.predicted.tolist()) <= {0, 1}
        np.testing.assert_allclose(found.shares.sum(1), 1)


def test_scores_become_shares_with_the_same_best_class():
    given = np.array([[1.4, -0.3, -0.1], [0.2, 0.5, 0.3]])
    found = shares(given)
    assert found.argmax(1).tolist() == [0, 1]
    np.testing.assert_allclose(found.sum(1), 1)
    assert found.min() >= 0


def test_with_many_clips_nothing_is_chosen_and_with_very_many_nothing_is_done(data):
    few = task(data)
    assert affordable(few, KernelConfig()) == KernelConfig()

    class Long(tuple):
        def __len__(self):
            return self[0]

    def of_size(n):
        return task(data, folds=[type("Fold", (), {"train": Long((n,))})] * 100)

    assert affordable(of_size(1200), KernelConfig()).choose is False
    assert affordable(of_size(3000), KernelConfig()) is None


def test_it_runs_without_torch():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "import meviewer.experiment.kernel_folds, meviewer.nn.kernel_run, meviewer.nn.registry\n"
        "import meviewer.nn.tasks"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
