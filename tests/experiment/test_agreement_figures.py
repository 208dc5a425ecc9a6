"""Figures of agreement beside the reference packages, and what is said where there is none."""

import math
import warnings

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from meviewer.experiment.agreement_figures import (
    ALL_THE_SAME,
    NO_EVENT,
    ONE_CATEGORY,
    ONE_EVENT,
    TOO_FEW,
    Draws,
    alpha_nominal_of,
    alpha_of,
    figure,
    icc_interval,
    icc_of,
    kappa_of,
    mean_of,
    share_of,
)

NEAR = {"rel": 1e-9, "abs": 1e-9}
BLOCKS = [range(at, at + 50) for at in range(0, 200, 50)]
"""Two hundred seeds; a test of each would take longer to begin than to run."""


@pytest.fixture(scope="module")
def pingouin():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pingouin

    return pingouin


@pytest.fixture(scope="module")
def krippendorff():
    import krippendorff

    return krippendorff


def random_table(seed):
    """Frames of 2 to 4 coders on 5 to 40 events: places far apart, coders with a bias and noise."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(5, 41)), int(rng.integers(2, 5))
    places = rng.integers(0, int(rng.choice([3, 60, 5000])), n)[:, None]
    table = places + rng.integers(-3, 4, k) + rng.integers(-4, 5, (n, k))
    return table.astype(np.float64) * float(rng.choice([1, 5, 1001 / 30]))


def with_holes(table, seed):
    """The table with a fifth of its values missing, two events left whole."""
    holes = np.random.default_rng(seed).random(table.shape) < 0.2
    holes[:2] = False
    return np.where(holes, np.nan, table)


def random_names(seed):
    """Class numbers of two coders who agree by two thirds."""
    rng = np.random.default_rng(seed)
    n, n_classes = int(rng.integers(8, 60)), int(rng.integers(2, 8))
    first = rng.integers(0, n_classes, n)
    second = np.where(rng.random(n) < 2 / 3, first, rng.integers(0, n_classes, n))
    return first, second, n_classes


def reference_icc(pingouin, table):
    import pandas as pd

    n, k = table.shape
    rows = pd.DataFrame(
        {
            "event": np.repeat(np.arange(n), k),
            "coder": np.tile(np.arange(k), n),
            "frame": table.ravel(),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kept = dict(pingouin.options)
        pingouin.options.update(
            dict.fromkeys((key for key in kept if key.startswith("round")), None)
        )
        try:
            found = pingouin.intraclass_corr(rows, "event", "coder", "frame").set_index("Type")
        finally:
            pingouin.options.update(kept)
    row = found.loc["ICC(A,1)"]
    return float(row["ICC"]), tuple(map(float, row["CI95"]))


def reference_alpha(krippendorff, table, level):
    return float(krippendorff.alpha(table.T.astype(np.float64), level_of_measurement=level))


@pytest.mark.parametrize("seeds", BLOCKS, ids=str)
def test_icc_and_its_interval_are_those_of_pingouin(pingouin, seeds):
    for seed in seeds:
        table = random_table(seed)
        icc, interval = reference_icc(pingouin, table)
        assert icc_of(table).value() == pytest.approx(icc, **NEAR)
        assert icc_interval(table) == pytest.approx(interval, **NEAR)


@pytest.mark.parametrize("seeds", BLOCKS, ids=str)
def test_alpha_of_frames_is_that_of_krippendorff(krippendorff, seeds):
    for seed in seeds:
        table = with_holes(random_table(seed), seed)
        expected = reference_alpha(krippendorff, table, "interval")
        assert alpha_of(table).value() == pytest.approx(expected, **NEAR)


@pytest.mark.parametrize("seeds", BLOCKS, ids=str)
def test_kappa_and_alpha_of_names_are_those_of_the_packages(krippendorff, seeds):
    for seed in seeds:
        first, second, n_classes = random_names(seed)
        expected = cohen_kappa_score(first, second)
        assert kappa_of(first, second, n_classes).value() == pytest.approx(expected, **NEAR)
        table = with_holes(np.column_stack([first, second, first]).astype(np.float64), seed)
        numbers = np.where(np.isnan(table), -1, table).astype(np.int64)
        alpha = reference_alpha(krippendorff, table, "nominal")
        assert alpha_nominal_of(numbers, n_classes).value() == pytest.approx(alpha, **NEAR)


@pytest.mark.parametrize("seeds", BLOCKS, ids=str)
def test_f1_is_that_of_scikit_learn(seeds):
    for seed in seeds:
        rng = np.random.default_rng(seed)
        both, first, second = rng.integers(0, 9, (3, 12))
        marks = [(1, 1)] * both.sum() + [(1, 0)] * first.sum() + [(0, 1)] * second.sum()
        truth, found = np.array(marks).T
        sums = share_of(2.0 * both, 2.0 * both + first + second, "none")
        assert sums.value() == pytest.approx(f1_score(truth, found), **NEAR)


def degenerate_tables():
    """Thirty tables of two and three coders at the edges of what is defined."""
    for k in (2, 3):
        column = np.arange(6.0)[:, None]
        yield np.zeros((0, k))
        yield np.full((1, k), 7.0)
        yield np.arange(k)[None, :].astype(np.float64)
        yield np.full((2, k), 7.0)
        yield np.full((9, k), 1e6)
        yield np.full((4, k), 1001 / 30)
        yield np.repeat(column, k, 1)  # the coders agree on everything
        yield np.repeat(column, k, 1) + np.arange(k)  # ... but for a constant
        yield np.tile(np.arange(k, dtype=np.float64), (6, 1))  # they differ, the events do not
        yield np.repeat(1e7 + column, k, 1)
        yield np.repeat(column[:2], k, 1)
        yield (np.arange(2)[:, None] + np.arange(k)) % 2 * 1.0  # two events, turned round
        yield np.where(np.arange(6)[:, None] == 3, 1.0, np.zeros((6, k)))  # one event differs
        yield np.where(np.eye(6, k) > 0, 1.0, 0.0)
        yield np.repeat(-column, k, 1) * 1e-6


DEGENERATE = list(degenerate_tables())


def test_there_are_thirty_degenerate_tables():
    assert len(DEGENERATE) == 30


@pytest.mark.parametrize("at", range(len(DEGENERATE)))
def test_what_is_degenerate_is_a_number_of_the_package_or_words(pingouin, krippendorff, at):
    table = DEGENERATE[at]
    n = len(table)
    icc, alpha = figure(icc_of(table)), figure(alpha_of(table))
    for one in (icc, alpha):
        assert (one.value is None) == one.note.startswith("undefined: ")
        assert one.value is None or math.isfinite(one.value)
    interval = icc_interval(table)
    assert interval is None or all(map(math.isfinite, interval))
    if icc.value is not None and table.size >= 5:  # pingouin takes no fewer
        expected, _interval = reference_icc(pingouin, table)
        assert icc.value == pytest.approx(expected, **NEAR)
    if alpha.value is not None:
        assert alpha.value == pytest.approx(
            reference_alpha(krippendorff, table, "interval"), **NEAR
        )
    if n > 1 and np.ptp(table) == 0:
        assert (icc.note, alpha.note) == (ALL_THE_SAME, ALL_THE_SAME)
    elif n > 2:
        assert icc.value is not None
        assert alpha.value is not None


def test_an_icc_of_one_or_two_events_is_not_told_from_nothing():
    assert figure(icc_of(np.zeros((0, 2)))).note == NO_EVENT
    assert figure(icc_of(np.array([[1.0, 2.0]]))).note == ONE_EVENT
    turned = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert figure(icc_of(turned)).note == TOO_FEW
    assert figure(alpha_of(np.array([[1.0, np.nan]]))).note == NO_EVENT


@pytest.mark.parametrize("n_classes", [1, 2, 5])
def test_one_category_only_is_said_in_words(n_classes):
    same = np.zeros(8, np.int64)
    assert figure(kappa_of(same, same, n_classes)).note == ONE_CATEGORY
    assert figure(alpha_nominal_of(np.column_stack([same, same]), n_classes)).note == ONE_CATEGORY
    none = np.zeros(0, np.int64)
    assert figure(kappa_of(none, none, n_classes)).note == NO_EVENT
    assert figure(alpha_nominal_of(np.zeros((0, 2), np.int64), n_classes)).note == NO_EVENT


def test_two_coders_of_one_word_each_agree_as_by_chance():
    first, second = np.zeros(8, np.int64), np.ones(8, np.int64)
    assert figure(kappa_of(first, second, 2)).value == 0


def test_an_interval_holds_the_truth_as_often_as_it_says():
    """Clustered data: drawing events would be too sure, drawing subjects is not."""
    rng = np.random.default_rng(3)
    inside = {"subjects": 0, "events": 0}
    for seed in range(200):
        of_subject = rng.normal(0, 4, 30)
        values = (of_subject[:, None] + rng.normal(0, 1, (30, 6))).ravel()
        subjects = [f"s{at}" for at in range(30) for _ in range(6)]
        for name, owners in (("subjects", subjects), ("events", range(180))):
            draws = Draws.of(owners, 200, seed)
            low, high = figure(mean_of(values), owners, draws).interval
            inside[name] += low <= 0 <= high
    assert 0.88 <= inside["subjects"] / 200 <= 0.99
    assert inside["events"] / 200 < 0.7


def test_equal_seeds_give_equal_intervals_and_few_units_none():
    values = np.arange(20.0)
    owners = [at // 2 for at in range(20)]
    one, other = (figure(mean_of(values), owners, Draws.of(owners, 300, 5)) for _ in range(2))
    assert one == other
    assert one.interval.low < one.value < one.interval.high
    few = figure(mean_of(values[:4]), owners[:4], Draws.of(owners, 300))
    assert (few.value, few.interval, few.note) == (1.5, None, "too few for an interval")


def test_draws_without_a_figure_are_counted_not_hidden():
    rare = np.zeros(12, np.int64)
    rare[0] = 1
    owners = list(range(12))
    found = figure(kappa_of(rare, rare, 2), owners, Draws.of(owners, 400))
    assert (found.value, found.interval) == (1, None)
    assert found.note.startswith("no interval: undefined in 3")
