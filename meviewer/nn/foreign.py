"""Weights of another program as a run of ours: tensors alone are read, and a card is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import Tensor

from meviewer import __version__
from meviewer.core.errors import WeightsError
from meviewer.experiment.runs import FoldResult, RunCard, RunFolder, check_target
from meviewer.experiment.spec import ExperimentSpec, check
from meviewer.nn import checkpoint, registry
from meviewer.nn.representations import check_input

_PARALLEL = "module."
"""What torch puts before each name of a network that was trained on several GPUs."""


def adopt(path: Path, spec: ExperimentSpec, classes: Sequence[str], out: Path) -> RunFolder:
    """Write a run folder around weights that another program has trained.

    Its one network is the final model: nobody knows whom it was trained on, so no clip is held
    out, and no scores are made up for it.

    Parameters
    ----------
    path : Path
        A ``.pt`` or ``.pth`` file of tensors by name, or ``.safetensors``. Code in it is never run.
    spec : ExperimentSpec
        Network with its configuration, and what motion it takes at which size.
    classes : sequence of str
        By class number.
    out : Path
        A new folder.

    Returns
    -------
    RunFolder
        For `meviewer.nn.predict`, and to start a training from.

    Raises
    ------
    WeightsError
        If the file holds more than tensors, or they do not fit the network, by name.
    ExperimentError
        If the experiment is none, or the folder is in use.
    """
    check(spec)
    check_input(spec)
    check_target(out, spec, resume=False)
    network = registry.create(spec.network, len(classes), **spec.network_config)
    checkpoint.load_into(network, _plain(_read(path)), str(path))
    names = tuple(classes)
    card = RunCard(
        classes=names,
        subjects=(),
        clips={},
        labels=f"of {path.name}",
        n_samples=0,
        device="elsewhere",
        versions={"meviewer": __version__, "torch": str(torch.__version__)},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    run = RunFolder.start(out, spec, card)
    about = checkpoint.card_of(spec, names, card.labels, "", None)
    run.write(FoldResult(fold=0, subject=""), checkpoint.encode({0: network}, about))
    return run


def _read(path: Path) -> Mapping[str, Tensor]:
    if path.suffix != ".safetensors":
        return checkpoint.load_foreign(path)
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found: dict[str, Tensor] = load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            "The weights cannot be read",
            where=str(path),
            why=str(error),
            now="give a file of tensors",
        ) from error
    return found


def _plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    every = all(name.startswith(_PARALLEL) for name in tensors)
    return {name.removeprefix(_PARALLEL) if every else name: t for name, t in tensors.items()}
