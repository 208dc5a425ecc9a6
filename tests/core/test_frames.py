from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.core.errors import LabelError
from meviewer.core.frames import (
    Span,
    frame_to_whole_ms,
    frames_to_ms,
    parse_rate,
    rate_text,
    whole_ms_to_frame,
)

RATES = [Fraction(n) for n in (24, 25, 30, 50, 60, 90, 100, 120, 200, 240, 300, 500)]
RATES += [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)]


def test_a_span_includes_both_ends():
    span = Span(10, 12)
    assert len(span) == 3
    assert list(span) == [10, 11, 12]
    assert 12 in span
    assert 13 not in span


def test_a_span_of_negative_length_is_refused():
    with pytest.raises(ValueError, match="first <= last"):
        Span(3, 2)


def test_iou_counts_inclusive_frames():
    assert Span(0, 9).iou(Span(5, 14)) == pytest.approx(5 / 15)
    assert Span(0, 4).iou(Span(5, 9)) == 0
    assert Span(2, 4).iou(Span(2, 4)) == 1


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("200", Fraction(200)),
        ("200/1", Fraction(200)),
        (29.97, Fraction(30000, 1001)),
        ("23.976", Fraction(24000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        (30, Fraction(30)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_rates_are_exact(text, rate):
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "0", "-25", "1/0", float("nan"), float("inf"), "1e9"])
def test_what_is_no_rate_is_refused_with_what_to_write(text):
    with pytest.raises(LabelError, match="Write it as 200"):
        parse_rate(text)


def test_a_rate_reads_back_as_written():
    for rate in RATES:
        assert parse_rate(rate_text(rate)) == rate


@given(st.integers(0, 500 * 3600), st.sampled_from(RATES))
def test_whole_milliseconds_lose_no_frame(frame, rate):
    assert whole_ms_to_frame(frame_to_whole_ms(frame, rate), rate) == frame


def test_duration_of_frames():
    assert frames_to_ms(60, Fraction(200)) == 300.0
