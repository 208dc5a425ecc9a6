"""Averaging around keyframes: which frames, and how much noise it takes away."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import MotionError
from meviewer.core.events import Edge, Keyframes
from meviewer.core.frames import Span
from meviewer.motion import flow
from meviewer.motion.bench_scenes import flow_scene
from meviewer.motion.keyframe_average import averaged, side, window

ONSET, APEX = 4, 12


def clip(noise):
    """Frames at 200 fps: still, 1 px in 8 frames, and held: as at an onset and at an apex."""
    scene = flow_scene(120, 160, 1.0, seed=5)
    rng = np.random.default_rng(0)
    frames = [scene.first] * (ONSET + 2) + [scene.second] * (APEX - ONSET + 2)
    return np.stack([np.rint(one + rng.normal(0, noise, one.shape)) for one in frames])


@pytest.mark.parametrize(("method", "most"), [("tvl1", 0.7), ("dis", 0.78), ("farneback", 0.7)])
def test_three_frames_take_a_third_of_the_noise_away(method, most):
    clean = clip(0.0).astype(np.uint8)
    stack = np.clip(clip(4.0), 0, 255).astype(np.uint8)
    exact = flow.compute(clean[ONSET], clean[APEX], method)
    errors = []
    for n in (1, 3):
        found = flow.compute(averaged(stack, ONSET, n), averaged(stack, APEX, n), method)
        errors.append(float(flow.magnitude(found - exact).mean()))
    assert 0.55 < errors[1] / errors[0] < most


def test_the_mean_is_the_mean_and_is_not_rounded():
    stack = np.arange(7, dtype=np.uint8)[:, None, None, None] ** 2 * np.ones((2, 3, 3), np.uint8)
    np.testing.assert_allclose(averaged(stack, 3, 3), (4 + 9 + 16) / 3, rtol=1e-6)
    np.testing.assert_allclose(averaged(list(stack), 3, 5), (1 + 4 + 9 + 16 + 25) / 5)
    assert averaged(stack, 3, 2).dtype == np.float32
    np.testing.assert_allclose(averaged(stack, 3, 2), (4 + 9) / 2)
    np.testing.assert_array_equal(averaged(stack, 3, 1), stack[3])


@pytest.mark.parametrize(
    ("index", "n", "bounds", "expected"),
    [
        (5, 1, None, Span(5, 5)),
        (5, 4, None, Span(3, 6)),
        (0, 5, None, Span(0, 2)),
        (19, 3, None, Span(18, 19)),
        (5, 5, Span(4, 5), Span(4, 5)),
        (5, 5, Span(5, 30), Span(5, 7)),
    ],
)
def test_the_window_is_cut_off_and_never_shifted(index, n, bounds, expected):
    assert window(index, n, bounds, 20) == expected


def test_each_keyframe_keeps_to_its_own_side():
    marks = Keyframes(4, 8, 13)
    sides = [side(marks, edge, 20) for edge in (Edge.ONSET, Edge.APEX, Edge.OFFSET)]
    assert sides == [Span(0, 5), Span(7, 10), Span(11, 19)]
    near = Keyframes(4, 5, 6)
    assert [side(near, edge, 20) for edge in Edge] == [Span(0, 4), Span(5, 5), Span(6, 19)]


def test_keyframes_on_one_frame_do_not_keep_each_other_out():
    same = Keyframes(4, 4, 9)
    assert side(same, Edge.ONSET, 20) == side(same, Edge.APEX, 20) == Span(0, 6)


@pytest.mark.parametrize("n", [0, 6, 2.0, True])
def test_other_numbers_are_refused(n):
    with pytest.raises(MotionError, match="average"):
        averaged(np.zeros((9, 4, 4), np.uint8), 3, n)


def test_impossible_frames_are_refused():
    stack = np.zeros((9, 4, 4), np.uint8)
    with pytest.raises(MotionError, match="9 frames"):
        averaged(stack, 9, 3)
    with pytest.raises(MotionError, match="outside"):
        averaged(stack, 2, 3, Span(3, 5))
    with pytest.raises(MotionError):
        averaged([*stack[:4], stack[0, :2]], 3, 3)
