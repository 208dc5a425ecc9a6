"""Action units as a coder reads and types them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from meviewer.core.action_units import NAMES, ActionUnit, parse

_SIDES = {"L": "left ", "R": "right ", "": ""}


def units_words(units: Sequence[ActionUnit]) -> str:
    """Return the names of action units: ``"brow lowerer, left lip corner puller (B)"``."""
    return ", ".join(map(_words, units))


def unread_part(text: str) -> str:
    """Return what of a typed list is no action unit; empty if all of it is read."""
    tokens = (token.strip() for token in re.split(r"[+,;\uff0c]", text))
    return ", ".join(token for token in tokens if token and not parse(token))


def _words(unit: ActionUnit) -> str:
    name = NAMES.get(unit.number, f"action unit {unit.number}")
    strength = f" ({unit.intensity})" if unit.intensity else ""
    return f"{_SIDES[unit.side]}{name}{strength}"
