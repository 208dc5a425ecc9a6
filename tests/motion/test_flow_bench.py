"""The benchmarks run, compare like with like, and say when a peer is missing."""

from __future__ import annotations

import builtins
import sys
import tracemalloc

import numpy as np
import pytest

from meviewer.motion import bench, bench_difference, bench_flow, bench_measure, bench_pooling
from meviewer.motion.bench_measure import Goal, Peer, compare
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
    ours, contrib = bench_flow.tvl1(96, 96)
    assert ours.peer.startswith("scikit-image ")
    assert ours.ratio == pytest.approx(ours.peer_ms / ours.ours_ms)
    assert "end-point error" in ours.note
    grown = ours.note.split("1 level: ")[1].split(" %")[0]
    assert abs(float(grown)) < 20
    assert contrib.peer_ms is not None or "not in this wheel" in contrib.note


def test_a_missing_peer_is_said(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("skimage"):
            raise ImportError("No module named 'skimage'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    ours, _ = bench_flow.tvl1(64, 64)
    assert ours.peer_ms is None
    assert ours.ratio is None
    assert "not installed" in ours.note


def test_the_matrix_equals_the_loop_that_reads_again():
    grey, _, colour, _, memory = bench_difference.matrix(6, 48, 40)
    for found in (grey, colour, memory):
        assert found.ratio > 0
        assert "timed on 15 of 15 pairs" in found.note
        assert float(found.note.rsplit(" ", 1)[1]) < 1e-12


def test_a_sample_of_pairs_is_reckoned_up_and_said():
    pairs, share = bench_difference._sample(40)
    assert 50 < len(pairs) < 70
    assert share == len(pairs) / 780
    assert len({j - i for i, j in pairs}) > 15


def test_gamdss_chooses_as_the_loop_does():
    for found in bench_difference.gamdss(60, 32, 30):
        assert "the same keyframes" in found.note


def test_the_dynamic_image_equals_the_running_means():
    for found in bench_pooling.dynamic_images(12, 24, 20):
        assert float(found.note.rsplit(" ", 1)[1]) < 1e-4
    frames = face_like_frames(3, 8, 8).astype(float)
    expected = frames.transpose(1, 2, 3, 0) @ (-4 / 3, 2 / 3, 2 / 3)
    np.testing.assert_allclose(bench_pooling.running_means(frames), expected, atol=1e-9)


def test_the_sliding_window_and_exact_pooling_agree_with_their_peers():
    linear, bilen = bench_pooling.sliding(20, 6, 16, 12)
    assert "difference 0.0e+00" in linear.note
    assert float(bilen.note.split("difference ")[1].split(";")[0]) < 1e-5
    (exact,) = bench_pooling.rank_pooling(10, 12, 12)
    assert float(exact.note.rsplit(" ", 1)[1]) < 1e-3


def test_a_drag_gives_what_a_script_gives():
    (found,) = bench_flow.drag(12, 40, 36)
    assert found.note.endswith("differs by 0.0e+00")


def test_a_missing_solver_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.svm", None)
    (found,) = bench_pooling.rank_pooling(4, 8, 8)
    assert found.peer_ms is found.peer_mb is found.ratio is None
    assert "is not installed" in found.note


def test_both_run_in_turns_and_the_median_counts(monkeypatch):
    calls = []
    times = iter([5.0, 40.0, 1.0, 20.0, 3.0])
    monkeypatch.setattr(bench_measure, "_ms", lambda work: (work(), next(times))[1])
    peer = Peer("slow", lambda: calls.append("peer"), share=0.5)
    goal = Goal(ms=3, ratio=20)
    found = compare("x", lambda: calls.append("ours"), peer, goal=goal, runs=3, peer_runs=2)
    assert calls == ["ours", "peer", "ours", "peer", "ours", "ours"]
    assert (found.ours_ms, found.ours_best_ms, found.runs) == (3.0, 1.0, 3)
    assert (found.peer_ms, found.ratio, found.peer_mb) == (60.0, 20.0, None)
    assert (found.goal, found.met) == ("≤ 3 ms, ≥ 20×", True)


@pytest.mark.parametrize(
    ("goal", "ms", "ratio", "expected"),
    [
        (Goal(), 1, 2, None),
        (Goal(ms=2), 3, None, False),
        (Goal(ms=2), 1, None, True),
        (Goal(ratio=4), 1, None, None),
        (Goal(ratio=4), 1, 3, False),
        (Goal(ms=2, ratio=4), 3, 5, False),
    ],
)
def test_a_goal_is_reached_missed_or_cannot_be_told(goal, ms, ratio, expected):
    assert goal.met(ms, ratio) is expected


def test_memory_is_the_peak_of_what_numpy_took():
    def work():
        np.ones(2_000_000, np.uint8)
        np.ones(1_000_000, np.uint8)

    assert bench_measure.peak_mb(work) == pytest.approx(2, rel=0.05)


def test_somebody_elses_trace_is_left_alone():
    tracemalloc.start()
    try:
        assert bench_measure.peak_mb(lambda: None) is None
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def test_every_benchmark_has_a_name():
    names = "tvl1 difference gamdss gamdss-project dynamic-image sliding rank-pooling drag estimate"
    assert list(bench.BENCHMARKS) == names.split()


def test_the_table_names_goals_and_gaps():
    from meviewer.cli.bench_command import _words

    found = compare("thing", lambda: None, Peer("other", "is not installed"), goal=Goal(ms=1e4))
    words = _words([found])
    assert "≤ 10000 ms reached" in words
    assert "other is not installed" in words


def test_the_first_preview_of_a_folder_is_timed_against_its_own_end():
    _, preview, *_ = bench_difference.matrix(64, 48, 40)
    assert "first preview" in preview.name
    assert preview.goal == "≤ 500 ms"
    assert float(preview.note.rsplit(" ", 1)[1]) > 0.8


def test_a_project_is_searched_clip_after_clip():
    (found,) = bench_difference.project(7, 24, 40, 36)
    assert "7 clips" in found.name
    assert "same keyframes" in found.note
    assert found.peer_ms is not None
