"""Who trains the folds of a run: this process, several, one batched model, or a cluster."""

from __future__ import annotations

import os

import torch

from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn import device as devices
from meviewer.nn.engine_ray import OnRay
from meviewer.nn.estimate_cost import PROCESS_BYTES, STATE_BYTES, learnt_bytes, n_steps
from meviewer.nn.fold_batches import Batched, folds_that_fit
from meviewer.nn.fold_processes import Processes
from meviewer.nn.folds import Dealer, one_after_another
from meviewer.nn.inputs import Inputs
from meviewer.nn.motion_set import MotionSet
from meviewer.nn.one_fold import Course, Experiment
from meviewer.nn.probe import Measured, measure
from meviewer.nn.stacked import skeleton_of

ENGINES = ("local", "ray")
"""Where folds are trained: on this machine, or on a Ray cluster."""

LONG_S = 30.0
"""A training that one process ends sooner is not worth the start of others."""

_USED = 0.7


def measured_on(
    spec: ExperimentSpec,
    data: MotionSet,
    n_folds: int,
    device: torch.device,
    on: str = "local",
) -> Measured:
    """Try a few steps of an experiment on its device; see `meviewer.nn.probe.measure`.

    Where nothing is left to be chosen by it, nothing is tried.
    """
    if spec.precision != "auto" and spec.parallel == "off" and on == "local":
        return Measured(0.0, 0, 0, spec.precision)
    views = data.learnt([0], Inputs.of(spec).family).shape[1]
    shape = (views, 3, spec.input_px, spec.input_px)
    return measure(spec, len(data.classes), shape, device, n_steps(spec, len(data), n_folds))


def dealer(experiment: Experiment, measured: Measured, on: str = "local") -> Dealer:
    """Return who trains the folds that are left, as the experiment wants it.

    Parameters
    ----------
    experiment : Experiment
    measured : Measured
    on : str
        One of `ENGINES`.

    A network that cannot be part of a batched model says so when it is trained.
    """
    spec = experiment.spec
    if on == "ray":
        return OnRay(measured)
    match spec.parallel:
        case "processes":
            return _processes(spec, measured, experiment.device)
        case "batched":
            return _batched(experiment, measured)
        case "auto":
            return _automatic(experiment, measured)
        case _:
            return one_after_another


def workers(spec: ExperimentSpec, measured: Measured) -> int:
    """Return how many worker processes this machine has cores and memory for."""
    one = PROCESS_BYTES + 2 * measured.kept_bytes + STATE_BYTES * measured.n_parameters
    by_memory = int(_USED * _memory_bytes() // one)
    return max(1, min(devices.n_cores() // max(spec.threads, 1), by_memory))


def _automatic(experiment: Experiment, measured: Measured) -> Dealer:
    spec, device = experiment.spec, experiment.device
    n_to_do = len(experiment.to_do())
    if n_to_do < 2:
        return one_after_another
    if device.type == "cuda":
        stackable = not isinstance(_skeleton(experiment), str)
        return _batched(experiment, measured) if stackable else one_after_another
    n_left = n_steps(spec, len(experiment.data), len(experiment.folds))
    seconds = measured.step_s * n_left * n_to_do / (len(experiment.folds) + 1)
    if device.type == "cpu" and seconds > LONG_S and workers(spec, measured) > 1:
        return _processes(spec, measured, device)
    return one_after_another


def _processes(spec: ExperimentSpec, measured: Measured, device: torch.device) -> Dealer:
    n_workers = workers(spec, measured) if device.type == "cpu" else 1
    return Processes(n_workers, max(spec.threads, 1))


def _batched(experiment: Experiment, measured: Measured) -> Dealer:
    data, device = experiment.data, experiment.device
    on_gpu = device.type == "cuda"
    free = torch.cuda.mem_get_info(device)[0] if on_gpu else _memory_bytes()
    return Batched(folds_that_fit(measured, learnt_bytes(experiment.spec), len(data), free))


def _skeleton(experiment: Experiment) -> object:
    course = Course(experiment, 0)
    network, _ = course.network(experiment.spec.seeds[0])
    x = Inputs.of(experiment.spec).finished(course.material.x[:2])
    return skeleton_of(network, x)


def _memory_bytes() -> int:
    if hasattr(os, "sysconf"):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 8 << 30
