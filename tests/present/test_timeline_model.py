"""The lane of our own estimate: where it saw the movement is shown with what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meviewer.core.events import Keyframes
from meviewer.motion.estimate import Estimate
from meviewer.present.timeline_model import model_lane


@pytest.fixture
def found():
    middle = np.array((12.0, 33.0, 48.0))
    cells = np.zeros((21, 17))
    cells[15, 8] = 1.0
    return Estimate(
        Keyframes(10, 30, 50), middle, middle - 1, middle + 1, np.zeros(60), cells, True, (), {}
    )


def lane_of(found, refused=()):
    return model_lane(found, refused, tuple(range(60)), "worth").model


def test_the_lane_carries_where_the_movement_was_seen(found):
    shown = lane_of(found)
    assert shown.cells[15, 8] == 1
    assert "where in the frame" in shown.words


def test_without_evidence_there_is_no_picture(found):
    assert lane_of(replace(found, has_evidence=False)).cells.size == 0
    assert lane_of(replace(found, cells=np.ones((1, 1)))).cells.size == 0


def test_the_tip_speaks_of_a_picture_where_there_is_one(found):
    assert "where in the frame" not in lane_of(replace(found, cells=np.ones((1, 1)))).words
