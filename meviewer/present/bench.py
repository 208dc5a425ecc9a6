"""The tiles of the bench: what each says of its picture, and how the set of them is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from math import ceil
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.motion import colour
from meviewer.motion.colour import Arrows, Table
from meviewer.motion.colour_tables import Ground
from meviewer.present.bench_values import Values

RGB: TypeAlias = NDArray[np.uint8]
Parameter: TypeAlias = str | int | float | bool | None

GREY: Table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


class Colours(Enum):
    """What explains the colours of a tile."""

    GREY = "grey"
    DIVERGING = "diverging"
    SEQUENTIAL = "sequential"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True)
class Legend:
    """The scale of a picture in words.

    Attributes
    ----------
    colours : Colours
    low, high : str
        Numbers at the ends; of a wheel, ``high`` is what the full colour means.
    unit : str
    low_word, high_word : str
        What the ends stand for, such as ``darker``; left out where there is no room.
    auto : bool
        Each picture has its own scale: said always.
    """

    colours: Colours
    low: str = ""
    high: str = ""
    unit: str = ""
    low_word: str = ""
    high_word: str = ""
    auto: bool = False

    @property
    def words(self) -> str:
        """The whole legend in one line."""
        ends = [
            " ".join(part for part in (number, self.unit, f"({word})" if word else "") if part)
            for number, word in ((self.low, self.low_word), (self.high, self.high_word))
        ]
        if self.colours is Colours.WHEEL:
            said = f"hue: direction, full colour: {ends[1]}"
        else:
            said = f"from {ends[0]} to {ends[1]}"
        return f"{said}, auto: this picture's own scale" if self.auto else said


@dataclass(frozen=True, slots=True, eq=False)
class ArrowField:
    """Arrows over a picture.

    Attributes
    ----------
    arrows : Arrows
    full_px : float
        Longest arrow; what is longer is cut.
    spacing_px : int
        Side of a cell.
    """

    arrows: Arrows
    full_px: float
    spacing_px: int

    def apart(self, least_px: float) -> ArrowField:
        """Return the arrows of every second, third ... cell, so that they are this far apart.

        Parameters
        ----------
        least_px : float
            In px of the picture.
        """
        every = max(1, ceil(least_px / self.spacing_px))
        columns, rows = self.arrows.x_px // self.spacing_px, self.arrows.y_px // self.spacing_px
        kept = (columns % every == every // 2) & (rows % every == every // 2)
        x_px, y_px = self.arrows.x_px[kept], self.arrows.y_px[kept]
        some = Arrows(x_px, y_px, self.arrows.u_px[kept], self.arrows.v_px[kept])
        return replace(self, arrows=some, spacing_px=every * self.spacing_px)


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One picture with what is said about it.

    Attributes
    ----------
    view : str
        One of `bench_views.VIEWS`.
    title, note : str
        What it is, and its frames and parameters.
    source : str
        Where its formula comes from: ``source``, ``paper`` or ``our choice``.
    picture : (H, W, 3) uint8 or None
    legend : Legend
    said : str
        What else was done to the values, such as ``head removed``.
    values : Values or None
        What the colours stand for.
    arrows : ArrowField or None
        To be drawn over the picture.
    parameters : mapping
        Everything the picture was computed with, and the version.
    missing : str
        Why there is no picture.
    short : str
        Title where there is little room.
    """

    view: str
    title: str
    note: str
    source: str
    picture: RGB | None
    legend: Legend
    said: str = ""
    values: Values | None = None
    arrows: ArrowField | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    missing: str = ""
    short: str = ""


def table_for(colours: Colours, ground: Ground) -> Table:
    """Return the colour table of a legend, (256, 3) uint8."""
    if colours is Colours.DIVERGING:
        return colour.diverging(ground)
    if colours is Colours.SEQUENTIAL:
        return colour.sequential(ground)
    return colour.flow_wheel() if colours is Colours.WHEEL else GREY
