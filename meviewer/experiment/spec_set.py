"""Several experiments that are to be compared: one that all share, and what differs in each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.experiment.comparison import SEEDS
from meviewer.experiment.conditions import CONDITIONS
from meviewer.experiment.form import explain
from meviewer.experiment.spec import WHAT, ExperimentSpec
from meviewer.experiment.spec_text import changed, from_toml, text_of, toml_value

_NAME = re.compile(r"[\w.-]+")
_TABLES = ("experiment", "variants", "conditions")


class SpecSet(msgspec.Struct, frozen=True):
    """Experiments by name, in the order in which they are trained and compared.

    Attributes
    ----------
    specs : dict of str to ExperimentSpec
        At least two. Where there are conditions, by ``variant/condition``.
    conditions : tuple of str
        Each variant is trained under all of them, and compared with itself; empty: variants are
        compared with one another.
    """

    specs: dict[str, ExperimentSpec]
    conditions: tuple[str, ...] = ()

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants, in order."""
        return tuple(dict.fromkeys(name.split("/")[0] for name in self.specs))

    def changed(self, changes: Sequence[str]) -> SpecSet:
        """Return the set with other values in every experiment; see `spec_text.changed`."""
        specs = {name: changed(spec, changes) for name, spec in self.specs.items()}
        return SpecSet(specs, self.conditions)

    def of(self, variants: Sequence[str]) -> SpecSet:
        """Return the set with some of its variants.

        Raises
        ------
        ExperimentError
            Naming a variant that it does not have.
        """
        for name in variants:
            if name not in self.variants:
                raise ExperimentError(
                    "There is no such variant",
                    where=name,
                    now="the variants are " + ", ".join(self.variants),
                )
        chosen = {n: spec for n, spec in self.specs.items() if n.split("/")[0] in variants}
        return SpecSet(chosen, self.conditions)


def read_any(path: Path) -> ExperimentSpec | SpecSet:
    """Read a file that holds an experiment, or several of them.

    Several have a table ``[experiment]`` with the fields that all share, and a table
    ``[variants.NAME]`` each with what differs. Without seeds they get `comparison.SEEDS`. With
    tables ``[conditions.NAME]`` each variant is trained under each condition.

    Raises
    ------
    ExperimentError
        If it cannot be read, or naming the field that is wrong.
    """
    text = text_of(path)
    try:
        raw: dict[str, object] = msgspec.toml.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raw = {}
    return _set(raw, str(path)) if "variants" in raw else from_toml(text, str(path))


def reselected(spec: ExperimentSpec, tier: str, *, emotions: str = "") -> dict[str, ExperimentSpec]:
    """Return the experiment of the GAMDSS paper: manual labels against re-selected keyframes.

    Parameters
    ----------
    spec : ExperimentSpec
        On the manual labels.
    tier : str
        The re-selected keyframes, made from these labels.
    emotions : str
        Whose emotions; empty: those of the manual labels.

    Returns
    -------
    dict of str to ExperimentSpec
        ``manual``; ``re-selected``: trained and tested on the re-selected keyframes; ``mixed``:
        trained on them and tested on the manual ones, as the published code does [code].
    """
    named = emotions or spec.label_tier
    new = msgspec.structs.replace(spec, label_tier=tier, emotion_tier=named)
    mixed = msgspec.structs.replace(new, test_tier=spec.label_tier)
    return {"manual": spec, "re-selected": new, "mixed": mixed}


def named(specs: Sequence[ExperimentSpec]) -> dict[str, ExperimentSpec]:
    """Return experiments by a name that says in what they differ from one another."""
    found: dict[str, ExperimentSpec] = {}
    for number, spec in enumerate(specs):
        name = re.sub(r"[^\w.-]+", "-", _name(spec, specs))
        found[name if name not in found else f"{name}-{number + 1}"] = spec
    return found


def _name(spec: ExperimentSpec, specs: Sequence[ExperimentSpec]) -> str:
    if len({(one.label_tier, one.test_tier) for one in specs}) > 1 or len(specs) == 1:
        return "-".join([spec.label_tier, *([f"test-{spec.test_tier}"] if spec.test_tier else [])])
    if any(one.dual_phase for one in specs):
        for name, changes in CONDITIONS.items():
            if all(getattr(spec, field) == value for field, value in changes.items()):
                return name
    settings = [f"{key}-{value}" for key, value in spec.network_config.items()]
    return "-".join([spec.network, *map(str, settings)]).lower()


def set_to_toml(specs: Mapping[str, ExperimentSpec]) -> str:
    """Return experiments as a file that `read_any` reads back."""
    every = list(specs.values())
    whole = [msgspec.to_builtins(spec) for spec in every]
    shared = {name: value for name, value in whole[0].items() if _equal(whole, name)}
    # The first table of a table has to come after all plain values of it.
    order = sorted(shared, key=lambda name: isinstance(shared[name], dict))
    lines = ["[experiment]", *(f"{name} = {toml_value(shared[name])}" for name in order)]
    for name, values in zip(specs, whole, strict=True):
        own = (f"{key} = {toml_value(values[key])}" for key in values if key not in shared)
        lines += ["", f"[variants.{json.dumps(name)}]", *own]
    return "\n".join(lines) + "\n"


def _equal(whole: Sequence[Mapping[str, object]], name: str) -> bool:
    return all(values[name] == whole[0][name] for values in whole)


def _set(raw: Mapping[str, object], where: str) -> SpecSet:
    shared, variants = raw.get("experiment", {}), raw["variants"]
    conditions = raw.get("conditions", {})
    fault = _fault(raw, shared, variants, conditions)
    if fault:
        raise ExperimentError("The experiments cannot be run as described", where=where, why=fault)
    assert isinstance(shared, dict)
    assert isinstance(variants, dict)
    assert isinstance(conditions, dict)
    common = {"seeds": list(SEEDS), **shared}
    rows = {
        f"{name}/{condition}" if condition else name: {**common, **own, **more}
        for name, own in variants.items()
        for condition, more in (conditions or {"": {}}).items()
    }
    specs = {name: _spec(values, f"{where}: {name}: ") for name, values in rows.items()}
    return SpecSet(specs, tuple(conditions))


def _fault(raw: Mapping[str, object], shared: object, variants: object, conditions: object) -> str:
    """Return what is wrong with the tables of a file, or nothing."""
    unknown = [name for name in raw if name not in _TABLES]
    if unknown:
        return f"{unknown[0]!r} stands outside [experiment], [variants] and [conditions]"
    if not isinstance(shared, dict) or not isinstance(variants, dict):
        return "two or more tables [variants.NAME] are needed"
    if not isinstance(conditions, dict) or len(conditions) == 1:
        return "two or more tables [conditions.NAME] are needed"
    if len(variants) < 2 and not conditions:
        return "two or more tables [variants.NAME] are needed"
    tables = {**variants, **conditions}.items()
    if not all(_NAME.fullmatch(name) and isinstance(values, dict) for name, values in tables):
        return "each variant and condition is a table whose name can be that of a folder"
    return ""


def _spec(values: dict[str, object], prefix: str) -> ExperimentSpec:
    try:
        return msgspec.convert(values, ExperimentSpec)
    except msgspec.ValidationError as error:
        raise explain(error, ExperimentSpec, WHAT, prefix) from error
