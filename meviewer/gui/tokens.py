"""Scales of the design: distances, radii, heights and type, all in px."""

from __future__ import annotations

from typing import Final


class Space:
    """Distances: 12 inside a panel, 8 between controls, 4 between panels; nothing in between."""

    hair: Final = 2
    xs: Final = 4
    s: Final = 6
    m: Final = 8
    l: Final = 12  # noqa: E741 - the scale is named like clothes
    xl: Final = 16
    xxl: Final = 24


class Radius:
    """Rounded corners; panels themselves are square."""

    small: Final = 3
    control: Final = 5
    card: Final = 8


class Size:
    """Heights of things that line up with each other."""

    row: Final = 24
    control: Final = 28
    control_large: Final = 32
    bar_top: Final = 44
    bar_panel: Final = 36
    bar_status: Final = 26
    icon: Final = 16


class Type:
    """Font sizes and weights. 11 is the floor; hierarchy comes from weight and ink before size."""

    caption: Final = 11
    body: Final = 12
    title: Final = 13
    heading: Final = 15
    display: Final = 22
    regular: Final = 400
    medium: Final = 500
    strong: Final = 600
