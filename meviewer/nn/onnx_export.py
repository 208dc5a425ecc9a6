"""A network of a run as ONNX, for programs without torch; written only once it is checked."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from meviewer.core.errors import MissingExtraError, WeightsError
from meviewer.data.atomic import write_bytes
from meviewer.experiment.runs import RunFolder
from meviewer.nn import checkpoint
from meviewer.nn.families import FAMILIES
from meviewer.nn.network import Network
from meviewer.nn.representations import family_of

TOLERANCE = 1e-4
"""Largest difference of a class score that is let pass."""

INPUT, OUTPUT = "motion", "scores"
_BATCHES = (1, 3)
_OPSET = 18

Answer = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes
    ----------
    path : Path
    model : str
        Which networks, in words.
    shape : tuple of int
        Of the input, its batch left out: views, channels, height, width.
    classes : tuple of str
    difference : float
        Largest difference from torch in the check.
    checked_with : str
        What ran the file in the check.
    """

    path: Path
    model: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    difference: float
    checked_with: str


class Scores(nn.Module):
    """The mean of the class scores of some networks: one output, no inner pictures."""

    def __init__(self, networks: list[Network]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, x: Tensor) -> Tensor:
        """Return scores, shape (B, n_classes): logarithms of mean probabilities."""
        shares = [network(x).logits.softmax(1) for network in self.networks]
        return torch.stack(shares).mean(0).clamp_min(1e-30).log()


def export(run: RunFolder, out: Path, fold: int | None = None) -> Exported:
    """Write the final model of a run, or the networks of one fold, as ONNX.

    The file takes the normalised input of `meviewer.nn.inputs`; its metadata hold the model card.

    Parameters
    ----------
    run : RunFolder
    out : Path
    fold : int, optional
        0-based; without it the final model.

    Raises
    ------
    MissingExtraError
        If the libraries are not installed.
    WeightsError
        If these networks are not finished, or the file answers otherwise than torch.
    StorageError
        If the disk refuses.
    """
    require()
    number = run.n_folds if fold is None else fold
    where = str(run.weights_path(number))
    card, networks = checkpoint.decode(run.weights(number), where)
    model = Scores(list(networks.values())).eval()
    n_views = FAMILIES[family_of(run.spec)].n_views
    shape = (n_views, 3, card.input_px, card.input_px)
    words = "final model" if fold is None else f"fold of {run.card.subjects[number]}, held out"
    if len(networks) > 1:
        words += f", mean of {len(networks)} seeds"
    data = _encoded(model, shape, _about(card, words))
    difference, name = _check(model, data, shape, where)
    write_bytes(out, data)
    return Exported(out, words, shape, card.classes, difference, name)


def require() -> None:
    """Make sure that ONNX files can be made.

    Raises
    ------
    MissingExtraError
        With the command that installs what is missing.
    """
    lacking = [name for name in ("onnx", "onnxscript") if find_spec(name) is None]
    if lacking:
        raise MissingExtraError(
            "ONNX files need further libraries",
            where=", ".join(lacking),
            why="torch writes them with their help",
            now='pip install "meviewer[onnx]"',
        )


def _encoded(model: Scores, shape: tuple[int, ...], about: Mapping[str, str]) -> bytes:
    """Return the file's content."""
    sample = torch.zeros((2, *shape))
    said = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(said):
        # Its own advice to programmers, of one version of torch or the other.
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            model,
            (sample,),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim("batch", min=1)},),
            opset_version=_OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    made = program.model_proto
    for key, value in about.items():
        entry = made.metadata_props.add()
        entry.key, entry.value = key, value
    encoded: bytes = made.SerializeToString()
    return encoded


def _about(card: checkpoint.ModelCard, networks: str) -> Mapping[str, str]:
    """Return the metadata: the card, and which networks of the run are in the file."""
    return {
        "meviewer": msgspec.json.encode(card).decode(),
        "classes": ", ".join(card.classes),
        "networks": networks,
    }


def _check(model: Scores, data: bytes, shape: tuple[int, ...], where: str) -> tuple[float, str]:
    """Return the largest difference of the file's answers from torch's, and what ran it."""
    answer, name = _runner(data)
    generator = torch.Generator().manual_seed(0)
    worst = 0.0
    for n in _BATCHES:
        x = torch.randn((n, *shape), generator=generator)
        with torch.no_grad():
            expected = model(x).exp().numpy()
        worst = max(worst, float(np.abs(np.exp(answer(x.numpy())) - expected).max()))
    if not worst <= TOLERANCE:
        raise WeightsError(
            "The ONNX file answers otherwise than the network",
            where=where,
            why=f"probabilities differ by up to {worst:.2g}, {TOLERANCE:g} is let pass",
            now="update torch, onnx and onnxscript; nothing was written",
        )
    return worst, name


def _runner(data: bytes) -> tuple[Answer, str]:
    """Return what answers with the file: onnxruntime, or the slow reference of onnx itself."""
    if find_spec("onnxruntime") is not None:
        session = import_module("onnxruntime").InferenceSession(
            data, providers=["CPUExecutionProvider"]
        )
        return lambda x: np.asarray(session.run([OUTPUT], {INPUT: x})[0]), "onnxruntime"
    onnx = import_module("onnx")
    reference = import_module("onnx.reference").ReferenceEvaluator(onnx.load_from_string(data))
    return lambda x: np.asarray(reference.run([OUTPUT], {INPUT: x})[0]), "onnx's reference"
