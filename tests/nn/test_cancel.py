"""Whoever trains the folds: cancelled it ends soon, and no process is left, whatever is killed."""

import threading
from pathlib import Path

import msgspec
import pytest
from flow_patterns import SPEC, project_of
from process_families import BOUND_S, family, trains_until_its_parent_is_killed, wait_for_none_of

from meviewer.experiment import records
from meviewer.experiment.records import EpochDone
from meviewer.experiment.spec_text import to_toml
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Cancelled, Job, Killed
from meviewer.nn.tasks import TrainArguments

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="looks for processes in /proc"
)

LONG = msgspec.structs.replace(
    SPEC, representation="flow-dis", epochs=5000, precision="float32", reference=False
)
PATIENCE_S = 180


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Whose motion is computed by the first training and found by the others."""
    where = tmp_path_factory.mktemp("training") / "project"
    project_of(where, n_subjects=3, each=2).close()
    return where


def endless(project, out, engine):
    """Return a training that ends with nobody's patience."""
    threads = 0 if engine == "processes" else 1  # two workers, also where there are two cores
    spec = msgspec.structs.replace(LONG, parallel=engine, threads=threads)
    arguments = TrainArguments(str(project), to_toml(spec), str(out))
    return Job("train", msgspec.to_builtins(arguments))


@pytest.mark.parametrize("engine", ["off", "processes", "batched"])
def test_a_cancelled_training_ends_soon_and_leaves_no_process(project, tmp_path, engine):
    worker, trains, ends = WorkerProcess(), threading.Event(), []

    def hear(line):
        if isinstance(records.decode(line), EpochDone):
            trains.set()

    worker.start(
        endless(project, tmp_path / "run", engine), hear, lambda e: (ends.append(e), trains.set())
    )
    assert trains.wait(PATIENCE_S)
    assert not ends
    below = family(worker.pid)
    assert (len(below) > 1) == (engine == "processes")
    worker.cancel()
    assert worker.wait(BOUND_S) in (Cancelled(), Killed())
    wait_for_none_of(below)
    assert not list((tmp_path / "run").glob("at_work*"))


@pytest.mark.parametrize("engine", ["off", "batched"])
def test_a_training_does_not_outlive_a_killed_parent(project, tmp_path, engine):
    # That of processes is in test_fold_processes, which also goes on with it.
    job = endless(project, tmp_path / "run", engine)
    wait_for_none_of(trains_until_its_parent_is_killed(job))
