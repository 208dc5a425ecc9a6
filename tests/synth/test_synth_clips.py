"""Clips: what was asked for is what is in the frames."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from meviewer.core.errors import SynthError
from meviewer.core.events import Keyframes
from meviewer.synth import make_clip
from meviewer.synth.courses import Course
from meviewer.synth.emotions import EMOTIONS
from meviewer.synth.take import direct

KEY = Keyframes(4, 11, 20)


def clean(**asked):
    wanted = {"subject": 5, "noise": 0, "head_px": 0, "n_frames": 26, "keyframes": KEY, **asked}
    return make_clip(wanted.pop("seed", 3), wanted.pop("emotion", "happiness"), **wanted)


def grey(frames):
    return frames.astype(np.float64).mean(-1)


def test_the_same_seed_gives_the_same_clip_on_any_number_of_threads():
    first = make_clip(3, "surprise", subject=5, n_frames=16, threads=1)
    second = make_clip(3, "surprise", subject=5, n_frames=16, threads=3)
    other = make_clip(4, "surprise", subject=5, n_frames=16)
    assert np.array_equal(first.frames, second.frames)
    assert first.keyframes == second.keyframes
    assert np.array_equal(first.flow_rise, second.flow_rise)
    assert not np.array_equal(first.frames, other.frames)


def test_noise_leaves_everything_else_alone():
    noisy, without = (
        make_clip(3, subject=5, n_frames=16),
        make_clip(3, subject=5, n_frames=16, noise=0),
    )
    assert noisy.keyframes == without.keyframes
    assert noisy.courses == without.courses
    assert np.array_equal(noisy.flow_rise, without.flow_rise)
    difference = noisy.frames.astype(float) - without.frames
    middle = (without.frames > 20) & (without.frames < 235)
    assert difference[middle].std() == pytest.approx(1.0, rel=0.12)  # rounding adds a little


def test_shapes_types_and_names():
    clip = make_clip(3, "disgust", subject=5, n_frames=16, size=(140, 170), rate=100)
    assert clip.frames.shape == (16, 170, 140, 3)
    assert clip.frames.dtype == np.uint8
    assert clip.flow_rise.shape == clip.flow_fall.shape == (170, 140, 2)
    assert clip.flow_rise.dtype == np.float32
    assert clip.valid_rise.dtype == np.bool_
    assert (clip.label, clip.subject, clip.rate) == ("disgust", "s05", Fraction(100))
    assert {unit.number for unit in clip.action_units} in ({4, 9}, {9, 10})


def test_the_face_is_still_outside_the_keyframes_and_moves_inside():
    clip = clean()
    assert clip.keyframes == KEY
    still = clip.frames[0]
    moving = [i for i, frame in enumerate(clip.frames) if not np.array_equal(frame, still)]
    assert moving[0] in (KEY.onset + 1, KEY.onset + 2)  # the first step may be below one grey level
    assert moving[-1] in (KEY.offset - 1, KEY.offset - 2)
    assert moving == list(range(moving[0], moving[-1] + 1))


@pytest.mark.parametrize("emotion", [name for name in EMOTIONS if name != "others"])
def test_most_has_changed_at_the_apex(emotion):
    clip = clean(emotion=emotion, size=(140, 170))
    change = ((grey(clip.frames) - grey(clip.frames[:1])) ** 2).sum((1, 2))
    assert change.argmax() == clip.keyframes.apex == KEY.apex


def test_units_have_time_courses_of_their_own():
    courses = {1: Course(3, 9, 18, "quick", "slow"), 12: Course(6, 13, 22, "linear", "held")}
    asked = {"units": {1: 1.0, 12: 0.9}, "courses": courses, "subject": 5, "head_px": 0}
    clip = make_clip(3, **asked, n_frames=26, size=(140, 170))
    assert clip.keyframes.onset == 3
    assert clip.keyframes.offset == 22
    assert 9 <= clip.keyframes.apex <= 13
    assert clip.strengths[1].argmax() == 9
    assert clip.strengths[12].argmax() == 13
    take = direct(3, **asked, n_frames=26, size=(140, 170))
    ways = [float((take.state(i).displacement ** 2).sum()) for i in range(4, 22)]
    assert clip.keyframes.apex == 4 + int(np.argmax(ways))


def test_drawn_courses_lag_but_meet_at_the_apex():
    clips = [make_clip(s, "sadness", subject=5, n_frames=90, size=(56, 68)) for s in range(12)]
    starts = set()
    for clip in clips:
        key = clip.keyframes
        assert {course.apex for course in clip.courses.values()} == {key.apex}
        assert min(course.onset for course in clip.courses.values()) == key.onset
        assert max(course.offset for course in clip.courses.values()) == key.offset
        starts |= {course.onset - key.onset for course in clip.courses.values()}
    assert len(starts) > 3


def test_rise_and_fall_shapes_reach_the_frames():
    clip = clean(rise="quick", fall="held")
    change = np.sqrt(((grey(clip.frames) - grey(clip.frames[:1])) ** 2).sum((1, 2)))
    share = change / change[KEY.apex]
    assert share[7] > 0.45  # more than half way up after three of seven frames
    assert share[15] > 0.8  # hardly down after four of nine


@pytest.mark.parametrize("percent", [0.5, 2.0])
def test_flicker_is_measured_in_per_cent(percent):
    clip = clean(flicker_percent=percent, n_frames=40)
    wall = clip.frames[:, :40, :60].astype(float)
    assert wall.max() < 250
    brightness = wall.mean((1, 2, 3))
    deviation = 100 * np.abs(brightness / brightness.mean() - 1).max()
    assert deviation == pytest.approx(percent, abs=0.05)
    assert clean(n_frames=40).brightness.std() == 0


def test_flicker_needs_no_whole_number_of_frames_and_shows_at_any_phase():
    from meviewer.synth.camera import flicker

    for seed in range(20):
        for rate in (30.0, 100.0, 100.4, 200.0):
            wave = flicker(np.random.default_rng(seed), 50, rate, 1.0)
            assert wave.mean() == pytest.approx(1)
            if rate != 100.4:  # there, the camera sees the lamp at the same phase each time
                assert np.abs(wave - 1).max() == pytest.approx(0.01)


def test_the_head_drifts_by_what_was_asked_for():
    still, drifting = clean(head_px=0), clean(head_px=1.0, n_frames=40)
    assert all(not pose.moved for pose in still.poses)
    assert not drifting.poses[0].moved
    assert all(pose.moved for pose in drifting.poses[1:])
    assert np.abs(grey(drifting.frames[-1:]) - grey(drifting.frames[:1])).max() > 10


def test_a_blink_is_action_unit_45_and_no_part_of_the_keyframes():
    clip = clean(blink=8, rate=100)
    without = clean(rate=100)
    assert clip.keyframes == without.keyframes == KEY
    assert 45 in clip.courses
    assert 45 not in {unit.number for unit in clip.action_units}
    eyes = slice(135, 160), slice(85, 195)
    changed = np.abs(grey(clip.frames[:, *eyes]) - grey(without.frames[:, *eyes])).mean((1, 2))
    assert changed.argmax() == 8
    assert changed[8] > 5


def test_a_clip_may_show_a_blink_alone():
    clip = clean(units={45: 1.0}, courses={45: Course(2, 6, 14)}, emotion="others")
    assert clip.action_units == ()
    assert np.array_equal(clip.frames[0], clip.frames[-1])
    assert not np.array_equal(clip.frames[0], clip.frames[6])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"emotion": "boredom"}, "happiness, surprise"),
        ({"n_frames": 5}, "8 frames or more"),
        ({"units": {99: 1.0}}, "Unknown: 99"),
        ({"courses": {6: Course(1, 2, 3)}}, "without a time course: 12"),
        ({"keyframes": Keyframes(4, 4, 9)}, "increasing"),
        ({"keyframes": Keyframes(4, 8, 26)}, "outside the clip"),
        ({"max_px": 0.0}, "above zero"),
        ({"rate": 0}, "frames per second"),
    ],
)
def test_what_is_impossible_is_refused(asked, said):
    with pytest.raises(Exception, match=said) as caught:
        clean(**asked)
    assert type(caught.value).__name__ in ("SynthError", "LabelError")


def test_the_error_is_ours():
    with pytest.raises(SynthError):
        clean(emotion="")
