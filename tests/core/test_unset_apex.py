"""Events without an apex: what edits, rules and rows make of a place-holder."""

from dataclasses import replace
from fractions import Fraction

import pytest
from factories import annotation, event

from meviewer.core import edits
from meviewer.core.checks import check
from meviewer.core.events import Edge, Keyframes, Source


@pytest.fixture
def unset():
    return annotation(replace(event(1, 10, 20, 30), apex_source=Source.NONE))


def keys(labels):
    k = labels.event(1).keyframes
    return (k.onset, k.apex, k.offset)


def test_an_apex_that_is_not_set_stops_no_other_handle(unset):
    moved = edits.drag_edge(unset, 1, Edge.ONSET, 26, 100)
    assert keys(moved) == (26, 28, 30)
    assert not moved.event(1).has_apex


@pytest.mark.parametrize("change", [edits.drag_edge, edits.place_edge])
def test_the_place_holder_stays_in_the_middle(change, unset):
    assert keys(change(unset, 1, Edge.OFFSET, 60, 100)) == (10, 35, 60)


@pytest.mark.parametrize("change", [edits.drag_edge, edits.place_edge])
@pytest.mark.parametrize("frame", [14, 20])
def test_setting_the_apex_sets_it_even_where_the_place_holder_was(change, frame, unset):
    after = change(unset, 1, Edge.APEX, frame, 100)
    assert keys(after) == (10, frame, 30)
    assert after.event(1).has_apex
    assert after.event(1).source is Source.MANUAL


def test_moving_another_keyframe_keeps_where_the_apex_came_from():
    middle = annotation(replace(event(1, 10, 20, 30), apex_source=Source.MIDDLE))
    assert edits.drag_edge(middle, 1, Edge.OFFSET, 40, 100).event(1).apex_source is Source.MIDDLE
    assert edits.drag_edge(middle, 1, Edge.APEX, 21, 100).event(1).apex_source is None


def test_a_suggestion_taken_over_sets_the_apex(unset):
    same = edits.set_keyframes(unset, 1, Keyframes(10, 20, 30), Source.GAMDSS)
    assert same.event(1).has_apex
    assert edits.set_keyframes(same, 1, Keyframes(10, 20, 30)) is same


def test_the_rules_say_that_the_apex_is_missing_and_nothing_about_where_it_is():
    flat = annotation(replace(event(1, 10, 10, 11), apex_source=Source.NONE))
    assert [f.kind for f in check(flat, 40, Fraction(200))] == ["apex-missing"]


@pytest.mark.parametrize(("kind", "too_long"), [("", True), ("micro", True), ("macro", False)])
def test_only_micro_expressions_can_be_too_long(kind, too_long):
    long = annotation(replace(event(1, 0, 150, 300), kind=kind))
    found = [f.kind for f in check(long, 400, Fraction(200))]
    assert ("too-long" in found) is too_long


def test_shifting_events_keeps_what_is_inside_and_leaves_what_would_be_outside():
    labels = annotation(event(1, 10, 20, 30), event(2, 0, 1, 2), event(3, 90, 95, 99))
    moved = edits.shift_events(labels, -5, 95)
    spans = {e.id: (e.onset, e.apex, e.offset) for e in moved}
    assert spans == {1: (5, 15, 25), 2: (0, 1, 2), 3: (85, 90, 94)}
