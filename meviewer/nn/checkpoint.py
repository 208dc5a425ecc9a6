"""Weights on disk: safetensors with a card inside; files from elsewhere only if they are safe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from meviewer import __version__
from meviewer.experiment.form import Value
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn import registry
from meviewer.nn.network import Network
from meviewer.nn.state import State, load_into
from meviewer.nn.state import unusable as _wrong

__all__ = [
    "ModelCard",
    "card_of",
    "decode",
    "encode",
    "load_foreign",
    "load_into",
    "read_card",
]

_CARD = "meviewer"
_SAFE_TORCH = (2, 10)


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """What one has to know to use the weights, and what they are for.

    Attributes
    ----------
    network : str
    network_config : dict
        All of it, defaults included.
    classes : tuple of str
        By class number.
    representation, input_px, normalisation, mirror
        As in `ExperimentSpec`.
    scale : float or None
        Divisor of the flow where the normalisation is by data set.
    held_out : str
        Subject that was not trained on; empty for the final model.
    labels : str
        Hash of the label set.
    version : str
        Of this program.
    intended_use : str
    """

    network: str
    network_config: dict[str, Value]
    classes: tuple[str, ...]
    representation: str
    input_px: int
    normalisation: str
    mirror: bool
    scale: float | None
    held_out: str
    labels: str
    version: str = __version__
    intended_use: str = "Research on facial micro-expressions. Not for decisions about people."


def card_of(
    spec: ExperimentSpec, classes: tuple[str, ...], labels: str, held_out: str, scale: float | None
) -> ModelCard:
    """Return the card of a network that an experiment has trained."""
    whole = registry.config(spec.network, spec.network_config)
    return ModelCard(
        network=spec.network,
        network_config=msgspec.structs.asdict(whole),
        classes=classes,
        representation=spec.representation,
        input_px=spec.input_px,
        normalisation=spec.normalisation,
        mirror=spec.mirror and spec.mirror_test,
        scale=scale,
        held_out=held_out,
        labels=labels,
    )


def encode(networks: Mapping[int, Network], card: ModelCard) -> bytes:
    """Return the networks of some seeds, with their card, as one safetensors file."""
    from safetensors.torch import save

    tensors = {
        f"{seed}/{name}": tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        for seed, network in networks.items()
        for name, tensor in network.state_dict().items()
    }
    encoded: bytes = save(tensors, metadata={_CARD: msgspec.json.encode(card).decode()})
    return encoded


def decode(data: bytes, where: str) -> tuple[ModelCard, dict[int, Network]]:
    """Make the networks of a file again, by seed.

    Parameters
    ----------
    data : bytes
        Of a file that `encode` made.
    where : str
        Its name, for messages.

    Raises
    ------
    WeightsError
        If it is no such file, or its weights do not fit the network that its card names.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        tensors: dict[str, Tensor] = load(data)
    except (SafetensorError, ValueError) as error:
        raise _wrong(where, f"it is no safetensors file ({error})") from error
    card = _card(data, where)
    seeds = sorted({_seed(name, where) for name in tensors})
    return card, {seed: _network(card, _of_seed(tensors, seed), where) for seed in seeds}


def read_card(path: Path) -> ModelCard:
    """Return the card of a file of weights.

    Raises
    ------
    WeightsError
        If it has none.
    """
    return _card(_bytes(path), str(path))


def load_foreign(path: Path) -> dict[str, Tensor]:
    """Read tensors by name from a ``.pt`` or ``.pth`` file of another program.

    Only tensors are read: a file can carry code, and that is never run. Use it in a worker.

    Raises
    ------
    WeightsError
        If the file holds anything else than tensors, or this torch is too old to be safe.
    """
    if _torch_version() < _SAFE_TORCH:
        raise _wrong(str(path), f"torch {torch.__version__} cannot read it safely", "update torch")
    try:
        found: object = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # torch raises all sorts here, from UnpicklingError to KeyError, by what is in the file.
        lines = str(error).splitlines() or [type(error).__name__]
        raise _wrong(
            str(path),
            f"it holds more than tensors, or is no file of torch ({lines[0]})",
            "ask its author for safetensors",
        ) from error
    if isinstance(found, Mapping) and isinstance(found.get("state_dict"), Mapping):
        found = found["state_dict"]
    return _tensors(found, path)


def _network(card: ModelCard, state: State, where: str) -> Network:
    config = registry.without_weights(card.network_config)
    network = registry.create(card.network, len(card.classes), **config)
    load_into(network, state, where)
    return network.eval()


def _seed(name: str, where: str) -> int:
    seed, _, rest = name.partition("/")
    if not (seed.isdecimal() and rest):
        raise _wrong(where, f"the weight {name!r} belongs to no seed")
    return int(seed)


def _of_seed(tensors: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    start = f"{seed}/"
    return {n.removeprefix(start): t for n, t in tensors.items() if n.startswith(start)}


def _card(data: bytes, where: str) -> ModelCard:
    """Read the header of the format: its length in eight bytes, then JSON."""
    length = int.from_bytes(data[:8], "little")
    try:
        header = msgspec.json.decode(data[8 : 8 + length], type=dict[str, dict[str, object]])
        text = header.get("__metadata__", {}).get(_CARD)
        return msgspec.json.decode(text if isinstance(text, str) else "", type=ModelCard)
    except msgspec.DecodeError as error:
        raise _wrong(where, "it has no model card of this program") from error


def _tensors(found: object, path: Path) -> dict[str, Tensor]:
    if not isinstance(found, Mapping) or not found:
        raise _wrong(str(path), f"it holds {type(found).__name__}, not tensors by name")
    strange = [str(name) for name, value in found.items() if not isinstance(value, Tensor)]
    if strange:
        raise _wrong(str(path), f"{strange[0]} is no tensor")
    return {str(name): value for name, value in found.items()}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _wrong(str(path), error.strerror or str(error)) from error


def _torch_version() -> tuple[int, int]:
    major, minor = torch.__version__.split(".")[:2]
    return int(major), int(minor)
