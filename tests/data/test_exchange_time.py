"""Frames to time and back: exact, also over whole milliseconds and odd time stamps."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.core.errors import LabelError
from meviewer.core.frames import parse_rate
from meviewer.data.exchange import TimeBase

TEXTS = ("25", "29.97", "30", "50", "60", "100", "120", "200", "240", "300", "500")
RATES = [parse_rate(text) for text in TEXTS]


@pytest.mark.parametrize("rate", RATES)
def test_times_in_whole_ms_come_back_to_their_frame(rate):
    time = TimeBase.uniform(rate, 5000)
    for index in range(0, 5000, 7):
        assert time.index_at(round(time.start_ms(index))) == index
        assert time.last_before(round(time.end_ms(index))) == index


@given(st.lists(st.integers(2, 90), min_size=2, max_size=60), st.data())
def test_odd_time_stamps_come_back_to_their_frame(steps, data):
    starts, now = [0.0], 0.0
    for step in steps:
        now += step
        starts.append(now)
    time = TimeBase(Fraction(1000, 40), len(starts), range(len(starts)), tuple(starts))
    index = data.draw(st.integers(0, len(starts) - 1))
    assert time.index_at(time.start_ms(index)) == index
    assert time.last_before(time.end_ms(index)) == index


def test_times_outside_are_kept_inside():
    time = TimeBase.uniform(Fraction(200), 40)
    assert time.index_at(-100) == 0
    assert time.index_at(99_999) == 39
    assert time.last_before(0) == 0


def test_numbers_with_gaps_are_found_or_refused():
    time = TimeBase(Fraction(200), 3, (5, 6, 9))
    assert [time.index_of(n) for n in (5, 6, 9)] == [0, 1, 2]
    with pytest.raises(LabelError, match="number 7"):
        time.index_of(7)
