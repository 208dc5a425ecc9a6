"""The timeline without Qt: ranges, ticks, places, hits and words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.core.events import Edge, Keyframes
from meviewer.core.frames import Span
from meviewer.present.curves import pyramid
from meviewer.present.timeline import (
    Curve,
    Handles,
    Lane,
    LaneEvent,
    Suggestion,
    TimelineState,
    Track,
)
from meviewer.present.timeline_geometry import FLAG_PX, flags, geometry, least_height
from meviewer.present.timeline_hits import (
    NOTHING,
    Part,
    handle_numbers,
    hit,
    suggestion_y,
)
from meviewer.present.timeline_lanes import lane_bars, overview_blocks
from meviewer.present.timeline_range import (
    Range,
    around,
    following,
    limited,
    panned,
    whole,
    zoomed,
)
from meviewer.present.timeline_ticks import levels, minor_ticks, nice_top, ticks
from meviewer.present.timeline_words import describe, tip

N = 96
RATE = Fraction(200)


LABEL = Keyframes(21, 42, 80)


def state(keyframes=LABEL, **changes):
    mine = LaneEvent(1, *(keyframes[edge] for edge in Edge), "disgust", selected=True)
    other = LaneEvent(1, 23, 45, 74, "disgust")
    curve = Curve("from onset", "curve", pyramid(np.sin(np.arange(N) / 30) ** 2 * 4))
    values = {
        "clip": "a",
        "n_frames": N,
        "numbers": tuple(range(104, 104 + N)),
        "rate": RATE,
        "tracks": (Track("Difference", "RMS", (curve,), 5.0, 0.3),),
        "lanes": (
            Lane("Coder A", "coder_a", (mine,), editable=True),
            Lane("GAMDSS", "gamdss", (other,), machine=True),
        ),
        "handles": Handles(1, 0, keyframes),
    }
    return TimelineState(**(values | changes))


def laid_out(of=None, shown=None, width=1100, height=260):
    of = of or state()
    return of, geometry(of, shown or whole(of.n_frames), width, height)


# ---- range


@given(st.integers(1, 5000), st.floats(-100, 6000), st.floats(0.001, 9000), st.floats(0.05, 20))
def test_ranges_stay_within_the_clip(n, low, length, factor):
    for shown in (
        limited(low, length, n),
        zoomed(limited(low, length, n), low, factor, n),
        panned(limited(low, length, n), low, n),
        following(limited(low, length, n), n - 1, n),
    ):
        assert -0.5 <= shown.low < shown.high <= n - 0.5 + 1e-6
        assert shown.length >= min(6, n) - 1e-6


def test_zoom_keeps_the_frame_under_the_pointer_in_its_place():
    before = Range(10, 60)
    after = zoomed(before, 30, 0.5, 1000)
    assert after.length == pytest.approx(25)
    assert (30 - after.low) / after.length == pytest.approx((30 - before.low) / before.length)


def test_an_event_is_shown_with_room_on_both_sides():
    shown = around(Span(40, 60), 1000)
    assert shown.low < 37
    assert shown.high > 63


def test_following_moves_only_when_it_must():
    now = Range(10, 60)
    assert following(now, 30, 1000) is now
    assert following(now, 70, 1000).shows(70)
    assert following(now, 2, 1000).shows(2)


# ---- ticks


def test_major_ticks_stand_at_round_numbers_of_the_data_set():
    found = ticks(whole(N), 10, range(104, 200), RATE)
    assert [(t.number, t.time) for t in found[:2]] == [("110", "30 ms"), ("120", "80 ms")]
    assert all(int(t.number) - 104 == t.frame for t in found)


@given(st.integers(1, 20_000), st.floats(0.01, 60), st.integers(-50, 5000))
def test_words_never_come_closer_than_they_are_wide(n, px, first):
    found = ticks(whole(n), px, range(first, first + n), RATE)
    assert all((b.frame - a.frame) * px >= 92 for a, b in pairwise(found))


def test_a_tick_in_a_gap_moves_to_the_next_frame_and_says_its_number():
    numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15]
    found = {t.frame: t.number for t in ticks(whole(12), 40, numbers, RATE)}
    assert found[9] == "13"
    assert found[4] == "5"


def test_ticks_without_words_stand_between_those_that_carry_some():
    assert minor_ticks(whole(21), 20, range(100, 121)) == (
        *range(1, 5),
        *range(6, 10),
        *range(11, 15),
        *range(16, 20),
    )
    assert minor_ticks(whole(21), 100, range(100, 121)) == ()
    assert minor_ticks(whole(5), 20, (1, 2, 3, 7, 8)) == (0, 1, 2, 4)


def test_a_scale_ends_at_a_round_number_above_the_peak():
    assert nice_top(3.7) == 5
    assert nice_top(0.036) == 0.05
    assert nice_top(0) > 0
    assert levels(5, 100) == (1, 2, 3, 4, 5)
    assert len(levels(5, 40)) <= 3


@given(st.floats(1e-5, 1e6), st.floats(1, 900))
def test_marks_of_a_scale_are_few_and_within_it(top, height):
    found = levels(top, height)
    assert all(0 < value <= top * (1 + 1e-9) for value in found)
    assert len(found) <= max(height // 16, 1) + 1


# ---- places


@given(st.floats(-0.5, 95), st.floats(200, 3000))
def test_places_and_frames_are_each_others_inverse(frame, width):
    _, place = laid_out(shown=Range(-0.5, 95.5), width=width)
    assert place.position(place.x(frame)) == pytest.approx(frame, abs=1e-6)
    at = place.overview_position(place.overview_x(frame))
    assert at == pytest.approx(frame, abs=1e-6)


def test_rows_fill_the_height_without_overlap():
    _, place = laid_out(height=284)
    rows = [place.overview, place.ruler, place.tracks, place.lane(0), place.lane(1)]
    for above, below in pairwise(rows):
        assert above.bottom == pytest.approx(below.top)
    assert rows[-1].bottom == pytest.approx(284)
    assert place.plot(0).top >= place.tracks.top + FLAG_PX


def test_lanes_get_lower_before_curves_get_too_low():
    of, tall = laid_out(height=400)
    least = least_height(1, 2)
    low = geometry(of, whole(N), 1100, least)
    assert low.lane_height < tall.lane_height
    assert low.tracks.height >= 72
    assert low.lane(1).bottom == pytest.approx(least)


def test_flags_of_coinciding_keyframes_lie_side_by_side():
    of = state(Keyframes(50, 50, 50))
    _, place = laid_out(of)
    found = flags(of.handles, handle_numbers(of), place)
    assert all(a.box.right <= b.box.left for a, b in pairwise(found))
    assert {flag.line_x for flag in found} == {place.x(50)}


# ---- hits


def test_each_part_is_found_where_it_is_drawn():
    of, place = laid_out()
    middle = place.tracks.top + place.tracks.height / 2
    lane = place.lane(0).top + 10
    cases = {
        (5, 5): Part.NOTHING,
        (place.window.left, 10): Part.WINDOW_LOW,
        (place.window.right, 10): Part.WINDOW_HIGH,
        (place.x(40), 10): Part.WINDOW,
        (place.x(40), place.ruler.top + 5): Part.RULER,
        (place.x(30), middle): Part.CURVE,
        (place.x(21), middle): Part.HANDLE,
        (place.x(80), lane): Part.HANDLE,
        (place.x(60), lane): Part.EVENT,
        (place.x(90), lane): Part.LANE,
        (place.x(50), place.lane(1).top + 5): Part.EVENT,
        (5000, 5): Part.NOTHING,
    }
    assert {at: hit(of, place, *at).part for at in cases} == cases


def test_outside_the_window_the_overview_itself_is_hit():
    of, place = laid_out(shown=Range(40, 60))
    assert hit(of, place, place.overview_x(5), 10).part is Part.OVERVIEW


def test_a_hit_names_edge_event_lane_and_frame():
    of, place = laid_out()
    target = hit(of, place, place.x(42) + 2, place.lane(0).top + 8)
    assert (target.part, target.edge, target.event_id, target.lane) == (Part.HANDLE, "apex", 1, 0)
    assert target.frame == 42
    assert hit(of, place, place.x(50), place.lane(1).top + 8).lane == 1


def test_coinciding_lines_are_shared_by_the_side_of_the_pointer():
    of = state(Keyframes(50, 50, 50))
    _, place = laid_out(of)
    y, x = place.tracks.bottom - 10, place.x(50)
    assert hit(of, place, x - 3, y).edge is Edge.ONSET
    assert hit(of, place, x + 3, y).edge is Edge.OFFSET
    flag = flags(of.handles, handle_numbers(of), place)[1].box
    assert hit(of, place, flag.left + 4, flag.top + 4).edge is Edge.APEX


def test_of_events_on_top_of_each_other_the_shortest_is_hit():
    events = (LaneEvent(1, 10, 40, 80), LaneEvent(2, 40, 44, 50))
    of = state(lanes=(Lane("A", "coder_a", events, editable=True),), handles=None)
    _, place = laid_out(of)
    y = place.lane(0).top + 8
    assert hit(of, place, place.x(45), y).event_id == 2
    assert hit(of, place, place.x(60), y).event_id == 1


def test_an_event_of_one_frame_can_be_hit():
    events = (LaneEvent(7, 10_000, None, 10_000),)
    lanes = (Lane("A", "coder_a", events, editable=True),)
    of = state(lanes=lanes, handles=None, n_frames=90_000, numbers=range(90_000))
    _, place = laid_out(of)
    target = hit(of, place, place.x(10_000) + 2, place.lane(0).top + 8)
    assert (target.part, target.event_id) == (Part.EVENT, 7)


def test_a_suggestion_is_hit_on_its_peak():
    mark = Suggestion(Edge.APEX, 47, Span(40, 50), (46, 48), "151", "+5 f", "gain +6%")
    of = state(suggestions=(mark,))
    _, place = laid_out(of)
    target = hit(of, place, place.x(47) + 3, suggestion_y(of, place, 47) - 3)
    assert (target.part, target.edge) == (Part.SUGGESTION, Edge.APEX)
    assert tip(of, target) == "Suggested apex 151 · 235 ms\n+5 f\ngain +6%"


# ---- lanes


def test_many_short_events_become_few_blocks_and_the_selected_one_stays():
    events = tuple(LaneEvent(i, i * 50, i * 50 + 9, i * 50 + 20, "", i == 77) for i in range(2000))
    lane = Lane("A", "coder_a", events)
    of = state(lanes=(lane,), handles=None, n_frames=100_000, numbers=range(100_000))
    _, place = laid_out(of)
    found = lane_bars(lane, place)
    assert [bar.event.id for bar in found.bars] == [77]
    assert 0 < len(found.blocks) <= place.plot_width
    covered = sum(right - left for left, right in found.blocks)
    assert covered <= place.plot_width + 2
    assert len(overview_blocks(lane, place)) <= place.plot_width


def test_only_events_in_sight_are_drawn():
    events = (LaneEvent(1, 0, 5, 9), LaneEvent(2, 50, 55, 60), LaneEvent(3, 0, 50, 95))
    lane = Lane("A", "coder_a", events)
    _, place = laid_out(state(lanes=(lane,)), Range(40, 70))
    assert [bar.event.id for bar in lane_bars(lane, place).bars] == [2, 3]
    assert lane_bars(Lane("B", "coder_b", ()), place).bars == ()


# ---- words


def test_tips_say_what_is_there_and_what_one_can_do():
    of, place = laid_out()
    middle = place.tracks.top + place.tracks.height / 2
    handle = tip(of, hit(of, place, place.x(21), middle))
    assert handle.startswith("Onset 125 · 105 ms")
    event = tip(of, hit(of, place, place.x(60), place.lane(0).top + 8))
    assert event == "Coder A: disgust, 125–184, 300 ms"
    assert "new event" in tip(of, hit(of, place, place.x(90), place.lane(0).top + 8))
    assert tip(of, hit(of, place, place.x(90), place.lane(1).top + 8)) == ""
    value = 4 * np.sin(25 / 30) ** 2
    frame = tip(of, hit(of, place, place.x(25), middle))
    assert frame == f"129 · 125 ms\nDifference from onset: {value:.2f} RMS"
    assert tip(of, NOTHING) == ""


def test_the_description_begins_with_the_cursor_and_names_the_selected_event():
    words = describe(state(), 30)
    assert words.startswith("at frame 134 · 150 ms; selected event: ")
    assert "96 frames" in words
    assert "Coder A: 1 event" in words
    assert "apex 146 · 210 ms" in words
    unset = replace(state(), handles=Handles(1, 0, LABEL, has_apex=False))
    assert "apex not set" in describe(unset, 0)
    assert "no event selected" in describe(replace(state(), handles=None), 0)
