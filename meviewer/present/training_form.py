"""The form of an experiment: fields of the typed spec in groups, with what this project offers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.experiment import form as spec_form
from meviewer.experiment.conditions import four_conditions
from meviewer.experiment.spec import KERNEL, ExperimentSpec, check, form
from meviewer.experiment.spec_set import reselected
from meviewer.nn import registry
from meviewer.nn.ablations import ablations
from meviewer.nn.representations import check_input, suited
from meviewer.present.training_fields import Choice, Field, FieldGroup, FieldKind, FieldValue
from meviewer.present.training_layout import counts, names_of
from meviewer.present.training_offer import Offer, choices_of, present_name
from meviewer.present.training_presets import PRESETS, apply, differences
from meviewer.present.wording import counted

PRESET, CONTROL, SEEDS, SOURCE = "preset", "control", "seeds", "source"
CLIPS, PICTURES = "clips", "pictures"
RESELECTED = "gamdss"
"""Tier of re-selected keyframes."""

_ONE_PHASE = "Ready pictures hold one phase. Labels and clips of the project are not looked at."
_MOST_SEEDS = 32
_MOST_DECIMALS = 7


@dataclass(frozen=True, slots=True)
class FormState:
    """What the user has entered so far."""

    spec: ExperimentSpec = field(default_factory=lambda: PRESETS[0].spec)
    preset: int = 0
    control: bool = False
    more: bool = False
    from_pictures: bool = False
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def faulty(self) -> bool:
        """Whether a field has a value that it may not have."""
        return bool(self.faults)


def with_tier(state: FormState, offer: Offer, coder: str) -> FormState:
    """Return the form on a tier that the project has: the truth if known, else the coder's own."""
    names = [one.value for one in offer.tiers]
    if state.spec.label_tier in names or not names:
        return state
    wanted = next((name for name in ("truth", coder) if name in names), names[0])
    return edit(state, "label_tier", wanted)


def edit(state: FormState, name: str, value: FieldValue) -> FormState:
    """Return the form after the user has given a field another value."""
    if name == PRESET:
        at = int(str(value))
        return replace(state, preset=at, spec=apply(PRESETS[at], state.spec), faults=())
    if name == CONTROL:
        return replace(state, control=bool(value))
    if name == SOURCE:
        from_pictures = value == PICTURES
        # A folder that is no longer meant must not be trained on.
        kept = state.spec.pictures if from_pictures else ""
        spec = msgspec.structs.replace(state.spec, pictures=kept)
        return checked(replace(state, from_pictures=from_pictures, spec=spec))
    if name == "network":
        return checked(replace(state, spec=suited(str(value), state.spec)))
    changes: dict[str, object] = {name: _seeds(value) if name == SEEDS else value}
    spec = msgspec.structs.replace(state.spec, **changes)
    # What the form no longer shows must not keep an experiment from being run.
    if spec.dual_phase and not counts("dual_phase", spec):
        spec = msgspec.structs.replace(spec, dual_phase=False)
    if not counts("normalisation", spec):
        spec = msgspec.structs.replace(spec, normalisation="sample")
    return checked(replace(state, spec=spec))


def checked(state: FormState) -> FormState:
    """Return the form with what is wrong with its values."""
    try:
        check(state.spec)
        registry.config(state.spec.network, state.spec.network_config)
        check_input(state.spec)
    except ExperimentError as error:
        return replace(state, faults=((_faulty(error), error.now or error.why),))
    return replace(state, faults=())


def _faulty(error: ExperimentError) -> str:
    """Return the field at which a fault is shown: of several, what is easier to change."""
    known = ExperimentSpec.__struct_fields__
    named = [name for name in re.findall(r"\w+", error.where) if name in known]
    return next((name for name in named if name != "network"), "network" if named else error.where)


def experiments(state: FormState) -> tuple[ExperimentSpec, ...]:
    """Return what the form starts: one experiment, or those of a preset that compares."""
    match PRESETS[state.preset].compares:
        case "reselected":
            return tuple(reselected(state.spec, RESELECTED).values())
        case "conditions":
            return tuple(four_conditions(state.spec).values())
        case "ablations":
            return tuple(ablations(state.spec).values())
        case _:
            return (state.spec,)


def lacking(state: FormState, offer: Offer) -> ExperimentError | None:
    """Return why a preset that compares cannot be run on this project, or None if it can."""
    preset = PRESETS[state.preset]
    if preset.compares in ("conditions", "ablations"):
        return _not_comparable(state, offer)
    if not preset.reselects:
        return None
    if state.spec.label_tier == RESELECTED or state.spec.pictures:
        why, now = "the labels have to be those of a person", "choose a coder"
    elif RESELECTED not in [one.value for one in offer.tiers]:
        coder = state.spec.label_tier
        why = f"the project has no tier {RESELECTED!r} with keyframes re-selected from {coder!r}"
        now = f"make it in a terminal: meviewer suggest PROJECT --coder {coder}"
    else:
        return None
    return ExperimentError("There is nothing to compare these labels with", why=why, now=now)


