"""Where a course leaves its rest, turns and comes back: found whatever its shape."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.motion.turning_points import turning_points

ONSET, APEX, OFFSET, N = 20, 50, 85, 110
SHAPES = {
    "cosine": lambda u: 0.5 - 0.5 * np.cos(np.pi * u),
    "straight": lambda u: u,
    "slow": lambda u: 0.5 - 0.5 * np.cos(np.pi * u**1.6),
    "quintic": lambda u: u**3 * (10 - 15 * u + 6 * u**2),
}


def course(rise, fall, noise=0.007, seed=0, height=1.0):
    frames = np.arange(N, dtype=float)
    up = SHAPES[rise](np.clip((frames - ONSET) / (APEX - ONSET), 0, 1))
    down = SHAPES[fall](np.clip((frames - APEX) / (OFFSET - APEX), 0, 1))
    white = np.random.default_rng(seed).normal(0, noise, N)
    return height * (up * (1 - down) + white)


def errors(**more):
    found = [
        turning_points(course(rise, fall, seed=seed, **more), APEX + 3, 200.0)
        for rise in SHAPES
        for fall in SHAPES
        for seed in range(3)
    ]
    return np.abs(np.array(found) - (ONSET, APEX, OFFSET))


def test_all_three_are_found_for_every_shape():
    assert (errors().mean(axis=0) < (1.5, 1.0, 1.5)).all()
    assert (np.quantile(errors(), 0.9, axis=0) < (3.0, 2.0, 3.0)).all()


def test_a_slow_beginning_is_found_before_any_level_is_crossed():
    seen = course("slow", "cosine")
    onset, _, _ = turning_points(seen, APEX, 200.0)
    crossed = int(np.flatnonzero(seen > 0.05)[0])
    assert crossed - ONSET > 7
    assert abs(onset - ONSET) < 3


@pytest.mark.parametrize("height", [1e-3, 1.0, 1e4])
def test_the_height_does_not_matter(height):
    usual = turning_points(course("cosine", "slow"), APEX, 200.0)
    assert turning_points(course("cosine", "slow", height=height), APEX, 200.0) == pytest.approx(
        usual, abs=1e-6
    )


@pytest.mark.parametrize(
    "seen", [np.zeros(30), np.full(30, np.nan), -np.ones(30), np.ones(2), np.empty(0)]
)
def test_where_nothing_moves_nothing_is_said(seen):
    assert np.isnan(turning_points(seen, 3.0, 200.0)).all()


def test_a_course_that_is_cut_off_says_what_it_shows():
    cut = course("cosine", "cosine")[40:]
    onset, apex, offset = turning_points(cut, APEX - 40, 200.0)
    assert np.isnan(onset) or onset <= 2
    assert abs(apex - (APEX - 40)) < 2
    assert abs(offset - (OFFSET - 40)) < 3
    assert np.isfinite(turning_points(cut, 10_000.0, 200.0)[1])
