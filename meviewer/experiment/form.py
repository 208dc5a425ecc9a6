"""Descriptions of a struct's fields: what a form shows, a help page prints and an error says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from meviewer.core.errors import ExperimentError

Kind = Literal["text", "choice", "whole", "number", "switch", "whole-list", "table"]
Value = str | int | float | bool
"""A value of a network's configuration."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an experiment.

    Attributes
    ----------
    name : str
        As in the file.
    title, help : str
        Short name, and one or two sentences for a person.
    unit : str
        Empty if it has none.
    kind : str
        Which sort of control edits it.
    default : object
    minimum, maximum : float or None
        Inclusive limits; None where there is none.
    choices : tuple of str
        Of a ``choice``; of a ``text`` they are suggestions.
    group : str
        Heading under which a form shows it.
    """

    name: str
    title: str
    help: str
    unit: str
    kind: Kind
    default: object
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    group: str = ""

    @property
    def rule(self) -> str:
        """What a value has to be, as a part of a sentence."""
        words = {
            "text": "a text",
            "choice": "one of " + ", ".join(self.choices),
            "whole": "a whole number",
            "number": "a number",
            "switch": "true or false",
            "whole-list": "a list of whole numbers",
            "table": "a table of settings",
        }[self.kind]
        if self.minimum is not None and self.maximum is not None:
            words += f" from {_short(self.minimum)} to {_short(self.maximum)}"
        return f"{words}, in {self.unit}" if self.unit else words


def about(
    title: str,
    text: str,
    *,
    unit: str = "",
    group: str = "",
    low: float | None = None,
    high: float | None = None,
) -> msgspec.Meta:
    """Return what `fields` reads, to stand in the annotation of a field."""
    extra: dict[str, object] = {"unit": unit, "group": group}
    return msgspec.Meta(title=title, description=text, ge=low, le=high, extra=extra)


def fields(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Return the fields of a struct whose annotations were made with `about`."""
    described = msgspec.inspect.type_info(struct)
    assert isinstance(described, msgspec.inspect.StructType)
    return tuple(_field(field) for field in described.fields)


def explain(
    error: msgspec.ValidationError, struct: type[msgspec.Struct], what: str, prefix: str = ""
) -> ExperimentError:
    """Turn an error of msgspec into one that names the field and says what it has to be."""
    message, _, path = str(error).partition(" - at `$")
    name = path.strip("`.").split("[")[0].split(".")[0]
    known = {field.name: field for field in fields(struct)}
    if name in known:
        field = known[name]
        return ExperimentError(
            what,
            where=prefix + path.strip("`."),
            why=message[0].lower() + message[1:],
            now=f"{field.title} is {field.rule}",
        )
    return ExperimentError(
        what,
        where=prefix + (path or message.rpartition("field `")[2].strip("`")),
        why="there is no such field" if "unknown field" in message else message,
        now="the fields are " + ", ".join(known),
    )


def _short(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


def _field(field: msgspec.inspect.Field) -> Field:
    inner, texts, extra = _unwrapped(field.type)
    kind, limits, choices = _kind(inner)
    return Field(
        field.encode_name,
        str(texts.get("title", field.name)),
        str(texts.get("description", "")),
        str(extra.get("unit", "")),
        kind,
        _default(field),
        *limits,
        choices,
        str(extra.get("group", "")),
    )


def _unwrapped(
    kind: msgspec.inspect.Type,
) -> tuple[msgspec.inspect.Type, Mapping[str, object], Mapping[str, object]]:
    if isinstance(kind, msgspec.inspect.Metadata):
        return kind.type, kind.extra_json_schema or {}, kind.extra or {}
    return kind, {}, {}


def _kind(
    kind: msgspec.inspect.Type,
) -> tuple[Kind, tuple[float | None, float | None], tuple[str, ...]]:
    if isinstance(kind, msgspec.inspect.LiteralType):
        return "choice", (None, None), tuple(map(str, kind.values))
    if isinstance(kind, msgspec.inspect.BoolType):
        return "switch", (None, None), ()
    if isinstance(kind, msgspec.inspect.IntType):
        return "whole", (kind.ge, kind.le), ()
    if isinstance(kind, msgspec.inspect.FloatType):
        return "number", (kind.ge, kind.le), ()
    if isinstance(kind, msgspec.inspect.VarTupleType):
        return "whole-list", _kind(_unwrapped(kind.item_type)[0])[1], ()
    if isinstance(kind, msgspec.inspect.DictType):
        return "table", (None, None), ()
    return "text", (None, None), ()


def _default(field: msgspec.inspect.Field) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        made: Callable[[], object] = field.default_factory
        return made()
    return None if field.default is msgspec.NODEFAULT else field.default
