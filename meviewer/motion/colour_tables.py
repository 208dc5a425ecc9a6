"""Colour tables made in OKLCH: equal steps of a value look like equal steps.

Björn Ottosson's OKLab (2020). A table is (256, 3) uint8 sRGB, read-only, made once per ground.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ground: TypeAlias = Literal["dark", "light"]
"""What lies behind the picture: the theme's plot background."""

Table: TypeAlias = NDArray[np.uint8]

_SIZE = 256
_CHROMA_STEPS = 24
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
GROUNDS: dict[Ground, tuple[int, int, int]] = {"dark": (21, 23, 27), "light": (255, 255, 255)}
"""RGB of each ground."""


@cache
def sequential(ground: Ground = "dark") -> Table:
    """Return the table for strain, magnitude and distance: zero sinks into the ground."""
    t = np.linspace(0, 1, _SIZE)
    lightness = 0.16 + 0.78 * t if ground == "dark" else 0.99 - 0.74 * t
    hue = 290 - 205 * t if ground == "dark" else 95 - 165 * t
    chroma = 0.03 + 0.13 * np.sin(np.pi * np.clip(t * 1.02, 0, 1)) ** 0.8
    return _table(lightness, chroma, hue)


@cache
def diverging(ground: Ground = "dark") -> Table:
    """Return the table for signed differences: blue is darker, orange brighter than before.

    Zero falls between the two middle entries, both of them grey.
    """
    t = np.linspace(-1, 1, _SIZE)
    size = np.abs(t)
    lightness = 0.22 + 0.62 * size if ground == "dark" else 0.97 - 0.47 * size
    chroma = np.where(size * (_SIZE - 1) < 1.5, 0, 0.15 * size**0.75)
    return _table(lightness, chroma, np.where(t < 0, 245.0, 52.0))


@cache
def flow_wheel() -> Table:
    """Return 256 directions of equal lightness, so that none looks stronger than another.

    Entry 0 points right, 64 down: image coordinates, clockwise on the screen.
    """
    hue = 30 + 360 * np.arange(_SIZE) / _SIZE
    return _table(np.full(_SIZE, 0.76), np.full(_SIZE, 0.125), hue)


def from_oklch(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue_deg: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return sRGB of OKLCH colours.

    Parameters
    ----------
    lightness : (n,) float64
        0 to 1.
    chroma : (n,) float64
        Reduced in steps until the colour fits into sRGB, so that lightness and hue survive.
    hue_deg : (n,) float64

    Returns
    -------
    (n, 3) float64
        0 to 1.
    """
    share = np.linspace(1, 0, _CHROMA_STEPS)[:, None]
    angle = np.radians(hue_deg)
    reduced = share * chroma
    lab = np.stack(
        [
            np.broadcast_to(lightness, reduced.shape),
            reduced * np.cos(angle),
            reduced * np.sin(angle),
        ],
        axis=-1,
    )
    light = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    fits = np.all((light > -1e-3) & (light < 1 + 1e-3), axis=-1)
    # Without chroma every lightness fits: the last row is grey.
    return _to_srgb(light[fits.argmax(axis=0), np.arange(len(lightness))])


def _to_srgb(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sRGB in 0..1 of linear light, clipped."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _table(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue_deg: NDArray[np.float64]
) -> Table:
    table = np.round(from_oklch(lightness, chroma, hue_deg) * 255).astype(np.uint8)
    table.flags.writeable = False
    return table
