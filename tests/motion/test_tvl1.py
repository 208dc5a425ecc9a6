"""TV-L1: known warps, an independent implementation, flicker, threads."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from meviewer.motion import flow, flow_pyramid, flow_strip
from meviewer.motion.bench_scenes import flow_scene, mean_error_px
from meviewer.motion.brightness import normalise_brightness
from meviewer.motion.flow_input import grey_pair
from meviewer.motion.flow_params import TVL1Params
from meviewer.motion.flow_tvl1 import tvl1

HEIGHT, WIDTH = 240, 320


def scikit_image(scene):
    from skimage.registration import optical_flow_tvl1

    v, u = optical_flow_tvl1(scene.first, scene.second)
    return np.stack((u, v), -1)


@pytest.mark.parametrize("most_px", [0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize(("gain", "shift"), [(1.0, 0.0), (1.02, 1.0), (0.98, -1.0)])
def test_error_stays_near_that_of_scikit_image_without_flicker(most_px, gain, shift):
    calm = flow_scene(HEIGHT, WIDTH, most_px, seed=int(2 * most_px))
    seen = flow_scene(HEIGHT, WIDTH, most_px, seed=int(2 * most_px), gain=gain, shift=shift)
    theirs = mean_error_px(scikit_image(calm), calm.flow)
    assert mean_error_px(flow.compute(seen.first, seen.second), seen.flow) <= theirs + 0.02


@pytest.mark.slow
@pytest.mark.parametrize("most_px", [0.5, 3.0])
def test_error_at_full_size(most_px):
    scene = flow_scene(480, 640, most_px)
    theirs = mean_error_px(scikit_image(scene), scene.flow)
    assert mean_error_px(flow.compute(scene.first, scene.second), scene.flow) <= theirs + 0.02


def test_small_motion_is_found_in_size_and_direction():
    scene = flow_scene(HEIGHT, WIDTH, 0.2, seed=4)
    found = flow.compute(scene.first, scene.second)
    moving = flow.magnitude(scene.flow) > 0.1
    slope = (found * scene.flow)[moving].sum() / (scene.flow**2)[moving].sum()
    assert 0.85 < slope < 1.1


def test_a_shift_beyond_one_level_needs_the_pyramid():
    scene = flow_scene(HEIGHT + 20, WIDTH + 20, 0.001, seed=1)
    first, second = scene.second[10:-10, 14:-6], scene.second[10:-10, 2:-18]
    inner = (slice(30, -30), slice(30, -30))
    found = flow.compute(first, second)[inner]
    assert np.abs(found - (12, 0)).mean() < 0.03
    alone = flow.compute(first, second, scales=1)[inner]
    assert np.abs(alone - (12, 0)).mean() > 1


def test_brightness_matching_is_what_defeats_flicker():
    scene = flow_scene(HEIGHT, WIDTH, 1.0, seed=2, gain=1.02, shift=1.0)
    with_it = mean_error_px(flow.compute(scene.first, scene.second), scene.flow)
    without = mean_error_px(flow.compute(scene.first, scene.second, brightness=False), scene.flow)
    assert with_it < 0.03
    assert without > 5 * with_it


def test_equal_frames_have_no_flow():
    scene = flow_scene(64, 80, 1.0)
    assert np.abs(flow.compute(scene.first, scene.first)).max() < 1e-5


def test_flat_frames_have_no_flow():
    flat = np.full((48, 64), 90, np.uint8)
    assert not flow.compute(flat, flat + np.uint8(3)).any()


def plain_tvl1(first, second, params):
    """The scheme of the module docstring on one level, in plain numpy and float64."""
    from scipy.ndimage import median_filter

    height, width = first.shape
    y, x = np.mgrid[:height, :width].astype(float)
    u, v = np.zeros((2, height, width))
    p = np.zeros((2, 2, height, width))
    for _ in range(params.warps):
        warped = catmull_rom(second.astype(float), x + u, y + v)
        gy, gx = np.gradient(warped)
        to_x, to_y = x + u, y + v
        inside = (to_x >= -0.5) & (to_x <= width - 0.5) & (to_y >= -0.5) & (to_y <= height - 0.5)
        weight = np.where(inside, 1 / (gx**2 + gy**2 + params.gradient_floor**2), 0)
        rho = warped - gx * u - gy * v - first
        for _ in range(params.iterations):
            limit = params.attachment * params.theta
            step = np.clip(-(rho + gx * u + gy * v) * weight, -limit, limit)
            u = u + step * gx + params.theta * divergence(p[0])
            v = v + step * gy + params.theta * divergence(p[1])
            for q, w in zip(p, (u, v), strict=True):
                ascend(q, w, params.tau / params.theta)
        if params.median:
            for w in (u, v):
                w[1:-1, 1:-1] = median_filter(w, 3)[1:-1, 1:-1]
    return np.stack((u, v), -1)


def divergence(q):
    d = q[0] + q[1]
    d[:, 1:] -= q[0][:, :-1]
    d[1:] -= q[1][:-1]
    return d


def ascend(q, w, rate):
    x, y = np.zeros_like(w), np.zeros_like(w)
    x[:, :-1], y[:-1] = np.diff(w, axis=1), np.diff(w, axis=0)
    q += rate * np.stack((x, y))
    q /= 1 + rate * np.hypot(x, y)


def catmull_rom(picture, x, y):
    height, width = picture.shape
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, above = np.floor(x).astype(int), np.floor(y).astype(int)
    total = np.zeros_like(x)
    for down in range(-1, 3):
        for right in range(-1, 3):
            rows = np.clip(above + down, 0, height - 1)
            columns = np.clip(left + right, 0, width - 1)
            kernel = cubic(x - left - right) * cubic(y - above - down)
            total += kernel * picture[rows, columns]
    return total


def cubic(d):
    d = np.abs(d)
    near = 1.5 * d**3 - 2.5 * d**2 + 1
    return np.where(d < 1, near, np.where(d < 2, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2, 0))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("median", [True, False])
def test_equals_the_plain_scheme(threads, median):
    scene = flow_scene(40, 37, 1.0, seed=3)
    params = TVL1Params(scales=1, warps=2, iterations=5, median=median)
    one, two = scene.first.astype(np.float32), scene.second.astype(np.float32)
    assert len(flow_strip.cut(one.shape, threads, 6)) == threads
    expected = plain_tvl1(one, two, params)
    np.testing.assert_allclose(tvl1(one, two, params, threads), expected, atol=2e-4)


@pytest.mark.parametrize("shape", [(200, 96), (193, 101)])
def test_the_number_of_threads_changes_no_bit(shape):
    scene = flow_scene(*shape, 2.0, seed=5)
    one, two = scene.first.astype(np.float32), scene.second.astype(np.float32)
    alone = tvl1(one, two, TVL1Params(iterations=7), 1)
    for threads in (2, 3, 8):
        np.testing.assert_array_equal(tvl1(one, two, TVL1Params(iterations=7), threads), alone)


def test_many_threads_may_call_at_once():
    scenes = [flow_scene(96, 80, 1.5, seed=seed) for seed in range(4)]
    expected = [flow.compute(scene.first, scene.second) for scene in scenes]
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda n: flow.compute(scenes[n].first, scenes[n].second), [0, 1, 2, 3] * 6)
        )
    for n, one in enumerate(found):
        np.testing.assert_array_equal(one, expected[n % 4])


def test_strips_cover_the_picture_and_their_halos_agree():
    strips = flow_strip.cut((100, 20), 3, 10)
    assert [(s.begin, s.end) for s in strips] == [(0, 33), (33, 66), (66, 100)]
    whole = np.arange(2000, dtype=np.float32).reshape(100, 20)
    for strip in strips:
        strip.rows(strip.begin, strip.end)[0, :, 16:36] = whole[strip.begin : strip.end]
    flow_strip.exchange(strips)
    for strip in strips:
        np.testing.assert_array_equal(strip.state[0, :, 16:36], whole[strip.top : strip.bottom])
    u, _ = flow_strip.take_flow(strips, 20)
    np.testing.assert_array_equal(u, whole)


def test_rows_begin_on_cache_lines():
    for strip in flow_strip.cut((70, 37), 2, 5):
        assert strip.state.ctypes.data % 64 == 0
        assert strip.state.strides[1] % 64 == 0


def test_pyramid_halves_down_to_its_smallest_level():
    levels = flow_pyramid.pyramid(np.zeros((100, 80), np.float32), 9)
    assert [level.shape for level in levels] == [(100, 80), (50, 40), (25, 20)] or [
        level.shape for level in levels
    ] == [(100, 80), (50, 40)]
    assert all(min(level.shape) >= 16 for level in levels)


def test_a_flow_grows_with_the_picture():
    u, v = flow_pyramid.enlarge(np.ones((10, 10), "f4"), np.ones((10, 10), "f4"), (30, 20))
    np.testing.assert_allclose(u, 2)
    np.testing.assert_allclose(v, 3)


def test_left_is_the_kernels_left():
    from meviewer.motion import flow_tvl1_kernels

    assert flow_tvl1_kernels.LEFT == flow_strip.LEFT


READ_ONLY = """
import numpy as np, sys
from meviewer.motion.compiled import compiled
import numba
numba.config.CACHE_DIR = ""
from numba.core import caching
caching.CacheImpl._locator_classes = []
def double(x):
    return 2.0 * x
