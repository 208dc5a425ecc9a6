"""Brightness matching: exact gains, motion that is no gain, saturation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.motion.bench_scenes import flow_scene
from meviewer.motion.brightness import brightness_change, normalise_brightness

SCENE = flow_scene(160, 200, 1.0, seed=3)
FIRST, SECOND = SCENE.first.astype(np.float32), SCENE.second.astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.8, 1.25), st.floats(-10, 10))
def test_a_global_change_is_found_and_undone(gain, shift):
    found = brightness_change(FIRST, FIRST * np.float32(gain) + np.float32(shift))
    np.testing.assert_allclose(found, (gain, shift), rtol=1e-3, atol=5e-3)


def test_rounding_hardly_matters():
    dimmed = np.rint(FIRST * 0.98 - 1).astype(np.float32)
    np.testing.assert_allclose(brightness_change(FIRST, dimmed), (0.98, -1), atol=0.05)


@pytest.mark.parametrize("shift_px", [0, 4, 8, 12])
def test_motion_of_the_whole_head_is_no_change_of_the_lamp(shift_px):
    wide = flow_scene(260, 340, 0.001, seed=1).second.astype(np.float32)
    first, second = wide[10:-10, 14:-6], wide[10:-10, 14 - shift_px : -6 - shift_px]
    gain, shift = brightness_change(first, second)
    assert abs(gain - 1) < 0.05
    assert abs(gain * 120 + shift - 120) < 2


def test_a_moving_patch_is_left_out():
    changed = FIRST.copy()
    changed[40:80, 60:120] += 40
    gain, shift = brightness_change(FIRST, changed)
    assert abs(gain - 1) < 5e-3
    assert abs(shift) < 0.5


def test_a_flat_picture_has_gain_one():
    flat = np.full((64, 64), 100, np.float32)
    assert brightness_change(flat, flat + 7) == (1.0, 7.0)


@pytest.mark.parametrize("local_mean_px", [0.0, 8.0, 24.0])
def test_both_frames_end_equally_bright(local_mean_px):
    one, two = normalise_brightness(FIRST, FIRST * np.float32(1.02) + 1, local_mean_px)
    inside = FIRST < 240
    assert np.abs(one - two)[inside].max() < 0.2
    assert one.dtype == two.dtype == np.float32


def test_a_lamp_from_one_side_needs_the_local_step():
    ramp = np.linspace(0.95, 1.05, 200, dtype=np.float32)
    one, two = normalise_brightness(FIRST, FIRST * ramp)
    alone, dimmed = normalise_brightness(FIRST, FIRST * ramp, 0.0)
    assert np.abs(one - two).mean() < 0.4 * np.abs(alone - dimmed).mean()


def test_what_one_frame_saturates_the_other_loses():
    bright = np.clip(FIRST + 90, 0, 255)
    flicker = np.clip((FIRST + 90) * np.float32(1.05), 0, 255)
    one, two = normalise_brightness(bright, flicker, 0.0)
    assert np.abs(one - two).max() < 1.5
    assert np.abs(bright - flicker / 1.05).max() > 5


def test_frames_are_not_changed_in_place():
    before = FIRST.copy(), SECOND.copy()
    normalise_brightness(FIRST, SECOND)
    np.testing.assert_array_equal(FIRST, before[0])
    np.testing.assert_array_equal(SECOND, before[1])
