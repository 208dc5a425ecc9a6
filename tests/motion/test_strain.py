"""Optical strain: none for a rigid head, known for a stretched one."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import MotionError
from meviewer.motion.head_motion import HeadMotion
from meviewer.motion.strain import strain, strain_tensor

SHAPE = (60, 80)


def linear(a, b, c, d):
    """The flow u = a x + b y, v = c x + d y."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    return np.stack((a * x + b * y, c * x + d * y), -1)


def test_a_translation_strains_nothing():
    assert strain(np.full((*SHAPE, 2), 3.7, np.float32)).max() == 0


def test_an_infinitesimal_rotation_strains_nothing():
    assert strain(HeadMotion(1.0, 2.0, 0.0, 0.02).flow(SHAPE)).max() < 1e-5


def test_a_real_rotation_strains_by_the_square_of_its_angle():
    angle = 0.05
    turned = linear(np.cos(angle) - 1, -np.sin(angle), np.sin(angle), np.cos(angle) - 1)
    expected = np.sqrt(2) * (1 - np.cos(angle))
    np.testing.assert_allclose(strain(turned), expected, atol=2e-5)
    assert expected < angle**2


@pytest.mark.parametrize("angle", [-0.03, 0.01, 0.03])
def test_a_rigid_head_strains_less_than_a_thousandth(angle):
    turned = linear(np.cos(angle) - 1, -np.sin(angle), np.sin(angle), np.cos(angle) - 1)
    assert strain(turned + np.float32(2.3)).max() < 1e-3


def test_stretch_and_shear_have_known_strain():
    np.testing.assert_allclose(strain(linear(0.1, 0, 0, 0)), 0.1, atol=1e-5)
    np.testing.assert_allclose(strain(linear(0, 0, 0, -0.2)), 0.2, atol=1e-5)
    e_xx, e_yy, e_xy = strain_tensor(linear(0.1, 0.06, 0.02, 0.3))
    for found, expected in ((e_xx, 0.1), (e_yy, 0.3), (e_xy, 0.04)):
        np.testing.assert_allclose(found, expected, atol=2e-5)
    size = np.sqrt(0.1**2 + 0.3**2 + 2 * 0.04**2)
    np.testing.assert_allclose(strain(linear(0.1, 0.06, 0.02, 0.3)), size, atol=3e-5)


def test_strain_adds_nothing_to_a_bump_where_it_is_still():
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    bump = np.exp(-((x - 40) ** 2 + (y - 30) ** 2) / 50).astype(np.float32)
    found = strain(np.stack((bump, np.zeros_like(bump)), -1))
    assert found.dtype == np.float32
    assert found.max() > 0.05
    assert found[:5].max() < 1e-4


@pytest.mark.parametrize("shape", [(10, 10), (10, 10, 3), (1, 10, 2)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(MotionError, match="shape"):
        strain(np.zeros(shape, np.float32))
