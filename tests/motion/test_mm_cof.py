"""MM-COF against the definition, pixel by pixel."""

from __future__ import annotations

import colorsys
import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.errors import MotionError
from meviewer.motion.mm_cof import MMCOFParams, mm_cof, modulate

RNG = np.random.default_rng(0)


def flows(shape=(9, 7), seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, (2, *shape, 2)).astype(np.float32)


def slow(rise, fall, p):
    """The definition in plain Python: M_c, M, angle."""
    height, width = rise.shape[:2]
    pixels = [(i, j) for i in range(height) for j in range(width)]
    normalised = []
    for flow in (rise, fall):
        m = {at: math.hypot(float(flow[at][0]), float(flow[at][1])) for at in pixels}
        low, high = min(m.values()), max(m.values())
        if p.normalisation == "percentile":
            low = float(np.percentile(list(m.values()), p.low_percentile))
            high = float(np.percentile(list(m.values()), p.high_percentile))
        flat = high - low < 1e-6
        normalised.append(
            {at: 0.0 if flat else min(max((m[at] - low) / (high - low), 0), 1) for at in pixels}
        )
    combined = {at: p.theta1 * normalised[0][at] + p.theta2 * normalised[1][at] for at in pixels}
    tau = sum(combined.values()) / len(pixels)
    out = np.zeros((3, height, width))
    for at in pixels:
        c = combined[at]
        if p.modulation == "smooth":
            m = c * (p.beta + (p.alpha - p.beta) / (1 + math.exp(-p.k * (c - tau))))
        else:
            m = p.alpha * c if c >= tau else p.beta * c
        x, y = (float(value) for value in rise[at])
        if p.direction == "difference":
            x, y = (p.theta1 * float(rise[at][n]) - p.theta2 * float(fall[at][n]) for n in (0, 1))
        out[:, at[0], at[1]] = c, min(max(m, 0), 1), math.atan2(y, x)
    return out


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 999),
    st.sampled_from(["threshold", "smooth"]),
    st.sampled_from(["min-max", "percentile"]),
    st.sampled_from(["difference", "rise"]),
    st.floats(0.1, 1.0),
    st.floats(0.1, 1.0),
)
def test_equals_the_definition(seed, modulation, normalisation, direction, theta1, theta2):
    params = MMCOFParams(
        theta1=theta1,
        theta2=theta2,
        modulation=modulation,
        normalisation=normalisation,
        direction=direction,
    )
    rise, fall = flows(seed=seed)
    found = mm_cof(rise, fall, params)
    combined, magnitude, angle = slow(rise, fall, params)
    np.testing.assert_allclose(found.combined, combined, atol=2e-6)
    np.testing.assert_allclose(found.magnitude, magnitude, atol=2e-5)
    np.testing.assert_allclose(np.cos(found.angle - angle), 1, atol=1e-5)
    assert found.tau == pytest.approx(combined.mean(), abs=1e-6)


def test_defaults_are_those_of_the_page():
    assert MMCOFParams() == MMCOFParams(theta1=0.5, theta2=0.5, alpha=1.5, beta=0.5, k=10.0)
    rise, fall = flows()
    np.testing.assert_array_equal(
        mm_cof(rise, fall).magnitude, mm_cof(rise, fall, MMCOFParams()).magnitude
    )


def test_a_phase_without_contrast_counts_nothing():
    rise, _ = flows()
    still = np.full_like(rise, 0.4)
    found = mm_cof(rise, still)
    alone = np.hypot(rise[..., 0], rise[..., 1])
    expected = 0.5 * (alone - alone.min()) / (alone.max() - alone.min())
    np.testing.assert_allclose(found.combined, expected, atol=1e-6)
    nothing = mm_cof(still, still)
    assert not nothing.combined.any()
    assert not nothing.magnitude.any()
    assert not nothing.image.any()


def test_the_threshold_belongs_to_the_upper_side():
    combined = np.full((2, 2), 0.25, np.float32)
    np.testing.assert_allclose(modulate(combined, 0.25, MMCOFParams()), 0.375)
    below = modulate(combined, 0.2500001 + 1e-3, MMCOFParams())
    np.testing.assert_allclose(below, 0.125)


def test_what_rises_and_falls_back_adds_up():
    rise = np.zeros((4, 4, 2), np.float32)
    rise[1, 1] = (0, 2)
    found = mm_cof(rise, -rise)
    assert found.angle[1, 1] == pytest.approx(math.pi / 2)
    assert found.combined[1, 1] == 1
    assert found.magnitude[1, 1] == 1


def test_direction_of_the_rise_alone():
    rise, fall = flows()
    found = mm_cof(rise, fall, MMCOFParams(direction="rise"))
    np.testing.assert_allclose(found.angle, np.arctan2(rise[..., 1], rise[..., 0]), atol=1e-6)


