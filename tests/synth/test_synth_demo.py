"""The demo project: complete or not there, balanced, and with labels to look at."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from meviewer.core.annotation import Status
from meviewer.core.errors import JobError, ProjectError, StorageError, SynthError
from meviewer.core.events import Source
from meviewer.data.clip import open_clip
from meviewer.project.project import Project
from meviewer.synth import demo_clips, demo_pool
from meviewer.synth.demo import ClipWritten, DemoStarted, DemoWritten, write_demo
from meviewer.synth.demo_plan import EMOTIONS, plan
from meviewer.synth.take import direct

SMALL = {"size": (56, 68), "workers": 0}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A small demo, and what was said while it was written."""
    folder = tmp_path_factory.mktemp("demo") / "project"
    return folder, list(write_demo(folder, 2, 12, **SMALL))


def test_progress_is_told_clip_by_clip(demo):
    folder, said = demo
    assert said[0] == DemoStarted(folder, 24)
    assert [type(record) for record in said[1:-1]] == [ClipWritten] * 24
    assert [record.done for record in said[1:-1]] == list(range(1, 25))
    assert isinstance(said[-1], DemoWritten)
    assert said[-1].n_clips == 24
    assert said[-1].folder == folder
    assert [path.name for path in folder.parent.iterdir()] == ["project"]


def test_the_project_holds_three_tiers(demo):
    with Project.open(demo[0]) as project:
        assert project.subjects() == ("s01", "s02")
        assert set(project.coders()) == {"A", "B", "truth"}
        assert project.is_machine("truth")
        assert not project.is_machine("A")
        assert project.check_chain().ok
        truth = project.tier("truth")
        assert len(truth) == 24
        for annotation in truth.values():
            assert annotation.status is Status.COMMITTED
            assert annotation.events[0].source is Source.TRUTH
            assert annotation.events[0].action_units


def test_the_coders_have_most_done_and_some_to_do(demo):
    with Project.open(demo[0]) as project:
        tiers = {coder: project.tier(coder) for coder in ("A", "B", "truth")}
    states = Counter(annotation.status for annotation in tiers["A"].values())
    assert states[Status.COMMITTED] > 16
    assert states[Status.DRAFT] >= 3
    assert 24 - len(tiers["A"]) >= 3
    assert Counter(a.status for a in tiers["B"].values())[Status.COMMITTED] > 19
    first = min(tiers["truth"])
    assert tiers["A"][first].status is Status.COMMITTED
    keyframes = {c: {i: a.events[0].keyframes for i, a in t.items()} for c, t in tiers.items()}
    both = keyframes["A"].keys() & keyframes["B"].keys()
    assert all(a.events[0].source is Source.MANUAL for a in tiers["A"].values())
    for one, other in (("A", "truth"), ("B", "truth"), ("A", "B")):
        differ = [keyframes[one][i] != keyframes[other][i] for i in both]
        assert np.mean(differ) > 0.8


def test_the_clips_on_disk_are_the_clips_of_the_project(demo):
    with Project.open(demo[0]) as project:
        samples = project.samples()
        assert not list(project.shifted_clips())
        assert {sample.rate for sample in samples} == {Fraction(200)}
        assert len({sample.first_number for sample in samples}) > 15
        assert all(sample.first_number > 0 for sample in samples)
        assert all(72 <= sample.n_frames <= 108 for sample in samples)
        with open_clip(samples[4].clip_path) as clip:
            assert clip.rate_known
            assert clip.n_frames == samples[4].n_frames
            assert clip.first_number == samples[4].first_number
            assert clip.frame(0).shape == (68, 56, 3)
    about = json.loads((samples[4].clip_path / "clip.json").read_text())
    assert about["rate"] == "200/1"


def test_jpeg_changes_less_than_the_sensor(tmp_path):
    take = direct(3, subject=5, n_frames=8)
    frame = take.shoot(4)
    path = tmp_path / "img0001.jpg"
    path.write_bytes(demo_clips.encoded(frame))
    import cv2

    read = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    difference = (read.astype(float) - frame) @ (0.299, 0.587, 0.114)
    assert abs(difference.mean()) < 0.1
    assert difference.std() < 1.0


