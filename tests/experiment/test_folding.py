"""Folds by subject of every kind: nobody on both sides, nothing lost, classes shared out."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.errors import ExperimentError
from meviewer.experiment.folding import folds_of
from meviewer.experiment.people import Member, doubtful
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.splits import check_people, leave_one_subject_out


def folds(members, split, **changes):
    return folds_of(msgspec.structs.replace(ExperimentSpec(), split=split, **changes), members)


def composite(seed=0):
    """A composite of the shape of MEGC 2019: 442 clips, 68 people of three data bases."""
    rng = np.random.default_rng(seed)
    rows = []
    for name, people, clips, shares in (
        ("casme2", 24, 145, (88, 32, 25)),
        ("smic", 16, 164, (70, 51, 43)),
        ("samm", 28, 133, (92, 26, 15)),
    ):
        owners = np.sort(
            np.concatenate([np.arange(people), rng.integers(0, people, clips - people)])
        )
        classes = rng.permutation(np.repeat([0, 1, 2], shares))
        rows += [Member(f"{o + 1:02d}", name, int(c)) for o, c in zip(owners, classes, strict=True)]
    return rows


def test_people_of_two_data_sets_with_one_number_are_two():
    members = composite()
    found = folds(members, "loso")
    assert len(found) == 68
    assert {fold.subject for fold in found} >= {"casme2:01", "samm:01"}
    assert leave_one_subject_out(["01", "1", "2"])[0].test == (0, 1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Member("006", "samm"), Member("6", "samm-lv"), True),
        (Member("006", "samm"), Member("6", "casme2"), False),
        (Member("casme2:sub01", "megc2019"), Member("1", "casme2"), True),
        (Member("01"), Member("sub1"), True),
    ],
)
def test_who_is_one_person(one, other, same):
    assert (one.person == other.person) is same


def test_k_fold_deals_people_so_that_classes_and_data_bases_are_shared_out():
    members = composite()
    found = folds(members, "k-fold", n_folds=5)
    assert sorted(i for fold in found for i in fold.test) == list(range(442))
    whole = np.bincount([m.class_number for m in members])
    for fold in found:
        check_people([members[i] for i in fold.train], [members[i] for i in fold.test])
        counts = np.bincount([members[i].class_number for i in fold.test], minlength=3)
        assert np.abs(counts - whole / 5).max() <= 0.2 * whole.max() / 5 + 4
        sources = [members[i].source for i in fold.test]
        assert all(15 <= sources.count(name) <= 45 for name in ("casme2", "smic", "samm"))
    assert folds(members, "k-fold") == found
    assert folds(members, "k-fold", split_seed=1) != found
    assert [fold.subject for fold in found] == [f"fold {n}" for n in range(1, 6)]


def test_hold_out_tests_about_the_share_that_was_asked_for():
    members = composite()
    (fold,) = folds(members, "hold-out", test_share=0.3)
    assert 0.25 < len(fold.test) / len(members) < 0.35
    check_people([members[i] for i in fold.train], [members[i] for i in fold.test])
    assert len(fold.train) + len(fold.test) == len(members)
    assert fold.subject.endswith("held out")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), min_size=4, max_size=40),
    st.integers(2, 5),
    st.sampled_from(["k-fold", "hold-out"]),
)
def test_no_fold_is_empty_and_nobody_is_on_both_sides(rows, n_folds, split):
    members = [Member(str(subject), "", number) for subject, number in rows]
    n_people = len({member.person for member in members})
    if n_people < (n_folds if split == "k-fold" else 2):
        with pytest.raises(ExperimentError, match="subjects"):
            folds(members, split, n_folds=n_folds)
        return
    for fold in folds(members, split, n_folds=n_folds):
        assert fold.train
        assert fold.test
        check_people([members[i] for i in fold.train], [members[i] for i in fold.test])


def test_across_data_bases_each_is_tested_once():
    members = composite()
    found = folds(members, "cross-database")
    assert [fold.subject for fold in found] == ["casme2", "samm", "smic"]
    assert [len(fold.test) for fold in found] == [145, 133, 164]
    assert all(len(fold.train) + len(fold.test) == 442 for fold in found)


def test_across_named_data_bases_the_others_are_left_out():
    members = composite()
    (fold,) = folds(members, "cross-database", train_on="casme2", test_on="SMIC, samm")
    assert (len(fold.train), len(fold.test)) == (145, 297)
    assert fold.subject == "smic, samm"
    trained = folds(members, "cross-database", train_on="casme2")
    assert [(len(one.train), one.subject) for one in trained] == [(145, "samm"), (145, "smic")]


@pytest.mark.parametrize(
    ("members", "changes", "words"),
    [
        (composite(), {"test_on": "mmew"}, "no clips of mmew"),
        (composite(), {"train_on": "samm", "test_on": "samm"}, "both sides.*samm"),
        ([Member("1"), Member("2")], {}, "at least two data sets"),
        (
            [Member("006", "samm"), Member("6", "samm-lv"), Member("7", "samm")],
            {},
            "samm(-lv)?:0*6 = samm(-lv)?:0*6",
        ),
    ],
)
def test_what_cannot_be_tested_across_is_said(members, changes, words):
    with pytest.raises(ExperimentError, match=words):
        folds(members, "cross-database", **changes)


def test_names_that_may_be_one_person_are_told():
    members = [Member(name, "smic") for name in ("s1", "01", "s2", "x3")]
    assert doubtful([*members, Member("s1", "other"), Member("12")]) == (("s1", "01"),)
