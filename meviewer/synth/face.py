"""One synthetic face: painted once, moved for each frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from meviewer.core.errors import SynthError
from meviewer.synth.anatomy import Anatomy
from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats
from meviewer.synth.expression import (
    Expression,
    State,
    UnitMotion,
    check_units,
    combined,
    lid_and_lip_motion,
)
from meviewer.synth.openings import OPENINGS, Opening, centre, reach, unpull
from meviewer.synth.portrait import paint
from meviewer.synth.pose import Pose
from meviewer.synth.raster import over, remap
from meviewer.synth.show_openings import draw_eye, draw_mouth
from meviewer.synth.subject import draw
from meviewer.synth.unit_fields import BLINK, SKIN_UNITS, unit_field
from meviewer.synth.view import NOMINAL_SIZE, View

Patch = tuple[slice, slice]
_SMALLEST, _LARGEST = 48, 2048
_SWAY_ROOM_PX = 8


@dataclass(frozen=True)
class Seen:
    """What is seen at each output pixel, nominal px, arrays (H, W).

    Attributes
    ----------
    head_x, head_y : on the head at rest (eyeballs, hair and glasses move with it)
    skin_x, skin_y : on the skin, with the openings as they are
    rest_y : on the skin, with the openings at rest
    """

    head_x: Floats
    head_y: Floats
    skin_x: Floats
    skin_y: Floats
    rest_y: Floats


class Face:
    """An identity at one size. Immutable once made; threads may render from it together.

    Parameters
    ----------
    seed : int
        The identity, 0 or more.
    size : tuple of int
        Width and height of the picture in px.
    oversampling : int
        Linear resolution of the painted layers relative to the picture.

    Raises
    ------
    SynthError
        If the size is out of range.
    """

    def __init__(
        self, seed: int, size: tuple[int, int] = NOMINAL_SIZE, oversampling: int = 3
    ) -> None:
        if not all(_SMALLEST <= side <= _LARGEST for side in size):
            raise SynthError(
                "No face can be drawn at this size",
                where=f"{size[0]}x{size[1]}",
                now=f"choose sides of {_SMALLEST} to {_LARGEST} px",
            )
        self.seed, self.view, self._n = seed, View(size), oversampling
        self.subject = draw(seed)
        self.anatomy = Anatomy(self.subject)
        canvas = Canvas(self.view, oversampling, np.random.default_rng(20_011 + seed))
        self.portrait = paint(canvas, self.subject, self.anatomy)
        self.x, self.y = self.view.grid()
        self._overlay_rows = self._rows_of_overlay()

    def expression(
        self, units: Mapping[int, float], max_px: float, left: float = 1.0, right: float = 1.0
    ) -> Expression:
        """Return an expression whose longest displacement at full strength is ``max_px``.

        Parameters
        ----------
        units : mapping of int to float
            Action units with relative strengths.
        max_px : float
            In output px.
        left, right : float
            Shares of the subject's sides, for one-sided expressions.

        Raises
        ------
        SynthError
            If a unit does not exist, or nothing would move.
        """
        check_units(units)
        if not max_px > 0:
            raise SynthError("The amplitude must be above zero", where=f"{max_px} px")
        motions = {
            unit: self._motion(unit, left, right).scaled(strength)
            for unit, strength in units.items()
            if unit != BLINK and strength
        }
        largest = combined(list(motions.values())).largest() if motions else 0.0
        if motions and largest == 0:
            check_units({})
        factor = max_px / self.view.scale / largest if largest else 0.0
        scaled = {unit: motion.scaled(factor) for unit, motion in motions.items()}
        return Expression(scaled, self.subject.build.opening)

    def render(self, state: State) -> Floats:
        """Return one clean picture, float32 (H, W, 3) RGB, 0 to 255."""
        seen = self.seen(state)
        out = over(
            self.portrait.background, self.layer(self.portrait.head, seen.skin_x, seen.rest_y)
        )
        for opening, patch in self._patches(state.pose):
            if opening != "mouth":
                eyeball = self.layer(self.portrait.eyeballs, seen.head_x[patch], seen.head_y[patch])
                at = seen.skin_x[patch], seen.skin_y[patch]
                lid = state.margins.of(opening)
                draw_eye(out[patch], self, at, lid, eyeball)
            elif state.margins.moved("mouth"):
                at = seen.skin_x[patch], seen.skin_y[patch]
                draw_mouth(out[patch], self, at, state.margins.mouth)
        first, last = self._overlay_rows
        if last > first:
            rows = slice(first, last)
            front = self.layer(self.portrait.overlay, seen.head_x[rows], seen.head_y[rows])
            out[rows] = over(np.ascontiguousarray(out[rows]), front)
        return out

    def seen(self, state: State) -> Seen:
        """Return what is seen at each pixel: the backward map of a state."""
        head_x, head_y = state.pose.back(self.x, self.y)
        skin_x, skin_y = head_x, head_y
        if state.displacement is not None:
            moved = state.displacement
            if state.pose.moved:
                moved = self.sampled(moved, head_x, head_y)
            skin_x, skin_y = head_x - moved[..., 0], head_y - moved[..., 1]
        rest_y = skin_y
        if any(map(state.margins.moved, OPENINGS)):
            rest_y = skin_y.copy()
            for opening, patch in self._patches(state.pose):
                if state.margins.moved(opening):
                    at = skin_x[patch], skin_y[patch]
                    rest_y[patch] = unpull(self.anatomy, opening, state.margins, *at)
        return Seen(head_x, head_y, skin_x, skin_y, rest_y)

    def sampled(self, field: Floats, x: Floats, y: Floats) -> Floats:
        """Sample a field given at the output pixels at nominal points; zero outside."""
        return remap(field, *self.view.to_px(x, y), outside="zero")

    def layer(self, layer: Floats, x: Floats, y: Floats) -> Floats:
        """Sample an oversampled layer at nominal points."""
        return remap(layer, *self.view.to_px(x, y, self._n))

    def _motion(self, unit: int, left: float, right: float) -> UnitMotion:
        field: Floats | None = None
        if unit in SKIN_UNITS:
            sides = ((1.0, left), (-1.0, right))
            halves = [w * unit_field(self.anatomy, unit, s, self.x, self.y) for s, w in sides]
            field = np.asarray((halves[0] + halves[1]).astype(np.float32))
        return UnitMotion(field, lid_and_lip_motion(unit, left, right))

    def _patches(self, pose: Pose) -> Iterator[tuple[Opening, Patch]]:
        """Yield the part of the picture that each opening can touch."""
        width, height = self.view.size
        for opening in OPENINGS:
            cx, cy = centre(self.anatomy, opening)
            x, y = self.view.to_px(*pose.forward(np.array([cx]), np.array([cy])))
            half_w, half_h = (r * self.view.scale + 4 for r in reach(self.anatomy, opening))
            rows = slice(max(int(y[0] - half_h), 0), min(int(y[0] + half_h), height))
            columns = slice(max(int(x[0] - half_w), 0), min(int(x[0] + half_w), width))
            yield opening, (rows, columns)

    def _rows_of_overlay(self) -> tuple[int, int]:
        """Return the output rows that hair and glasses can reach when the head sways."""
        rows = np.flatnonzero(self.portrait.overlay[..., 3].max(1) > 0.5)
        if not rows.size:
            return 0, 0
        first, last = int(rows[0] / self._n), int(rows[-1] / self._n)
        return max(0, first - _SWAY_ROOM_PX), min(self.view.size[1], last + 1 + _SWAY_ROOM_PX)
