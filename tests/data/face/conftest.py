"""A face that is nobody's: drawn, and found by the models where they are installed."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.data.face import models


@pytest.fixture(scope="session")
def drawn_face():
    """One frame of a synthetic face, (340, 280, 3) uint8."""
    from meviewer.synth.take import direct

    return np.asarray(direct(3, n_frames=8).shoot(0), np.uint8)


@pytest.fixture(scope="session")
def finder():
    """A finder with its models; the set-up script installs them."""
    from meviewer.data.face.finder import FaceFinder

    if not models.are_there():
        pytest.skip("the face models are not installed")
    return FaceFinder()


@pytest.fixture
def landmarks():
    """468 points about as those of a face lie: eyes 100 px apart around (200, 150)."""
    return hand_made_landmarks()


def hand_made_landmarks():
    from meviewer.data.face.regions import FACE_OVAL, LEFT_EYE, RIGHT_EYE

    points = np.tile((200.0, 200.0), (468, 1))
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    ring = np.stack((20 * np.cos(turn), 8 * np.sin(turn)), axis=1)
    points[list(RIGHT_EYE)] = ring + np.array((150, 150))
    points[list(LEFT_EYE)] = ring + np.array((250, 150))
    turn = np.linspace(-np.pi / 2, 1.5 * np.pi, 36, endpoint=False)
    points[list(FACE_OVAL)] = np.stack((200 + 110 * np.cos(turn), 190 + 140 * np.sin(turn)), axis=1)
    right_brow = [70, 63, 105, 66, 107, 46, 53, 52, 65, 55]
    points[right_brow] = [(120 + 12 * (k % 5), 115 + 8 * (k // 5)) for k in range(10)]
    left_brow = [300, 293, 334, 296, 336, 276, 283, 282, 295, 285]
    points[left_brow] = (400, 0) + points[right_brow] * (-1, 1)
    for k, (x, y) in {61: (160, 260), 57: (150, 262), 291: (240, 260), 287: (250, 262)}.items():
        points[k] = (x, y)
    for k, aside in ((186, -45), (40, -35), (91, -38), (43, -44), (78, -36)):
        points[k] = (200 + aside, 252 if k in (186, 40) else 268)
    for k, aside in ((410, 45), (270, 35), (321, 38), (273, 44), (308, 36)):
        points[k] = (200 + aside, 252 if k in (410, 270) else 268)
    for k, place in {
        168: (200, 150),
        6: (200, 160),
        197: (200, 175),
        195: (200, 185),
        122: (190, 158),
        351: (210, 158),
        196: (190, 170),
        419: (210, 170),
        193: (188, 150),
        417: (212, 150),
        48: (175, 215),
        278: (225, 215),
        4: (200, 205),
        2: (200, 225),
        152: (200, 328),
        148: (180, 325),
        377: (220, 325),
        176: (170, 320),
        400: (230, 320),
        83: (190, 290),
        313: (210, 290),
        18: (200, 290),
        199: (200, 310),
    }.items():
        points[k] = place  # fmt: skip
    return points
