import pytest
from factories import annotation, event
from hypothesis import given
from hypothesis import strategies as st

from meviewer.core import edits
from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status, diff
from meviewer.core.errors import LabelError
from meviewer.core.events import Edge, Keyframes, Source

EDGES = list(Edge)


def keys(labels, event_id=1):
    k = labels.event(event_id).keyframes
    return (k.onset, k.apex, k.offset)


def test_keyframes_out_of_order_are_refused_in_words():
    with pytest.raises(LabelError, match="onset 5, apex 4, offset 9"):
        Keyframes(5, 4, 9)


def test_an_edit_leaves_the_value_it_started_from_alone():
    before = annotation()
    after = edits.drag_edge(before, 1, Edge.APEX, 25, 100)
    assert keys(before) == (10, 20, 30)
    assert keys(after) == (10, 25, 30)


@pytest.mark.parametrize(
    ("edge", "frame", "expected"),
    [
        (Edge.ONSET, 25, (20, 20, 30)),
        (Edge.ONSET, -5, (0, 20, 30)),
        (Edge.APEX, 5, (10, 10, 30)),
        (Edge.APEX, 99, (10, 30, 30)),
        (Edge.OFFSET, 0, (10, 20, 20)),
        (Edge.OFFSET, 500, (10, 20, 99)),
    ],
)
def test_a_dragged_handle_stops_at_its_neighbours_and_the_ends(edge, frame, expected):
    assert keys(edits.drag_edge(annotation(), 1, edge, frame, 100)) == expected


@pytest.mark.parametrize(
    ("edge", "frame", "expected"),
    [
        (Edge.ONSET, 25, (25, 25, 30)),
        (Edge.ONSET, 40, (40, 40, 40)),
        (Edge.APEX, 5, (5, 5, 30)),
        (Edge.APEX, 35, (10, 35, 35)),
        (Edge.OFFSET, 15, (10, 15, 15)),
        (Edge.OFFSET, 5, (5, 5, 5)),
        (Edge.OFFSET, 500, (10, 20, 99)),
    ],
)
def test_a_placed_keyframe_is_where_it_was_put_and_the_others_give_way(edge, frame, expected):
    assert keys(edits.place_edge(annotation(), 1, edge, frame, 100)) == expected


@given(
    st.lists(st.tuples(st.sampled_from(EDGES), st.integers(-50, 200), st.booleans()), max_size=30)
)
def test_no_sequence_of_edits_breaks_the_order(moves):
    labels = annotation()
    for edge, frame, place in moves:
        edit = edits.place_edge if place else edits.drag_edge
        labels = edit(labels, 1, edge, frame, 100)
        onset, apex, offset = keys(labels)
        assert 0 <= onset <= apex <= offset < 100


def test_an_event_moves_as_far_as_the_clip_allows():
    assert keys(edits.move_event(annotation(), 1, -50, 100)) == (0, 10, 20)
    assert keys(edits.move_event(annotation(), 1, 500, 100)) == (79, 89, 99)


def test_events_stay_sorted_and_ids_are_never_used_twice():
    labels = edits.add_event(annotation(), Keyframes(0, 1, 2))
    assert [e.id for e in labels] == [2, 1]
    labels = edits.add_event(edits.remove_event(labels, 1), Keyframes(50, 51, 52))
    assert sorted(e.id for e in labels) == [2, 3]


def test_touching_a_committed_label_makes_it_a_draft_again():
    done = edits.set_status(annotation(), Status.COMMITTED)
    assert edits.set_emotion(done, 1, "fear").status is Status.DRAFT
    assert edits.set_emotion(done, 1, "disgust").status is Status.COMMITTED


def test_removing_the_last_event_leaves_the_clip_unlabelled():
    assert edits.remove_event(annotation(), 1) == Annotation()


def test_an_accepted_suggestion_says_where_it_came_from():
    labels = edits.set_keyframes(annotation(), 1, Keyframes(11, 21, 29), Source.GAMDSS)
    assert labels.event(1).source is Source.GAMDSS
    assert edits.drag_edge(labels, 1, Edge.APEX, 22, 100).event(1).source is Source.MANUAL


def test_action_units_are_kept_once_and_in_order():
    labels = edits.set_action_units(
        annotation(), 1, (ActionUnit(12), ActionUnit(4), ActionUnit(12))
    )
    assert labels.event(1).action_units == (ActionUnit(4), ActionUnit(12))


def test_diff_names_only_what_differs():
    before = annotation(event(1), event(2, 40, 45, 50), event(3, 60, 61, 62))
    after = edits.drag_edge(edits.remove_event(before, 2), 3, Edge.OFFSET, 70, 100)
    change = diff(before, edits.add_event(after, Keyframes(80, 81, 82)))
    assert change.removed == {2}
    assert change.altered == {3}
    assert change.added == {4}
    assert not diff(before, before)


def test_a_rejected_suggestion_is_remembered_once_and_changes_no_keyframe():
    refused = Keyframes(11, 21, 29)
    labels = edits.reject_suggestion(annotation(status=Status.COMMITTED), 1, refused)
    assert labels.event(1).rejected == (refused,)
    assert keys(labels) == (10, 20, 30)
    assert labels.status is Status.COMMITTED
    assert edits.reject_suggestion(labels, 1, refused) is labels
