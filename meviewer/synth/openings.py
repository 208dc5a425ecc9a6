"""The openings of the face, between the lids and between the lips, and how their edges move.

An opening is a slit in the skin. When a margin moves, the skin beside it follows, less and less
with the distance; what shows in the slit (eyeball, inside of the mouth) does not move with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from meviewer.synth.anatomy import Anatomy
from meviewer.synth.curves import Floats

Opening = Literal["left", "right", "mouth"]
OPENINGS: tuple[Opening, ...] = ("left", "right", "mouth")
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Margins:
    """How far the margins of the three openings have moved, in nominal px.

    Attributes
    ----------
    left, right : tuple of float
        Upper lid down, lower lid up, of the subject's left and right eye.
    mouth : tuple of float
        Upper lip up, lower lip down.
    """

    left: tuple[float, float] = (0.0, 0.0)
    right: tuple[float, float] = (0.0, 0.0)
    mouth: tuple[float, float] = (0.0, 0.0)

    def of(self, opening: Opening) -> tuple[float, float]:
        """Return the two distances of one opening."""
        return {"left": self.left, "right": self.right, "mouth": self.mouth}[opening]

    def moved(self, opening: Opening) -> bool:
        """Whether a margin of this opening is away from rest."""
        return any(self.of(opening))


STILL = Margins()


def centre(anatomy: Anatomy, opening: Opening) -> tuple[float, float]:
    """Nominal middle of an opening."""
    b = anatomy.build
    return {"left": (b.eye_x, -2.0), "right": (-b.eye_x, -2.0), "mouth": (0.0, b.mouth_y)}[opening]


def reach(anatomy: Anatomy, opening: Opening) -> tuple[float, float]:
    """Half width and half height of what an opening can touch, in nominal px."""
    b = anatomy.build
    return (b.mouth_w + 5, 30.0) if opening == "mouth" else (b.eye_w + 9, 26.0)


def lid_margins(
    anatomy: Anatomy, x: Floats, lid: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    """Return position along the lid, height of the upper and of the lower margin over x."""
    t = anatomy.along_lid(x)
    upper, lower = anatomy.lids(np.clip(t, 0, 1))
    down, up = _lid_shifts(anatomy, upper, lower, lid)
    return t, upper + down, lower + up


def lip_margins(
    anatomy: Anatomy, x: Floats, lips: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    """Return the resting seam, the margin of the upper and that of the lower lip over x."""
    share = np.clip(1 - (x / anatomy.build.mouth_w) ** 2, 0, 1)
    seam = anatomy.lips(x)[1]
    return seam, seam - lips[0] * share, seam + lips[1] * share


def rest_seam(anatomy: Anatomy, x: Floats, opening: Opening) -> Floats:
    """Return the line that divides the upper from the lower side."""
    if opening == "mouth":
        return anatomy.lips(x)[1]
    upper, lower = lid_margins(anatomy, x, (0.0, 0.0))[1:]
    return np.asarray((upper + lower) / 2)


def unpull(
    anatomy: Anatomy,
    opening: Opening,
    margins: Margins,
    x: Floats,
    y: Floats,
    above: Bools | None = None,
) -> Floats:
    """Return the resting y of the skin that is seen at ``(x, y)``.

    Parameters
    ----------
    above : bool array, optional
        Which points belong to the upper side; by default those above the middle of the slit.
    """
    if opening == "mouth":
        upper, lower, near = _pulled_lips(anatomy, margins.mouth, x, y)
    else:
        upper, lower, near = _pulled_lids(anatomy, opening, margins.of(opening), x)
    if above is None:
        above = y < 0.5 * (upper.margin + lower.margin)
    moved = np.where(above, upper.at(upper.margin - y, 1.2), lower.at(y - lower.margin, 1.5))
    return np.asarray(y - np.where(near, moved, 0))


@dataclass(frozen=True, slots=True)
class _Edge:
    """One margin: where it is, how far it has moved, how far the skin follows."""

    margin: Floats
    shift: Floats
    reach: Floats | float

    def at(self, distance: Floats, fade: float) -> Floats:
        near = np.clip(1 - np.maximum(distance, 0) / self.reach, 0, 1)
        return np.asarray(self.shift * near**fade)


def _pulled_lips(
    anatomy: Anatomy, lips: tuple[float, float], x: Floats, y: Floats
) -> tuple[_Edge, _Edge, Bools]:
    seam, top, bottom = lip_margins(anatomy, x, lips)
    near = np.abs(y - seam) < 40
    return _Edge(top, top - seam, 16.0), _Edge(bottom, bottom - seam, 24.0), near


def _pulled_lids(
    anatomy: Anatomy, opening: Opening, lid: tuple[float, float], x: Floats
) -> tuple[_Edge, _Edge, Bools]:
    rest_top, rest_bottom = anatomy.lids(np.clip(anatomy.along_lid(x), 0, 1))
    down, up = _lid_shifts(anatomy, rest_top, rest_bottom, lid)
    folding = anatomy.build.crease + 3 + np.maximum(down, 0) * 1.15
    near = (x > 0) == (opening == "left")
    upper, lower = _Edge(rest_top + down, down, folding), _Edge(rest_bottom + up, up, 8.0 - 2 * up)
    return upper, lower, near


def _lid_shifts(
    anatomy: Anatomy, upper: Floats, lower: Floats, lid: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return how far both margins have moved down: most where the eye is widest."""
    closing = lid[0] / anatomy.build.opening
    lifting = min(lid[1] / anatomy.build.opening, 1 - closing)
    gap = lower - upper
    return closing * gap, -lifting * gap