assert compiled(double)(3.0) == 6.0
print("fine")
"""


def test_compiles_where_no_folder_can_be_written():
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.strip() == "fine", done.stderr


def test_importing_flow_loads_neither_numba_nor_opencv_nor_scipy():
    code = (
        "import sys, meviewer.motion.flow, meviewer.motion.mm_cof, meviewer.motion.bench;"
        "print(sorted({'numba', 'cv2', 'scipy', 'skimage', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.perf
def test_a_pair_at_full_size_takes_no_second():
    import time

    scene = flow_scene(480, 640, 1.0)
    flow.warm()
    spent = []
    for _ in range(3):
        begin = time.process_time()
        flow.compute(scene.first, scene.second)
        spent.append(time.process_time() - begin)
    assert min(spent) < 1.0


def test_grey_levels_are_not_rounded():
    rgb = np.zeros((20, 20, 3), np.uint8)
    rgb[..., 1] = 1
    one, _ = grey_pair(rgb, rgb)
    np.testing.assert_allclose(one, 0.587, rtol=1e-6)


def test_normalised_frames_keep_their_flow_in_colour():
    scene = flow_scene(96, 96, 1.0)
    rgb = [np.repeat(frame[..., None], 3, 2) for frame in (scene.first, scene.second)]
    grey = flow.compute(scene.first, scene.second)
    np.testing.assert_allclose(flow.compute(*rgb), grey, atol=2e-3)
    floats = flow.compute(scene.first.astype(np.float32), scene.second.astype(np.float32))
    np.testing.assert_array_equal(floats, grey)
    assert normalise_brightness(*grey_pair(*rgb))[0].dtype == np.float32
