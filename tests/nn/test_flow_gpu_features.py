"""Flows for the feature store computed on a device: the same numbers, and a note of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from factories import annotation, event, moving_frames, write_clip

from meviewer.core.errors import ExperimentError, MissingExtraError
from meviewer.data.clip import open_clip
from meviewer.nn import device, extra, flow_ahead
from meviewer.nn.feature_plan import FeatureOptions, events_of
from meviewer.nn.feature_worker import EventFeaturesArguments, event_features
from meviewer.nn.features import _device
from meviewer.project.clips import add_clip
from meviewer.project.features import FeatureStore
from meviewer.project.project import Project

SIZE = 24
WANTED = ("flow", "mm-cof", "di")


@pytest.fixture
def units(tmp_path):
    """Two events in clips of one size, one in a wider clip."""
    with Project.create(tmp_path / "project", "small", tmp_path) as made:
        for seed, width in enumerate((64, 64, 80)):
            frames = moving_frames(40, onset=8, apex=20, offset=32, seed=seed, width=width)
            with open_clip(write_clip(tmp_path / "s01" / f"c{seed}", frames)) as clip:
                sample = add_clip(made, "s01", f"c{seed}", clip)
            made.set_tier(sample.id, "A", annotation(event(1, 9, 20, 31)), "import")
        return events_of(made, "A")[0]


@pytest.fixture
def on_device(monkeypatch):
    """A device that is the processor: the way to it is the same."""
    monkeypatch.setattr(device, "pick", lambda name: torch.device("cpu"))


def fill(folder, units, where):
    arguments = EventFeaturesArguments(str(folder), WANTED, SIZE, tuple(units), where)
    said = list(event_features(arguments))
    return FeatureStore(folder), said


def test_a_device_fills_the_store_with_the_numbers_of_the_cpu(tmp_path, units, on_device):
    plain, _ = fill(tmp_path / "plain", units, "cpu")
    store, said = fill(tmp_path / "device", units, "cuda")
    assert [one.state for one in said] == ["computed"] * 3
    for unit in units:
        motion = unit.motion(SIZE)
        for what in WANTED:
            expected, found = (motion.stored(one, what) for one in (plain, store))
            for name in expected:
                np.testing.assert_allclose(found[name], expected[name], atol=2e-3)


def test_the_note_names_the_device_and_the_name_stays(tmp_path, units, on_device):
    plain, _ = fill(tmp_path / "plain", units[:1], "cpu")
    store, _ = fill(tmp_path / "device", units[:1], "cuda")
    for what in ("flow", "mm-cof"):
        key = units[0].motion(SIZE).key(what)
        assert store.meta(key)["flow_device"] == device.describe(torch.device("cpu"))
        assert "flow_device" not in plain.meta(key)


def test_what_is_known_is_not_computed_again(tmp_path, units, on_device, monkeypatch):
    fill(tmp_path / "device", units, "cuda")
    asked = []
    monkeypatch.setattr(
        flow_ahead.FlowAhead, "fields", lambda self, events: asked.extend(events) or []
    )
    _, said = fill(tmp_path / "device", units, "cuda")
    assert [one.state for one in said] == ["known"] * 3
    assert asked == []


def test_a_clip_that_is_gone_fails_alone(tmp_path, units, on_device):
    (tmp_path / "s01" / "c1").rename(tmp_path / "s01" / "away")
    _, said = fill(tmp_path / "device", units, "cuda")
    assert [one.state for one in said] == ["computed", "failed", "computed"]
    assert said[1].reason


def test_devices_are_refused_by_name(monkeypatch):
    with pytest.raises(ExperimentError, match="quantum"):
        FeatureOptions(device="quantum")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ExperimentError, match="cuda"):
        _device("cuda")
    monkeypatch.setattr(extra, "available", lambda: False)
    with pytest.raises(MissingExtraError):
        _device("auto")
    assert _device("cpu") == "cpu"
