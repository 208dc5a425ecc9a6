"""A training on Ray: cancelled or killed, it leaves nothing of its cluster, and others' alone."""

import os
import signal
import warnings
from pathlib import Path

import pytest

pytest.importorskip("ray", reason='Ray is not installed: pip install "meviewer[cluster]"')

from flow_patterns import project_of
from process_families import (
    BOUND_S,
    endless,
    family,
    left_of,
    title,
    trains,
    trains_until_its_parent_is_killed,
    wait_for_none_of,
)

from meviewer.jobs.protocol import Cancelled, Crashed, Killed

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="looks for processes in /proc"
)

AGENTS = (b"ray::DashboardAgent", b"ray::RuntimeEnvAgent")


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """A training whose motion is computed by the first one and found by the others."""
    where = tmp_path_factory.mktemp("training")
    project_of(where / "project", n_subjects=3, each=2).close()
    return lambda name: endless(where / "project", where / name, engine="ray")


@pytest.fixture
def of_its_own(monkeypatch):
    """No cluster that somebody else has started here is joined."""
    monkeypatch.setenv("RAY_ADDRESS", "local")


def whole_cluster(found):
    """Whether the processes that stay longest are among these."""
    titles = [title(pid) for pid in found]
    return all(any(one.startswith(agent) for one in titles) for agent in AGENTS)


def test_a_cancelled_training_ends_soon_with_its_cluster(job, of_its_own):
    worker = trains(job("cancelled"))
    below = family(worker.pid)
    assert whole_cluster(below)
    worker.cancel()
    assert worker.wait(BOUND_S) in (Cancelled(), Killed())
    wait_for_none_of(below)


def test_a_killed_training_leaves_nothing_of_its_cluster(job, of_its_own):
    worker = trains(job("killed"))
    below = family(worker.pid)
    assert whole_cluster(below)
    os.kill(worker.pid, signal.SIGKILL)
    assert isinstance(worker.wait(BOUND_S), Crashed)
    wait_for_none_of(below)


def test_a_training_and_its_cluster_do_not_outlive_a_killed_parent(job, of_its_own):
    below = trains_until_its_parent_is_killed(job("orphan"))
    wait_for_none_of(below)


def test_a_cluster_that_was_there_outlives_a_killed_training(job):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ray.cluster_utils import Cluster

        small = {"num_cpus": 1, "object_store_memory": 80 << 20, "include_dashboard": False}
        made = Cluster(initialize_head=True, head_node_args=small)
    try:
        servers = {
            one.process.pid
            for node in made.list_all_nodes()
            for kind in node.all_processes.values()
            for one in kind
        }
        worker = trains(job("guest"), {"RAY_ADDRESS": made.address})
        below = family(worker.pid)
        at_work = {
            pid: start for pid, start in theirs(servers).items() if b"fold_task" in title(pid)
        }
        assert at_work
        assert not servers & below.keys()
        # There is nothing to watch over: who was to do it goes.
        wait_for_none_of({p: start for p, start in below.items() if b"ray_watch" in title(p)})
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(BOUND_S)
        wait_for_none_of(below | at_work)
        assert left_of({pid: start for pid, start in theirs(servers).items() if pid in servers})
        assert whole_cluster(theirs(servers))
    finally:
        made.shutdown()


def theirs(servers):
    """Return the processes of a cluster: the start of each by its id."""
    found = {}
    for pid in servers:
        found |= family(pid)
    return found
