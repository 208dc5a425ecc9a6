"""What the widgets of a training draw: frozen values, ready to be painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FoldState = Literal["done", "now", "wait"]
Tone = Literal["", "ok", "warn", "error"]


@dataclass(frozen=True, slots=True)
class ProgressBlock:
    """One figure of the progress bar; ``share`` in [0, 1], or None where the length is unknown."""

    title: str
    value: str
    detail: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: ``x`` and ``y`` of equal length, and the name that stands at its end."""

    name: str
    role: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """One pair of axes with fixed ranges."""

    left: str
    bottom: str
    x_max: float
    y_max: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FoldCell:
    """One subject held out: its score once it is done, ``strength`` in [0, 1] its shade."""

    subject: str
    state: FoldState
    text: str
    strength: float = 0.0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts with the truth in rows; ``recall`` one text a row."""

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    recall: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A score in large type with its doubt below."""

    title: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checks before a run; ``tone`` says whether it passes."""

    tone: Tone
    text: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class ClassBar:
    """The probability of one class for one clip."""

    name: str
    share: float
    text: str
    best: bool
