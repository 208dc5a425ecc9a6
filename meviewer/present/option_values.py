"""Reads and changes options by the keys of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from meviewer.core.errors import MeviewerError
from meviewer.motion.flow_params import KINDS as METHODS
from meviewer.present.option_fields import OptionField, OptionGroup
from meviewer.present.picture_options import Parameter, PictureOptions

_T = TypeVar("_T")


def value_of(options: PictureOptions, key: str) -> Parameter:
    """Return the value of a field."""
    first, *rest = key.split(".")
    if first == "flow_values":
        return cast("Parameter", getattr(options.flow_params(rest[0]), rest[1]))
    value: object = getattr(options, first)
    for name in rest:
        value = getattr(value, name)
    return cast("Parameter", value)


def with_values(options: PictureOptions, values: Mapping[str, Parameter]) -> PictureOptions:
    """Return options with these values, all at once: single ones may not go together.

    Raises
    ------
    MeviewerError
        If one is out of its range, or they contradict one another; it says which.
    """
    changed: dict[str, dict[str, Parameter]] = {}
    for key, value in values.items():
        first, _, rest = key.partition(".")
        changed.setdefault(first, {})[rest] = value
    plain: dict[str, object] = {}
    for first, inner in changed.items():
        if first == "flow_values":
            plain[first] = _flow_values(options, inner)
        else:
            plain[first] = inner[""] if "" in inner else _with(getattr(options, first), inner)
    return _replaced(options, plain)


def defaults(group: OptionGroup) -> dict[str, Parameter]:
    """Return the default of each field of a group."""
    plain = PictureOptions()
    return {field.key: value_of(plain, field.key) for field in group.fields}


def applies(field: OptionField, options: PictureOptions) -> bool:
    """Whether a field has a meaning with the other choices."""
    return field.only is None or value_of(options, field.only[0]) in field.only[1]


def fault_of(error: MeviewerError) -> str:
    """Return what is wrong with values, in one line for the form."""
    return ". ".join(part for part in (error.where or error.what, error.why, error.now) if part)


def _with(value: object, inner: Mapping[str, Parameter]) -> object:
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{value!r} has no fields")
    nested: dict[str, dict[str, Parameter]] = {}
    for path, new in inner.items():
        name, _, rest = path.partition(".")
        nested.setdefault(name, {})[rest] = new
    plain = {
        name: new[""] if "" in new else _with(getattr(value, name), new)
        for name, new in nested.items()
    }
    return _replaced(value, plain)


def _flow_values(
    options: PictureOptions, inner: Mapping[str, Parameter]
) -> dict[str, dict[str, Parameter]]:
    """Keep what differs from the defaults only, so that better defaults reach everybody."""
    found = {method: dict(values) for method, values in options.flow_values.items()}
    for path, value in inner.items():
        method, _, name = path.partition(".")
        values = found.setdefault(method, {})
        usual = {f.name: f.default for f in fields(METHODS[method])}[name]
        if value == usual:
            values.pop(name, None)
        else:
            values[name] = value
    return {method: values for method, values in found.items() if values}


def _replaced(value: _T, plain: Mapping[str, object]) -> _T:
    make = cast("Callable[..., _T]", replace)
    return make(value, **plain)
