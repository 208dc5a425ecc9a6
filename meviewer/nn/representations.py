"""Which family of input a representation is for a network, and what does not go together."""

from __future__ import annotations

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.experiment.spec import WHAT, ExperimentSpec
from meviewer.nn import registry
from meviewer.nn.families import FAMILIES

FLOW = "flow-"
"""With this the names of all flows begin; what follows is the method."""

FLOWS = ("flow-tvl1", "flow-dis", "flow-farneback")
"""Representations that are the flow of both phases, or of the rise."""

NORMALISED = ("keyframes", "mm-cof")
"""Families that have one scale by what they are: nothing is divided any more."""

REFERENCE_METHOD, REFERENCE_PX = "tvl1", 28
"""Flow by which clips are told apart, and which the reference sees, where networks see no flow."""


def representations_of(network: str) -> tuple[str, ...]:
    """Return the representations that a network can be given, the one it is made for first.

    Raises
    ------
    ExperimentError
        If there is no such network.
    """
    found: dict[str, None] = {}
    for family in registry.entry(network).takes:
        found.update(dict.fromkeys(_NAMES.get(family, (family,))))
    return tuple(found)


def family_of(spec: ExperimentSpec) -> str:
    """Return what the views of a sample hold, by `meviewer.nn.families`.

    A flow is given to a network as both phases, or as the rise alone if it takes no more.

    Raises
    ------
    ExperimentError
        Naming network and representation if they do not go together.
    """
    known = registry.entry(spec.network)
    if spec.pictures:
        return "flow"
    wanted = ("phases", "flow") if spec.representation.startswith(FLOW) else (spec.representation,)
    for family in wanted:
        if family in known.takes:
            return family
    raise ExperimentError(
        WHAT,
        where=f"network = {spec.network}, representation = {spec.representation}",
        why=f"{known.title} is not made for it",
        now="choose " + " or ".join(representations_of(spec.network)) + ", or another network",
    )


def suited(network: str, spec: ExperimentSpec) -> ExperimentSpec:
    """Return an experiment with another network, and with what suits that network.

    The representation stays if the network takes it; else it is the one the network is made for.
    What suited the network before, and a normalisation and an augmentation that do not fit, are
    put back to their defaults.

    Raises
    ------
    ExperimentError
        If there is no such network.
    """
    takes = representations_of(network)
    wanted = spec.representation if spec.representation in takes else takes[0]
    default = ExperimentSpec()
    before = {name: getattr(default, name) for name in _suggested(spec.network)}
    changed = msgspec.structs.replace(
        registry.suggested(network, msgspec.structs.replace(spec, **before)),
        representation=wanted,
        dual_phase=spec.dual_phase and wanted == "dynamic",
    )
    if wanted in NORMALISED:
        changed = msgspec.structs.replace(changed, normalisation="sample")
    return changed


def check_input(spec: ExperimentSpec) -> None:
    """Make sure that network, representation, normalisation and augmentation go together.

    Raises
    ------
    ExperimentError
        Naming what does not.
    """
    family = family_of(spec)
    registry.check_input(spec.network, family, spec.input_px)
    if family in NORMALISED and spec.normalisation != "sample":
        raise ExperimentError(
            WHAT,
            where=f"normalisation = {spec.normalisation}, representation = {spec.representation}",
            why=f"the {FAMILIES[family].text} have their scale already",
            now="choose 'sample', which changes nothing there",
        )
    if spec.dual_phase and family != "dynamic":
        raise ExperimentError(
            WHAT,
            where=f"dual_phase, representation = {spec.representation}",
            why="only a dynamic image of the whole event has those of its phases beside it",
            now="choose the representation 'dynamic', or leave the phases out",
        )
    if spec.steps and spec.steps < spec.epochs:
        raise ExperimentError(
            WHAT,
            where=f"steps = {spec.steps}, epochs = {spec.epochs}",
            why="an epoch would have no step",
            now="choose as many steps as epochs or more",
        )


def _suggested(network: str) -> tuple[str, ...]:
    """Return the fields that suited a network; of one that there is not, none."""
    try:
        return tuple(registry.entry(network).suggested)
    except ExperimentError:
        return ()


_NAMES = {"phases": FLOWS, "flow": FLOWS}
