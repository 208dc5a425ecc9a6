"""Paired figures against independent loops, scipy and scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import f1_score, recall_score

from meviewer.core.errors import ExperimentError
from meviewer.experiment.comparison import holm
from meviewer.experiment.paired import differences, mcnemar


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=60))
def test_mcnemar_is_the_binomial_test_of_the_clips_that_one_alone_got_right(rows):
    truth, first, second = map(np.array, zip(*rows, strict=True))
    found = mcnemar(truth, first, second)
    b = sum(t == f != s for t, f, s in rows)
    c = sum(t == s != f for t, f, s in rows)
    assert (found.first_only, found.second_only) == (b, c)
    wanted = stats.binomtest(b, b + c, 0.5).pvalue if b + c else 1.0
    assert found.p == pytest.approx(wanted, abs=1e-12)


def test_mcnemar_of_many_clips_does_not_overflow():
    truth = np.zeros(5000, int)
    first = np.array([0] * 2600 + [1] * 2400)
    found = mcnemar(truth, first, 1 - first)
    assert found.p == pytest.approx(stats.binomtest(2600, 5000, 0.5).pvalue, rel=1e-9)


@pytest.fixture
def said():
    rng = np.random.default_rng(4)
    people = [f"s{n}" for n in np.sort(rng.integers(0, 9, 80))]
    truth = rng.integers(0, 3, 80)
    first = np.where(rng.random(80) < 0.7, truth, rng.integers(0, 3, 80))
    second = np.where(rng.random(80) < 0.6, truth, rng.integers(0, 3, 80))
    return truth, first, second, people


def test_differences_are_those_of_scikit_learn(said):
    truth, first, second, people = said
    found = differences(truth, first, second, people, 3)
    for name, measure in (
        ("uf1", lambda p: f1_score(truth, p, average="macro")),
        ("uar", lambda p: recall_score(truth, p, average="macro")),
        ("accuracy", lambda p: float((truth == p).mean())),
    ):
        assert found[name][0] == pytest.approx(measure(first) - measure(second), abs=1e-12)
        assert found[name][1] <= found[name][0] <= found[name][2]
    same = differences(truth, first, first, people, 3)
    assert set(same.values()) == {(0.0, 0.0, 0.0)}


def test_intervals_are_percentiles_over_whole_subjects_drawn_for_both(said):
    truth, first, second, people = said
    found = differences(truth, first, second, people, 3, draws=300, seed=7)
    names = list(dict.fromkeys(people))
    n = len(names)
    times = np.random.default_rng(7).multinomial(n, np.full(n, 1 / n), size=300)
    apart = []
    for drawn in times:
        rows = [
            at
            for name, k in zip(names, drawn, strict=True)
            for _ in range(k)
            for at in range(80)
            if people[at] == name
        ]
        present = sorted(set(truth[rows]))
        scores = [
            recall_score(truth[rows], p[rows], labels=present, average="macro")
            for p in (first, second)
        ]
        apart.append(scores[0] - scores[1])
    wanted = np.quantile(apart, [0.025, 0.975])
    np.testing.assert_allclose(found["uar"][1:], wanted, atol=1e-12)


def test_holm_is_a_step_down_that_never_falls():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
    values = [0.001, 0.2, 0.013, 0.04]
    order = sorted(values)
    steps = [min(1.0, (4 - k) * p) for k, p in enumerate(order)]
    wanted = {p: max(steps[: k + 1]) for k, p in enumerate(order)}
    assert holm(values) == pytest.approx([wanted[p] for p in values])
    assert all(math.isfinite(p) for p in holm(values))


def test_lengths_that_differ_are_refused(said):
    truth, first, second, people = said
    with pytest.raises(ExperimentError, match="cannot be computed"):
        differences(truth, first[:-1], second, people, 3)
