"""The lines of a face: outline of the head, lids, lips and brows, as functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meviewer.synth.curves import Floats, bell, knots
from meviewer.synth.subject import Build, Subject

Points = NDArray[np.floating]


class Anatomy:
    """Lines of one face in nominal px; angles run from 0 at the top of the head to pi at the chin.

    Attributes
    ----------
    build : Build
    """

    def __init__(self, subject: Subject) -> None:
        self.build = subject.build
        angle, radius = _polar(_half_outline(self.build))
        # The knots are continued to both sides of the midline, so that the outline is smooth there.
        self._radius = knots(
            np.r_[-angle[1:4][::-1], angle, 2 * np.pi - angle[-4:-1][::-1]],
            np.r_[radius[1:4][::-1], radius, radius[-4:-1][::-1]],
            0.013,
        )
        self._upper_lid = knots(
            [0, 0.12, 0.30, 0.5, 0.72, 0.9, 1], [0, 0.52, 0.92, 1, 0.82, 0.36, 0], 0.02
        )
        self._lower_lid = knots([0, 0.15, 0.4, 0.65, 0.88, 1], [0, 0.40, 0.85, 1, 0.58, 0], 0.02)
        self._upper_lip = knots(
            [0, 0.1, 0.23, 0.45, 0.75, 1], [0.80, 0.86, 1.0, 0.84, 0.40, 0], 0.02
        )
        self._lower_lip = knots([0, 0.3, 0.6, 0.85, 1], [1, 0.95, 0.66, 0.26, 0], 0.02)

    def radius(self, angle: ArrayLike) -> Floats:
        """Radius of the head at an angle from the top."""
        return self._radius(np.abs(np.asarray(angle)))

    def along_lid(self, x: ArrayLike) -> Floats:
        """Position along the lids for x on either side: 0 at the inner, 1 at the outer corner."""
        b = self.build
        return np.asarray((np.abs(np.asarray(x)) - b.eye_x) / (2 * b.eye_w) + 0.5)

    def lids(self, t: ArrayLike) -> tuple[Floats, Floats]:
        """Heights of the upper and the lower lid margin at positions along the lids."""
        b, at = self.build, np.asarray(t)
        corner = b.tilt * (0.5 - at)
        return (
            corner - b.eye_up * self._upper_lid(at),
            corner + b.eye_lo * self._lower_lid(at),
        )

    def lips(self, x: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Top of the upper lip, the line between the lips, bottom of the lower lip over x."""
        b, at = self.build, np.asarray(x)
        t = np.clip(np.abs(at) / b.mouth_w, 0, 1)
        middle = b.mouth_y + 1.1 * np.exp(-((at / 5.0) ** 2)) - b.smile * t**2 + 0.5 * t
        return (
            middle - b.lip_up * self._upper_lip(t),
            middle,
            middle + b.lip_lo * self._lower_lip(t),
        )

    def brow(self, abs_x: ArrayLike) -> Floats:
        """Height of the middle of the brow over |x|."""
        b = self.build
        t = (np.asarray(abs_x) - b.eye_x) / b.eye_w
        arch = 0.25 + bell(t - 0.5, 0.75 / np.sqrt(2)) - 0.55 * np.clip(t - 0.7, 0, 2)
        return np.asarray(-(b.brow_y + b.brow_arch * arch + 0.5 * b.tilt * t))


def _half_outline(b: Build) -> Points:
    """Points of the outline from the top of the head over one cheek to the chin."""
    return np.array(
        [
            (0, -b.top),
            (0.50 * b.temple, -b.top + 11),
            (0.86 * b.temple, -b.top + 42),
            (b.temple, -45),
            (b.cheek, -5),
            (b.cheek * 0.99, 25),
            (0.52 * b.cheek + 0.48 * b.jaw + 2.5, 54),
            (b.jaw, b.jaw_y),
            (0.52 * b.jaw + 0.5 * b.chin, 0.42 * b.jaw_y + 0.58 * b.chin_y),
            (b.chin, b.chin_y - 2.5),
            (0, b.chin_y + 1),
        ]
    )


def _polar(points: Points) -> tuple[Floats, Floats]:
    """Angle from the top and radius of points about the origin."""
    return np.arctan2(points[:, 0], -points[:, 1]), np.hypot(points[:, 0], points[:, 1])
