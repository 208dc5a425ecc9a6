import math
import sys
import threading

import numpy as np
import pytest
from motion_clips import textured

from meviewer.core.errors import MotionError
from meviewer.core.frames import Span
from meviewer.motion import difference, difference_gram
from meviewer.motion.difference_wrapped import wrapped


def int64_matrix(frames):
    wide = frames.reshape(len(frames), -1).astype(np.int64)
    return np.sqrt(np.array([[((a - b) ** 2).sum() for b in wide] for a in wide], float))


@pytest.mark.parametrize("spread", [2, 40, 255], ids=["noise", "motion", "anything"])
@pytest.mark.parametrize("shape", [(9, 31, 37, 3), (7, 90, 200)], ids=["colour", "grey"])
def test_matrix_equals_int64_arithmetic(spread, shape):
    frames = np.random.default_rng(spread).integers(0, spread + 1, shape).astype(np.uint8)
    found, exact = difference.matrix(frames), int64_matrix(frames)
    np.testing.assert_allclose(found, exact, rtol=1e-9, atol=0)
    assert np.array_equal(found, exact)


@pytest.mark.parametrize("where", [None, (0, 0, 0, 1), (6, 89, 39, 2), (6, 89, 39, 0)])
def test_grey_stored_as_colour_is_exact_and_so_is_what_only_looks_grey(where):
    grey = np.random.default_rng(0).integers(0, 256, (7, 90, 40, 1)).astype(np.uint8)
    frames = np.repeat(grey, 3, axis=3)
    if where is not None:
        frames[where] ^= 255
    assert difference_gram._is_grey(frames[0]) is (where is None or where[0] != 0)
    assert np.array_equal(difference.matrix(frames), int64_matrix(frames))


def test_a_block_too_large_for_float32_is_still_exact():
    # 4096 squares of 254 or 255 sum up to 2^28: in float32 the odd ones are lost.
    frames = np.zeros((3, 40, 400), np.uint8)
    frames[1] = np.random.default_rng(0).integers(254, 256, frames[1].shape)
    frames[2] = np.random.default_rng(1).integers(254, 256, frames[1].shape)
    assert np.array_equal(difference.matrix(frames), int64_matrix(frames))


def test_several_threads_share_the_work_and_the_blas_setting_comes_back(monkeypatch):
    monkeypatch.setattr(difference_gram, "usable_cores", lambda: 4)
    frames = np.random.default_rng(3).integers(0, 256, (5, 200, 200, 3)).astype(np.uint8)
    before = blas_threads()
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(difference.matrix(frames))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(one, int64_matrix(frames)) for one in found)
    assert blas_threads() == before


def blas_threads():
    import threadpoolctl

    pools = threadpoolctl.threadpool_info()
    # Those that scipy or torch may bring along later are not ours to keep.
    ours = [pool for pool in pools if pool["user_api"] == "blas" and "numpy" in pool["filepath"]]
    return [pool["num_threads"] for pool in ours]


def test_curves_are_rows_and_the_diagonal_of_the_matrix():
    frames, _ = textured(1, n=12)
    square = difference.matrix(frames)
    for reference in (0, 5, 11):
        assert np.array_equal(difference.curve(frames, reference), square[reference])
    neighbours = difference.consecutive(frames)
    assert neighbours[0] == 0
    assert np.array_equal(neighbours[1:], np.diagonal(square, 1))


def test_a_sequence_of_frames_does_as_well_as_an_array():
    frames, _ = textured(1, n=6)
    assert np.array_equal(difference.matrix(list(frames)), difference.matrix(frames))
    assert np.array_equal(difference.curve(tuple(frames), 2), difference.curve(frames, 2))


def test_without_opencv_the_distances_are_the_same(monkeypatch):
    frames = np.random.default_rng(0).integers(0, 256, (4, 33, 41, 3)).astype(np.uint8)
    expected = difference.curve(frames, 1)
    difference._squared_norm.cache_clear()
    monkeypatch.setitem(sys.modules, "cv2", None)
    try:
        assert difference._squared_norm() is difference.exact_squared_norm
        assert np.array_equal(difference.curve(frames, 1), expected)
    finally:
        difference._squared_norm.cache_clear()


def test_rms_is_in_grey_levels():
    frames = np.zeros((2, 5, 7, 3), np.uint8)
    frames[1] = 4
    assert difference.rms(difference.matrix(frames), (5, 7, 3))[0, 1] == pytest.approx(4)
    assert float(difference.rms(math.sqrt(105.0) * 3, (5, 7, 3))) == pytest.approx(3)


