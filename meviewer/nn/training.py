"""A whole experiment: check, prepare the motion, train and test all folds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import torch

from meviewer.experiment.records import Record
from meviewer.experiment.runs import RunFolder, check_target
from meviewer.experiment.spec import ExperimentSpec, check
from meviewer.nn import device as devices
from meviewer.nn import engine, kernel_run, registry
from meviewer.nn.batches import Gathering
from meviewer.nn.folds import Experiment, run_folds
from meviewer.nn.preparation import card_of, prepare, started
from meviewer.nn.representations import check_input
from meviewer.nn.start_from import check_start


def train(
    gathering: Gathering,
    spec: ExperimentSpec,
    out: Path,
    *,
    resume: bool = False,
    on: str = "local",
) -> Iterator[Record]:
    """Train and evaluate by whole subjects, saying how far it is.

    Whatever is wrong with the experiment or the run folder is said before anything is computed.
    Stopping between two records, or a kill at any moment, leaves finished folds whole.

    Parameters
    ----------
    gathering : Gathering
        What brings the data, such as `meviewer.nn.batches.gather` of a project.
    spec : ExperimentSpec
    out : Path
        The run folder: new, or with ``resume`` that of the same experiment.
    on : str
        One of `meviewer.nn.engine.ENGINES`.

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
    check_input(spec)
    chosen = devices.pick(spec.device)
    check_target(out, spec, resume=resume)
    data = yield from gathering
    prepared = yield from prepare(spec, data)
    check_start(spec, data, prepared.folds)
    n_parameters = _n_parameters(spec, len(data.classes))
    devices.set_threads(spec.threads, n_parameters)
    devices.be_repeatable()
    measured = engine.measured_on(spec, data, len(prepared.folds), chosen, on)
    versions = {"torch": str(torch.__version__)}
    card = card_of(prepared, devices.describe(chosen), versions)
    card = msgspec.structs.replace(card, precision=measured.precision)
    run = RunFolder.start(out, spec, card, resume=resume)
    yield started(run, prepared, n_parameters)
    if spec.reference:
        yield from kernel_run.reference(run, prepared)
    # A run that goes on keeps the precision that it was begun with.
    spec = msgspec.structs.replace(spec, precision=run.card.precision)
    experiment = Experiment(spec, run, data, prepared.folds, chosen)
    yield from run_folds(experiment, engine.dealer(experiment, measured, on))


def _n_parameters(spec: ExperimentSpec, n_classes: int) -> int:
    """Count without weights: to draw 140 million of them takes seconds."""
    values = registry.without_weights(spec.network_config)
    with torch.device("meta"):
        return registry.create(spec.network, n_classes, **values).n_parameters()
