"""The fields of an experiment as a form shows them: label, value, range, unit, and fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["choice", "int", "float", "flag", "text", "folder"]
FieldValue = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, and how it is written; a disabled one says why in ``tip``."""

    value: str
    text: str
    tip: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes
    ----------
    name : str
        Name in the specification.
    kind : str
        ``choice`` (one of ``choices``), ``int``, ``float``, ``flag``, ``text`` or ``folder``.
    value : str, int, float or bool
    low, high, step : float
        Range and step of numbers.
    decimals : int
        Digits after the point of a ``float``.
    unit : str
        Behind the number.
    tip : str
        What the field means, in one line.
    fault : str
        What is wrong with the value, in words; empty if nothing is.
    """

    name: str
    label: str
    kind: FieldKind
    value: FieldValue
    choices: tuple[Choice, ...] = ()
    low: float = 0
    high: float = 1_000_000
    step: float = 1
    decimals: int = 0
    unit: str = ""
    tip: str = ""
    fault: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields under one heading, with a quiet note beside it and a sentence below."""

    title: str
    fields: tuple[Field, ...]
    note: str = ""
    caption: str = ""
