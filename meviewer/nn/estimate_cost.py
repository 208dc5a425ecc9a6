"""What a training will cost, before it starts: from a table of networks. Imports no torch.

The table gives an order of magnitude at once; `meviewer.nn.probe` measures the machine at hand.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from meviewer.experiment.spec import KERNEL, ExperimentSpec
from meviewer.nn.families import CHANNELS, FAMILIES
from meviewer.nn.representations import FLOW, REFERENCE_PX, family_of

FLOAT_BYTES = 4
STATE_BYTES = 16
"""Of a trained number: itself, its gradient, and the two means of AdamW, float32 each."""

FRAME_BYTES = 1
"""Of a number of a frame, which is held as it was decoded."""

PARTS = 3
"""Of an event as dynamic images: the whole, the rise and the fall."""

FLOW_NUMBERS = 4
"""Of one pixel of the flow of an event: u and v of both phases."""

PROCESS_BYTES = 450 << 20
"""Of a worker process with torch loaded and nothing in it [measured, Linux, CPU]."""

_CORE_FLOPS = 45e9
_STEP_S = 0.005
_START_S = 4.0
_FORWARD_AND_BACKWARD = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """What a training takes.

    Attributes
    ----------
    seconds : float or None
        For all folds and seeds, and the final model; the motion of the clips and the reference not
        counted. None if nobody knows.
    memory_bytes : int or None
        Of all worker processes together, or of the GPU.
    how : str
        Where the figures come from, in words.
    """

    seconds: float | None
    memory_bytes: int | None
    how: str


@dataclass(frozen=True, slots=True)
class Size:
    """How large a network is, at one size of input.

    Attributes
    ----------
    px : int
    forward_flops : float
        Of one sample forward; a multiplication and an addition are two.
    kept_bytes : float
        What one sample leaves in memory for the backward pass.
    n_parameters : int
    """

    px: int
    forward_flops: float
    kept_bytes: float
    n_parameters: int


SIZES: Mapping[str, Size] = {
    "fmanet": Size(112, 1581e6, 11.3e6, 12_159_865),
    "fmanet-light": Size(112, 192e6, 4.13e6, 230_517),
    "learnet": Size(112, 53e6, 2.2e6, 1_866_053),
    "gamdss": Size(224, 26_880e6, 461e6, 12_789_413),
    "ststnet": Size(28, 0.8e6, 0.15e6, 2_485),
    "dianet": Size(112, 2008e6, 11.7e6, 24_464_517),
    "resnet18": Size(112, 970e6, 5.7e6, 11_179_077),
    "resnet50": Size(112, 2152e6, 22.0e6, 23_518_277),
    "vgg19": Size(112, 9993e6, 19.7e6, 139_590_725),
    "efficientnet-b0": Size(112, 212e6, 22.9e6, 4_013_953),
    "vit-b16": Size(224, 35_126e6, 140.4e6, 85_802_501),
}
"""Counted by torch on these networks with their default configuration and five classes."""


def cost(
    spec: ExperimentSpec, n_samples: int, n_folds: int, n_classes: int, n_cores: int = 0
) -> Cost:
    """Return what an experiment costs on the processor of this machine, roughly.

    Parameters
    ----------
    spec : ExperimentSpec
    n_samples : int
        Clips that can be used.
    n_folds : int
    n_classes : int
    n_cores : int
        Cores that work; 0 for those of this machine.

    Returns
    -------
    Cost
        Without figures for a network that the table does not know, or for a GPU.
    """
    if spec.network == KERNEL:
        return Cost(None, None, "the kernel ridge takes seconds, and minutes for many clips")
    size = SIZES.get(spec.network)
    if size is None or n_samples < 2 or n_folds < 1 or n_classes < 2:
        return Cost(None, None, "not known before the first steps")
    if spec.device not in ("auto", "cpu"):
        memory = n_samples * learnt_bytes(spec) + fold_bytes(spec, size)
        return Cost(None, memory, "the time on a GPU is not known before")
    cores = n_cores or os.cpu_count() or 1
    n_workers = max(1, min(cores // max(spec.threads, 1), n_folds))
    per_step = _STEP_S + step_flops(spec, size) / _CORE_FLOPS
    seconds = _START_S + per_step * n_steps(spec, n_samples, n_folds) / n_workers
    # What was read is there once; each process takes out of it what its fold learns.
    one = PROCESS_BYTES + n_samples * learnt_bytes(spec) + fold_bytes(spec, size)
    memory = n_samples * read_bytes(spec) + n_workers * one
    return Cost(seconds, memory, f"a rough table, {n_workers} of {cores} processor cores")


def n_steps(spec: ExperimentSpec, n_samples: int, n_folds: int) -> int:
    """Return the steps of the optimiser in the whole run.

    Folds are taken as equally large.
    """
    n_train = n_samples * (n_folds - 1) / n_folds if n_folds > 1 else n_samples * 0.75
    folds = n_folds * _in_training(spec, n_train)
    final = _in_training(spec, n_samples) if spec.final_model else 0
    return (folds + final) * len(spec.seeds)


def step_flops(spec: ExperimentSpec, size: Size) -> float:
    """Return the operations of one step, forward and backward."""
    area = (spec.input_px / size.px) ** 2
    return _FORWARD_AND_BACKWARD * size.forward_flops * area * spec.batch_size


def fold_bytes(spec: ExperimentSpec, size: Size) -> int:
    """Return the memory of one network in training, its data left out."""
    area = (spec.input_px / size.px) ** 2
    return int(STATE_BYTES * size.n_parameters + size.kept_bytes * area * spec.batch_size)


def read_bytes(spec: ExperimentSpec) -> int:
    """Return the memory of one event as `meviewer.nn.motion_set.MotionSet` holds it."""
    area, sets = spec.input_px**2, 2 if spec.test_tier else 1
    if spec.pictures:
        return CHANNELS * area * FLOAT_BYTES
    if spec.representation.startswith(FLOW):
        return sets * FLOW_NUMBERS * area * FLOAT_BYTES
    parts = PARTS if family_of(spec) == "dynamic" else 1
    seen = parts * _view_bytes(spec) + FLOW_NUMBERS * REFERENCE_PX**2 * FLOAT_BYTES
    return sets * seen


def learnt_bytes(spec: ExperimentSpec) -> int:
    """Return the memory of one event as `meviewer.nn.material.Material` holds it for a fold."""
    return _view_bytes(spec) * (PARTS if spec.dual_phase else 1)


def _view_bytes(spec: ExperimentSpec) -> int:
    """Return the memory of all views of one sample."""
    family = family_of(spec)
    number = FRAME_BYTES if family == "keyframes" else FLOAT_BYTES
    return FAMILIES[family].n_views * CHANNELS * spec.input_px**2 * number


def _in_training(spec: ExperimentSpec, n_train: float) -> int:
    return spec.epochs * max(1, round(n_train / spec.batch_size))
