"""What a dense curve fills of each pixel column: every frame is in it, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.present.curve_columns import Columns, lone_frames
from meviewer.present.curve_columns import filled_columns as filled_by_all
from meviewer.present.curves import pyramid


def filled_columns(curve, first, last, columns):
    found = filled_by_all([curve], first, last, columns)
    return Columns(found.lows[0], found.highs[0])


def straight(values, first, last, columns):
    """Return the same by looking at each column on its own."""
    borders = np.linspace(first, last, columns + 1)
    frames = np.arange(len(values))
    heights = np.interp(borders, frames, values, np.nan, np.nan)
    found = []
    for at in range(columns):
        inside = values[(frames >= borders[at]) & (frames <= borders[at + 1])]
        here = np.concatenate((inside, heights[at : at + 2]))
        here = here[np.isfinite(here)]
        found.append((here.min(), here.max()) if len(here) else (np.nan, np.nan))
    return np.array(found).T


@pytest.mark.parametrize("columns", [7, 333, 1440, 2880])
@pytest.mark.parametrize("first", [-0.5, 20_000.3, 54_320.5])
def test_a_peak_of_one_frame_stands_in_its_column(columns, first):
    values = np.zeros(100_000)
    values[54_321] = 7.0
    values[54_400] = -3.0
    found = filled_columns(pyramid(values), first, 99_999.5, columns)
    assert found.highs.max() == 7.0
    assert found.lows.min() == -3.0
    width = (99_999.5 - first) / columns
    place = (54_321 - first) / width
    assert abs(found.highs.argmax() + 0.5 - place) <= 0.5 + 1 / 4 + 1e-6


@given(st.integers(0, 9), st.integers(1, 90), st.floats(-0.2, 1), st.floats(0.01, 1.2))
def test_up_to_four_frames_a_column_nothing_is_rounded(seed, columns, start, length):
    values = np.random.default_rng(seed).normal(size=columns * 3)
    first = start * len(values)
    last = first + length * len(values)
    found = filled_columns(pyramid(values), first, last, columns)
    lows, highs = straight(values, first, last, columns)
    np.testing.assert_allclose(found.lows[1:-1], lows[1:-1], atol=1e-9)
    np.testing.assert_allclose(found.highs[1:-1], highs[1:-1], atol=1e-9)


@given(st.integers(0, 9), st.integers(2, 400), st.integers(1, 9000), st.floats(0, 0.7))
def test_neighbours_touch_and_nothing_in_sight_is_left_out(seed, columns, n, start):
    values = np.cumsum(np.random.default_rng(seed).normal(size=n))
    first, last = start * (n - 1), float(n - 1)
    found = filled_columns(pyramid(values), first, last, columns)
    inside = values[int(np.ceil(first)) :]
    assert np.nanmax(found.highs) >= inside.max()
    assert np.nanmin(found.lows) <= inside.min()
    assert np.isfinite(found.lows).all() or n == 1
    if n > 1:
        slack = 1e-9 * np.abs(values).max()
        assert (found.highs[1:] >= found.lows[:-1] - slack).all()
        assert (found.highs[:-1] >= found.lows[1:] - slack).all()


def test_holes_stay_holes_and_a_lone_value_beside_one_is_seen():
    values = np.full(8000, np.nan)
    values[:1000] = 1.0
    values[4004] = 5.0
    found = filled_columns(pyramid(values), -0.5, 7999.5, 100)
    assert np.isfinite(found.highs).nonzero()[0].tolist() == [*range(13), 50]
    assert found.highs[50] == found.lows[50] == 5.0


def test_before_and_behind_the_clip_there_is_nothing():
    found = filled_columns(pyramid(np.ones(1000)), -1005, 1995, 300)
    assert np.isfinite(found.lows).nonzero()[0].tolist() == list(range(100, 201))


@pytest.mark.parametrize("n", [0, 1, 2, 3])
@pytest.mark.parametrize("columns", [1, 5])
def test_the_shortest_curves(n, columns):
    found = filled_columns(pyramid(np.arange(float(n))), -0.5, max(n, 1) - 0.5, columns)
    assert len(found.lows) == columns
    if n:
        assert np.nanmax(found.highs) == n - 1
        assert np.nanmin(found.lows) == 0


def test_curves_of_any_length_stand_below_one_another():
    long, short = pyramid(np.arange(5000.0)), pyramid(-np.arange(40.0))
    both = filled_by_all([long, short], -0.5, 4999.5, 64)
    for at, one in enumerate((long, short)):
        alone = filled_columns(one, -0.5, 4999.5, 64)
        np.testing.assert_array_equal(both.lows[at], alone.lows)
        np.testing.assert_array_equal(both.highs[at], alone.highs)


def test_values_between_two_holes_are_known():
    values = np.full(20, np.nan)
    values[[0, 4, 5, 9, 12, 19]] = 1.0
    curve = pyramid(values)
    assert lone_frames(curve, -0.5, 19.5).tolist() == [0, 9, 12, 19]
    assert lone_frames(curve, 4.5, 11.7).tolist() == [9]
    assert lone_frames(pyramid(np.ones(20)), -0.5, 19.5).tolist() == []
    assert lone_frames(pyramid(np.ones(1)), -0.5, 0.5).tolist() == [0]
    assert lone_frames(pyramid(np.ones(0)), -0.5, 0.5).tolist() == []
