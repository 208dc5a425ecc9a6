"""Folds in worker processes: each trains some of them and stores each one in the run folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch

from meviewer.core.errors import JobError
from meviewer.experiment.folding import folds_of
from meviewer.experiment.records import AnyRecord, EpochDone, FoldDone, FoldStarted, Record, Working
from meviewer.experiment.runs import FoldResult, RunFolder
from meviewer.jobs.protocol import Job
from meviewer.nn import motion_file
from meviewer.nn.device import be_repeatable
from meviewer.nn.fold_order import Said, in_order
from meviewer.nn.folds import done
from meviewer.nn.one_fold import Experiment, train_fold
from meviewer.nn.worker_pool import WorkerPool, training_worker

HANDED_OVER = "at_work_{pid}"
"""Folder in the run folder that holds the data while processes train, and is gone afterwards.

Its name is that of one parent: what a killed one has left is not written over while a worker of it
may still look there.
"""


class FoldsArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `train_folds`.

    Attributes
    ----------
    run : str
        Run folder.
    data : str
        Folder with the data.
    folds : tuple of int
        Numbers, in order; ``n_folds`` is the final model.
    device : str
    threads : int
    """

    run: str
    data: str
    folds: tuple[int, ...]
    device: str = "cpu"
    threads: int = 1


def train_folds(arguments: FoldsArguments) -> Iterator[Record]:
    """Train some folds of a run whose data lie beside it; a `FoldDone` for each, once stored."""
    torch.set_num_threads(arguments.threads)
    be_repeatable()
    run = RunFolder.open(Path(arguments.run))
    data = motion_file.load(Path(arguments.data))
    spec = msgspec.structs.replace(run.spec, precision=run.card.precision)
    folds = folds_of(spec, data.members)
    experiment = Experiment(spec, run, data, folds, torch.device(arguments.device))
    for number in arguments.folds:
        result = yield from train_fold(experiment, number)
        yield done(result, len(folds))


@dataclass(frozen=True, slots=True)
class Processes:
    """Trains folds in worker processes: a `meviewer.nn.folds.Dealer`.

    Attributes
    ----------
    n_workers : int
    threads : int
        Of each.
    """

    n_workers: int
    threads: int = 1

    def __call__(
        self, experiment: Experiment, numbers: Sequence[int]
    ) -> Generator[Record | FoldResult, None, None]:
        """Train folds; a worker that dies is replaced, and goes on after its stored folds."""
        if not numbers:
            return
        run, n_workers = experiment.run, min(self.n_workers, len(numbers))
        folder = _cleared(run.folder) / HANDED_OVER.format(pid=os.getpid())
        units = [_Unit(number) for number in numbers]
        # Dealt in turn, so that the folds in the front of the order end first.
        shares = [units[first::n_workers] for first in range(n_workers)]

        def job(share: tuple[object, ...]) -> Job:
            folds = tuple(unit.number for unit in share if isinstance(unit, _Unit))
            asked = FoldsArguments(
                str(run.folder.resolve()),
                str(folder.resolve()),
                folds,
                experiment.device.type,
                self.threads,
            )
            return Job("train-folds", msgspec.to_builtins(asked))

        try:
            motion_file.save(experiment.data, folder)
            pool: WorkerPool[Record] = WorkerPool(shares, job, training_worker, _aside)
            with closing(_said(pool, run)) as said:
                yield from in_order(said, numbers, n_workers)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Unit:
    number: int

    def answer(self, record: AnyRecord) -> FoldDone | None:
        return record if isinstance(record, FoldDone) and record.fold == self.number else None

    def given_up(self, reason: str) -> FoldDone:
        raise JobError(
            "A fold cannot be trained",
            where=f"fold {self.number + 1}",
            why=reason,
            now='choose a smaller batch or input, or parallel = "off"; finished folds are kept',
        )


def _cleared(run: Path) -> Path:
    """Remove what killed runs have left."""
    for left in run.glob(HANDED_OVER.format(pid="*")):
        shutil.rmtree(left, ignore_errors=True)
    return run


def _aside(record: AnyRecord) -> Record | None:
    return record if isinstance(record, FoldStarted | EpochDone | Working) else None


def _said(pool: WorkerPool[Record], run: RunFolder) -> Generator[Said | None, None, None]:
    with closing(pool.records()) as records:
        for record in records:
            match record:
                case FoldStarted(fold=fold) | EpochDone(fold=fold) | Working(fold=fold):
                    yield fold, record
                case FoldDone(fold=fold):
                    result = run.result(fold)
                    if result is None:
                        raise JobError("A fold that was said to be stored is not", where=str(fold))
                    yield fold, result
                case _:
                    yield None
