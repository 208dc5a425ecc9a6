"""Action units of the Facial Action Coding System: number, side, intensity."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMES = {
    1: "inner brow raiser",
    2: "outer brow raiser",
    4: "brow lowerer",
    5: "upper lid raiser",
    6: "cheek raiser",
    7: "lid tightener",
    9: "nose wrinkler",
    10: "upper lip raiser",
    11: "nasolabial deepener",
    12: "lip corner puller",
    13: "sharp lip puller",
    14: "dimpler",
    15: "lip corner depressor",
    16: "lower lip depressor",
    17: "chin raiser",
    18: "lip pucker",
    20: "lip stretcher",
    22: "lip funneler",
    23: "lip tightener",
    24: "lip pressor",
    25: "lips part",
    26: "jaw drop",
    27: "mouth stretch",
    28: "lip suck",
    38: "nostril dilator",
    39: "nostril compressor",
    43: "eyes closed",
    45: "blink",
    46: "wink",
}

_TOKEN = re.compile(
    r"(?:AU)?\s*(?P<side>[LR])?\s*(?P<number>\d{1,2})\s*(?P<intensity>[A-E])?", re.I
)


@dataclass(frozen=True, slots=True, order=True)
class ActionUnit:
    """One action unit.

    Attributes
    ----------
    number : int
        Number in the coding system, 1 to 99.
    side : str
        ``"L"`` or ``"R"`` of the subject, empty for both sides.
    intensity : str
        ``"A"`` (trace) to ``"E"`` (maximum), empty if not coded.
    """

    number: int
    side: str = ""
    intensity: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 99:
            raise ValueError(f"action unit {self.number} is outside 1..99")
        if self.side not in ("", "L", "R") or self.intensity not in ("", "A", "B", "C", "D", "E"):
            raise ValueError(f"side must be L or R, intensity A to E: {self}")

    def __str__(self) -> str:
        return f"{self.side}{self.number}{self.intensity}"


def parse(text: str) -> tuple[ActionUnit, ...]:
    """Read notations such as ``"4+7+L10"``, ``"AU4B + AU7"`` or ``"R12A, 14"``.

    A comma may be a full-width one, as in one row of CAS(ME)^3.
    Tokens that are no action unit (``"?"``) are left out; the caller keeps the raw text.
    """
    found = []
    for token in re.split(r"[+,;\uff0c]", text):
        match = _TOKEN.fullmatch(token.strip())
        if match and 1 <= int(match["number"]) <= 99:
            side, intensity = (match["side"] or "").upper(), (match["intensity"] or "").upper()
            found.append(ActionUnit(int(match["number"]), side, intensity))
    return tuple(found)


def format_units(units: tuple[ActionUnit, ...]) -> str:
    """Return ``"4B+L12"``; `parse` reads it back."""
    return "+".join(str(unit) for unit in units)
