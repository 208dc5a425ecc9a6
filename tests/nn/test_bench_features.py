"""The benchmark of the feature store does the whole work, and says what was measured."""

from __future__ import annotations

import pytest

from meviewer.core.errors import ExperimentError
from meviewer.nn import bench_features


def test_a_part_is_measured_and_the_goal_shared_out(monkeypatch):
    fills = []

    def fill(project, options):
        if not fills:  # worker processes take their time to start: once is enough here
            fill_once(project, options)
            assert len(list(project.features_folder.rglob("*.h5"))) == 2 * 3
        fills.append(options)

    fill_once = bench_features._fill
    monkeypatch.setattr(bench_features, "_fill", fill)
    (result,) = bench_features.features(2, 60, 40, 32, 16)
    assert result.goal.startswith("≤ 705.8")
    assert "2 of 255 clips" in result.note
    assert [one.size_px for one in fills] == [16, 16, 16]  # twice for the time, once for the memory


def test_a_store_that_is_not_filled_is_no_result(monkeypatch):
    monkeypatch.setattr(bench_features, "compute_features", lambda *_: iter([None]))
    with pytest.raises(ExperimentError, match="did not do all"):
        bench_features.features(1, 60, 40, 32, 16)
