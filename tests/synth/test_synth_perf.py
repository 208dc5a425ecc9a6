"""Limits that only a slip of an order of magnitude breaks."""

from __future__ import annotations

import time

import pytest

from meviewer.synth.face import Face
from meviewer.synth.take import direct


@pytest.mark.perf
def test_a_face_and_a_clip_take_seconds():
    began = time.process_time()
    Face(3)
    assert time.process_time() - began < 12
    take = direct(3, subject=5, n_frames=60)
    began = time.process_time()
    for index in range(60):
        take.shoot(index)
    assert time.process_time() - began < 4
