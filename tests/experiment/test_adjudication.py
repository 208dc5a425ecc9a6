"""Which clips need a third opinion, and what may be seen of the first two."""

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from factories import annotation, event

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ExperimentError
from meviewer.core.events import Source
from meviewer.core.frames import Span
from meviewer.experiment.adjudication import (
    decided_for,
    distance,
    drawn_order,
    is_none,
    plan,
    reason_words,
    take,
    take_none,
    veiled,
)
from meviewer.experiment.agreement_matching import match
from meviewer.project.codec import decode, encode
from meviewer.project.labels import ADJUDICATED
from meviewer.project.project import Project

TOLD = replace(
    event(4, 10, 20, 30),
    notes="Ann: brow",
    confidence=0.3,
    source=Source.GAMDSS,
    rejected=(event().keyframes,),
)


@pytest.fixture
def project(tmp_path):
    with Project.create(tmp_path / "project", "double") as made:
        yield made


def add(project, name, ann, ben):
    sample = project.add_sample(
        "s1",
        name,
        Path(name),
        fingerprint=name,
        rate=Fraction(200),
        n_frames=200,
        first_number=1,
        width=8,
        height=8,
    )
    for coder, tier in (("Ann", ann), ("Ben", ben)):
        if tier is not None:
            project.set_tier(sample.id, coder, tier, "test")
    return sample.id


def test_clips_that_differ_wait_the_widest_apart_first(project):
    near = add(project, "near", annotation(event()), annotation(event(1, 12, 20, 30)))
    far = add(project, "far", annotation(event()), annotation(event(1, 10, 25, 30)))
    word = add(project, "word", annotation(event()), annotation(event(emotion="fear")))
    lone = add(project, "lone", annotation(event()), Annotation((), Status.NONE_PRESENT))
    add(project, "unseen", annotation(event()), None)
    wide = plan(project, "Cem", ("Ann", "Ben"))
    assert wide.sample_ids == (word, lone, far)
    assert plan(project, "Cem", ("Ann", "Ben"), tolerance=5).sample_ids == (word, lone)
    every = plan(project, "Cem", ("Ann", "Ben"), also_agreed=True)
    assert every.sample_ids == (word, lone, far, near)
    decided = annotation(event(), status=Status.ADJUDICATED)
    project.set_tier(far, ADJUDICATED, decided, "test")
    assert plan(project, "Cem", ("Ann", "Ben")).sample_ids == (word, lone)


@pytest.mark.parametrize("judge", ["", "  ", "Ann", "Ben", ADJUDICATED])
def test_a_third_person_decides(project, judge):
    with pytest.raises(ExperimentError, match="Somebody else"):
        plan(project, judge, ("Ann", "Ben"))


def test_a_veil_shows_labels_and_nothing_of_who_made_them():
    tiers = {"Ann": annotation(TOLD), "Ben": annotation(event(1, 40, 50, 60)), "gamdss": TOLD}
    seen = veiled(tiers, ("Ben", "Ann"))
    assert list(seen) == ["1", "2"]
    (bare,) = seen["2"].events
    assert bare.keyframes == TOLD.keyframes
    assert (bare.emotion, bare.notes, bare.confidence) == ("disgust", "", None)
    assert (bare.source, bare.rejected) == (Source.MANUAL, ())
    assert all(b"Ann" not in encode(tier) for tier in seen.values())
    assert veiled({}, ("Ben", "Ann"))["1"] == Annotation()


def test_who_is_1_is_left_to_chance():
    orders = [drawn_order(("Ann", "Ben"), random.Random(seed)) for seed in range(200)]
    assert 60 < sum(order == ("Ann", "Ben") for order in orders) < 140
    three = {drawn_order(("Ann", "Ben", "Dot"), random.Random(seed)) for seed in range(200)}
    assert len(three) == 6


def test_taking_replaces_what_was_taken_for_the_same_movement():
    other = event(9, 12, 22, 34, "fear")
    (movement,) = match([[TOLD], [other]])
    first = take(Annotation((), Status.ADJUDICATED), movement, 1)
    assert (first.status, len(first), first.events[0].notes) == (Status.DRAFT, 1, "")
    second = take(first, movement, 2)
    assert [one.keyframes for one in second] == [other.keyframes]
    assert take(second, movement, 2) is second


def test_that_there_is_no_event_is_part_of_the_labels_and_gives_way_to_one():
    movement, later = match([[event(1, 10, 20, 30), event(2, 50, 60, 70)], [event(1, 12, 20, 33)]])
    none = take_none(Annotation(), movement)
    assert (none.no_event, none.status) == ((Span(10, 33),), Status.DRAFT)
    assert is_none(none, movement)
    assert not is_none(none, later)
    assert is_none(take(none, later, 2), later)  # the second coder has marked nothing there
    taken = take(none, movement, 1)
    assert taken.no_event == ()
    assert not is_none(taken, movement)
    assert take_none(taken, movement).events == ()
    assert decode(encode(none)) == none


def test_a_clip_decided_by_an_earlier_release_leaves_nothing_open():
    (movement,) = match([[event(1, 10, 20, 30)], []])
    assert is_none(Annotation((), Status.ADJUDICATED), movement)


def test_a_decision_belongs_to_the_movement_it_overlaps():
    movements = match([[event(1, 10, 20, 30), event(2, 100, 110, 120)], [event(1, 11, 20, 30)]])
    decided = annotation(event(7, 12, 15, 18), event(8, 105, 111, 119))
    assert [decided_for(decided, one).id for one in movements] == [7, 8]
    assert decided_for(annotation(event(7, 40, 50, 60)), movements[0]) is None


def test_distance_counts_the_widest_keyframe_and_every_other_difference_as_endless():
    assert distance((event(), event(2, 12, 16, 31))) == 4
    assert distance((event(), None)) == float("inf")
    assert distance((event(), event(2, emotion="fear"))) == float("inf")


def test_of_three_coders_the_two_that_differ_most_count():
    assert distance((event(), event(2, 12, 20, 30), event(3, 7, 20, 30))) == 5
    assert distance((event(), event(2), None)) == float("inf")
    assert distance((event(), event(2), event(3, emotion="fear"))) == float("inf")


def test_three_coders_wait_for_a_judge_also_where_one_of_them_has_not_been(project):
    all_three = add(project, "all", annotation(event()), annotation(event(1, 12, 20, 30)))
    project.set_tier(all_three, "Dot", annotation(event(1, 10, 20, 37)), "test")
    two = add(project, "two", annotation(event()), annotation(event(1, 10, 29, 30)))
    agreed = add(project, "agreed", annotation(event()), annotation(event()))
    project.set_tier(agreed, "Dot", annotation(event()), "test")
    found = plan(project, "Cem", ("Ann", "Ben", "Dot"))
    assert found.sample_ids == (two, all_three)
    assert found.labelled == (("Ann", "Ben"), ("Ann", "Ben", "Dot"))
    assert found.coders == ("Ann", "Ben", "Dot")


def test_one_coder_is_not_enough(project):
    with pytest.raises(ExperimentError, match="between coders"):
        plan(project, "Cem", ("Ann", "Ann"))


def test_the_journal_keeps_why_who_and_who_was_who():
    words = reason_words(" brow moves first ", "Cem", ("Ben", "Ann"))
    assert words == "brow moves first (decided by Cem; 1 was Ben, 2 was Ann)"
