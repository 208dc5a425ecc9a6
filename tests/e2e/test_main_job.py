"""The whole main job without a window, on the whole demo: what a stranger tries first."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip("torch", reason="the train extra is not installed")


def meviewer(*words):
    """Run the program as a user does and return what it prints."""
    command = [sys.executable, "-m", "meviewer", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("main-job") / "demo"
    meviewer("demo", folder, "--no-window")
    return folder


def scores(demo, name, **changes):
    """Train FMANet-light on the truth tier, leave one subject out, and return its scores."""
    spec = demo.parent / f"{name}.toml"
    wished = {"network": "fmanet-light", "label_tier": "truth", "final_model": False} | changes
    spec.write_text("\n".join(f"{key} = {json.dumps(value)}" for key, value in wished.items()))
    out = demo.parent / name
    meviewer("train", spec, "--project", demo, "--out", out)
    return json.loads((out / "scores.json").read_text())


def test_the_demo_is_what_it_promises(demo):
    found = json.loads(meviewer("info", demo, "--json"))
    assert found["counts"]["subjects"] == 12
    assert found["counts"]["samples"] == 72
    assert set(found["coders"]) == {"A", "B", "truth"}


def test_suggestions_lie_near_the_labels(demo):
    found = json.loads(meviewer("suggest", demo, "--coder", "A", "--json"))
    assert found["all"]["keyframes"]["apex"]["n"] > 50
    assert abs(found["all"]["keyframes"]["apex"]["median_ms"]) < 50


def test_fmanet_light_learns_the_truth_and_nothing_from_shuffled_labels(demo):
    learnt = scores(demo, "truth")
    assert learnt["n_folds"] == 12
    assert learnt["protocol"].startswith("loso, fixed")
    assert learnt["uf1"] > 0.8
    control = scores(demo, "control", shuffle_labels=True)
    assert control["uf1"] < 0.45  # chance is 0.2 for five classes
