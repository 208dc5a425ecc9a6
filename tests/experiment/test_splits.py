"""One subject out: whom each fold holds, and who is one person."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.core.errors import ExperimentError
from meviewer.experiment.splits import (
    check_clips,
    check_subjects,
    leave_one_subject_out,
    normalise_subject,
)


@dataclass
class Clip:
    subject: str


@pytest.mark.parametrize("name", ["1", "01", "001", "sub01", "Sub 1", "SUBJECT_01", " sub-001 "])
def test_spellings_of_one_subject(name):
    assert normalise_subject(name) == "1"


@pytest.mark.parametrize("name", ["s1", "sub10", "a1", "1a", "spNO.1", "10"])
def test_other_subjects_stay_apart(name):
    assert normalise_subject(name) != "1"


def test_zero_is_a_subject():
    assert normalise_subject("sub00") == "0"
    assert normalise_subject("a01b007") == "a1b7"


def test_each_subject_is_held_out_once_in_natural_order():
    clips = [Clip(name) for name in ("sub10", "sub2", "02", "sub1", "sub10")]
    folds = leave_one_subject_out(clips)
    assert [fold.subject for fold in folds] == ["sub1", "sub2", "sub10"]
    assert [fold.test for fold in folds] == [(3,), (1, 2), (0, 4)]
    assert [fold.number for fold in folds] == [0, 1, 2]


@given(st.lists(st.sampled_from(["1", "01", "2", "sub02", "x", "X"]), min_size=2, max_size=30))
def test_nobody_is_on_both_sides_and_nothing_is_lost(names):
    if len({normalise_subject(name) for name in names}) < 2:
        with pytest.raises(ExperimentError):
            leave_one_subject_out(names)
        return
    folds = leave_one_subject_out(names)
    for fold in folds:
        check_subjects([names[i] for i in fold.train], [names[i] for i in fold.test])
        assert sorted(fold.train + fold.test) == list(range(len(names)))
    assert sorted(i for fold in folds for i in fold.test) == list(range(len(names)))


@pytest.mark.parametrize("names", [[], ["a"], ["1", "01", "sub1"]])
def test_fewer_than_two_subjects(names):
    with pytest.raises(ExperimentError, match="at least two subjects"):
        leave_one_subject_out(names)


def test_a_sample_without_a_subject_is_found():
    with pytest.raises(ExperimentError, match="sample 2 of 3"):
        leave_one_subject_out(["a", " ", "b"])


def test_a_subject_on_both_sides_is_named_in_both_spellings():
    with pytest.raises(ExperimentError, match="01 = sub1, 3"):
        check_subjects(["01", "2", "3"], ["sub1", "4", "3"])


def test_a_clip_on_both_sides_is_named():
    check_clips(["f1"], ["f2"])
    with pytest.raises(ExperimentError, match="f2"):
        check_clips(["f1", "f2"], ["f2"])
