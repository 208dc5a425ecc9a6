"""The bias report against numpy and scipy, and what it says where there is little to say."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from meviewer.core.errors import ExperimentError
from meviewer.core.events import Edge, Keyframes
from meviewer.experiment.bias import bias_report
from meviewer.experiment.bias_events import GROUPINGS, PUBLISHED_MS, Compared, LeftOut
from meviewer.experiment.intervals import of_median


def compared(at=0, shift=(0, 0, 0), **more):
    """An event labelled 10-30-60 at 200 fps whose keyframes were moved by ``shift``."""
    label = Keyframes(10, 30, 60)
    moved = Keyframes(*(frame + by for frame, by in zip((10, 30, 60), shift, strict=True)))
    facts = {
        "data_set": "CASME II",
        "subject": f"s{at % 4}",
        "clip": f"c{at}",
        "emotion": "disgust",
        "coder": "A",
        "sample_id": at,
        "event_id": 1,
        "rate": Fraction(200),
        "gain": 0.1,
        "confidence": 0.9,
        "has_evidence": True,
    }
    return Compared(label=label, suggested=moved, **facts | more)


def shifted(shifts, **more):
    """Events whose apex alone was moved."""
    return [compared(at, (0, by, 0), **more) for at, by in enumerate(shifts)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(-15, 20), min_size=1, max_size=40))
def test_numbers_are_those_of_numpy_and_scipy(shifts):
    apex = bias_report(shifted(shifts), draws=50).whole.edge(Edge.APEX)
    ms = 5.0 * np.array(shifts)
    assert apex.ms.n == len(shifts)
    assert apex.ms.median == pytest.approx(np.median(ms))
    assert apex.ms.mean == pytest.approx(np.mean(ms))
    assert apex.ms.iqr == pytest.approx(stats.iqr(ms))
    assert apex.frames.median == pytest.approx(np.median(shifts))
    assert apex.moved == pytest.approx(np.count_nonzero(shifts) / len(shifts))


@pytest.mark.parametrize("n_subjects", [None, 5])
@pytest.mark.parametrize("n", [9, 24])
def test_the_interval_of_a_median_is_that_of_drawing_again(n, n_subjects):
    rng = np.random.default_rng(3)
    values = rng.normal(4, 10, n).round()
    subjects = None if n_subjects is None else [f"s{at % n_subjects}" for at in range(n)]
    found = of_median(values, subjects, draws=4000, seed=1)
    groups = (
        [np.array([one]) for one in values]
        if subjects is None
        else [values[[name == other for other in subjects]] for name in sorted(set(subjects))]
    )
    drawn = [
        np.median(np.concatenate([groups[at] for at in rng.integers(0, len(groups), len(groups))]))
        for _ in range(4000)
    ]
    assert found == pytest.approx(tuple(np.quantile(drawn, (0.025, 0.975))), abs=1.0)


def test_the_interval_is_close_to_that_of_scipy_and_the_same_each_time():
    values = np.random.default_rng(0).normal(0, 10, 60)
    theirs = stats.bootstrap(
        (values,), np.median, method="percentile", n_resamples=3000, rng=np.random.default_rng(1)
    ).confidence_interval
    found = of_median(values, draws=3000)
    assert found == pytest.approx((theirs.low, theirs.high), abs=0.7)
    assert found == of_median(values, draws=3000)


def test_shifts_of_different_rates_meet_in_ms():
    events = [
        *shifted([4, 4, 4]),
        compared(9, (0, 1, 0), rate=Fraction(30)),
    ]
    report = bias_report(events, "frame rate", draws=50)
    assert [group.name for group in report.groups] == ["30 fps", "200 fps"]
    slow, fast = (group.edge(Edge.APEX) for group in report.groups)
    assert slow.ms.median == pytest.approx(1000 / 30)
    assert fast.ms.median == pytest.approx(20)
    assert slow.frames.median == 1


def test_phases_before_and_after_beside_what_was_published():
    (group,) = bias_report([compared(at, (2, -2, -6)) for at in range(6)], draws=50).groups
    assert group.rise.before.median == pytest.approx(100)
    assert group.rise.after.median == pytest.approx(80)
    assert group.fall.before.median == pytest.approx(150)
    assert group.fall.after.median == pytest.approx(130)
    assert (group.rise.published_ms, group.fall.published_ms) == PUBLISHED_MS["CASME II"]
    (own,) = bias_report([compared(data_set="mine")], draws=50).groups
    assert own.rise.published_ms is None


def test_only_what_was_moved_with_evidence_counts_as_evidence():
    events = [*shifted([3, 0]), *shifted([5, 0], has_evidence=False)]
    apex = bias_report(events, draws=50).whole.edge(Edge.APEX)
    assert (apex.moved, apex.evidence) == (0.5, 0.25)


def test_groups_of_every_kind():
    events = [
        compared(1),
        compared(2, emotion="", coder="B"),
        compared(3, data_set=""),
    ]
    names = {by: [g.name for g in bias_report(events, by, draws=20).groups] for by in GROUPINGS}
    assert names["class"] == ["disgust", "no class"]
    assert names["coder"] == ["A", "B"]
    assert names["data set"] == ["CASME II", "no data set"]
    assert names["subject"] == ["s1", "s2", "s3"]
    with pytest.raises(ExperimentError, match="no such grouping"):
        bias_report(events, "mood")


@pytest.mark.parametrize(
    ("shifts", "words"),
    [
        ([3], "one event only"),
        ([3, 1, 2], "3 events: too few for an interval"),
        ([0] * 6, "never moved"),
        ([2] * 6, "moved by the same everywhere"),
    ],
)
def test_little_is_said_in_words_and_never_as_nan(shifts, words):
    apex = bias_report(shifted(shifts), draws=50).whole.edge(Edge.APEX)
    assert apex.note == words
    assert all(math.isfinite(value) for value in (apex.ms.mean, apex.ms.median, apex.ms.iqr))
    assert (apex.interval_ms is None) == (len(shifts) < 5)


def test_events_are_drawn_where_there_are_no_three_subjects_and_it_is_said():
    apex = bias_report(shifted([1, 2, 3, 4, 9], subject="s1"), draws=50).whole.edge(Edge.APEX)
    assert apex.note == "interval over events: fewer than three subjects"


def test_windows_of_one_frame_are_said():
    events = shifted([0, 0, 0], is_noop=True)
    assert "nothing could be chosen" in bias_report(events, draws=20).whole.note
    some = bias_report([*events, compared(9)], draws=20)
    assert some.whole.note.startswith("nothing could be chosen for 3 of 4")


def test_without_events_there_is_an_empty_report():
    out = LeftOut("s1", "c1", 0, "cannot be read")
    report = bias_report([], left_out=[out])
    assert (report.whole, report.groups, report.left_out) == (None, (), (out,))