def test_each_subject_shows_all_emotions_and_all_are_as_frequent():
    plans = plan(12, 6)
    for subject in plans:
        assert {clip.emotion for clip in subject.clips} == set(EMOTIONS)
    shown = Counter(clip.emotion for subject in plans for clip in subject.clips)
    assert max(shown.values()) - min(shown.values()) <= 1
    assert len({tuple(c.emotion for c in subject.clips) for subject in plans}) > 8
    clips = [clip for subject in plans for clip in subject.clips]
    assert len({clip.seed for clip in clips}) == 72
    assert 0.02 < np.mean([clip.blink is not None for clip in clips]) < 0.3
    assert 0.2 < np.mean([clip.flicker_percent > 0.1 for clip in clips]) < 0.6


def test_the_plan_depends_on_its_seed_alone():
    assert plan(3, 4, seed=2) == plan(3, 4, seed=2)
    assert plan(3, 4, seed=2) != plan(3, 4, seed=3)
    assert plan(3, 4)[:2] == plan(2, 4)


def test_child_processes_write_the_same_clips(tmp_path):
    folders = {workers: tmp_path / str(workers) for workers in (0, 2)}
    for workers, folder in folders.items():
        said = list(write_demo(folder, 2, 2, size=(56, 68), workers=workers))
        assert isinstance(said[-1], DemoWritten)
    files = {w: sorted(p.relative_to(f) for p in f.glob("clips/*/*/*")) for w, f in folders.items()}
    assert len(files[0]) > 4 * 72
    assert files[0] == files[2]
    assert all((folders[0] / p).read_bytes() == (folders[2] / p).read_bytes() for p in files[0])
    with Project.open(folders[0]) as one, Project.open(folders[2]) as other:
        assert list(one.tier("A").values()) == list(other.tier("A").values())
    assert not [t for t in threading.enumerate() if t.name == "demo-worker"]


@pytest.mark.parametrize("workers", [0, 2])
def test_closing_it_half_way_leaves_nothing(tmp_path, workers):
    writing = write_demo(tmp_path / "demo", 2, 12, size=(56, 68), workers=workers)
    for record in writing:
        if isinstance(record, ClipWritten) and record.done == 2:
            break
    assert list(tmp_path.iterdir())
    assert not (tmp_path / "demo").exists()
    writing.close()
    assert not list(tmp_path.iterdir())
    assert not [t for t in threading.enumerate() if t.name == "demo-worker"]


def test_a_killed_run_leaves_no_project_and_its_rest_is_swept_up(tmp_path):
    import os

    left = tmp_path / "demo.unfinished-12345678"
    fresh = tmp_path / "demo.unfinished-87654321"
    for folder in (left, fresh):
        (folder / "clips" / "s01").mkdir(parents=True)
    for path in (left, left / "clips" / "s01"):
        os.utime(path, (1e9, 1e9))
    list(write_demo(tmp_path / "demo", 1, 1, **SMALL))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["demo", fresh.name]


def test_workers_end_with_their_input():
    command = [sys.executable, "-m", "meviewer.synth.demo_worker"]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=60, check=True)
    assert done.stdout == b""


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ProjectError, match="something already"):
        list(write_demo(tmp_path, 1, 1, **SMALL))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "demo").mkdir()
    list(write_demo(tmp_path / "demo", 1, 1, **SMALL))
    with Project.open(tmp_path / "demo") as project:
        assert len(project.samples()) == 1


def test_too_little_room_is_said_before_the_work(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(StorageError, match="MB are free"):
        next(write_demo(tmp_path / "demo"))
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(frame):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(demo_clips, "encoded", full)
    with pytest.raises(StorageError, match="No space left"):
        list(write_demo(tmp_path / "demo", 1, 1, **SMALL))
    assert not list(tmp_path.iterdir())


def test_a_worker_that_dies_is_an_error_not_a_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(demo_pool.sys, "executable", "/bin/false")
    with pytest.raises(JobError, match="has ended"):
        list(write_demo(tmp_path / "demo", 2, 1, size=(56, 68), workers=2))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("numbers", [(0, 6), (12, 0), (-1, 1)])
def test_a_demo_of_nothing_is_refused(tmp_path, numbers):
    with pytest.raises(SynthError, match="at least one"):
        next(write_demo(tmp_path / "demo", *numbers))
