"""Head motion: a known similarity found beside an expression, and taken away."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import MotionError
from meviewer.motion.head_motion import (
    HeadMotion,
    estimate_head_motion,
    remove_head_motion,
    stable_region,
)
from meviewer.motion.head_motion_kernels import weighted_similarity

SHAPE = (170, 140)
TRUE = HeadMotion(1.3, -0.7, 0.004, 0.01)


def expression():
    """A smile: two bumps at the corners of the mouth."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    left = np.exp(-((x - 45) ** 2 + (y - 125) ** 2) / 150)
    right = np.exp(-((x - 95) ** 2 + (y - 125) ** 2) / 150)
    return np.stack((right - left, -0.8 * (left + right)), -1).astype(np.float32) * 2


@pytest.mark.parametrize("stable", [None, np.ones(SHAPE, bool)])
def test_a_similarity_is_found_beside_an_expression(stable):
    noise = np.random.default_rng(0).normal(0, 0.03, (*SHAPE, 2)).astype(np.float32)
    found = estimate_head_motion(TRUE.flow(SHAPE) + expression() + noise, stable=stable)
    np.testing.assert_allclose((found.u_px, found.v_px), (1.3, -0.7), atol=0.01)
    np.testing.assert_allclose((found.scale, found.rotation_rad), (0.004, 0.01), atol=2e-4)


@pytest.mark.parametrize("model", ["similarity", "median"])
def test_what_is_left_is_the_expression(model):
    head = TRUE if model == "similarity" else HeadMotion(1.3, -0.7)
    left = remove_head_motion(head.flow(SHAPE) + expression(), model)
    assert np.abs(left - expression()).max() < 0.02
    assert left.dtype == np.float32


def test_the_flow_itself_is_left_alone():
    before = expression()
    flow = before.copy()
    remove_head_motion(flow)
    np.testing.assert_array_equal(flow, before)


def test_a_mask_says_where_to_look():
    flow = np.zeros((*SHAPE, 2), np.float32)
    flow[:, 70:] = 1.0
    right = np.zeros(SHAPE, bool)
    right[:, 90:] = True
    np.testing.assert_allclose(estimate_head_motion(flow, "median", right).u_px, 1.0)
    np.testing.assert_allclose(remove_head_motion(flow, "median", right)[:, 90:], 0, atol=1e-6)


def test_outliers_within_the_region_do_not_count():
    flow = TRUE.flow(SHAPE)
    flow[:14, :60] += 9
    found = estimate_head_motion(flow)
    np.testing.assert_allclose((found.u_px, found.v_px), (1.3, -0.7), atol=1e-3)


def test_rotation_is_clockwise_on_the_screen():
    flow = HeadMotion(0, 0, 0, 0.1).flow((11, 11))
    assert flow[5, 10, 1] > 0
    assert flow[0, 5, 0] > 0
    np.testing.assert_allclose(flow[5, 5], 0)


def test_the_stable_region_is_border_and_nose_bridge():
    stable = stable_region(SHAPE)
    assert stable[0].all()
    assert stable[:, -1].all()
    assert stable[80, 70]
    assert not stable[125, 45]
    assert not stable[45, 45]


def test_every_small_picture_has_a_stable_region():
    assert stable_region((3, 3)).any()


def test_errors_are_named():
    flow = expression()
    with pytest.raises(MotionError, match="affine"):
        remove_head_motion(flow, "affine")
    with pytest.raises(MotionError, match="empty"):
        remove_head_motion(flow, stable=np.zeros(SHAPE, bool))
    with pytest.raises(MotionError, match="size"):
        remove_head_motion(flow, stable=np.ones((3, 3), bool))
    with pytest.raises(MotionError, match="shape"):
        remove_head_motion(flow[..., 0])


def test_each_round_is_the_least_squares_of_the_library():
    rng = np.random.default_rng(3)
    x, y, u, v = rng.normal(size=(4, 200)) * 10
    weight = rng.random(200)
    mine = weighted_similarity((x, y), (u, v), weight)
    one, none = np.ones_like(x), np.zeros_like(x)
    design = np.block([[np.stack((one, none, x, -y), 1)], [np.stack((none, one, y, x), 1)]])
    root = np.sqrt(np.tile(weight, 2))
    wanted = np.linalg.lstsq(design * root[:, None], np.concatenate((u, v)) * root, rcond=None)[0]
    np.testing.assert_allclose(mine, wanted, rtol=1e-9, atol=1e-12)


def test_without_weights_nothing_moves():
    x = np.arange(4.0)
    assert weighted_similarity((x, x), (x, x), np.zeros(4)) == (0.0, 0.0, 0.0, 0.0)


def test_few_places_tell_the_same_motion_and_none_at_all_is_every_place():
    flow = TRUE.flow(SHAPE) + expression()
    few, all_places = (estimate_head_motion(flow, every_px=n) for n in (8, 1))
    np.testing.assert_allclose((few.u_px, few.v_px), (all_places.u_px, all_places.v_px), atol=0.01)
    small = np.zeros((4, 4, 2), np.float32)
    small[..., 0] = 2.0
    assert estimate_head_motion(small, "median", every_px=64).u_px == 2.0
