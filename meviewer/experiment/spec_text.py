"""Experiments as TOML text that a person can read, comment on and edit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.experiment.form import Field, explain
from meviewer.experiment.spec import WHAT, ExperimentSpec, form


def to_toml(spec: ExperimentSpec) -> str:
    """Return the experiment as TOML; each field stands below what it means and may be.

    `from_toml` reads back an equal experiment.
    """
    values: dict[str, object] = msgspec.to_builtins(spec)
    plain = [field for field in form() if field.kind != "table"]
    tables = [field for field in form() if field.kind == "table"]
    lines: list[str] = []
    for field in plain:
        lines += [_comment(field), f"{field.name} = {toml_value(values[field.name])}", ""]
    for field in tables:
        table = values[field.name]
        assert isinstance(table, Mapping)
        lines += [_comment(field), f"[{field.name}]"]
        lines += [f"{_text(str(key))} = {toml_value(value)}" for key, value in table.items()]
    return "\n".join(lines).rstrip() + "\n"


def from_toml(text: str, where: str = "") -> ExperimentSpec:
    """Read an experiment; fields that are left out have their defaults.

    Parameters
    ----------
    text : str
    where : str
        Name of the file, for messages.

    Raises
    ------
    ExperimentError
        If it is no TOML, or naming the field that is wrong and what it has to be.
    """
    try:
        return msgspec.toml.decode(text, type=ExperimentSpec)
    except msgspec.ValidationError as error:
        raise explain(error, ExperimentSpec, WHAT, f"{where}: " if where else "") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ExperimentError(
            "The experiment is no TOML",
            where=where,
            why=str(error),
            now="correct the line, or save the experiment from the window again",
        ) from error


def changed(spec: ExperimentSpec, changes: Sequence[str]) -> ExperimentSpec:
    """Return an experiment with other values, as ``"epochs=20"`` or ``"split=k-fold"``.

    Values are written as in the file; a text may go without its quotation marks.

    Raises
    ------
    ExperimentError
        Naming the field that is unknown or wrong.
    """
    values: dict[str, object] = msgspec.to_builtins(spec)
    for change in changes:
        name, sign, text = change.partition("=")
        if not sign:
            raise ExperimentError(WHAT, where=change, now="write FIELD=VALUE, as in epochs=20")
        values[name.strip()] = _parsed(text.strip())
    try:
        return msgspec.convert(values, ExperimentSpec)
    except msgspec.ValidationError as error:
        raise explain(error, ExperimentSpec, WHAT) from error


def _parsed(text: str) -> object:
    try:
        found: dict[str, object] = msgspec.toml.decode(f"value = {text}")
    except (msgspec.DecodeError, RecursionError):
        return text
    return found["value"]


def read(path: Path) -> ExperimentSpec:
    """Read an experiment from a file.

    Raises
    ------
    ExperimentError
        If it is not there, is no text, or `from_toml` refuses it.
    """
    return from_toml(text_of(path), str(path))


def text_of(path: Path) -> str:
    """Return the text of a file with experiments.

    Raises
    ------
    ExperimentError
        If it is not there, or no text.
    """
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExperimentError(
            "The experiment cannot be read",
            where=str(path),
            why=str(error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"),
            now="give the path of a TOML file",
        ) from error


def _comment(field: Field) -> str:
    return f"# {field.help} ({field.rule})"


def toml_value(value: object) -> str:
    """Return a field's value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        pairs = (f"{_text(str(key))} = {toml_value(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    return _text(str(value))


def _text(text: str) -> str:
    # JSON escapes what TOML wants escaped, but for the one control character past ASCII's block.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
