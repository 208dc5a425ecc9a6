"""Generous limits on time, against opening by decoding and stepping by seeking."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from meviewer.data.clip import open_clip

pytestmark = pytest.mark.perf


def _best_of(n, work):
    times = []
    for _ in range(n):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def test_opening_200_images_of_640x480_and_the_first_frame(tmp_path):
    noise = np.random.default_rng(0).integers(60, 180, (480, 640, 3)).astype(np.uint8)
    data = cv2.imencode(".jpg", cv2.GaussianBlur(noise, (3, 3), 0))[1].tobytes()
    for number in range(200):
        (tmp_path / f"img{number}.jpg").write_bytes(data)

    def first_frame():
        with open_clip(tmp_path) as clip:
            clip.frame(0)

    assert _best_of(3, first_frame) < 0.15


def test_a_step_back_in_a_long_group_of_pictures(tmp_path, write_video):
    with open_clip(write_video(tmp_path / "long.mp4", n=300, gop=300)) as clip:
        clip.frame(299)
        assert _best_of(3, lambda: [clip.frame(i) for i in range(298, 198, -1)]) < 0.1
