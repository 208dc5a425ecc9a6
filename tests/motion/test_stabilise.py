"""Stabilisation: known shifts, turns and scales found under a flickering lamp, and undone."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import MotionError
from meviewer.motion.bench_scenes import texture
from meviewer.motion.stabilise import stabilise

HEIGHT, WIDTH, N_FRAMES = 128, 104, 12


def scene(*, most_px=2.0, turn=0.02, growth=0.01, flicker=0.02, noise=1.0, bump_px=0.0):
    """Return frames (T, H, W) of a texture under a similarity, and the truth (T, 4)."""
    rng = np.random.default_rng(3)
    # Waves of 8 to 60 px to every side: something to hold on to in both directions.
    angle, length = rng.uniform(0, np.pi, 60), rng.uniform(8, 60, 60)
    waves = np.stack(
        (
            2 * np.pi * np.cos(angle) / length,
            2 * np.pi * np.sin(angle) / length,
            rng.uniform(0, 2 * np.pi, 60),
            4 * rng.uniform(0.5, 1, 60),
        ),
        axis=1,
    )
    time = np.linspace(0, 1, N_FRAMES)
    truth = np.stack(
        (
            most_px * np.sin(3 * time),
            0.6 * most_px * np.sin(5 * time),
            turn * np.sin(4 * time),
            growth * np.sin(2 * time),
        ),
        axis=1,
    )
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float64)
    middle = complex((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    frames = np.empty((N_FRAMES, HEIGHT, WIDTH), np.uint8)
    for index, (right, down, angle_rad, grown) in enumerate(truth):
        seen = (x + 1j * y) - middle - complex(right, down)
        place = middle + seen / ((1 + grown) * np.exp(1j * angle_rad))
        strength = bump_px * np.exp(-(((time[index] - 0.5) / 0.2) ** 2))
        bump = strength * np.exp(-(np.abs(place - (30 + 90j)) ** 2) / 200)
        lamp = 1 + flicker * np.sin(2.1 * index) + 0.3 * flicker * np.sin(index) * (x / WIDTH - 0.5)
        still = texture(waves, place.real, place.imag - bump)
        noisy = still * lamp + noise * rng.standard_normal(still.shape)
        frames[index] = np.clip(np.rint(noisy), 0, 255)
    return frames, truth


@pytest.mark.parametrize(
    "motion",
    [
        {"most_px": 2.0, "turn": 0.0, "growth": 0.0},
        {"most_px": 0.0, "turn": 0.03, "growth": 0.0},
        {"most_px": 0.0, "turn": 0.0, "growth": 0.02},
        {"most_px": 4.0, "turn": 0.03, "growth": 0.015},
    ],
)
def test_a_known_motion_is_found_under_a_lamp_that_flickers(motion):
    frames, truth = scene(**motion)
    found = stabilise(frames).transforms
    np.testing.assert_allclose(found[:, :2], truth[:, :2], atol=0.05)
    np.testing.assert_allclose(found[:, 2:], truth[:, 2:], atol=8e-4)


def test_frames_are_brought_back_onto_the_first():
    frames, _ = scene(flicker=0.0, noise=0.0)
    middle = np.s_[:, 16:-16, 16:-16]
    before = np.abs(frames[middle].astype(float) - frames[:1][middle]).mean()
    made = stabilise(frames)
    after = np.abs(made.stack[middle].astype(float) - frames[:1][middle]).mean()
    assert after < 0.6 < 3 < before
    np.testing.assert_array_equal(made.stack[0], frames[0])
    assert made.stack.dtype == np.uint8


def test_another_frame_may_keep_its_place():
    frames, truth = scene(turn=0.0, growth=0.0)
    made = stabilise(frames, reference=5)
    np.testing.assert_array_equal(made.stack[5], frames[5])
    np.testing.assert_allclose(made.transforms[:, :2], truth[:, :2] - truth[5, :2], atol=0.05)


def test_what_is_left_is_told_in_pixels():
    frames, _ = scene(noise=0.5)
    made = stabilise(frames)
    assert made.residual_before_px.shape == made.residual_after_px.shape == (N_FRAMES,)
    assert made.residual_before_px.mean() > 0.8
    assert made.residual_after_px.max() < 0.15


def test_an_expression_does_not_pass_for_a_moving_head():
    still, _ = scene(most_px=0.0, turn=0.0, growth=0.0, bump_px=2.0)
    found = stabilise(still).transforms
    assert np.abs(found[:, :2]).max() < 0.06


def test_flicker_that_is_not_allowed_for_costs_accuracy():
    frames, truth = scene(flicker=0.08)
    honest, blind = (stabilise(frames, light=light).transforms - truth for light in (True, False))
    assert np.abs(honest[:, :2]).max() < 0.5 * np.abs(blind[:, :2]).max()


def test_a_stable_region_alone_may_have_a_say():
    """The left half is a head at rest; the right half moves by itself."""
    frames, _ = scene(most_px=3.0, turn=0.0, growth=0.0, flicker=0.0)
    frames[:, :, :52] = frames[:1, :, :52]
    left = np.zeros((HEIGHT, WIDTH), bool)
    left[:, :48] = True
    assert np.abs(stabilise(frames, stable=left).transforms[:, :2]).max() < 0.05


def test_colour_is_warped_with_grey_and_a_single_frame_stays_as_it_is():
    frames, _ = scene()
    colour = np.repeat(frames[..., None], 3, axis=-1)
    made = stabilise(colour)
    assert made.stack.shape == colour.shape
    np.testing.assert_array_equal(made.stack[..., 0], stabilise(frames).stack)
    one = stabilise(frames[:1])
    np.testing.assert_array_equal(one.stack, frames[:1])
    np.testing.assert_array_equal(one.transforms, np.zeros((1, 4)))


def test_a_flat_picture_has_no_motion():
    made = stabilise(np.full((4, 40, 40), 90, np.uint8))
    np.testing.assert_allclose(made.transforms, 0, atol=1e-6)
    assert np.isfinite(made.residual_after_px).all()


@pytest.mark.parametrize(
    ("frames", "options", "what"),
    [
        (np.zeros((3, 10, 40), np.uint8), {}, "too small"),
        (np.zeros((3, 40, 40), np.uint8), {"reference": 3}, "No such frame"),
        (np.zeros((3, 40, 40), np.uint8), {"stable": np.ones((20, 40), bool)}, "does not fit"),
        (np.zeros((3, 40, 40), np.uint8), {"stable": np.zeros((40, 40), bool)}, "too small"),
    ],
)
def test_what_cannot_be_done_is_said(frames, options, what):
    with pytest.raises(MotionError, match=what):
        stabilise(frames, **options)
