"""Magnified motion: so many times as far, whichever way, and the lamp and the head left alone."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import MotionError
from meviewer.motion.magnify import Magnifier, MagnifyParams, words
from meviewer.motion.temporal_band import mean_around, sigma_frames

WAVE_PX = 32
STEP_PX = 0.3


def texture(shift_px=0.0, height=120, width=160):
    """A pattern of several wavelengths, moved to the right."""
    y, x = np.mgrid[:height, :width].astype(float)
    x = x - shift_px
    grey = 128 + 40 * np.sin(2 * np.pi * x / WAVE_PX) + 25 * np.sin(2 * np.pi * (x / 2 + y) / 40)
    grey += 15 * np.sin(2 * np.pi * (y - x / 3) / 22)
    return np.repeat(np.clip(grey.round(), 0, 255).astype(np.uint8)[..., None], 3, 2)


def shift_px(before, after):
    """How far the wave of 32 px has moved to the right, from its phase."""
    inside = slice(WAVE_PX, -WAVE_PX)
    wave = np.exp(-2j * np.pi * np.arange(before.shape[1])[inside] / WAVE_PX)
    one, two = (f[16:-16, inside, 0].astype(float).mean(0) @ wave for f in (before, after))
    return np.angle(one / two) * WAVE_PX / (2 * np.pi)


@pytest.fixture(scope="module")
def pair():
    return np.stack((texture(), texture(STEP_PX)))


def magnified(frames, index=1, *, quick=False, rate_hz=200.0, **params):
    return Magnifier(frames, 0, rate_hz, MagnifyParams(**params)).frame(index, quick=quick)


def test_the_measure_of_these_tests_sees_the_shift(pair):
    assert shift_px(*pair) == pytest.approx(STEP_PX, abs=0.01)


@pytest.mark.parametrize("factor", [2.0, 5.0, 10.0])
def test_flow_moves_a_pattern_so_many_times_as_far(pair, factor):
    found = magnified(pair, factor=factor)
    assert shift_px(pair[0], found) == pytest.approx(factor * STEP_PX, rel=0.05)


def test_quick_flow_does_so_roughly(pair):
    found = magnified(pair, factor=5, quick=True)
    assert shift_px(pair[0], found) == pytest.approx(5 * STEP_PX, rel=0.15)


def test_large_frames_are_reduced_for_quick_flow():
    frames = np.stack((texture(0, 600, 640), texture(STEP_PX, 600, 640)))
    found = magnified(frames, factor=5, quick=True)
    assert found.shape == frames[0].shape
    assert shift_px(frames[0], found) == pytest.approx(5 * STEP_PX, rel=0.15)


@pytest.mark.parametrize("factor", [2.0, 5.0])
def test_the_linear_way_moves_a_long_wave_as_far(pair, factor):
    found = magnified(pair, factor=factor, method="linear", shortest_px=8.0)
    assert shift_px(pair[0], found) == pytest.approx(factor * STEP_PX, rel=0.1)


def test_the_linear_way_magnifies_short_waves_less(pair):
    short = shift_px(pair[0], magnified(pair, method="linear", shortest_px=8.0))
    less = shift_px(pair[0], magnified(pair, method="linear", shortest_px=200.0))
    assert STEP_PX < less < 0.6 * short


def test_a_factor_of_one_and_the_reference_change_nothing(pair):
    assert np.array_equal(magnified(pair, factor=1), pair[1])
    for method in ("flow", "linear"):
        found = magnified(pair, 0, method=method, factor=10).astype(int)
        assert np.abs(found - pair[0])[8:-8, 8:-8].max() <= 1


@pytest.mark.parametrize("method", ["flow", "linear"])
def test_a_flickering_lamp_is_not_magnified(method):
    still = texture()
    frames = np.stack((still, np.clip(still * 1.04 + 2, 0, 255).round().astype(np.uint8)))
    kept = magnified(frames, factor=10, method=method).astype(int) - frames[1]
    assert np.abs(kept[8:-8, 8:-8]).mean() < 1.5
    if method == "linear":
        lit = magnified(frames, factor=10, method=method, light=False).astype(int) - frames[1]
        assert np.abs(lit).mean() > 3 * np.abs(kept).mean()


def test_the_head_can_be_left_as_it_moved(pair):
    head_kept = magnified(pair, factor=10, head=True)
    head_left = magnified(pair, factor=10, head=False)
    assert shift_px(pair[0], head_kept) == pytest.approx(10 * STEP_PX, rel=0.05)
    assert shift_px(pair[0], head_left) == pytest.approx(STEP_PX, abs=0.06)


def test_a_band_magnifies_what_swings_in_it_and_leaves_a_slow_drift():
    rate_hz = 50.0
    swing = [STEP_PX * np.sin(2 * np.pi * 3 * t / rate_hz) for t in range(80)]
    drift = [0.3 * t / 80 for t in range(80)]
    params = {"method": "linear", "against": "band", "shortest_px": 8.0, "factor": 4.0}
    for course, most in ((swing, 4 * STEP_PX), (drift, STEP_PX)):
        frames = [texture(shift) for shift in course]
        at = 37  # the swing is at an end there
        found = magnified(frames, at, rate_hz=rate_hz, **params)
        moved = shift_px(texture(), found)
        if course is swing:
            assert moved == pytest.approx(np.sign(swing[at]) * most, rel=0.25)
        else:
            assert moved == pytest.approx(drift[at], abs=0.1)


def test_grey_frames_are_magnified_as_well(pair):
    found = magnified(pair[..., 0])
    assert found.shape == pair[0].shape[:2]
    assert found.dtype == np.uint8


def test_a_low_pass_halves_the_power_at_its_cutoff():
    rate, cutoff = 200.0, 5.0
    times = np.arange(400) / rate
    wave = 100 + 80 * np.sin(2 * np.pi * cutoff * times)
    frames = [np.full((2, 2), round(value), np.uint8) for value in wave]
    sigma = sigma_frames(cutoff, rate)
    means = [mean_around(frames, at, sigma, 200)[0, 0] for at in range(100, 300)]
    assert np.ptp(means) / 160 == pytest.approx(0.5**0.5, abs=0.02)


def test_a_mean_at_the_end_of_a_clip_keeps_its_level():
    frames = [np.full((2, 2), 90, np.uint8)] * 10
    for at in (0, 9):
        assert mean_around(frames, at, 5.0, 7)[0, 0] == pytest.approx(90, abs=1e-3)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"factor": 0.5}, "factor"),
        ({"factor": 31.0}, "factor"),
        ({"factor": float("nan")}, "factor"),
        ({"method": "magic"}, "method"),
        ({"against": "apex"}, "against"),
        ({"against": "band"}, "against"),
        ({"low_hz": 20.0}, "low_hz"),
        ({"shortest_px": 1.0}, "shortest_px"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(values, name):
    with pytest.raises(MotionError, match=name):
        MagnifyParams(**values)


def test_a_frame_outside_the_clip_is_refused(pair):
    with pytest.raises(MotionError, match="frame 2"):
        magnified(pair, 2)
    with pytest.raises(MotionError, match="frame 9"):
        Magnifier(pair, 9, 200.0, MagnifyParams())


def test_the_mark_says_what_it_is():
    assert words(MagnifyParams(factor=7)) == "magnified ×7, for looking only"
