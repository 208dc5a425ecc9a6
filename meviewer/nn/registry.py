"""The networks by name: checked configurations, and how each one is made. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.experiment.form import Field, Value, explain, fields
from meviewer.experiment.spec import WHAT, ExperimentSpec
from meviewer.nn import extra
from meviewer.nn.families import FAMILIES
from meviewer.nn.networks.catalogue import NETWORKS, TIMM, Entry, other

if TYPE_CHECKING:
    from meviewer.nn.network import Network

__all__ = [
    "NETWORKS",
    "Entry",
    "check_input",
    "config",
    "create",
    "entry",
    "form",
    "names",
    "on_one_phase",
    "suggested",
    "without_weights",
]


def names() -> list[str]:
    """Return the names of the networks that exist; of timm, the usual ones."""
    return list(NETWORKS)


def entry(name: str) -> Entry:
    """Return what is known of a network, by one of `names` or as ``timm:NAME``.

    Raises
    ------
    ExperimentError
        If there is none of that name; whether timm has one is known when it is made.
    """
    if name.startswith(TIMM) and name != TIMM:
        return other(name)
    if name not in NETWORKS:
        raise ExperimentError(
            WHAT,
            where="network",
            why=f"there is no network called {name!r}",
            now="the networks are " + ", ".join(NETWORKS) + f", and {TIMM}NAME for others of timm",
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


def check_input(name: str, family: str, input_px: int) -> None:
    """Make sure that a network can be given such inputs, before any is computed.

    Parameters
    ----------
    name : str
        One of `names`, or ``timm:NAME``, of which a few are known to be tied to a size only when
        they are made.
    family : str
        One of `meviewer.nn.families.FAMILIES`.
    input_px : int
        Width and height.

    Raises
    ------
    ExperimentError
        Naming the network, and what it takes.
    """
    known = entry(name)
    if family not in known.takes:
        raise ExperimentError(
            WHAT,
            where=f"network = {name}",
            why=f"{known.title} does not take {FAMILIES[family].text}",
            now="it takes " + "; or ".join(FAMILIES[one].text for one in known.takes),
        )
    if input_px not in known.sizes:
        raise ExperimentError(
            WHAT,
            where=f"network = {name}, input_px = {input_px}",
            why=f"{known.title} cannot take pictures of this size",
            now=f"it takes {known.sizes.text}",
        )


def without_weights(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return a configuration that fetches no weights: others are about to be put in."""
    return {**values, "pretrained": ""} if "pretrained" in values else dict(values)


def create(name: str, n_classes: int, **values: Value) -> Network:
    """Make a network with random weights, from torch's present seed.

    Parameters
    ----------
    name : str
        One of `names`, or ``timm:NAME``.
    n_classes : int
        At least 2.
    **values
        What differs from its default configuration.

    Returns
    -------
    Network
        A torch module; given (B, V, 3, H, W) float32 inputs, V as `entry` says what it takes, it
        returns an `Output` with logits (B, n_classes) and its inner pictures.

    Raises
    ------
    ExperimentError
        Naming the network or the field that is wrong, or for fewer than two classes.
    MissingExtraError
        If torch, or for a network of timm that library, is not installed.
    WeightsError
        If pretrained weights are asked for and are not there, or do not fit.
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
    model = [entry(name).model] if entry(name).model else []
    made: Network = getattr(import_module(module), function)(n_classes, checked, *model)
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
