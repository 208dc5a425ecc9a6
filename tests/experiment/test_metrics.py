"""Scores against scikit-learn and by hand."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.errors import ExperimentError
from meviewer.experiment import metrics
from meviewer.experiment.intervals import bootstrap, per_subject


@st.composite
def answers(draw):
    n_classes = draw(st.integers(2, 7))
    n = draw(st.integers(1, 60))
    numbers = st.lists(st.integers(0, n_classes - 1), min_size=n, max_size=n)
    return draw(numbers), draw(numbers), n_classes


@settings(deadline=None)
@given(answers())
def test_equal_to_scikit_learn(case):
    from sklearn import metrics as reference

    truth, predicted, n_classes = case
    present = sorted(set(truth))
    f1 = reference.f1_score(truth, predicted, labels=present, average="macro", zero_division=0)
    recall = reference.recall_score(
        truth, predicted, labels=present, average="macro", zero_division=0
    )
    assert metrics.uf1(truth, predicted, n_classes) == pytest.approx(f1, abs=1e-12)
    assert metrics.uar(truth, predicted, n_classes) == pytest.approx(recall, abs=1e-12)
    share = reference.accuracy_score(truth, predicted)
    assert metrics.accuracy(truth, predicted, n_classes) == pytest.approx(share, abs=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of a single label
        counts = reference.confusion_matrix(truth, predicted, labels=range(n_classes))
    assert (metrics.confusion(truth, predicted, n_classes) == counts).all()


def test_uar_is_recall_and_not_precision():
    truth, predicted = [0, 0, 0, 0, 1], [0, 0, 1, 1, 1]
    assert metrics.uar(truth, predicted, 2) == pytest.approx((2 / 4 + 1) / 2)


def test_a_class_without_truth_is_named_and_counts_neither_0_nor_1():
    truth, predicted = [0, 0, 1, 1], [0, 0, 1, 2]
    assert metrics.absent(truth, 4) == (2, 3)
    assert metrics.uar(truth, predicted, 4) == pytest.approx((1 + 0.5) / 2)
    assert metrics.uf1(truth, predicted, 4) == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.recalls(metrics.confusion(truth, predicted, 4)) == (1.0, 0.5, None, None)


@pytest.mark.parametrize(
    ("truth", "predicted", "words"),
    [
        ([], [], "0 true"),
        ([0, 1], [0], "2 true and 1 predicted"),
        ([0, 3], [0, 1], r"\[3\] are outside 0 .. 2"),
        ([0, -1], [0, 1], r"\[-1\]"),
        ([0.5, 1.0], [0, 1], "float64"),
    ],
)
def test_impossible_input_is_refused(truth, predicted, words):
    with pytest.raises(ExperimentError, match=words):
        metrics.uf1(truth, predicted, 3)


def test_intervals_hold_the_score_and_are_repeatable():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 120)
    predicted = np.where(rng.random(120) < 0.7, truth, rng.integers(0, 3, 120))
    subjects = [f"s{i % 12}" for i in range(120)]
    found = bootstrap(truth, predicted, subjects, 3)
    assert found == bootstrap(truth, predicted, subjects, 3)
    for name in ("accuracy", "uf1", "uar"):
        low, high = getattr(found, name)
        assert 0 <= low < getattr(metrics, name)(truth, predicted, 3) < high <= 1
        assert high - low < 0.4


def test_intervals_draw_subjects_and_not_clips():
    # Half the subjects are all right, half all wrong: clips alone would make it look certain.
    subjects = [f"s{i // 50}" for i in range(400)]
    truth = np.arange(400) % 2
    predicted = np.where(np.arange(400) // 50 % 2 == 0, truth, 1 - truth)
    low, high = bootstrap(truth, predicted, subjects, 2).accuracy
    assert high - low > 0.5


def test_per_subject_confusions_add_up():
    truth, predicted, names = [0, 1, 1, 0], [0, 1, 0, 0], ["b", "a", "a", "b"]
    each = per_subject(truth, predicted, names, 2)
    assert each.shape == (2, 2, 2)
    assert each[0, 0, 0] == 2
    assert (each.sum(0) == metrics.confusion(truth, predicted, 2)).all()
    with pytest.raises(ExperimentError, match="3 subject names for 4"):
        per_subject(truth, predicted, names[:3], 2)
