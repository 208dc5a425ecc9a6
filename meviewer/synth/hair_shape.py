"""Where hair grows: the hairline, the outer contour and the mass behind the neck."""

from __future__ import annotations

import numpy as np

from meviewer.synth.anatomy import Anatomy
from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats, knots, ramp
from meviewer.synth.raster import streaks
from meviewer.synth.subject import Subject

_VOLUME = {
    "buzz": 1.5,
    "bald": 0.0,
    "short": 9.0,
    "sidepart": 12.0,
    "long": 12.0,
    "bob": 13.0,
    "curly": 17.0,
    "fringe": 12.0,
    "bun": 6.0,
    "afro": 40.0,
}
_SIDE_SHARE = {"long": 0.9, "fringe": 0.9, "bob": 1.0, "afro": 0.95, "curly": 0.8}
_BACK_REACH = {"long": 205.0, "bob": 98.0, "fringe": 205.0, "curly": 84.0}


class HairShape:
    """Contours of one person's hair as functions of the angle from the top of the head.

    Attributes
    ----------
    volume : float
        Thickness of the hair above the skull in nominal px.
    """

    def __init__(self, subject: Subject, anatomy: Anatomy) -> None:
        self._subject, self._anatomy = subject, anatomy
        self.volume = _VOLUME[subject.style]
        b = subject.build
        height = 80 + 7 * (1 - subject.femininity) * subject.age + (b.temple - 84) * 0.5
        points = np.array(
            [
                (0, -height),
                (34, -height - 1),
                (58, -height + 12),
                (b.temple * 0.86, -52),
                (b.temple * 0.94, -28),
                (b.temple * 0.99, -6),
                (b.temple * 1.02, 12),
            ]
        )
        angle = np.arctan2(points[:, 0], -points[:, 1])
        radius = np.hypot(points[:, 0], points[:, 1])
        self._hairline = knots(np.r_[angle, 2.0], np.r_[radius, radius[-1]], 0.02)

    def hairline(self, angle: Floats) -> Floats:
        """Radius of the hairline."""
        return self._hairline(np.abs(angle))

    def outer(self, angle: Floats) -> Floats:
        """Radius of the outer contour."""
        a = np.abs(angle)
        style = self._subject.style
        side = _SIDE_SHARE.get(style, 0.35)
        thin = 1 - (0.55 * ramp(a, 1.15, 1.8) if style == "afro" else 0)
        crown = side + (1 - side) * np.clip(np.cos(a), 0, 1) ** 0.8
        return np.asarray(self._anatomy.radius(a) + 1 + self.volume * thin * crown)

    def points(self, angle: Floats, height: Floats) -> Floats:
        """Nominal points (..., 2) at an angle and a height from hairline (0) to contour (1)."""
        radius = self.hairline(angle) * (1 - height) + self.outer(angle) * height
        return np.stack([np.sin(angle) * radius, -np.cos(angle) * radius], -1)

    def height_of(self, points: Floats) -> tuple[Floats, Floats]:
        """Return angle and height (limited to -0.5..1.2) of nominal points (..., 2)."""
        angle = np.arctan2(points[:, 0], -points[:, 1])
        low = self.hairline(angle)
        room = np.maximum(self.outer(angle) - low, 8)
        radius = np.hypot(points[:, 0], points[:, 1])
        return angle, np.asarray(np.clip((radius - low) / room, -0.5, 1.2))


def back_hair(canvas: Canvas, subject: Subject, shape: HairShape) -> tuple[Floats, Floats] | None:
    """Paint the hair behind the neck of the long styles: colour and coverage, or None."""
    curly_short = subject.style == "curly" and subject.femininity < 0.5
    if subject.style not in _BACK_REACH or curly_short:
        return None
    low = _BACK_REACH[subject.style]
    width = subject.build.cheek + shape.volume - 6
    right = [
        (0.5, 0.9, low + 8),
        (1, 0.97, low),
        (1, 1.06, low * 0.6),
        (1, 1.04, -10),
        (1, 0.95, -60),
    ]
    half = [(x * f * width, y) for x, f, y in right]
    outline = [*((-x, y) for x, y in half[::-1]), *half]
    coverage = canvas.filled(outline, 1.0)
    strands = streaks(canvas.rng, canvas.shape, 0.8 * canvas.k, 14 * canvas.k)
    return subject.hair_colour * (0.46 + 0.10 * strands)[..., None], coverage
