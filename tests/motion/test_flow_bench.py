"""The benchmarks run, compare like with like, and say when a peer is missing."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from meviewer.motion import bench
from meviewer.motion.bench_scenes import face_like_frames, flow_scene, mean_error_px


def test_the_scene_keeps_its_promise():
    scene = flow_scene(60, 90, 2.0)
    assert np.hypot(*scene.flow.transpose(2, 0, 1)).max() == pytest.approx(2.0, rel=1e-5)
    again = flow_scene(60, 90, 2.0, gain=1.02, shift=1)
    np.testing.assert_array_equal(scene.first, again.first)
    assert np.abs(again.second - (scene.second * 1.02 + 1)).max() <= 1.1
    assert mean_error_px(scene.flow, scene.flow) == 0


def test_whole_shifts_of_the_texture_are_exact():
    from meviewer.motion.bench_scenes import texture

    waves = np.array([[0.3, 0.1, 0.5, 20.0]])
    y, x = np.mgrid[:20, :20].astype(float)
    np.testing.assert_allclose(texture(waves, x + 3, y)[:, :-3], texture(waves, x, y)[:, 3:])


def test_tvl1_is_compared_with_scikit_image():
    ours, contrib = bench.tvl1(96, 96)
    assert ours.peer == "scikit-image"
    assert ours.ratio == pytest.approx(ours.peer_ms / ours.ours_ms)
    assert "end-point error" in ours.note
    assert contrib.peer_ms is not None or "not in this wheel" in contrib.note


def test_a_missing_peer_is_said(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("skimage"):
            raise ImportError("No module named 'skimage'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    ours, _ = bench.tvl1(64, 64)
    assert ours.peer_ms is None
    assert ours.ratio is None
    assert "not installed" in ours.note


def test_the_matrix_equals_the_loop_that_reads_again():
    (found,) = bench.matrix(6, 48, 40)
    assert found.ratio > 0
    apart = float(found.note.rsplit(" ", 1)[1])
    assert apart < 1e-9


def test_the_dynamic_image_equals_the_running_means():
    (found,) = bench.dynamic_images(12, 24, 20)
    assert float(found.note.rsplit(" ", 1)[1]) < 1e-4
    frames = face_like_frames(3, 8, 8).astype(float)
    expected = frames.transpose(1, 2, 3, 0) @ (-4 / 3, 2 / 3, 2 / 3)
    np.testing.assert_allclose(bench.running_means(frames), expected, atol=1e-9)


def test_every_benchmark_has_a_name():
    assert set(bench.BENCHMARKS) == {"tvl1", "matrix", "dynamic-image"}
