"""Networks of the library timm, as they are, on one view of three channels.

Random weights unless the configuration asks for others: a local file, or timm's own from the
internet, never by itself.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

import msgspec
from torch import Tensor, nn

from meviewer.core.errors import ExperimentError, MissingExtraError, WeightsError
from meviewer.nn.families import Sizes
from meviewer.nn.network import Network, Output, Takes
from meviewer.nn.networks.catalogue import NETWORKS, TIMM
from meviewer.nn.networks.configs import TimmConfig
from meviewer.nn.state import load_into

HUB = "hub"
_MODEL = "model."


class TimmNetwork(Network):
    """A network of timm.

    Parameters
    ----------
    model : nn.Module
        As timm makes it, (B, 3, H, W) to logits.
    config : TimmConfig
    takes : Takes
    """

    def __init__(self, model: nn.Module, config: TimmConfig, takes: Takes) -> None:
        super().__init__()
        self.config = config
        self.takes = takes
        self.model = model

    def forward(self, x: Tensor) -> Output:
        """Classify; it has no maps."""
        self.takes.check(x)
        return Output(self.model(x[:, 0]), {})


def build(n_classes: int, config: msgspec.Struct, model: str) -> TimmNetwork:
    """Make a network of timm by its name there, for the registry.

    Raises
    ------
    ExperimentError
        If timm has no such network, naming those that are spelt alike.
    MissingExtraError
        If timm is not installed.
    WeightsError
        If pretrained weights are not there, or are those of another network.
    """
    assert isinstance(config, TimmConfig)
    _require_timm()
    _check_name(model)
    made = _create(model, n_classes, config)
    network = TimmNetwork(made, config, Takes(model, (1,), _sizes(model, made)))
    if config.pretrained not in ("", HUB):
        _take_weights(network, Path(config.pretrained))
    return network


def _create(model: str, n_classes: int, config: TimmConfig) -> nn.Module:
    import timm

    # Positions that are learnt are resampled to the size at hand, so that ViT is not tied to 224.
    options = {"dynamic_img_size": True} if model == "vit_base_patch16_224" else {}
    try:
        made: nn.Module = timm.create_model(
            model,
            pretrained=config.pretrained == HUB,
            num_classes=n_classes,
            drop_rate=config.dropout,
            **options,
        )
    except Exception as error:
        # The hub raises what its HTTP library raises; without it, creating does not fail.
        if config.pretrained != HUB:
            raise
        raise _unusable("hub", f"timm cannot fetch them ({error})") from error
    return made


def _sizes(model: str, made: nn.Module) -> Sizes:
    for known in NETWORKS.values():
        if known.model == model:
            return known.sizes
    about: object = getattr(made, "pretrained_cfg", None)
    if isinstance(about, dict) and about.get("fixed_input_size"):
        side = int(about["input_size"][-1])
        return Sizes(side, side)
    return Sizes(1)


def _take_weights(network: TimmNetwork, path: Path) -> None:
    """Put the weights of a file in, but for the last layer, whose classes are others."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found: dict[str, Tensor] = load_file(path)
    except (OSError, SafetensorError) as error:
        raise _unusable(str(path), str(error)) from error
    last = _last_layers(network.model)
    own = network.state_dict()
    state = {f"{_MODEL}{name}": weight for name, weight in found.items()}
    state = {name: weight for name, weight in state.items() if not name.startswith(last)}
    kept = {name: weight for name, weight in own.items() if name.startswith(last)}
    load_into(network, {**state, **kept}, str(path))


def _last_layers(model: nn.Module) -> tuple[str, ...]:
    about: object = getattr(model, "pretrained_cfg", None)
    names = about.get("classifier", "") if isinstance(about, dict) else ""
    names = (names,) if isinstance(names, str) else tuple(names)
    return tuple(f"{_MODEL}{name}." for name in names if name)


def _require_timm() -> None:
    if find_spec("timm") is None:
        raise MissingExtraError(
            "This network comes from the library timm",
            where="timm",
            why="it is not installed",
            now='install it with: pip install "meviewer[train]"',
        )


def _check_name(model: str) -> None:
    import timm

    if timm.is_model(model):
        return
    alike = get_close_matches(model, timm.list_models(), 3)
    raise ExperimentError(
        "The experiment cannot be run as described",
        where=f"network = {TIMM}{model}",
        why=f"timm {timm.__version__} has no network of this name",
        now="spelt alike are " + ", ".join(alike) if alike else "see timm.list_models()",
    )


def _unusable(where: str, why: str) -> WeightsError:
    return WeightsError(
        "The pretrained weights cannot be used",
        where=where,
        why=why,
        now="give the path of a .safetensors file of the same network of timm, or leave it empty",
    )
