"""An expression as the motion of its units, and the state of a face at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from meviewer.core.errors import SynthError
from meviewer.synth.curves import Floats
from meviewer.synth.openings import STILL, Margins
from meviewer.synth.pose import REST, Pose
from meviewer.synth.unit_fields import ALL_UNITS, BLINK, LID_PULLS, LIP_PULLS

_SHUT_SHARES = (0.88, 0.12)  # of the opening: the upper lid does most of a blink
_LID_AREA = 300.0  # square px that follow a margin


@dataclass(frozen=True)
class State:
    """All that can differ between two frames of one face.

    Attributes
    ----------
    displacement : float32 array (H, W, 2) or None
        Of the skin by the units, nominal px; None at rest.
    margins : Margins
        Of lids and lips.
    pose : Pose
    """

    displacement: Floats | None = None
    margins: Margins = STILL
    pose: Pose = REST


@dataclass(frozen=True)
class UnitMotion:
    """What one unit does at full strength, nominal px."""

    field: Floats | None
    margins: Margins

    def scaled(self, factor: float) -> UnitMotion:
        """Return the motion times a factor."""
        field = None if self.field is None else self.field * np.float32(factor)
        m = self.margins
        return UnitMotion(
            field, Margins(_times(m.left, factor), _times(m.right, factor), _times(m.mouth, factor))
        )

    def largest(self) -> float:
        """Return the longest way of any point."""
        m = self.margins
        lengths = [abs(v) for pair in (m.left, m.right, m.mouth) for v in pair]
        if self.field is not None:
            lengths.append(float(np.hypot(self.field[..., 0], self.field[..., 1]).max()))
        return max(lengths)


@dataclass(frozen=True)
class Expression:
    """Units of one expression of one face, scaled to the amplitude that was asked for.

    Attributes
    ----------
    motions : mapping of int to UnitMotion
    opening : float
        Height of the open eye in nominal px, for the blink.
    """

    motions: Mapping[int, UnitMotion]
    opening: float

    def state(self, strengths: Mapping[int, float], pose: Pose = REST) -> State:
        """Return the face with each unit at its strength, 0 to 1; unit 45 shuts the eyes."""
        acting = {u: s for u, s in strengths.items() if s > 0 and u in self.motions}
        moved = combined([self.motions[unit].scaled(s) for unit, s in acting.items()])
        margins = _shut(moved.margins, strengths.get(BLINK, 0.0), self.opening)
        return State(moved.field, margins, pose)

    def overlap(self) -> Floats:
        """Return the inner products of the units' motions, (units, units).

        With strengths g, ``g @ overlap @ g`` is the summed square of all displacements: the
        energy whose maximum is the apex.
        """
        motions = list(self.motions.values())
        return np.array([[_inner(a, b) for b in motions] for a in motions])


def check_units(units: Mapping[int, float]) -> None:
    """Refuse units that no synthetic face has.

    Raises
    ------
    SynthError
        Naming the units that exist.
    """
    unknown = [unit for unit in units if unit not in ALL_UNITS]
    if unknown or not any(units.values()):
        raise SynthError(
            "No expression can be made of these action units",
            where=", ".join(map(str, units)) or "none given",
            why=f"unknown: {', '.join(map(str, unknown))}" if unknown else "all strengths are zero",
            now=f"choose from {', '.join(map(str, ALL_UNITS))}",
        )


def lid_and_lip_motion(unit: int, left: float, right: float) -> Margins:
    """Return how far a unit moves the margins at unit strength, with its share on each side."""
    lid, lip = LID_PULLS.get(unit, (0.0, 0.0)), LIP_PULLS.get(unit, (0.0, 0.0))
    return Margins(_times(lid, left), _times(lid, right), lip)


def combined(motions: list[UnitMotion]) -> UnitMotion:
    """Return the sum of several motions."""
    fields = [motion.field for motion in motions if motion.field is not None]
    total: Floats | None = None
    if fields:
        total = fields[0].copy()
        for field in fields[1:]:
            total += field
    margins = [motion.margins for motion in motions]
    return UnitMotion(
        total,
        Margins(
            _sum([m.left for m in margins]),
            _sum([m.right for m in margins]),
            _sum([m.mouth for m in margins]),
        ),
    )


def _shut(margins: Margins, amount: float, opening: float) -> Margins:
    """Close the eyes on top of what the other units do to the lids."""
    if amount <= 0:
        return margins
    down, up = (amount * opening * share for share in _SHUT_SHARES)
    left, right = _times(margins.left, 1 - amount), _times(margins.right, 1 - amount)
    return Margins((left[0] + down, left[1] + up), (right[0] + down, right[1] + up), margins.mouth)


def _times(pair: tuple[float, float], factor: float) -> tuple[float, float]:
    return pair[0] * factor, pair[1] * factor


def _sum(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    return sum(p[0] for p in pairs), sum(p[1] for p in pairs)


def _inner(a: UnitMotion, b: UnitMotion) -> float:
    """Sum of the products of two motions over the face; a margin counts like the area of a lid."""
    skin = 0.0
    if a.field is not None and b.field is not None:
        skin = float(np.vdot(a.field, b.field))
    pairs = zip(_edges(a.margins), _edges(b.margins), strict=True)
    return skin + _LID_AREA * sum(p * q for p, q in pairs)


def _edges(m: Margins) -> tuple[float, ...]:
    return (*m.left, *m.right, *m.mouth)
