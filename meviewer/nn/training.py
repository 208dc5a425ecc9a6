"""A whole experiment on a project: check, prepare the motion, train and test all folds."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from meviewer import __version__
from meviewer.core.errors import ExperimentError
from meviewer.experiment.records import Record, RunStarted
from meviewer.experiment.runs import RunCard, RunFolder, check_target
from meviewer.experiment.spec import ExperimentSpec, check
from meviewer.experiment.splits import Fold, check_clips, leave_one_subject_out
from meviewer.nn import device as devices
from meviewer.nn import registry
from meviewer.nn.batches import MotionSet, gather
from meviewer.nn.folds import Experiment, run_folds
from meviewer.project.project import Project


def train(
    project: Project, spec: ExperimentSpec, out: Path, *, resume: bool = False
) -> Iterator[Record]:
    """Train and evaluate by leave-one-subject-out, saying how far it is.

    Whatever is wrong with the experiment or the run folder is said before anything is computed.
    Stopping between two records, or a kill at any moment, leaves finished folds whole.

    Parameters
    ----------
    project : Project
        May be open for reading only; computed motion goes into its feature store.
    spec : ExperimentSpec
    out : Path
        The run folder: new, or with ``resume`` that of the same experiment.

    Yields
    ------
    Record
        The last one is `RunDone`.

    Raises
    ------
    ExperimentError
        If the experiment cannot be run, or the folder belongs to another one.
    """
    check(spec)
    registry.config(spec.network, spec.network_config)
    chosen = devices.pick(spec.device)
    check_target(out, spec, resume=resume)
    data = yield from gather(project, spec)
    folds = _split(data)
    n_parameters = registry.create(
        spec.network, len(data.classes), **spec.network_config
    ).n_parameters()
    devices.set_threads(spec.threads, n_parameters)
    _be_repeatable()
    run = RunFolder.start(out, spec, _card(data, folds, chosen), resume=resume)
    yield _started(run, data, n_parameters)
    yield from run_folds(Experiment(spec, run, data, folds, chosen))


def _split(data: MotionSet) -> tuple[Fold, ...]:
    if len(set(data.truth.tolist())) < 2:
        raise ExperimentError(
            "There is only one class to learn",
            where=data.classes[int(data.truth[0])],
            why=f"all {len(data)} usable clips belong to it",
            now="label clips of another emotion, or choose another class scheme",
        )
    folds = leave_one_subject_out(data.subjects)
    for fold in folds:
        train = [data.fingerprints[i] for i in fold.train]
        check_clips(train, [data.fingerprints[i] for i in fold.test])
    return folds


def _card(data: MotionSet, folds: tuple[Fold, ...], chosen: torch.device) -> RunCard:
    return RunCard(
        classes=data.classes,
        subjects=tuple(fold.subject for fold in folds),
        clips=dict(zip(data.fingerprints, data.subjects, strict=True)),
        labels=data.labels,
        n_samples=len(data),
        device=devices.describe(chosen),
        versions={
            "meviewer": __version__,
            "torch": str(torch.__version__),
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _started(run: RunFolder, data: MotionSet, n_parameters: int) -> RunStarted:
    counts = np.bincount(data.truth, minlength=len(data.classes))
    return RunStarted(
        folder=str(run.folder),
        network=run.spec.network,
        n_parameters=n_parameters,
        n_samples=len(data),
        classes=data.classes,
        class_counts=tuple(counts.tolist()),
        subjects=run.card.subjects,
        epochs=run.spec.epochs,
        seeds=run.spec.seeds,
        device=run.card.device,
        finished=tuple(sorted(run.finished())),
    )


def _be_repeatable() -> None:
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
