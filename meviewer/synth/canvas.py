"""The oversampled surface on which the parts of one face are painted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meviewer.synth.curves import bell
from meviewer.synth.raster import Fixed, Floats, Mask, blur, exponential, noise, polygon
from meviewer.synth.view import View


class Canvas:
    """Nominal coordinates, drawing in them, and the randomness of one face.

    Attributes
    ----------
    view : View
    rng : numpy.random.Generator
        The parts draw from it one after another: their order belongs to an identity.
    k : float
        Canvas px per nominal px.
    shape : tuple of int
        Height and width in canvas px.
    x, y : float32 arrays (H, W)
        Nominal coordinates of the pixel centres.
    """

    def __init__(self, view: View, oversampling: int, rng: np.random.Generator) -> None:
        self.view, self.rng = view, rng
        self.k = view.scale * oversampling
        self.shape = (view.size[1] * oversampling, view.size[0] * oversampling)
        self.x, self.y = view.grid(oversampling)
        self.abs_x = np.abs(self.x)

    def spot(self, x: float, y: float, sx: float, sy: float, turn: float = 0.0) -> Floats:
        """Return a Gaussian on both sides of the midline, or on it for ``x`` = 0.

        Parameters
        ----------
        x, y, sx, sy : float
            Centre and widths in nominal px.
        turn : float
            Rotation in radians.
        """
        if not turn:
            # Upright, it is the product of a row and a column: many times faster.
            across = (self.abs_x if x else self.x)[:1] - np.float32(x)
            return np.asarray(bell(self.y[:, :1] - np.float32(y), sy) * bell(across, sx))
        c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        dx, dy = self.abs_x - np.float32(x), self.y - np.float32(y)
        return exponential(-0.5 * (((c * dx + s * dy) / sx) ** 2 + ((c * dy - s * dx) / sy) ** 2))

    def fixed(self, points: ArrayLike) -> Fixed:
        """Return nominal points (..., 2) as fixed-point canvas px for drawing."""
        px = (np.asarray(points) + self.view.origin) * self.k - 0.5
        return np.asarray(np.round(px * 16).astype(np.int32))

    def filled(self, points: ArrayLike, soft: float) -> Floats:
        """Return the inside of a polygon, 0..1, with its edge softened by ``soft`` nominal px."""
        mask = self.blank()
        polygon(mask, self.fixed(points))
        return self.softened(mask, soft)

    def softened(self, mask: Mask, soft: float) -> Floats:
        """Return a drawn mask as float32 0..1, softened by ``soft`` nominal px."""
        return np.asarray(blur(mask, soft * self.k).astype(np.float32) / 255)

    def blank(self) -> Mask:
        """Return an empty mask."""
        return np.zeros(self.shape, np.uint8)

    def blank_colour(self, colour: Floats) -> NDArray[np.uint8]:
        """Return an RGB picture of one colour."""
        out = np.empty((*self.shape, 3), np.uint8)
        out[:] = np.clip(colour, 0, 255)
        return out

    def noise(self, sigma: float) -> Floats:
        """Return unit-variance noise with a correlation length of ``sigma`` nominal px."""
        return noise(self.rng, self.shape, sigma * self.k)

    def width(self, nominal: float) -> int:
        """Return a line width in whole canvas px, at least one."""
        return max(1, int(nominal * self.k))
