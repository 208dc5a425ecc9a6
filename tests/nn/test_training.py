"""Whole trainings of a project, through the task and through the child process."""

import threading

import msgspec
import numpy as np
import pytest
from flow_patterns import SPEC, project_of

from meviewer.core.errors import ExperimentError, MissingExtraError
from meviewer.experiment import records
from meviewer.experiment.records import EpochDone, FoldDone, Predicted, RunDone, RunStarted, Skipped
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec_text import to_toml
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Cancelled, Done, Failed, Job
from meviewer.nn import extra, tasks
from meviewer.nn.tasks import ClipArguments, PredictArguments, TrainArguments

DIS = msgspec.structs.replace(SPEC, representation="flow-dis", epochs=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("training") / "project"
    project_of(where, n_subjects=3, each=2).close()
    return where


@pytest.fixture(scope="module")
def trained(folder):
    out = folder / "runs" / "straight"
    return out, list(tasks.train(TrainArguments(str(folder), to_toml(DIS), str(out))))


def test_a_training_from_project_to_scores(trained):
    out, found = trained
    started = next(r for r in found if isinstance(r, RunStarted))
    assert started.subjects == ("s0", "s1", "s2")
    assert started.class_counts == (6, 6)
    assert started.device == "CPU, 1 thread"
    assert isinstance(found[-1], RunDone)
    run = RunFolder.open(out)
    assert run.scores() == found[-1].scores
    assert run.scores().n_samples == 12
    assert set(run.card.versions) == {"meviewer", "torch", "numpy", "python"}
    assert len(run.card.clips) == 12
    for record in found:
        assert records.decode(records.encode(record)) == record


def job(folder, out, resume=False):
    arguments = TrainArguments(str(folder), to_toml(DIS), str(out), resume)
    return Job("train", msgspec.to_builtins(arguments))


def run_worker(job, on_record=None):
    """Run a job in a child process; ``on_record`` may cancel it."""
    worker, found = WorkerProcess(), []

    def line(text):
        found.append(records.decode(text))
        if on_record is not None:
            on_record(worker, found[-1])

    worker.start(job, line, lambda end: None)
    return worker.wait(120), found


def test_cancelled_and_resumed_in_child_processes_equals_uninterrupted(folder, trained, tmp_path):
    out = tmp_path / "run"
    cancelled = threading.Event()

    def cancel(worker, record):
        if isinstance(record, EpochDone) and record.fold == 1 and not cancelled.is_set():
            cancelled.set()
            worker.cancel(kill_after_s=60)

    end, _ = run_worker(job(folder, out), cancel)
    assert end == Cancelled()
    assert set(RunFolder.open(out).finished()) == {0}

    end, found = run_worker(job(folder, out, resume=True))
    assert end == Done()
    assert [r.restored for r in found if isinstance(r, FoldDone)] == [True, False, False]
    straight = RunFolder.open(trained[0])
    resumed = RunFolder.open(out)
    for number in range(4):
        assert resumed.weights(number) == straight.weights(number)
    assert timeless(straight.scores()) == timeless(resumed.scores())


def timeless(scores):
    reference = msgspec.structs.replace(scores.reference, seconds=0.0)
    return msgspec.structs.replace(scores, seconds=0.0, reference=reference)


def test_errors_of_a_training_reach_the_window_whole(folder, trained):
    end, found = run_worker(job(folder, trained[0]))
    assert isinstance(end, Failed)
    assert isinstance(end.error(), ExperimentError)
    assert "already" in end.what
    assert found == []


def attempt(folder, out, **changes):
    spec = msgspec.structs.replace(DIS, **changes)
    return list(tasks.train(TrainArguments(str(folder), to_toml(spec), str(out))))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network": "lenet"}, "lenet"),
        ({"network_config": {"dropout": 5}}, r"network_config\.dropout"),
        ({"label_tier": "B"}, "no labels by 'B'"),
        ({"device": "mps"}, "no such device"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left_behind(folder, tmp_path, changes, words):
    with pytest.raises(ExperimentError, match=words):
        attempt(folder, tmp_path / "run", **changes)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("emotions", "n_subjects", "words"),
    [
        (("happiness", "surprise"), 1, "at least two subjects"),
        (("happiness",), 2, "only one class"),
    ],
)
def test_too_little_to_learn(tmp_path, emotions, n_subjects, words):
    project_of(tmp_path / "project", emotions, n_subjects).close()
    with pytest.raises(ExperimentError, match=words):
        attempt(tmp_path / "project", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_same_pictures_under_two_subjects_are_found(tmp_path):
    import shutil

    with project_of(tmp_path / "project") as project:
        one = project.samples()[0]
        again = shutil.copytree(one.clip_path, tmp_path / "project" / "copy")
        fields = ("fingerprint", "rate", "n_frames", "first_number", "width", "height")
        values = {name: getattr(one, name) for name in fields}
        copy = project.add_sample("s9", "copy", again, **values)
        project.set_tier(copy.id, "truth", project.annotation(one.id, "truth"), "copy")
    with pytest.raises(ExperimentError, match="both sides"):
        attempt(tmp_path / "project", tmp_path / "run")


def predicted(out, clip, **arguments):
    asked = PredictArguments(str(out), (clip,), **arguments)
    *_, last = tasks.predict(asked)
    return last


def test_a_clip_is_recognised(folder, trained, tmp_path):
    out, _ = trained
    result = RunFolder.open(out).result(1)
    path = folder / "clips" / "s1" / "clip0"
    found = predicted(out, ClipArguments(str(path), (2, 5, 8)), maps=str(tmp_path / "maps"))
    assert isinstance(found, Predicted)
    assert found.model == "fold of subject s1, held out"
    assert found.probabilities == pytest.approx(result.probabilities[0], abs=1e-6)
    assert found.predicted == found.classes[int(np.argmax(found.probabilities))]
    from safetensors.numpy import load_file

    assert set(load_file(found.maps)) == {"w1", "modulation", "attention", "saliency"}


def test_without_keyframes_they_are_searched_for(folder, trained):
    path = folder / "clips" / "s1" / "clip0"
    found = predicted(trained[0], ClipArguments(str(path)))
    onset, apex, offset = found.keyframes
    assert 0 <= onset < apex < offset < 10
    again = predicted(trained[0], ClipArguments(str(path), found.keyframes))
    assert again.probabilities == pytest.approx(found.probabilities)
    assert (found.rough, again.rough) == (True, False)


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        (ClipArguments("/nowhere/clip", (2, 5, 8)), "nowhere"),
        (ClipArguments("", (2, 50, 80)), "outside the clip"),
        (ClipArguments("", (8, 5, 2)), "out of order"),
    ],
)
def test_a_clip_that_cannot_be_judged_says_why(folder, trained, clip, words):
    path = clip.path or str(folder / "clips" / "s1" / "clip0")
    found = predicted(trained[0], msgspec.structs.replace(clip, path=path))
    assert isinstance(found, Skipped)
    assert words in found.reason


def test_devices_are_listed_by_a_child_process():
    end, found = run_worker(Job("devices"))
    assert end == Done()
    assert found[-1].name == "cpu"


def test_without_torch_every_task_says_how_to_get_it(folder, trained, tmp_path, monkeypatch):
    monkeypatch.setattr(extra, "available", lambda: False)
    with pytest.raises(MissingExtraError, match=r"pip install \"meviewer\[train\]\""):
        attempt(folder, tmp_path / "run")
    with pytest.raises(MissingExtraError):
        predicted(trained[0], ClipArguments("x"))