def _not_comparable(state: FormState, offer: Offer) -> ExperimentError | None:
    """Return why one of the runs of a preset cannot be run."""
    if state.spec.pictures:
        return ExperimentError("These runs need clips", why="ready pictures hold one phase")
    try:
        for spec in experiments(state):
            check_input(spec)
    except ExperimentError as error:
        return error
    return None


def groups(state: FormState, offer: Offer) -> tuple[FieldGroup, ...]:
    """Return the whole form: preset, data, training."""
    data = FieldGroup(
        "Data",
        (_source(state), *_fields(state, offer, "Data")),
        note="" if state.from_pictures else _amount(offer),
        caption=_ONE_PHASE if state.from_pictures else "",
    )
    test = FieldGroup("Test", _fields(state, offer, "Test"), note="by whole subjects")
    is_kernel = state.spec.network == KERNEL
    training = FieldGroup(
        "Training",
        (*_fields(state, offer, "Training"), _control(state)),
        caption="Nothing is trained: there are no epochs and no seeds."
        if is_kernel
        else offer.device_note,
    )
    return (_preset_group(state), data, test, training)


def _amount(offer: Offer) -> str:
    if not offer.n_samples:
        return "no clips yet"
    return f"{counted(offer.n_samples, 'clip')} of {counted(offer.n_subjects, 'subject')}"


def _preset_group(state: FormState) -> FieldGroup:
    preset = PRESETS[state.preset]
    changed = differences(preset, state.spec)
    words = preset.text
    if changed:
        verb = "differs" if len(changed) == 1 else "differ"
        words += f" {counted(len(changed), 'field')} {verb} from the preset."
    choices = tuple(Choice(str(at), one.name, one.text) for at, one in enumerate(PRESETS))
    chosen = Field(PRESET, "", "choice", str(state.preset), choices)
    return FieldGroup("Preset", (chosen,), caption=words)


def _source(state: FormState) -> Field:
    choices = (Choice(CLIPS, "this project's clips"), Choice(PICTURES, "flow pictures"))
    tip = "Clips and labels of this project, or a folder of ready pictures of u, v and strain"
    value = PICTURES if state.from_pictures else CLIPS
    return Field(SOURCE, "From", "choice", value, choices, tip=tip)


def _control(state: FormState) -> Field:
    return Field(
        CONTROL,
        "Shuffled-label control run",
        "flag",
        state.control,
        tip="Afterwards the same training on labels dealt out at random: it must score near chance",
    )


def _fields(state: FormState, offer: Offer, group: str) -> tuple[Field, ...]:
    names = names_of(group, state.spec, more=state.more, from_pictures=state.from_pictures)
    known = {one.name: one for one in form()}
    faults = dict(state.faults)
    return tuple(_field(known[name], state, offer, faults.get(name, "")) for name in names)


def _field(described: spec_form.Field, state: FormState, offer: Offer, fault: str) -> Field:
    name = described.name
    value = getattr(state.spec, name)
    if name == SEEDS:
        tip = described.help
        return Field(
            SEEDS, "Seeds", "int", len(value), low=1, high=_MOST_SEEDS, tip=tip, fault=fault
        )
    choices = choices_of(described, state.spec, offer)
    if choices:
        tip = described.help
        value = present_name(value, choices) if name == "class_scheme" else value
        return Field(name, described.title, "choice", value, choices, tip=tip, fault=fault)
    if described.kind == "switch":
        return Field(name, described.title, "flag", value, tip=described.help, fault=fault)
    if described.kind == "text":
        kind: FieldKind = "folder" if name == "pictures" else "text"
        return Field(name, described.title, kind, value, tip=described.help, fault=fault)
    return _number(described, value, fault, state.spec.network)


def _sized(described: spec_form.Field, network: str) -> spec_form.Field:
    """Return the field of the input size with what the network can be given, in words."""
    if network not in registry.names():
        return described
    sizes = registry.entry(network).sizes
    return replace(described, help=f"{described.help} This network takes {sizes.text}.")


def _number(described: spec_form.Field, value: float, fault: str, network: str) -> Field:
    whole = described.kind == "whole"
    if described.name == "input_px":
        described = _sized(described, network)
    low = described.minimum if described.minimum is not None else 0
    high = described.maximum if described.maximum is not None else 1_000_000
    return Field(
        described.name,
        described.title,
        "int" if whole else "float",
        value,
        low=low,
        high=high,
        step=_step(described.name) if whole else 0.1,
        decimals=0 if whole else _MOST_DECIMALS,
        unit=described.unit,
        tip=described.help,
        fault=fault,
    )


def _seeds(count: FieldValue) -> tuple[int, ...]:
    return tuple(range(count)) if isinstance(count, int) else (0,)


def _step(name: str) -> int:
    return {"input_px": 14, "epochs": 10, "batch_size": 8}.get(name, 1)
