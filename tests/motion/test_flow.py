"""One function for every method: frames, parameters, errors, batches."""

from __future__ import annotations

import builtins
import sys
import types

import numpy as np
import pytest

from meviewer.core.errors import MissingExtraError, MotionError
from meviewer.motion import flow, flow_opencv
from meviewer.motion.bench_scenes import flow_scene, mean_error_px, moving_error_px
from meviewer.motion.flow_input import LUMA, grey_pair
from meviewer.motion.flow_params import DISParams, FarnebackParams, TVL1Params, provenance

SCENE = flow_scene(120, 160, 1.0, seed=7)


@pytest.mark.parametrize(
    ("method", "most_px"),
    [("tvl1", 0.045), ("dis", 0.06), ("farneback", 0.06), ("deepflow", 0.045)],
)
def test_every_method_finds_a_known_warp(method, most_px):
    found = flow.compute(SCENE.first, SCENE.second, method)
    assert found.shape == (120, 160, 2)
    assert found.dtype == np.float32
    still = np.zeros_like(SCENE.flow)
    assert mean_error_px(found, SCENE.flow) < min(most_px, 0.7 * mean_error_px(still, SCENE.flow))


@pytest.mark.parametrize("method", flow.METHODS)
def test_u_points_right_and_v_down(method):
    wide = flow_scene(140, 160, 0.001, seed=1).second
    first, second = wide[10:130, 12:152], wide[9:129, 10:150]
    found = flow.compute(first, second, method)[20:-20, 20:-20]
    np.testing.assert_allclose(np.median(found, axis=(0, 1)), (2, 1), atol=0.05)


@pytest.mark.parametrize("method", flow.METHODS)
def test_frames_of_any_kind_give_the_same_flow(method):
    expected = flow.compute(SCENE.first, SCENE.second, method)
    rgb = [np.repeat(frame[..., None], 3, 2) for frame in (SCENE.first, SCENE.second)]
    np.testing.assert_allclose(flow.compute(*rgb, method), expected, atol=5e-3)
    floats = [frame.astype(np.float32) for frame in (SCENE.first, SCENE.second)]
    np.testing.assert_array_equal(flow.compute(*floats, method), expected)


@pytest.mark.parametrize("method", flow.METHODS)
def test_views_and_read_only_frames_are_fine_and_stay_as_they_are(method):
    big = np.zeros((240, 320, 3), np.uint8)
    big[::2, ::2] = SCENE.first[..., None]
    view = big[::2, ::2]
    view.flags.writeable = False
    before = view.copy()
    found = flow.compute(view, SCENE.second, method)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(view, before)


def test_parameters_reach_the_method():
    calm = flow.compute(SCENE.first, SCENE.second, attachment=0.001)
    free = flow.compute(SCENE.first, SCENE.second, attachment=0.3)
    assert flow.magnitude(calm).max() < 0.6 * flow.magnitude(free).max()
    fast = flow.compute(SCENE.first, SCENE.second, "dis", preset="ultrafast")
    fine = flow.compute(
        SCENE.first, SCENE.second, "dis", finest_scale=0, gradient_descent=25, refinement=10
    )
    assert mean_error_px(fine, SCENE.flow) < mean_error_px(fast, SCENE.flow)
    broad = flow.compute(SCENE.first, SCENE.second, "farneback", window_px=61, gaussian=True)
    assert flow.magnitude(broad).max() < flow.magnitude(SCENE.flow).max()


@pytest.mark.parametrize(
    ("method", "name", "value"),
    [
        ("tvl1", "tau", 0.3),
        ("tvl1", "tau", float("nan")),
        ("tvl1", "theta", 0.0),
        ("tvl1", "attachment", -1.0),
        ("tvl1", "scales", 0),
        ("tvl1", "warps", 2.5),
        ("tvl1", "iterations", True),
        ("tvl1", "gradient_floor", 0.0),
        ("tvl1", "local_mean_px", -1.0),
        ("tvl1", "tau", "0.1"),
        ("dis", "preset", "slow"),
        ("dis", "finest_scale", -1),
        ("farneback", "pyramid_scale", 1.0),
        ("dis", "gradient_descent", 0),
        ("dis", "refinement", 1001),
        ("dis", "local_mean_px", float("inf")),
        ("farneback", "window_px", 0),
        ("farneback", "levels", 13),
        ("farneback", "iterations", 0),
        ("farneback", "polynomial_px", 2),
        ("farneback", "polynomial_sigma_px", 0.0),
        ("deepflow", "local_mean_px", -1.0),
    ],
)
def test_values_out_of_range_are_named(method, name, value):
    with pytest.raises(MotionError, match=name) as caught:
        flow.compute(SCENE.first, SCENE.second, method, **{name: value})
    assert caught.value.now


def test_unknown_methods_and_parameters_are_named():
    with pytest.raises(MotionError, match="lucas"):
        flow.compute(SCENE.first, SCENE.second, "lucas")
    with pytest.raises(MotionError, match="lambda_"):
        flow.compute(SCENE.first, SCENE.second, lambda_=0.1)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (np.zeros((40, 40), np.float64), "float64"),
        (np.zeros((40, 40, 4), np.uint8), "shape"),
        (np.zeros((15, 40), np.uint8), "too small"),
        (np.zeros((0, 40), np.uint8), "too small"),
        (np.full((40, 40), np.nan, np.float32), "finite"),
        (np.full((40, 40), 1e9, np.float32), "finite"),
    ],
)
def test_impossible_frames_are_refused(frame, words):
    with pytest.raises(MotionError, match=words):
        flow.compute(frame, frame)


