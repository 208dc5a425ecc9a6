"""Folds on a local Ray cluster of two machines: equal to local ones, also when a worker dies."""

import os
import signal
import warnings
from pathlib import Path

import pytest

pytest.importorskip("ray", reason='Ray is not installed: pip install "meviewer[cluster]"')

import msgspec
import numpy as np
import torch
from flow_patterns import SPEC, motion_set

from meviewer.core.errors import ExperimentError, JobError
from meviewer.experiment.records import EpochDone, FoldDone, RunDone, Warned
from meviewer.experiment.runs import RunCard, RunFolder
from meviewer.experiment.splits import leave_one_subject_out
from meviewer.nn import engine_ray
from meviewer.nn.engine_ray import OnRay
from meviewer.nn.folds import Experiment, run_folds
from meviewer.nn.probe import Measured

SHORT = msgspec.structs.replace(SPEC, epochs=3, mixup=0.3, precision="float32", final_model=False)
MEASURED = Measured(step_s=0.1, kept_bytes=1 << 20, n_parameters=230_000, precision="float32")
SMALL = {"num_cpus": 1, "object_store_memory": 80 << 20}


@pytest.fixture(scope="module")
def cluster():
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ray
        from ray.cluster_utils import Cluster

        made = Cluster(initialize_head=True, head_node_args={**SMALL, "include_dashboard": False})
        made.add_node(**SMALL)
        ray.init(address=made.address, log_to_driver=False)
        yield made
        ray.shutdown()
        made.shutdown()


def experiment(folder, spec=SHORT, data=None):
    data = data or motion_set(3, 2, 2)
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
    return Experiment(spec, RunFolder.start(folder, spec, card), data, folds, torch.device("cpu"))


def workers_of(cluster):
    """Processes in which tasks of the cluster run: those of other clusters are not looked at."""
    found = []
    for node in cluster.list_all_nodes():
        for raylet in node.all_processes["raylet"]:
            pid = raylet.process.pid
            below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            found += [int(one) for one in below if b"fold_task" in title(one)]
    return found


def title(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_a_killed_worker_is_replaced_and_the_run_equals_a_local_one(cluster, tmp_path):
    local = experiment(tmp_path / "local")
    *_, want = run_folds(local)
    made, found, killed = experiment(tmp_path / "ray"), [], []
    for record in run_folds(made, OnRay(MEASURED)):
        if isinstance(record, EpochDone) and not killed:
            killed = workers_of(cluster)[:1]
            assert killed
            os.kill(killed[0], signal.SIGKILL)
        found.append(record)
    got = found[-1]
    assert isinstance(got, RunDone)
    assert [r.fold for r in found if isinstance(r, FoldDone)] == [0, 1, 2]
    assert any(isinstance(r, Warned) and "was lost" in r.text for r in found)
    assert got.scores.confusion == want.scores.confusion
    for number in range(3):
        one, other = local.run.result(number), made.run.result(number)
        np.testing.assert_allclose(one.per_seed, other.per_seed, atol=1e-6)
        assert made.run.weights(number)


def test_errors_of_a_task_keep_their_words(cluster, tmp_path):
    data = motion_set(3, 2, 2)
    data.flow[:] = np.inf
    with pytest.raises(ExperimentError, match="diverged"):
        list(run_folds(experiment(tmp_path / "run", data=data), OnRay(MEASURED)))


def test_a_fold_whose_worker_is_lost_again_and_again_is_given_up(cluster, tmp_path, monkeypatch):
    def deadly(work, number):
        os._exit(1)
        yield b"", b""

    monkeypatch.setattr(engine_ray, "fold_task", deadly)
    monkeypatch.setattr(engine_ray, "ATTEMPTS", 1)
    with pytest.raises(JobError, match="was lost 1 times"):
        list(run_folds(experiment(tmp_path / "run"), OnRay(MEASURED)))


def test_stopping_cancels_the_tasks(cluster, tmp_path):
    spec = msgspec.structs.replace(SHORT, epochs=5000)
    running = run_folds(experiment(tmp_path / "run", spec), OnRay(MEASURED))
    for record in running:
        if isinstance(record, EpochDone):
            break
    running.close()
    made = experiment(tmp_path / "next", msgspec.structs.replace(SHORT, epochs=1))
    # Both machines are free again: tasks that went on would keep them.
    *_, last = run_folds(made, OnRay(MEASURED))
    assert isinstance(last, RunDone)