def test_one_outlier_sets_the_scale_only_without_percentiles():
    rise, fall = np.abs(flows((40, 40)))
    spoilt = rise.copy()
    spoilt[3, 3] = 500
    usual = mm_cof(rise, fall).combined.mean()
    assert mm_cof(spoilt, fall).combined.mean() < 0.8 * usual
    robust = MMCOFParams(normalisation="percentile")
    moved = mm_cof(spoilt, fall, robust).combined - mm_cof(rise, fall, robust).combined
    assert np.abs(np.delete(moved, 3 * 40 + 3)).max() < 0.05


def test_the_smooth_twin_is_near_the_threshold_away_from_it():
    rise, fall = flows((60, 60))
    hard = mm_cof(rise, fall)
    soft = mm_cof(rise, fall, MMCOFParams(modulation="smooth", k=1e4))
    far = np.abs(hard.combined - hard.tau) > 0.01
    np.testing.assert_allclose(soft.magnitude[far], hard.magnitude[far], atol=1e-5)


def test_the_picture_is_hsv():
    rise, fall = flows()
    found = mm_cof(rise, fall)
    for at in np.ndindex(found.angle.shape):
        hue = float(found.angle[at]) / (2 * math.pi) % 1
        expected = colorsys.hsv_to_rgb(hue, 1, float(found.magnitude[at]))
        np.testing.assert_allclose(found.image[at], np.array(expected) * 255, atol=0.51)
    assert found.image.dtype == np.uint8


def test_channels_are_within_one_and_hold_direction_and_size():
    rise, fall = flows()
    found = mm_cof(rise, fall)
    channels = found.channels()
    assert channels.shape == (3, 9, 7)
    assert channels.dtype == np.float32
    assert np.abs(channels).max() <= 1
    np.testing.assert_allclose(np.hypot(channels[0], channels[1]), channels[2], atol=1e-6)
    np.testing.assert_allclose(channels[0], found.magnitude * np.cos(found.angle), atol=1e-6)


def test_provenance_holds_parameters_threshold_and_scales():
    rise, fall = flows()
    found = mm_cof(rise, fall, MMCOFParams(theta1=0.25))
    told = found.provenance
    assert told["theta1"] == 0.25
    assert told["tau"] == found.tau
    assert told["rise_high_px"] == pytest.approx(float(np.hypot(*rise.reshape(-1, 2).T).max()))
    assert told["version"] == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theta1", -0.1),
        ("theta2", 1.1),
        ("theta2", True),
        ("alpha", float("nan")),
        ("alpha", "1"),
        ("beta", 2.0),
        ("k", -1.0),
        ("modulation", "soft"),
        ("normalisation", "max"),
        ("direction", "fall"),
        ("low_percentile", -1.0),
        ("high_percentile", 100.5),
        ("high_percentile", 0.5),
    ],
)
def test_values_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(MotionError, match=f"MM-COF is out of range: {name} = "):
        replace(MMCOFParams(), **{name: value})


def test_every_parameter_is_tried():
    (mark,) = test_values_out_of_range_are_refused_by_name.pytestmark
    assert {name for name, _ in mark.args[1]} == {field.name for field in fields(MMCOFParams)}


def test_at_least_one_phase_counts():
    with pytest.raises(MotionError, match="theta1 = theta2 = 0"):
        MMCOFParams(theta1=0.0, theta2=0.0)


def test_flows_that_do_not_fit_are_refused():
    rise, fall = flows()
    with pytest.raises(MotionError, match="rise is"):
        mm_cof(rise, fall[:-1])
    with pytest.raises(MotionError, match="shape"):
        mm_cof(rise[..., 0], fall)
    spoilt = fall.copy()
    spoilt[0, 0, 0] = np.nan
    with pytest.raises(MotionError, match="fall"):
        mm_cof(rise, spoilt)


def test_directions_are_those_of_the_library():
    rise, fall = flows((40, 50), seed=4)
    rise[0, 0] = fall[0, 0] = 0
    along = 0.5 * rise.astype(float) - 0.5 * fall.astype(float)
    off = mm_cof(rise, fall).angle - np.arctan2(along[..., 1], along[..., 0])
    assert np.abs(np.mod(off + np.pi, 2 * np.pi) - np.pi).max() < 1e-6


def test_a_phase_without_motion_adds_nothing():
    rise, _ = flows()
    found = mm_cof(rise, np.full_like(rise, 0.25))
    assert found.combined.max() == pytest.approx(0.5)
    assert found.scales_px[1] == pytest.approx((np.sqrt(0.125), np.sqrt(0.125)))
