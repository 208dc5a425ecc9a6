"""Folds in processes and as one model: the same files as one after another, whatever dies."""

import os
import signal
import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from flow_patterns import SPEC, motion_set, project_of
from process_families import trains_until_its_parent_is_killed, wait_for_none_of

from meviewer.core.errors import ExperimentError
from meviewer.experiment.records import EpochDone, FoldDone, RunDone
from meviewer.experiment.runs import RunCard, RunFolder
from meviewer.experiment.spec_text import to_toml
from meviewer.experiment.splits import leave_one_subject_out
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Job
from meviewer.nn import fold_batches, one_fold, tasks, worker_pool
from meviewer.nn.fold_batches import Batched, folds_that_fit
from meviewer.nn.fold_processes import Processes
from meviewer.nn.folds import Experiment, run_folds
from meviewer.nn.probe import Measured, largest_batch
from meviewer.nn.tasks import TrainArguments

SHORT = msgspec.structs.replace(SPEC, epochs=2, mixup=0.3, seeds=(0, 1), precision="float32")


def experiment(folder, spec=SHORT, resume=False):
    data = motion_set(3, 2, 2)
    folds = leave_one_subject_out(data.subjects)
    card = RunCard(
        classes=data.classes,
        subjects=tuple(fold.subject for fold in folds),
        clips=dict(zip(data.fingerprints, data.subjects, strict=True)),
        labels=data.labels,
        n_samples=len(data),
        device="CPU, 1 thread",
        versions={},
        created="",
    )
    run = RunFolder.start(folder, spec, card, resume=resume)
    return Experiment(spec, run, data, folds, torch.device("cpu"))


def kinds(found):
    return [type(r).__name__ for r in found if type(r).__name__ != "Working"]


def untimed(result):
    return msgspec.structs.replace(result, seconds=0.0)


def same(run, other, tolerance=0.0):
    for number in range(4):
        mine, his = run.result(number), other.result(number)
        if tolerance:
            np.testing.assert_allclose(mine.per_seed, his.per_seed, atol=tolerance)
            assert mine.predicted == his.predicted
        else:
            assert untimed(mine) == untimed(his)
            assert run.weights(number) == other.weights(number)


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """A run of one fold after another: its folder and its records."""
    made = experiment(tmp_path_factory.mktemp("straight") / "run")
    return made.run, list(run_folds(made))


def test_a_worker_that_waits_and_then_is_killed_is_replaced_and_nothing_differs(
    straight, tmp_path, monkeypatch
):
    pids, paused, went_on = [], threading.Event(), threading.Event()
    start, pause, go_on = WorkerProcess.start, WorkerProcess.pause, WorkerProcess.go_on

    def noted(worker, *arguments):
        start(worker, *arguments)
        pids.append(worker.pid)

    monkeypatch.setattr(worker_pool, "PATIENCE_S", 0.1)
    monkeypatch.setattr(WorkerProcess, "start", noted)
    monkeypatch.setattr(WorkerProcess, "pause", lambda one: (pause(one), paused.set()))
    monkeypatch.setattr(WorkerProcess, "go_on", lambda one: (go_on(one), went_on.set()))
    made, found, killed = experiment(tmp_path / "run"), [], False
    for record in run_folds(made, Processes(2)):
        found.append(record)
        if not isinstance(record, EpochDone) or killed:
            continue
        if not went_on.is_set():
            assert paused.wait(60)  # they wait while nobody reads
        else:
            os.kill(pids[0], signal.SIGKILL)
            killed = True
    assert killed
    assert len(pids) >= 3
    same(made.run, straight[0])
    assert isinstance(found[-1], RunDone)
    done = [r.fold for r in found if isinstance(r, FoldDone)]
    assert done == [0, 1, 2]
    assert not list(made.run.folder.glob("at_work*"))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    where = tmp_path_factory.mktemp("training") / "project"
    project_of(where, n_subjects=3, each=2).close()
    return where


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_processes_end_with_a_killed_parent_and_a_resumed_run_equals_a_whole_one(project, tmp_path):
    fields = {"representation": "flow-dis", "parallel": "processes", "threads": 0, "epochs": 40}
    spec = msgspec.structs.replace(SHORT, **fields, seeds=(0,), reference=False)
    arguments = TrainArguments(str(project), to_toml(spec), str(tmp_path / "run"))
    below = trains_until_its_parent_is_killed(Job("train", msgspec.to_builtins(arguments)))
    assert len(below) > 1
    wait_for_none_of(below)

    off = msgspec.structs.replace(spec, parallel="off")
    whole = TrainArguments(str(project), to_toml(off), str(tmp_path / "whole"))
    *_, want = tasks.train(whole)
    *_, got = tasks.train(msgspec.structs.replace(arguments, resume=True))
    assert isinstance(got, RunDone)
    same(RunFolder.open(tmp_path / "run"), RunFolder.open(tmp_path / "whole"))
    assert got.scores.confusion == want.scores.confusion


@pytest.mark.parametrize("n_at_once", [2, 4])
def test_folds_of_one_model_equal_folds_one_after_another(straight, tmp_path, n_at_once):
    made = experiment(tmp_path / "run")
    found = list(run_folds(made, Batched(n_at_once)))
    same(made.run, straight[0], tolerance=2e-4)
    assert kinds(found) == kinds(straight[1])


def test_folds_that_do_not_fit_at_once_are_trained_in_smaller_groups(tmp_path, monkeypatch):
    sizes, train = [], fold_batches.train_stack

    def limited(pupils, *arguments):
        sizes.append(len(pupils))
        if len(pupils) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return train(pupils, *arguments)

    monkeypatch.setattr(fold_batches, "train_stack", limited)
    spec = msgspec.structs.replace(SHORT, epochs=1, seeds=(0,))
    found = list(run_folds(experiment(tmp_path / "run", spec), Batched(4)))
    assert sizes == [4, 2, 2]
    assert isinstance(found[-1], RunDone)


def test_a_fold_that_does_not_fit_alone_names_a_batch_that_does(tmp_path, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(fold_batches, "train_stack", full)
    with pytest.raises(ExperimentError, match="batch_size = 4: a step of that fits"):
        list(run_folds(experiment(tmp_path / "run"), Batched(1)))


def test_one_fold_after_another_says_what_fits_too(tmp_path, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory")
        yield

    monkeypatch.setattr(one_fold, "train_network", full)
    with pytest.raises(ExperimentError, match="finished folds are kept"):
        list(run_folds(experiment(tmp_path / "run")))


@pytest.mark.parametrize(("room", "fits"), [(5, 4), (16, 16), (1, 0)])
def test_a_batch_that_fits_is_found_by_halving(room, fits):
    def attempt(size):
        if size > room:
            raise torch.OutOfMemoryError("CUDA out of memory")

    assert largest_batch(32, attempt) == fits


def test_as_many_folds_as_the_memory_holds():
    one = Measured(step_s=1.0, kept_bytes=40, n_parameters=1, precision="float32")
    assert folds_that_fit(one, 2, 2, 1000) == 7
    assert folds_that_fit(one, 2, 2, 10) == 1
