"""Simulated coders err as they were told to, and the same way each time."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.core.events import Keyframes
from meviewer.synth.coders import CAREFUL, HASTY, Coder, in_order

RATE = Fraction(200)
TRUTH = Keyframes(1000, 2000, 3000)
STEADY = Coder("C", bias_ms=(20.0, -10.0, 35.0), jitter_ms=(10.0, 20.0, 30.0))


def errors_ms(coder, n=4000):
    marks = [coder.mark(TRUTH, 4000, RATE, seed) for seed in range(n)]
    found = np.array([(m.onset, m.apex, m.offset) for m in marks], float)
    return (found - (TRUTH.onset, TRUTH.apex, TRUTH.offset)) * 1000 / float(RATE)


def test_bias_and_jitter_are_what_was_asked_for():
    errors = errors_ms(STEADY)
    assert errors.mean(0) == pytest.approx(STEADY.bias_ms, abs=1.5)
    assert errors.std(0) == pytest.approx(STEADY.jitter_ms, rel=0.05)
    assert np.abs(np.corrcoef(errors.T) - np.eye(3)).max() < 0.06


def test_gross_errors_hit_one_keyframe_as_often_as_asked():
    coder = Coder("C", jitter_ms=(0, 0, 0), gross_chance=0.2, gross_ms=(80, 200))
    sizes = np.abs(errors_ms(coder))
    wrong = sizes > 0
    assert (wrong.sum(1) <= 1).all()
    assert wrong.any(1).mean() == pytest.approx(0.2, abs=0.02)
    assert wrong.mean(0) == pytest.approx([0.2 / 3] * 3, abs=0.015)
    assert sizes[wrong].min() >= 80
    assert sizes[wrong].max() <= 200


def test_the_jitter_does_not_depend_on_the_chance_of_gross_errors():
    careless = replace(STEADY, gross_chance=0.3)
    same = [
        STEADY.mark(TRUTH, 4000, RATE, s) == careless.mark(TRUTH, 4000, RATE, s) for s in range(500)
    ]
    assert np.mean(same) == pytest.approx(0.7, abs=0.06)


def test_marks_are_the_same_each_time_and_differ_between_coders_and_clips():
    assert STEADY.mark(TRUTH, 4000, RATE, 5) == STEADY.mark(TRUTH, 4000, RATE, 5)
    assert STEADY.mark(TRUTH, 4000, RATE, 5) != STEADY.mark(TRUTH, 4000, RATE, 6)
    other = replace(STEADY, name="D")
    assert STEADY.mark(TRUTH, 4000, RATE, 5) != other.mark(TRUTH, 4000, RATE, 5)


@given(st.integers(0, 10**6), st.integers(2, 120), st.data())
def test_marks_are_always_possible(seed, n_frames, data):
    frames = sorted(data.draw(st.tuples(*[st.integers(0, n_frames - 1)] * 3)))
    for coder in (CAREFUL, HASTY, replace(HASTY, gross_chance=1.0, gross_ms=(500, 900))):
        marked = coder.mark(Keyframes(*frames), n_frames, RATE, seed)
        assert marked.offset < n_frames


def test_order_is_made_without_moving_what_is_in_order():
    assert in_order(3, 5, 9, 20) == Keyframes(3, 5, 9)
    assert in_order(9, 5, 3, 20) == Keyframes(3, 5, 9)
    assert in_order(3, 15, 9, 20) == Keyframes(3, 9, 9)
    assert in_order(-4, -9, 30, 20) == Keyframes(0, 0, 19)


def test_another_emotion_is_named_as_often_as_asked():
    coder = Coder("C", slip_chance=0.1)
    choices = ("happiness", "sadness", "disgust")
    named = [coder.name_emotion("sadness", choices, seed) for seed in range(3000)]
    assert set(named) == set(choices)
    assert np.mean([name != "sadness" for name in named]) == pytest.approx(0.1, abs=0.02)
    assert Coder("C").name_emotion("sadness", choices, 1) == "sadness"
