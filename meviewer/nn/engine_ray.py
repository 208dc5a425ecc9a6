"""Folds as tasks of a Ray cluster: same records, same run folder, a lost worker's fold is retried.

The machines of the cluster need no common disk: data go to them, and a trained fold comes back as
bytes, which this process writes. Ray hands objects over by pickle, so the cluster has to be one
that is trusted; nothing that comes from a file is unpickled.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import msgspec
import torch

from meviewer.core.errors import JobError, MeviewerError
from meviewer.experiment import records
from meviewer.experiment.records import Record, Warned
from meviewer.experiment.runs import FoldResult, RunCard, RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.splits import Fold
from meviewer.jobs.protocol import Failed, decode_end, encode, failed
from meviewer.nn import device as devices
from meviewer.nn.estimate_cost import learnt_bytes
from meviewer.nn.fold_batches import folds_that_fit
from meviewer.nn.fold_order import Said, in_order
from meviewer.nn.motion_set import MotionSet
from meviewer.nn.one_fold import Experiment, train_fold
from meviewer.nn.probe import Measured
from meviewer.nn.ray_cluster import joined

ATTEMPTS = 3
"""So often the worker of a fold may be lost before the run gives up."""

_WAIT_S = 0.5
_GPU_BYTES = 12 << 30
_MOST_A_GPU = 8


@dataclass(frozen=True, slots=True)
class Work:
    """What a task needs beside the number of its fold; it goes to each machine once."""

    spec: ExperimentSpec
    card: RunCard
    data: MotionSet
    folds: tuple[Fold, ...]
    threads: int


def fold_task(work: Work, number: int) -> Iterator[tuple[bytes, bytes]]:
    """Train one fold on a machine of the cluster.

    Yields
    ------
    tuple of bytes
        A record as JSON and nothing; at the end the result as JSON, and the weights, or how it
        failed as JSON and nothing.
    """
    torch.set_num_threads(work.threads)
    devices.be_repeatable()
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder.start(Path(folder) / "run", work.spec, work.card)
        device = devices.pick(work.spec.device)
        experiment = Experiment(work.spec, run, work.data, work.folds, device)
        training = train_fold(experiment, number)
        while True:
            try:
                yield records.encode(next(training)), b""
            except StopIteration as stop:
                weights = run.weights_path(number)
                kept = weights.read_bytes() if weights.exists() else b""
                yield msgspec.json.encode(stop.value), kept
                return
            except MeviewerError as error:
                # Ray would bring it back without the words that are for people.
                yield encode(failed(error)), b""
                return


@dataclass(frozen=True, slots=True)
class OnRay:
    """Trains folds on a Ray cluster: a `meviewer.nn.folds.Dealer`.

    See `meviewer.nn.ray_cluster.joined` for which one.

    Attributes
    ----------
    measured : Measured
        How many folds share a GPU comes from it.
    """

    measured: Measured

    def __call__(
        self, experiment: Experiment, numbers: Sequence[int]
    ) -> Generator[Record | FoldResult, None, None]:
        """Train folds; closing it cancels its tasks."""
        if not numbers:
            return
        with joined() as ray:
            flight = _Flight(ray, experiment, self._options(ray, experiment))
            try:
                n_at_once = min(len(numbers), flight.slots())
                with closing(flight.said(numbers)) as said:
                    yield from in_order(said, numbers, n_at_once)
            finally:
                flight.cancel()

    def _options(self, ray: ModuleType, experiment: Experiment) -> dict[str, float]:
        spec = experiment.spec
        options: dict[str, float] = {"num_cpus": max(spec.threads, 1), "num_gpus": 0}
        if spec.device in ("auto", "cuda") and ray.cluster_resources().get("GPU", 0):
            sample = learnt_bytes(spec)
            fit = folds_that_fit(self.measured, sample, len(experiment.data), _GPU_BYTES)
            options["num_gpus"] = 1 / min(fit, _MOST_A_GPU)
        return options


@dataclass(slots=True)
class _Flight:
    """The tasks that are under way."""

    ray: ModuleType
    experiment: Experiment
    options: dict[str, float]
    lost: Counter[int] = field(default_factory=Counter)
    tasks: dict[object, int] = field(default_factory=dict)

    def slots(self) -> int:
        """Return how many tasks the cluster runs at once, at least one."""
        has = self.ray.cluster_resources()
        slots = has.get("CPU", 1) / self.options["num_cpus"]
        if self.options["num_gpus"]:
            slots = min(slots, has["GPU"] / self.options["num_gpus"])
        return max(1, int(slots))

    def said(self, numbers: Sequence[int]) -> Generator[Said | None, None, None]:
        """Start a task a fold, and pass on what they say."""
        one = self.experiment
        card, folds = one.run.card, tuple(one.folds)
        work = Work(one.spec, card, one.data, folds, int(self.options["num_cpus"]))
        handed = self.ray.put(work)
        # Lost workers are seen to here, so that it can be said.
        remote = self.ray.remote(max_retries=0, **self.options)(fold_task)
        for number in numbers:
            self.tasks[remote.remote(handed, number)] = number
        while self.tasks:
            ready, _ = self.ray.wait(list(self.tasks), num_returns=1, timeout=_WAIT_S)
            if not ready:
                yield None
                continue
            task, number = ready[0], self.tasks[ready[0]]
            try:
                yield number, self._next(task, number)
            except self.ray.exceptions.RayTaskError:
                raise  # a fault of ours would come again
            except self.ray.exceptions.RayError as error:
                del self.tasks[task]
                yield number, self._warned(number, error)
                self.tasks[remote.remote(handed, number)] = number

    def cancel(self) -> None:
        """Stop all tasks."""
        for task in self.tasks:
            self.ray.cancel(task, force=True)
        self.tasks.clear()

    def _next(self, task: object, number: int) -> Record | FoldResult:
        """Return the next word of a task; its last one is written into the run folder."""
        said, weights = self.ray.get(next(iter(_generator(task))))
        if said.startswith(b'{"record":'):
            return records.decode(said)
        del self.tasks[task]
        end = decode_end(said)
        if isinstance(end, Failed):
            raise end.error()
        result = msgspec.json.decode(said, type=FoldResult)
        return self.experiment.run.write(result, weights)

    def _warned(self, number: int, error: Exception) -> Warned:
        self.lost[number] += 1
        if self.lost[number] >= ATTEMPTS:
            raise JobError(
                "A fold cannot be trained on the cluster",
                where=f"fold {number + 1}",
                why=f"its worker was lost {ATTEMPTS} times: {type(error).__name__}",
                now="look at the cluster; finished folds are kept, and a resumed run goes on",
            ) from error
        return Warned(
            text=f"The worker of fold {number + 1} was lost; the fold starts again",
            where=type(error).__name__,
        )


def _generator(task: object) -> Iterator[object]:
    assert isinstance(task, Iterator)
    return task