def test_frames_of_two_sizes_are_refused():
    with pytest.raises(MotionError, match="160x120"):
        flow.compute(SCENE.first, SCENE.second[:-1])


def test_frames_scaled_to_one_are_refused_instead_of_giving_no_motion():
    one, two = (frame.astype(np.float32) / 255 for frame in (SCENE.first, SCENE.second))
    with pytest.raises(MotionError, match="255"):
        flow.compute(one, two)
    black = np.zeros((40, 40), np.float32)
    assert not flow.compute(black, black).any()


@pytest.mark.parametrize("method", flow.METHODS)
def test_the_smallest_frame_works(method):
    small = flow_scene(16, 16, 0.5)
    found = flow.compute(small.first, small.second, method)
    assert found.shape == (16, 16, 2)
    assert np.isfinite(found).all()


def test_pairs_come_in_order_and_equal_single_calls():
    scenes = [flow_scene(64 + 8 * n, 72, 1.0, seed=n) for n in range(5)]
    pairs = [(scene.first, scene.second) for scene in scenes]
    found = list(flow.compute_pairs(pairs, threads=2, iterations=8))
    assert len(found) == 5
    for one, pair in zip(found, pairs, strict=True):
        np.testing.assert_array_equal(one, flow.compute(*pair, iterations=8))


def test_pairs_are_taken_as_they_are_needed_and_may_be_left():
    taken = []

    def pairs():
        for n in range(50):
            taken.append(n)
            yield SCENE.first, SCENE.second

    found = flow.compute_pairs(pairs(), "dis", threads=2)
    next(found)
    found.close()
    assert len(taken) < 6


def test_pairs_refuse_parameters_at_once_and_frames_at_their_turn():
    with pytest.raises(MotionError, match="tau"):
        flow.compute_pairs([], tau=9.0)
    found = flow.compute_pairs(
        [(SCENE.first, SCENE.second), (SCENE.first, SCENE.second[:50])], "dis"
    )
    assert next(found).shape == (120, 160, 2)
    with pytest.raises(MotionError, match="differ in size"):
        next(found)


def test_magnitude_and_direction():
    field = np.zeros((1, 4, 2), np.float32)
    field[0] = [(3, 4), (0, 2), (-1, 0), (0, 0)]
    np.testing.assert_allclose(flow.magnitude(field)[0], (5, 2, 1, 0))
    np.testing.assert_allclose(flow.direction(field)[0, 1:3], (np.pi / 2, np.pi), rtol=1e-6)


def test_provenance_names_the_method_and_every_parameter():
    assert provenance(DISParams())["method"] == "dis"
    assert provenance(FarnebackParams())["window_px"] == 15
    told = provenance(TVL1Params(iterations=7))
    assert (told["method"], told["iterations"], told["attachment"]) == ("tvl1", 7, 0.15)


def test_without_opencv_the_error_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "cv2":
            raise ImportError("No module named 'cv2'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtraError, match="opencv-contrib-python-headless"):
        flow.compute(SCENE.first, SCENE.second)


def test_deepflow_says_when_another_opencv_took_the_place_of_ours(monkeypatch):
    import cv2

    monkeypatch.delattr(cv2, "optflow")
    with pytest.raises(MissingExtraError, match="contrib"):
        flow.compute(SCENE.first, SCENE.second, "deepflow")


def test_an_opencv_that_lost_its_files_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", types.ModuleType("cv2"))
    with pytest.raises(MissingExtraError, match="damaged"):
        flow.compute(SCENE.first, SCENE.second)


@pytest.mark.parametrize("method", flow.METHODS)
@pytest.mark.parametrize(("gain", "shift"), [(1.02, 1.0), (0.98, -1.0)])
def test_flicker_raises_the_error_by_less_than_a_fifth(method, gain, shift):
    calm = flow_scene(120, 160, 1.0, seed=2, noise=1.0)
    lamp = flow_scene(120, 160, 1.0, seed=2, noise=1.0, gain=gain, shift=shift)
    found = [flow.compute(one.first, one.second, method) for one in (calm, lamp)]
    for error_px in (mean_error_px, moving_error_px):
        before, after = (error_px(one, calm.flow) for one in found)
        assert after < 1.2 * before


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_grey_levels_are_the_weighted_channels(kind):
    frame = np.random.default_rng(0).integers(0, 256, (31, 47, 3)).astype(kind)
    for given in (frame, frame[:, ::-1]):
        grey, _ = grey_pair(given, given)
        np.testing.assert_allclose(grey, given @ LUMA.astype(np.float64), atol=1e-4)
        assert grey.dtype == np.float32


def test_bytes_for_opencv_are_rounded_and_stay_within_their_range():
    levels = np.array([[-3.0, 0.4, 0.5, 17.49], [17.5, 254.6, 255.4, 300.0]], np.float32)
    assert flow_opencv._eight_bits(levels).tolist() == [[0, 0, 1, 17], [18, 255, 255, 255]]
