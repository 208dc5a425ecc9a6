"""Whoever trains the folds: cancelled it ends soon, and no process is left, whatever is killed."""

from pathlib import Path

import pytest
from flow_patterns import project_of
from process_families import (
    BOUND_S,
    endless,
    family,
    trains,
    trains_until_its_parent_is_killed,
    wait_for_none_of,
)

from meviewer.jobs.protocol import Cancelled, Killed

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="looks for processes in /proc"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Whose motion is computed by the first training and found by the others."""
    where = tmp_path_factory.mktemp("training") / "project"
    project_of(where, n_subjects=3, each=2).close()
    return where


@pytest.mark.parametrize("engine", ["off", "processes", "batched"])
def test_a_cancelled_training_ends_soon_and_leaves_no_process(project, tmp_path, engine):
    worker = trains(endless(project, tmp_path / "run", engine))
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
