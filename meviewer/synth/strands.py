"""Single strands of hair, shaded as they run over the head."""

from __future__ import annotations

import numpy as np

from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats, bell
from meviewer.synth.hair_shape import HairShape
from meviewer.synth.lighting import key_direction
from meviewer.synth.raster import blur, polygon, polyline
from meviewer.synth.subject import Subject

_DULL = ("curly", "afro", "buzz")


class Comb:
    """Draws strands on a canvas: a colour picture and a mask of what is covered.

    Attributes
    ----------
    canvas : Canvas
    subject : Subject
    shape : HairShape
    """

    def __init__(self, canvas: Canvas, subject: Subject, shape: HairShape) -> None:
        self.canvas, self.subject, self.shape = canvas, subject, shape
        self._hair = subject.hair_colour
        self._key = key_direction(subject.light)
        self._gloss = 0.35 if subject.style in _DULL else 1.0
        self._colour = canvas.blank_colour(self._hair * 0.5)
        self._mask = canvas.blank()

    def tone(self) -> float:
        """Draw the brightness of one strand."""
        return float(np.clip(self.canvas.rng.normal(0.98, 0.17), 0.55, 1.5))

    def base(self, limit: float, low: float, high: float = 0.93) -> None:
        """Cover the scalp up to an angle on both sides, between two heights."""
        angles = np.linspace(-limit, limit, 300)
        inner = self.shape.points(angles, np.full(300, low))
        outer = self.shape.points(angles[::-1], np.full(300, high))
        polygon(self._mask, self.canvas.fixed(np.r_[inner, outer]))

    def strand(self, points: Floats, tone: float, width: float) -> None:
        """Draw one strand through nominal points (N, 2); it thins out at its end."""
        fixed, k = self.canvas.fixed(points), self.canvas.k
        thick = max(1, round(width * k))
        for i, colour in enumerate(self._shades(points[:-1], tone)):
            polyline(self._colour, fixed[i : i + 2], colour, thick)
        body, end = fixed[:-2], fixed[-3:]
        if len(body) > 1:
            polyline(self._mask, body, 255, max(1, round(width * k * 1.15)))
        polyline(self._mask, end, 255, max(1, round(width * k * 0.7)))

    def layer(self, opacity: float = 1.0) -> tuple[Floats, Floats]:
        """Return the premultiplied RGBA layer (H, W, 4) and its coverage (H, W)."""
        coverage = self.canvas.softened(self._mask, 0.3) * opacity
        colour = blur(self._colour, 0.22 * self.canvas.k).astype(np.float32)
        layer = np.dstack([colour * coverage[..., None], 255 * coverage])
        return layer.astype(np.float32), coverage

    def _shades(self, points: Floats, tone: float) -> list[list[float]]:
        """Colour of each piece: lit like a rounded head, with a band of shine."""
        angle, height = self.shape.height_of(points)
        tilt = np.clip(0.42 + 0.5 * np.clip(height, 0, 1), 0, 0.96)
        hanging = np.clip(points[:, 1] / 60, 0, 1)
        upward = -np.cos(angle) * tilt * (1 - hanging)
        normal = np.stack([np.sin(angle) * tilt, upward, np.sqrt(1 - tilt * tilt)], -1)
        lit = np.clip(normal @ self._key, 0, 1)
        band = bell(height - 0.42 - 0.06 * np.sin(9 * angle), 0.15)
        shine = self._gloss * band * lit**2 * (1 - hanging) * tone
        brightness = (0.42 + 0.62 * lit) * tone
        colours = self._hair * brightness[:, None] + (0.30 * self._hair + 26) * shine[:, None]
        shades: list[list[float]] = np.clip(colours, 0, 255).tolist()
        return shades
