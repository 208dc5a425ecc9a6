"""From labels and suggestions to lanes, marks and words."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import factories
import numpy as np

from meviewer.core.annotation import Annotation
from meviewer.core.events import Edge, Keyframes
from meviewer.core.frames import Span
from meviewer.present.timeline import Handles, Shade
from meviewer.present.timeline_state import coder_words, timeline_state

LABEL, BEST = Keyframes(10, 20, 30), Keyframes(12, 24, 29)


def made(**changes):
    clip = SimpleNamespace(
        fingerprint="f", n_frames=40, numbers=tuple(range(101, 141)), rate=Fraction(200), gaps=(7,)
    )
    curves = SimpleNamespace(
        from_onset=np.linspace(0, 3, 40),
        neighbours=np.full(40, 0.3),
        noise_floor=0.4,
        preview=False,
    )
    choices = (BEST, Keyframes(13, 25, 29), Keyframes(12, 23, 29))
    found = SimpleNamespace(
        gain=0.061,
        confidence=0.9,
        windows=SimpleNamespace(onset=Span(8, 12), apex=Span(15, 25), offset=None),
        alternatives=tuple(SimpleNamespace(keyframes=one) for one in choices),
    )
    values = {
        "clip": clip,
        "coder": "A",
        "annotation": Annotation((factories.event(4, 10, 20, 30),)),
        "others": {"B": factories.annotation(), "truth": factories.annotation()},
        "machines": {"truth"},
        "curves": curves,
        "found": found,
        "suggested": BEST,
        "selected": 4,
        "frame": 5,
    }
    return timeline_state(**(values | changes))


def test_the_own_lane_comes_first_and_machines_last():
    lanes = made().lanes
    assert [lane.name for lane in lanes] == ["Coder A", "Coder B", "GAMDSS", "Truth"]
    assert [lane.machine for lane in lanes] == [False, False, True, True]
    assert [lane.editable for lane in lanes] == [True, False, False, False]
    assert [lane.role for lane in lanes] == ["coder_a", "coder_b", "gamdss", "prediction"]


def test_the_selected_event_has_handles():
    state = made()
    assert state.handles == Handles(4, 0, LABEL)
    assert state.lanes[0].events[0].selected
    assert made(selected=99).handles is None


def test_a_suggestion_stands_in_its_lane_and_on_the_curve():
    state = made()
    (bar,) = state.lanes[2].events
    assert (bar.onset, bar.apex, bar.offset) == (12, 24, 29)
    marks = {mark.edge: mark for mark in state.suggestions}
    assert {edge: mark.frame for edge, mark in marks.items()} == {
        Edge.ONSET: 12,
        Edge.APEX: 24,
        Edge.OFFSET: 29,
    }
    assert marks[Edge.APEX].window == Span(15, 25)
    assert marks[Edge.OFFSET].window is None
    assert marks[Edge.APEX].alternatives == (25, 23)
    assert marks[Edge.OFFSET].alternatives == ()


def test_only_the_keyframe_that_moves_most_is_put_into_words():
    marks = {mark.edge: mark for mark in made().suggestions}
    apex = marks[Edge.APEX]
    assert (apex.number, apex.shift) == ("125", "+4 f  +20 ms")
    assert apex.note == "gain +6%   conf 0.90   1 of 3"
    assert marks[Edge.ONSET].number == marks[Edge.OFFSET].number == ""
    moved = made(suggested=Keyframes(3, 21, 30)).suggestions
    assert [mark.edge for mark in moved if mark.number] == [Edge.ONSET]


def test_a_refused_suggestion_is_not_shown():
    state = made(suggested=None)
    assert state.suggestions == ()
    assert state.lanes[2].events == ()


def test_stored_suggestions_for_other_events_stay_in_the_lane():
    stored = Annotation((factories.event(1, 0, 2, 4), factories.event(2, 11, 20, 28)))
    lane = made(others={"gamdss": stored}, machines={"gamdss"}).lanes[1]
    assert [(e.onset, e.offset) for e in lane.events] == [(0, 4), (12, 29)]
    assert len({e.id for e in lane.events}) == 2


def test_until_the_clip_is_decoded_it_says_what_it_waits_for():
    state = made(curves=None, found=None, suggested=None)
    assert state.tracks == ()
    assert state.waiting == "reading frames"


def test_the_scale_is_round_and_the_noise_floor_is_there():
    (track,) = made().tracks
    assert track.top == 4
    assert track.noise_floor == 0.4
    assert [curve.name for curve in track.curves] == ["from onset", "neighbours"]


def test_missing_frames_are_set_off():
    assert made().shades == (Shade(Span(6, 7), "missing"),)


def test_names_of_sources():
    assert coder_words("A") == "Coder A"
    assert coder_words("Marit") == "Marit"
    assert coder_words("gamdss") == "GAMDSS"
