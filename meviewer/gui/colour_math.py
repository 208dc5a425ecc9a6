"""Colour arithmetic: contrast, and how far apart two colours look to whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

# Linear sRGB to cone responses, and their cube roots to OKLab: Ottosson 2020 [2nd]
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

# Machado, Oliveira and Fernandes 2009, severity 1, on linear light [paper]
VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def rgb(colour: str) -> Vector:
    """Return ``#RRGGBB`` as three values, 0 to 1."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def linear(colour: Vector) -> Vector:
    """Undo the sRGB transfer curve, IEC 61966-2-1 [2nd]."""
    low = colour / 12.92
    high = ((np.maximum(colour, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(colour <= 0.04045, low, high)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours after WCAG 2.2, 1 to 21."""
    lights = [float(linear(rgb(colour)) @ _LUMINANCE) for colour in (one, other)]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def seen_distance(one: str, other: str, vision: str) -> float:
    """Return the OKLab distance of two colours as seen with that vision.

    Parameters
    ----------
    vision : str
        A key of `VISION`. At a distance of 0.1 two colours are told apart at a glance.
    """
    seen = [_oklab(np.clip(VISION[vision] @ linear(rgb(colour)), 0, 1)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def _oklab(light: Vector) -> Vector:
    return _TO_OKLAB @ np.cbrt(_TO_CONES @ light)
