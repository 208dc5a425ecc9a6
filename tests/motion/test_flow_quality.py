"""Flow quality: ways there and back, noise of known size, and what stands out of it."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import MotionError
from meviewer.motion import flow
from meviewer.motion.bench_scenes import flow_scene
from meviewer.motion.brightness import normalise_brightness
from meviewer.motion.flow_input import grey_pair
from meviewer.motion.flow_params import DISParams
from meviewer.motion.flow_quality import (
    assess,
    consistency,
    noise_px,
    significance,
    still_noise_px,
)

SCENE = flow_scene(120, 160, 1.0, seed=3)


def noisy(frame, sd, seed):
    levels = frame + np.random.default_rng(seed).normal(0, sd, frame.shape)
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def constant(u, v, shape=(40, 50)):
    return np.full((*shape, 2), (u, v), np.float32)


def test_opposite_flows_are_consistent_and_others_miss_by_their_sum():
    forward = constant(2.0, 1.0)
    assert np.nanmax(consistency(forward, -forward)) == 0
    np.testing.assert_allclose(consistency(forward, constant(1, 3))[:38, :47], 5, rtol=1e-6)


def test_the_way_back_starts_where_the_flow_points_between_pixels():
    forward = constant(3.5, 0.0)
    backward = np.zeros((40, 50, 2), np.float32)
    backward[..., 0] = -np.arange(50)
    missed = consistency(forward, backward)
    expected = np.abs(3.5 - (np.arange(46) + 3.5))
    np.testing.assert_allclose(missed[5, :46], expected, atol=0.02)


def test_what_leaves_the_picture_is_unknown():
    missed = consistency(constant(3.5, 0.0), constant(-3.5, 0.0))
    assert np.isnan(missed[:, 46:]).all()
    assert np.isfinite(missed[:, :46]).all()


@pytest.mark.parametrize("method", flow.METHODS)
@pytest.mark.parametrize("sd", [2.0, 4.0])
def test_both_estimates_are_near_the_true_noise(method, sd):
    frames = noisy(SCENE.first, sd, 0), noisy(SCENE.second, sd, 1)
    found = flow.compute(*frames, method)
    true = np.sqrt(((found - flow.compute(SCENE.first, SCENE.second, method)) ** 2).mean())
    modelled = noise_px(*normalise_brightness(*grey_pair(*frames)), found)
    still = flow.compute(frames[0], noisy(SCENE.first, sd, 2), method)
    measured = still_noise_px([still])
    if method == "deepflow":  # it finds no motion in still frames, whatever their noise
        assert np.sqrt((measured**2).mean()) < 0.6 * true
        measured = np.maximum(measured, modelled)  # as `assess` does
    for estimate in (modelled, measured):
        assert 0.6 * true < np.sqrt((estimate**2).mean()) < 1.8 * true


def test_noise_is_larger_where_there_is_no_texture():
    flat = SCENE.first.astype(np.float32).copy()
    flat[:, 80:] = 120
    rng = np.random.default_rng(0)
    frames = [flat + rng.normal(0, 2, flat.shape).astype(np.float32) for _ in range(2)]
    noise = noise_px(*frames, np.zeros((120, 160, 2), np.float32))
    assert noise[:, 100:].mean() > 2 * noise[:, :60].mean()


def test_an_edge_counts_as_known_only_across_itself():
    x = np.arange(60, dtype=np.float32)
    edges = np.broadcast_to(120 + 60 * np.sin(x / 3), (60, 60)).astype(np.float32)
    rng = np.random.default_rng(0)
    frames = [edges + rng.normal(0, 2, edges.shape).astype(np.float32) for _ in range(2)]
    crossed = [frame + frame.T - 120 for frame in frames]
    still = np.zeros((60, 60, 2), np.float32)
    assert noise_px(*frames, still).mean() > 2 * noise_px(*crossed, still).mean()


def test_one_neighbour_that_moved_does_not_raise_the_noise():
    calm = [constant(0.03 * n, 0) for n in (1, 2)]
    np.testing.assert_allclose(still_noise_px([*calm, constant(9, 9)]), 0.06 / np.sqrt(2))


def test_significance_follows_its_formula():
    field, n = constant(0.3, 0.4, (64, 64)), 16
    expected = (1 - np.exp(-0.25 / (2 * 0.15**2))) ** n
    np.testing.assert_allclose(significance(field, 0.15), expected, rtol=1e-5)
    missed = np.full((64, 64), 0.2, np.float32)
    expected = (1 - np.exp(-0.25 / (2 * (0.15**2 + 0.1**2)))) ** n
    np.testing.assert_allclose(significance(field, 0.15, missed=missed), expected, rtol=1e-5)
    assert significance(field, 0.15).dtype == np.float32


def test_noise_alone_passes_in_about_one_picture_of_twenty():
    rng = np.random.default_rng(0)
    patches = rng.normal(0, 0.1, (400, 12, 12, 2)).astype(np.float32)
    passed = [significance(one, 0.1, independent_px=1.0).max() > 0.95 for one in patches]
    assert 0.02 < np.mean(passed) < 0.09


def test_motion_stands_out_and_noise_does_not():
    frames = noisy(SCENE.first, 2, 0), noisy(SCENE.second, 2, 1)
    still = [(frames[0], noisy(SCENE.first, 2, 2))]
    found = assess(*frames, DISParams(), still=still)
    moving = flow.magnitude(SCENE.flow) > 0.5
    assert (found.significance[moving] > 0.95).mean() > 0.9
    rest = assess(*still[0], DISParams(), still=still)
    assert (rest.significance > 0.5).mean() < 0.01
    np.testing.assert_array_equal(found.flow, flow.compute(*frames, "dis"))
    assert 0 < np.nanmean(found.missed) < 0.1


def test_without_still_frames_the_noise_is_estimated():
    found = assess(noisy(SCENE.first, 2, 0), noisy(SCENE.second, 2, 1), DISParams())
    assert 0.01 < found.noise.mean() < 0.06


def test_the_unknown_is_not_significant():
    missed = np.full((40, 50), np.nan, np.float32)
    assert not significance(constant(9, 9), 0.01, missed=missed).any()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: consistency(constant(0, 0), constant(0, 0, (40, 51))), "differ"),
        (lambda: consistency(np.zeros((9, 9), np.float32), constant(0, 0)), r"\(H, W, 2\)"),
        (lambda: significance(constant(1, 1), 0.0), "above 0"),
        (lambda: significance(constant(1, 1), float("nan")), "above 0"),
        (lambda: significance(constant(1, 1), np.ones((3, 3), np.float32)), "fit"),
        (lambda: significance(constant(1, 1), 1.0, independent_px=0.0), "independent_px"),
        (lambda: still_noise_px([]), "no flow"),
        (lambda: still_noise_px([constant(0, 0), constant(0, 0, (9, 9))]), "differ"),
        (lambda: still_noise_px([constant(0, 0)], window_px=0.5), "window_px"),
        (lambda: noise_px(*np.zeros((2, 9, 9), np.float32), constant(0, 0)), "fit"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(call, words):
    with pytest.raises(MotionError, match=words):
        call()
