"""What an experiment is: one value that a form edits, a TOML file stores and a training obeys."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.experiment.form import Field, about, explain, fields
from meviewer.experiment.spec_training import TrainingFields

_MACHINE = "Machine"
KERNEL = "krr"
"""Name of the network that is none: the kernel ridge."""

_Seed = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class ExperimentSpec(TrainingFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An experiment; each field says what it means in its annotation."""

    seeds: Annotated[
        tuple[_Seed, ...],
        msgspec.Meta(
            title="Seeds",
            description="One network a seed and fold; probabilities are averaged over the seeds.",
            min_length=1,
            max_length=32,
            extra={"unit": "", "group": _MACHINE},
        ),
    ] = (0,)
    device: Annotated[
        Literal["auto", "cpu", "cuda", "mps"],
        about("Device", "'auto' takes a GPU if there is one.", group=_MACHINE),
    ] = "auto"
    threads: Annotated[
        int,
        about(
            "Threads",
            "Processor threads of each process of the training; 0 takes one for a small network or"
            " where folds are trained in processes, else one a core.",
            group=_MACHINE,
            low=0,
            high=256,
        ),
    ] = 0
    parallel: Annotated[
        Literal["auto", "off", "processes", "batched"],
        about(
            "Folds at once",
            "'processes' trains as many folds at once as there are cores; 'batched' trains them as"
            " one model, which is meant for GPUs; 'off' one after another. 'auto' takes processes"
            " on a processor where the training is long enough, batches on a GPU. The scores are"
            " the same within rounding.",
            group=_MACHINE,
        ),
    ] = "auto"
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        about(
            "Precision",
            "'auto' tries a few steps in bfloat16 before a long training and takes it where it is"
            " faster. The run folder keeps what was taken.",
            group=_MACHINE,
        ),
    ] = "auto"


WHAT = "The experiment cannot be run as described"


def form() -> tuple[Field, ...]:
    """Return the fields of an experiment in the order of a form."""
    return fields(ExperimentSpec)


def check(spec: ExperimentSpec) -> ExperimentSpec:
    """Return ``spec`` as it is if all its values are in range.

    Raises
    ------
    ExperimentError
        Naming the first field that is wrong and what it has to be.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(spec), ExperimentSpec)
    except msgspec.ValidationError as error:
        raise explain(error, ExperimentSpec, WHAT) from error


def differing(one: ExperimentSpec, other: ExperimentSpec) -> tuple[str, ...]:
    """Return the fields in which two experiments differ, as ``"epochs: 40, now 60"``."""
    return tuple(
        f"{name}: {getattr(one, name)!r}, now {getattr(other, name)!r}"
        for name in ExperimentSpec.__struct_fields__
        if getattr(one, name) != getattr(other, name)
    )


def spec_hash(spec: ExperimentSpec) -> str:
    """Return 16 hexadecimal digits that equal experiments share."""
    return hashlib.sha256(msgspec.json.encode(spec, order="sorted")).hexdigest()[:16]


def field(name: str) -> Field:
    """Return the description of one field.

    Raises
    ------
    ExperimentError
        If an experiment has no such field.
    """
    for found in form():
        if found.name == name:
            return found
    raise ExperimentError("An experiment has no such field", where=name)