def test_wrapped_distance_is_numpys_bit_for_bit():
    rng = np.random.default_rng(4)
    for shape in ((13, 17, 3), (64, 64), (1, 5)):
        stack = rng.integers(0, 256, (5, *shape)).astype(np.uint8)
        found = wrapped(stack, [0, 3], [1, 2, 4])
        expected = [[np.linalg.norm(stack[i] - stack[j]) for j in (1, 2, 4)] for i in (0, 3)]
        assert np.array_equal(found, np.array(expected))


def test_wrapped_distance_counts_darker_values_rather_than_how_dark():
    bright = np.full((1, 20, 20), 100, np.uint8)
    stack = np.concatenate([bright, bright - 1, bright + 1])
    assert wrapped(stack, [1], [0])[0, 0] == pytest.approx(255 * 20)
    assert wrapped(stack, [2], [0])[0, 0] == pytest.approx(20)


def test_noise_floor_is_the_spread_of_still_neighbours():
    rng = np.random.default_rng(5)
    distances = rng.normal(100, 2, 400)
    distances[0] = 0
    assert difference.noise_floor(distances) == pytest.approx(2, rel=0.3)
    moving = distances.copy()
    moving[100:350] += np.abs(rng.normal(0, 60, 250))
    assert difference.noise_floor(moving, Span(99, 349)) == pytest.approx(2, rel=0.4)
    assert difference.noise_floor(moving, Span(99, 349)) < difference.noise_floor(moving) / 1.5


def test_noise_floor_of_next_to_nothing_is_zero():
    assert difference.noise_floor(np.array([0.0])) == 0
    assert difference.noise_floor(np.array([0.0, 5.0, 6.0])) == 0
    assert difference.noise_floor(np.array([0.0, np.nan, 3.0, 3.0, 3.0])) == 0


def test_signed_difference_is_positive_where_the_frame_is_brighter():
    reference = np.full((4, 5, 3), 100, np.uint8)
    frame = reference.copy()
    frame[0], frame[1, :, 0], frame[2] = 130, 91, 20
    found = difference.signed(frame, reference)
    assert found.dtype == np.float32
    assert found.shape == (4, 5)
    np.testing.assert_allclose(found[:, 0], [30, -3, -80, 0])


def test_absolute_difference_shows_a_change_of_colour_alone():
    reference = np.full((2, 2, 3), 100, np.uint8)
    frame = reference.copy()
    frame[0, 0] = (110, 90, 100)
    assert difference.signed(frame, reference)[0, 0] == 0
    assert difference.absolute(frame, reference)[0, 0] == pytest.approx(20 / 3)


def test_pictures_can_leave_the_light_out():
    frames, keyframes = textured(2, noise=0.0)
    onset = frames[keyframes.onset]
    bright = np.clip((onset * 1.02 + 1).round(), 0, 255).astype(np.uint8)
    assert difference.absolute(bright, onset).mean() > 2
    assert difference.absolute(bright, onset, brightness_free=True).mean() < 0.2
    moved = difference.absolute(frames[keyframes.apex], onset)
    free = difference.absolute(frames[keyframes.apex], onset, brightness_free=True)
    assert np.abs(free - moved).mean() < 0.05 * moved.mean() + 0.1


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([], "No frames"),
        (np.zeros((0, 3, 3), np.uint8), "No frames"),
        (np.zeros((3, 4, 4), np.float32), "float32"),
        (np.zeros((3, 4, 4, 4), np.uint8), "RGB"),
        (np.zeros((4, 4), np.uint8), "(4, 4)"),
        ([np.zeros((4, 4), np.uint8), np.zeros((4, 5), np.uint8)], "frame 1"),
        ([np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.int16)], "int16"),
    ],
)
def test_what_are_no_frames_is_said(frames, words):
    with pytest.raises(MotionError) as caught:
        difference.matrix(frames)
    assert words in str(caught.value)


def test_a_frame_that_is_not_there_is_named():
    frames = np.zeros((3, 4, 4), np.uint8)
    for reference in (3, -1):
        with pytest.raises(MotionError, match=f"frame {reference}"):
            difference.curve(frames, reference)
    with pytest.raises(MotionError, match="size"):
        difference.signed(frames[0], np.zeros((4, 5), np.uint8))


def test_one_frame_has_curves_and_a_matrix():
    frame = np.full((1, 4, 4, 3), 9, np.uint8)
    assert difference.matrix(frame).tolist() == [[0]]
    assert difference.matrix(frame, brightness_free=True).tolist() == [[0]]
    assert difference.consecutive(frame).tolist() == [0]
    assert difference.curve(frame, 0, brightness_free=True).tolist() == [0]


@pytest.mark.perf
def test_matrix_of_400_vga_frames_takes_seconds():
    import time

    frames = np.random.default_rng(0).integers(90, 96, (400, 480, 640)).astype(np.uint8)
    begin = time.perf_counter()
    difference.matrix(frames)
    assert time.perf_counter() - begin < 15
