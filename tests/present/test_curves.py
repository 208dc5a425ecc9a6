"""Long curves on few pixels keep every peak and never cost more than two points a column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.present.curves import pyramid, reduce


def test_a_single_spike_survives_any_reduction():
    values = np.zeros(100_000)
    values[54_321] = 7.0
    for columns in (10, 333, 1450):
        points = reduce(pyramid(values), 0, len(values), columns)
        assert points.values.max() == 7.0
        assert abs(points.frames[points.values.argmax()] - 54_321) <= len(values) / columns


@given(
    st.integers(1, 5000), st.integers(1, 900), st.floats(0, 1), st.floats(0, 1), st.integers(0, 9)
)
def test_points_are_few_and_hold_the_extremes_of_what_is_in_sight(n, columns, a, b, seed):
    values = np.random.default_rng(seed).normal(size=n)
    first, last = sorted((a * (n - 1), b * (n - 1)))
    points = reduce(pyramid(values), first, last, columns)
    inside = values[int(np.ceil(first)) : int(np.floor(last)) + 1]
    assert len(points.frames) == len(points.values)
    assert len(points.frames) <= max(2 * columns + 4, 8)
    if len(inside):
        assert points.values.max() >= inside.max()
        assert points.values.min() <= inside.min()
    assert (np.diff(points.frames) >= 0).all()


def test_few_frames_are_drawn_one_by_one():
    values = np.arange(50.0)
    points = reduce(pyramid(values), 9.6, 20.2, 400)
    assert points.exact
    assert points.frames.tolist() == list(range(9, 22))
    assert points.values.tolist() == list(range(9, 22))


def test_blocks_do_not_move_with_what_is_in_sight():
    values = np.random.default_rng(1).normal(size=10_000)
    here, there = (reduce(pyramid(values), first, first + 5000, 100) for first in (0, 7))
    common = np.intersect1d(here.frames, there.frames)
    assert len(common) > 30


def test_values_that_are_no_numbers_are_holes():
    curve = pyramid(np.array([1.0, np.nan, np.inf, 2.0, 3.0]))
    points = reduce(curve, 0, 4, 100)
    assert [values.tolist() for _, values in points.pieces()] == [[1.0], [2.0, 3.0]]
    assert [frames.tolist() for frames, _ in points.pieces()] == [[0.0], [3.0, 4.0]]
    assert (curve.peak, curve.depth) == (3.0, 0.0)


def test_a_hole_hides_no_peak_beside_it_however_far_away_it_is_seen_from():
    values = np.full(4096, np.nan)
    values[100] = 5.0
    curve = pyramid(values)
    points = reduce(curve, 0, 4095, 20)
    assert np.nanmax(points.values) == 5.0
    assert sum(len(v) for _, v in points.pieces()) == 2
    assert pyramid(np.full(9, np.nan)).peak == 0.0


@pytest.mark.parametrize("n", [0, 1, 2])
def test_the_shortest_curves(n):
    curve = pyramid(np.arange(float(n)))
    assert curve.peak == max(n - 1, 0)
    points = reduce(curve, -5, 50, 1)
    assert points.values.tolist() == list(range(n))


def test_peak_is_the_highest_of_all():
    values = np.random.default_rng(2).random(1237)
    assert pyramid(values).peak == values.max()
