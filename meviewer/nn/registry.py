"""The networks by name: their configurations, and how each one is made. Imports no torch itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.experiment.form import Field, Value, explain, fields
from meviewer.experiment.kernel_ridge import KernelConfig
from meviewer.experiment.spec import KERNEL, WHAT, ExperimentSpec
from meviewer.nn import extra
from meviewer.nn.networks.fmanet_config import FULL, LIGHT

if TYPE_CHECKING:
    from meviewer.nn.network import Network


@dataclass(frozen=True, slots=True)
class Entry:
    """One network.

    Attributes
    ----------
    title, help : str
        For people.
    defaults : msgspec.Struct
        Its configuration, frozen and typed.
    builder : str
        ``module:function``, imported when a network is made: a function of the number of classes
        and the configuration.
    suggested : mapping
        Fields of an experiment that suit the network, where they are not an experiment's defaults.
    one_phase : mapping or None
        Configuration with which the network runs on the rise alone; None if it needs both phases.
    learns : bool
        Whether it is a network at all: the kernel ridge is not, and needs no torch.
    takes : tuple of str
        The families of input it can be given, by `meviewer.nn.families`; the first is the one it
        is made for.
    """

    title: str
    help: str
    defaults: msgspec.Struct
    builder: str
    suggested: Mapping[str, object]
    one_phase: Mapping[str, Value] | None = None
    learns: bool = True
    takes: tuple[str, ...] = ("phases",)


NETWORKS = {
    "fmanet": Entry(
        "FMANet, our reading",
        "Two ResNet-18 streams on the flow of both phases, their learnt combination, modulation by"
        " magnitude, and attention. 12.2 million parameters; wants a GPU and 112 px.",
        FULL,
        "meviewer.nn.networks.fmanet:build",
        {"input_px": 112, "epochs": 60, "batch_size": 32, "learning_rate": 5e-4},
        {"phases": "rise"},
        takes=("phases", "flow"),
    ),
    "fmanet-light": Entry(
        "FMANet light",
        "The same steps on small streams. 0.2 million parameters; trains on a CPU in a minute.",
        LIGHT,
        "meviewer.nn.networks.fmanet:build",
        {},
        {"phases": "rise"},
        takes=("phases", "flow"),
    ),
    KERNEL: Entry(
        "Kernel ridge",
        "No network: clips are compared with all training clips. Scored in seconds, without torch;"
        " what a network has to beat.",
        KernelConfig(),
        "",
        {"normalisation": "sample", "mirror": True, "seeds": (0,), "final_model": False},
        one_phase={},
        learns=False,
        takes=("phases", "flow"),
    ),
}


def names() -> list[str]:
    """Return the names of the networks that exist."""
    return list(NETWORKS)


def entry(name: str) -> Entry:
    """Return what is known of a network.

    Raises
    ------
    ExperimentError
        If there is none of that name.
    """
    if name not in NETWORKS:
        raise ExperimentError(
            WHAT,
            where="network",
            why=f"there is no network called {name!r}",
            now="the networks are " + ", ".join(NETWORKS),
        )
    return NETWORKS[name]


def form(name: str) -> tuple[Field, ...]:
    """Return the fields of a network's configuration, with its own defaults."""
    defaults = entry(name).defaults
    return tuple(
        _with_default(field, getattr(defaults, field.name)) for field in fields(type(defaults))
    )


def suggested(name: str, spec: ExperimentSpec | None = None) -> ExperimentSpec:
    """Return ``spec``, or the default experiment, with the values that suit a network."""
    return msgspec.structs.replace(
        spec or ExperimentSpec(), network=name, network_config={}, **entry(name).suggested
    )


def config(name: str, values: Mapping[str, Value]) -> msgspec.Struct:
    """Return the full, checked configuration of a network.

    Parameters
    ----------
    values : mapping
        What differs from the defaults.

    Raises
    ------
    ExperimentError
        Naming the network or the field that is wrong, and what it has to be.
    """
    defaults = entry(name).defaults
    whole: dict[str, object] = {**msgspec.structs.asdict(defaults), **values}
    try:
        return msgspec.convert(whole, type(defaults))
    except msgspec.ValidationError as error:
        raise explain(error, type(defaults), WHAT, "network_config.") from error


def on_one_phase(spec: ExperimentSpec) -> ExperimentSpec:
    """Return an experiment whose network looks at the rise alone, as ready pictures hold it.

    Raises
    ------
    ExperimentError
        Naming the network if it needs both phases, or the setting that asks for another one.
    """
    known = entry(spec.network)
    if known.one_phase is None:
        raise ExperimentError(
            WHAT,
            where=f"network = {spec.network}",
            why=f"{known.title} needs both phases, and ready pictures hold one, onset to apex",
            now="choose one of "
            + ", ".join(n for n, e in NETWORKS.items() if e.one_phase is not None),
        )
    for field, value in known.one_phase.items():
        asked = spec.network_config.get(field, value)
        if asked != value:
            raise ExperimentError(
                WHAT,
                where=f"network_config.{field} = {asked}",
                why="ready pictures hold one phase, onset to apex",
                now=f"leave it out, or choose {value!r}",
            )
    config = {**spec.network_config, **known.one_phase}
    return msgspec.structs.replace(spec, network_config=config)


def create(name: str, n_classes: int, **values: Value) -> Network:
    """Make a network with random weights, from torch's present seed.

    Parameters
    ----------
    name : str
        One of `names`.
    n_classes : int
        At least 2.
    **values
        What differs from its default configuration.

    Returns
    -------
    Network
        A torch module; given (B, 2, 3, H, W) float32 inputs it returns an `Output` with logits
        (B, n_classes) and its inner pictures.

    Raises
    ------
    ExperimentError
        Naming the network or the field that is wrong, or for fewer than two classes.
    MissingExtraError
        If torch is not installed.
    """
    checked = config(name, values)
    if not entry(name).learns:
        raise ExperimentError(
            "This is no network", where=name, why="nothing in it is trained", now="choose another"
        )
    if n_classes < 2:
        raise ExperimentError(
            "A classifier needs at least two classes",
            where=f"{n_classes} given",
            now="choose another class scheme, or label clips of another emotion",
        )
    extra.require()
    module, _, function = entry(name).builder.partition(":")
    made: Network = getattr(import_module(module), function)(n_classes, checked)
    return made


def _with_default(field: Field, default: object) -> Field:
    return Field(
        field.name,
        field.title,
        field.help,
        field.unit,
        field.kind,
        default,
        field.minimum,
        field.maximum,
        field.choices,
        field.group,
    )
