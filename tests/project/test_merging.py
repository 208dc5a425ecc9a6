"""Another person's project into this one, and back."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from factories import annotation, event

from meviewer.__main__ import main
from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ProjectError
from meviewer.present.merging import conflict_rows, left_out_words, plan_words
from meviewer.project.merging import Choice, last_merge, merge, plan, take_back
from meviewer.project.project import Entry, Project

MINE, THEIRS = annotation(event()), annotation(event(1, 12, 22, 33, "fear"))


def add(project, name, fingerprint, subject="s1", **tiers):
    sample = project.add_sample(
        subject,
        name,
        Path(f"{subject}-{name}"),
        fingerprint=fingerprint,
        rate=Fraction(200),
        n_frames=200,
        first_number=1,
        width=8,
        height=8,
    )
    for coder, tier in tiers.items():
        project.set_tier(sample.id, coder, tier, "test")
    return sample.id


@pytest.fixture
def other(tmp_path):
    """The other person's copy: one clip has another name, one is unknown, one was cut anew."""
    with Project.create(tmp_path / "other", "Ben's copy") as made:
        add(made, "c1", "f1", Ann=MINE, Ben=THEIRS)
        add(made, "renamed", "f2", "p9", Ann=THEIRS, gamdss=THEIRS)
        add(made, "c3", "f3", Ann=Annotation((), Status.NONE_PRESENT))
        add(made, "c4", "cut", Ben=THEIRS)
        add(made, "c9", "f9", Ben=THEIRS)
    return tmp_path / "other"


@pytest.fixture
def project(tmp_path):
    with Project.create(tmp_path / "mine", "mine") as made:
        add(made, "c1", "f1", Ann=MINE)
        add(made, "c2", "f2", Ann=MINE)
        add(made, "c3", "f3")
        add(made, "c4", "f4")
        yield made


def state(project):
    return {one.id: project.annotations(one.id) for one in project.samples()}


def test_a_plan_says_what_is_new_what_differs_and_what_does_not_fit(project, other):
    before = state(project)
    found = plan(project, other)
    assert [(one.clip, one.coder) for one in found.new] == [("s1/c1", "Ben"), ("s1/c3", "Ann")]
    assert [(one.clip, one.coder) for one in found.conflicts] == [("s1/c2", "Ann")]
    assert (found.same, found.unknown, found.doubtful) == (1, ("s1/c9",), ("s1/c4",))
    assert state(project) == before
    words = plan_words(found)
    assert (
        words == "Ben's copy: 1 new label by Ann, Ben; 1 clip labelled otherwise here; 1 tier equal"
    )
    assert "s1/c9" in left_out_words(found)
    assert conflict_rows(found) == [("s1/c2", "Ann", "10–20–30 disgust", "12–22–33 fear")]


@pytest.mark.parametrize(
    ("choice", "tiers"),
    [
        (Choice.KEEP, {"Ann": MINE}),
        (Choice.TAKE, {"Ann": THEIRS}),
        (Choice.BOTH, {"Ann": MINE, "Ann (2)": THEIRS}),
    ],
)
def test_a_conflict_ends_as_chosen_and_all_else_comes_in(project, other, choice, tiers):
    found = plan(project, other)
    done = merge(project, found, {found.conflicts[0].key: choice})
    assert project.annotations(2) == tiers
    assert project.annotations(1) == {"Ann": MINE, "Ben": THEIRS}
    assert project.annotations(3)["Ann"].status is Status.NONE_PRESENT
    assert project.annotations(4) == {}
    assert done.n_tiers == 2 + (choice is not Choice.KEEP)
    assert done.kept == (("s1/c2: Ann",) if choice is Choice.KEEP else ())
    assert project.check_chain().ok


def test_without_a_choice_nothing_is_overwritten(project, other):
    merge(project, plan(project, other), {})
    assert project.annotations(2) == {"Ann": MINE, "Ann (2)": THEIRS}
    again = plan(project, other)
    assert (again.new, again.conflicts, again.same) == ((), (), 4)


def test_a_merge_can_be_taken_back_whole_also_after_a_restart(project, other):
    before, coders = state(project), project.coders()
    found = plan(project, other)
    merge(project, found, {found.conflicts[0].key: Choice.TAKE})
    project.close()
    with Project.open(project.folder) as again:
        last = last_merge(again)
        assert len(last.rows) == 3
        assert take_back(again, last) == ()
        after = state(again)
        assert {
            at: {coder: tier for coder, tier in tiers.items() if tier != Annotation()}
            for at, tiers in after.items()
        } == before
        assert last_merge(again) is None
        assert again.check_chain().ok
        assert again.coders() == coders
        assert again.counts()["coders"] == len(coders)


def test_what_was_edited_since_stays(project, other):
    merge(project, plan(project, other), {})
    edited = annotation(event(1, 1, 2, 3))
    project.append(Entry(1, "Ben", "edit", "Move onset", THEIRS, edited))
    assert take_back(project, last_merge(project)) == ("s1/c1: Ben",)
    assert project.annotation(1, "Ben") == edited
    assert project.annotation(2, "Ann (2)") == Annotation()


def test_a_coder_who_has_taken_everything_back_by_hand_stays_in_the_list(project):
    project.append(Entry(1, "Dot", "edit", "New event", Annotation(), MINE))
    project.append(Entry(1, "Dot", "undo", "New event", MINE, Annotation()))
    assert "Dot" in project.coders()


def test_two_merges_are_taken_back_one_after_the_other(project, other, tmp_path):
    merge(project, plan(project, other), {})
    with Project.create(tmp_path / "third", "Ben's copy") as third:
        add(third, "c2", "f2", Cem=THEIRS)
    merge(project, plan(project, tmp_path / "third"), {})
    assert [row[2] for row in last_merge(project).rows] == ["Cem"]
    take_back(project, last_merge(project))
    assert len(last_merge(project).rows) == 3


def test_a_project_is_not_merged_with_itself(project):
    with pytest.raises(ProjectError, match="itself"):
        plan(project, project.folder)


def test_the_command_merges_a_project(project, other, capsys):
    project.close()
    words = ["merge", str(project.folder), str(other), "--on-conflict", "keep", "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["merged"]["n_tiers"], found["merged"]["kept"]) == (2, ["s1/c2: Ann"])
    assert found["unknown"] == ["s1/c9"]
    assert main(words[:3]) == 0
    assert "other labels stood there: s1/c2: Ann" in capsys.readouterr().out
