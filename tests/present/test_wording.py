"""Numbers in words."""

from __future__ import annotations

from fractions import Fraction

import pytest

from meviewer.present import wording


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(4, 0, "+4"), (-3, 0, "−3"), (0, 0, "0"), (-0.04, 1, "0.0"), (-1.25, 2, "−1.25")],
)
def test_signed_has_a_real_minus_and_no_signed_zero(value, decimals, text):
    assert wording.signed(value, decimals) == text


def test_shift_says_frames_first_and_ms_second():
    assert wording.shift(4, Fraction(200)) == "+4 f  +20 ms"
    assert wording.shift(-3, Fraction(200)) == "−3 f  −15 ms"
    assert wording.shift(0, Fraction(200)) == "same"


def test_time_changes_to_seconds_when_ms_get_long():
    assert wording.time(16, Fraction(200)) == "80 ms"
    assert wording.time(9000, Fraction(200)) == "45.00 s"
    assert wording.duration(60, Fraction(200)) == "300 ms"


def test_counts_and_shares():
    assert wording.counted(1, "event") == "1 event"
    assert wording.counted(1200, "event") == "1,200 events"
    assert wording.counted(2, "entry", "entries") == "2 entries"
    assert wording.signed_share(0.094) == "+9%"
