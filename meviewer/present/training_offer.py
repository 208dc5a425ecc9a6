"""What a project and a machine offer to the form of an experiment: coders, schemes, devices."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from meviewer.core.labels import OWN
from meviewer.data.schemes import FORMER_NAMES, SchemeShelf
from meviewer.experiment import form as spec_form
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn import registry
from meviewer.nn.representations import representations_of
from meviewer.present.training_fields import Choice

_WORDS = {
    "loso": "one subject out",
    "k-fold": "groups of subjects",
    "hold-out": "one group held out",
    "cross-database": "across data sets",
    "u-v-strain": "u, v, strain",
    "strain-v-u": "strain, v, u",
    "flow-tvl1": "TV-L1 flow",
    "flow-dis": "DIS flow",
    "flow-farneback": "Farnebäck flow",
    "dynamic": "dynamic image",
    "dual-dynamic": "image a phase",
    "keyframes": "three frames",
    "mm-cof": "MM-COF",
    "fixed": "the last",
    "inner": "best held back",
    "exponential": "constant factor",
    "weights": "loss weights",
    "sampling": "more showings",
    "sample": "each clip by itself",
    "data-set": "one scale for all",
    "auto": "GPU if there is one",
    "cpu": "CPU",
    "cuda": "GPU (CUDA)",
    "mps": "GPU (Apple)",
    "off": "one after another",
    "batched": "as one model",
}
_AUTOMATIC = {"parallel": "as suits the machine", "precision": "the faster one"}
"""What ``auto`` means where it is not about the device."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the project and the machine have to choose from.

    Attributes
    ----------
    tiers : tuple of Choice
        Coders with labels.
    schemes : tuple of Choice
        Class schemes but for the one that needs no file.
    devices : tuple of Choice
        Devices with their names, the GPU first; empty while they are asked for.
    device_note : str
        Why there is no GPU, or that the answer is still to come.
    n_samples, n_subjects : int
        Of the whole project.
    sources : tuple of str
        Data sets of the clips that can be learnt from.
    """

    tiers: tuple[Choice, ...] = ()
    schemes: tuple[Choice, ...] = ()
    devices: tuple[Choice, ...] = ()
    device_note: str = ""
    n_samples: int = 0
    n_subjects: int = 0
    sources: tuple[str, ...] = ()


def offer_of(
    before: Offer, tiers: tuple[tuple[str, bool], ...], n_samples: int, n_subjects: int
) -> Offer:
    """Return what a project offers; the devices stay.

    Parameters
    ----------
    tiers : tuple of (str, bool)
        Coders, and whether each is a machine.
    """
    choices = tuple(
        Choice(name, f"{name} (machine)" if machine and name != "truth" else name)
        for name, machine in tiers
    )
    return replace(before, tiers=choices, n_samples=n_samples, n_subjects=n_subjects)


def with_schemes(before: Offer, shelf: SchemeShelf) -> Offer:
    """Return the offer with the class schemes that there are now."""
    choices = tuple(
        Choice(one.name, one.words, f"{', '.join(one.classes)}. {one.text}".strip())
        for one in shelf.schemes
    )
    return replace(before, schemes=choices)


def choices_of(
    described: spec_form.Field, spec: ExperimentSpec, offer: Offer
) -> tuple[Choice, ...]:
    """Return what a field can be set to; nothing for a field that is no choice."""
    match described.name:
        case "label_tier":
            return offer.tiers or (Choice(spec.label_tier, "no labels yet", enabled=False),)
        case "test_tier" | "emotion_tier":
            chosen = spec.test_tier if described.name == "test_tier" else spec.emotion_tier
            return _tiers(chosen, offer)
        case "class_scheme":
            return _schemes(spec.class_scheme, offer)
        case "network":
            entries = registry.NETWORKS.items()
            return tuple(Choice(name, one.title, one.help) for name, one in entries)
        case "representation":
            return tuple(Choice(one, _WORDS.get(one, one)) for one in _taken(spec))
        case "train_on":
            return _sources("all others", spec.train_on, offer)
        case "test_on":
            return _sources("each in turn", spec.test_on, offer)
        case "device" if offer.devices:
            return offer.devices
    words = {**_WORDS, "auto": _AUTOMATIC.get(described.name, _WORDS["auto"])}
    return tuple(Choice(value, words.get(value, value)) for value in described.choices)


def _taken(spec: ExperimentSpec) -> tuple[str, ...]:
    """Return what the network takes; what is set stays on show, with its fault."""
    takes = representations_of(spec.network)
    return takes if spec.representation in takes else (*takes, spec.representation)


def _tiers(chosen: str, offer: Offer) -> tuple[Choice, ...]:
    """Return the coders, and that the labels themselves are meant."""
    known = (Choice("", "the same labels"), *offer.tiers)
    if any(one.value == chosen for one in known):
        return known
    return (*known, Choice(chosen, f"{chosen} (no labels)", enabled=False))


def _sources(none: str, chosen: str, offer: Offer) -> tuple[Choice, ...]:
    """Return the data sets; a list of several, from a file, is one more choice."""
    names = dict.fromkeys(name for name in (*offer.sources, chosen) if name)
    return (Choice("", none), *(Choice(name, name) for name in names))


def _schemes(chosen: str, offer: Offer) -> tuple[Choice, ...]:
    own = Choice(OWN, "each emotion", "Each emotion that occurs is a class")
    known = (own, *offer.schemes)
    if any(one.value == present_name(chosen, known) for one in known):
        return known
    gone = Choice(chosen, f"{chosen} (not found)", "No class scheme has this name", enabled=False)
    return (*known, gone)


def present_name(name: str, choices: tuple[Choice, ...]) -> str:
    """Return the name by which a scheme is offered that a stored experiment may name otherwise."""
    known = {one.value for one in choices}
    return FORMER_NAMES.get(name, name) if name not in known else name


def on_best(spec: ExperimentSpec, offer: Offer) -> ExperimentSpec:
    """Return an experiment with the device that ``auto`` takes on this machine."""
    real = [one.value for one in offer.devices if one.value != "auto"]
    if spec.device != "auto" or not real:
        return spec
    return msgspec.structs.replace(spec, device=real[0])
