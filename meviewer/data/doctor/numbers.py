"""Frame numbers as sheets write them: blank, '/', 0, −1, fractional, with a decimal comma."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import floor

_MISSING = frozenset({"", "/", "\\", "-", "–", "—", "?", "n/a", "na", "nan", "none", "null"})
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]*)?")


@dataclass(frozen=True, slots=True)
class Number:
    """A frame number and whether it was a whole one; ``value`` is rounded half up."""

    value: int
    is_whole: bool


def is_missing(text: str) -> bool:
    """Return whether a cell says in one of the usual ways that there is no number."""
    return text.strip().casefold() in _MISSING


def read_number(text: str) -> Number | None:
    """Return the number of a cell, or None if it is none.

    Halves go up, as SAMM Long Videos needs it.
    """
    plain = text.strip()
    if not _NUMBER.fullmatch(plain):
        return None
    exact = Fraction(plain.replace(",", "."))
    return Number(floor(exact + Fraction(1, 2)), exact.denominator == 1)
