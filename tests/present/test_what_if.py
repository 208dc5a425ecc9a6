"""The what-if strip as values: which apexes are asked for, what is drawn, and it in words."""

from fractions import Fraction

import pytest
from factories import event

from meviewer.core.events import Event, Keyframes, Source
from meviewer.present.timeline import Lane
from meviewer.present.what_if import (
    Guess,
    PlaceMark,
    column_words,
    edge_words,
    progress_words,
    reach_words,
    shares_words,
    step_frames,
    summary,
    supposed,
    what_if_state,
)
from meviewer.present.what_if_lane import run_lane

CLASSES = ("disgust", "surprise")
LABEL = Keyframes(10, 20, 24)
RATE = Fraction(200)
NUMBERS = tuple(range(101, 161))


def guess(surprise, model="final model"):
    return Guess(CLASSES, (1 - surprise, surprise), model)


def state(known=None, before=None, reach=6, marks=(), label=LABEL, rate=RATE):
    return what_if_state(label, reach, NUMBERS, rate, known or {}, before or {}, CLASSES, marks)


def all_known(shares):
    """Answers for every place of the apex; ``shares`` of surprise by apex, 0.3 elsewhere."""
    return {
        Keyframes(10, apex, 24): guess(shares.get(apex, 0.3)) for apex in range(11, 24)
    }  # fmt: skip


@pytest.mark.parametrize(("rate", "step"), [(30, 1), (200, 1), (400, 2), (1000, 5)])
def test_columns_lie_a_frame_apart_or_about_5_ms(rate, step):
    assert step_frames(Fraction(rate)) == step


def test_how_far_it_reaches_is_said_in_frames_and_ms():
    assert reach_words(6, RATE) == "±6 frames (±30 ms)"
    assert reach_words(6, Fraction(1000)) == "±30 frames (±30 ms)"
    assert reach_words(6, Fraction(30)) == "±6 frames (±200 ms)"


def test_the_nearest_are_asked_first_and_none_outside_the_event():
    asked = supposed(LABEL, 6, 1)
    assert [one.apex for one in asked] == [20, 19, 21, 18, 22, 17, 23, 16, 15, 14]
    assert {(one.onset, one.offset) for one in asked} == {(10, 24)}
    assert supposed(Keyframes(10, 10, 11), 6, 1) == ()


def test_a_column_knows_its_frame_its_answer_or_why_there_is_none():
    found = state({LABEL: guess(0.6)})
    assert [one.frame for one in found.columns] == list(range(14, 27))
    assert found.columns[found.middle].guess == guess(0.6)
    assert [one.outside for one in found.columns[-3:]] == ["not before the offset"] * 3
    assert state(label=Keyframes(18, 20, 30)).columns[0].outside == "not after the onset"
    assert (found.n_known, found.n_wanted) == (1, 10)


def test_an_answer_for_an_onset_that_was_moved_is_shown_as_out_of_date():
    moved = Keyframes(9, 20, 24)
    found = state({moved: guess(0.9)}, {20: guess(0.1), 19: guess(0.2)}, label=moved)
    assert found.columns[found.middle].guess == guess(0.9)
    assert not found.columns[found.middle].stale
    assert found.columns[found.middle - 1].stale
    assert found.columns[found.middle - 1].guess == guess(0.2)
    assert found.columns[found.middle - 2].guess is None
    assert progress_words(found) == "keyframes have moved: asking, 1 of 10"
    assert "for the keyframes before" in column_words(found, found.middle - 1)


def test_a_column_in_words():
    marks = (PlaceMark("gamdss", 18, "GAMDSS suggests it"),)
    found = state({Keyframes(10, 18, 24): guess(0.626)}, marks=marks)
    assert column_words(found, found.middle - 2) == (
        "Frame 119, 2 frames (10 ms) earlier (GAMDSS suggests it): surprise 63\u00a0%, disgust"
        " 37\u00a0%"
    )
    assert column_words(found, found.middle) == "Frame 121, the labelled apex: being computed"
    assert column_words(found, 12) == (
        "Frame 127, 6 frames (30 ms) later: no apex can lie here, not before the offset"
    )
    refused = state({LABEL: Guess(reason="the fold is not finished")})
    assert column_words(refused, 6) == "Frame 121, the labelled apex: the fold is not finished"
    assert edge_words(found) == ("−30 ms", "apex 121", "+30 ms")


def test_of_many_classes_three_are_named_and_the_rest_is_summed_up():
    many = Guess(tuple("abcde"), (0.1, 0.5, 0.05, 0.15, 0.2))
    assert shares_words(many, whole=False).replace("\u00a0", " ") == (
        "b 50 %, e 20 %, d 15 %, rest 15 %"
    )
    assert shares_words(many).count("%") == 5


def test_one_line_says_whether_the_answer_depends_on_the_apex():
    assert summary(state()) == ""
    same = state(all_known({}))
    assert summary(same) == "disgust 70 %, the same wherever the apex lies here"
    other = state(all_known({22: 0.8, 17: 0.9}))
    assert summary(other) == "disgust 70 %; surprise already 2 frames (10 ms) later"
    assert progress_words(other) == ""


def test_the_lane_has_a_bar_for_each_event_that_was_answered():
    events = (
        event(1, 10, 20, 24),
        event(2, 30, 35, 40),
        Event(3, Keyframes(50, 50, 55), apex_source=Source.NONE),
    )
    lane = run_lane("run-001", events, {LABEL: guess(0.8)}, 1)
    assert lane.name == "Run run-001"
    assert lane.machine
    bar, not_yet = lane.events
    assert (not_yet.onset, not_yet.share, not_yet.label) == (30, 0.0, "")
    (asked, _) = run_lane("x", events, {}, 1, asked={LABEL}).events
    assert asked.label == "asking…"
    assert (bar.onset, bar.apex, bar.offset) == (10, None, 24)
    assert (bar.label, bar.share, bar.selected) == ("surprise 80 %", 0.8, True)
    assert bar.words == "final model: surprise 80\u00a0%, disgust 20\u00a0%"


def test_a_lane_without_an_answer_says_why():
    def said(lane: Lane):
        assert lane.model is not None
        return lane.model.waiting, lane.model.words

    assert said(run_lane("x", (), {}, None))[0] == "no event with an apex inside"
    long = "all of them were trained on this subject: its split never holds it out"
    assert said(run_lane("x", (event(),), {}, 1, long)) == ("cannot say", long)
    refused = {Keyframes(10, 20, 30): Guess(reason="the rise has fewer than two frames")}
    assert said(run_lane("x", (event(),), refused, 1))[0] == "the rise has fewer than two frames"
