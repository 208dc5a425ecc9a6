"""Time courses: at rest at their ends, one maximum, and two shapes that are independent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.core.errors import SynthError
from meviewer.synth.courses import SHAPES, Course
from meviewer.synth.script import blink_course

shapes = st.sampled_from(sorted(SHAPES))


@given(st.integers(1, 40), st.integers(1, 40), shapes, shapes)
def test_motion_lies_strictly_between_onset_and_offset(rise_frames, fall_frames, rise, fall):
    course = Course(5, 5 + rise_frames, 5 + rise_frames + fall_frames, rise, fall)
    strength = course.strength(np.arange(100.0))
    moving = np.flatnonzero(strength > 0)
    assert moving[0] == course.onset + 1
    assert moving[-1] == course.offset - 1
    assert strength.argmax() == course.apex
    assert strength[course.apex] == 1
    assert (strength == 1).sum() == 1
    assert (np.diff(strength[5 : course.apex + 1]) > 0).all()
    assert (np.diff(strength[course.apex : course.offset + 1]) < 0).all()


def test_rise_and_fall_have_shapes_of_their_own():
    frames = np.arange(61.0)
    plain = Course(10, 30, 50, "cosine", "cosine").strength(frames)
    quick_fall = Course(10, 30, 50, "cosine", "quick").strength(frames)
    slow_rise = Course(10, 30, 50, "slow", "cosine").strength(frames)
    assert np.array_equal(plain[:31], quick_fall[:31])
    assert not np.allclose(plain[31:50], quick_fall[31:50], atol=0.05)
    assert np.array_equal(plain[30:], slow_rise[30:])
    assert (slow_rise[11:30] < plain[11:30]).all()


def test_each_shape_is_another_one():
    middle = {name: float(shape(np.array(0.5))) for name, shape in SHAPES.items()}
    assert middle["held"] < middle["slow"] < middle["cosine"] < middle["quick"]
    quarter = {name: float(shape(np.array(0.25))) for name, shape in SHAPES.items()}
    assert quarter["linear"] == 0.25
    assert quarter["cosine"] < 0.2


@pytest.mark.parametrize("keyframes", [(5, 5, 9), (5, 9, 9), (9, 7, 5)])
def test_a_course_out_of_order_is_refused(keyframes):
    with pytest.raises(SynthError, match="three increasing frames"):
        Course(*keyframes)


def test_an_unknown_shape_is_refused_with_the_known_ones():
    with pytest.raises(SynthError, match=r"cosine.*held"):
        Course(1, 2, 3, rise="square")


def test_a_blink_closes_faster_than_it_opens():
    course = blink_course(100, 200.0)
    assert course.apex == 100
    assert course.apex - course.onset == 16
    assert course.offset - course.apex == 32
