"""Where a face lies in a picture: nominal coordinates and output pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

NOMINAL_SIZE = (280, 340)
"""Width and height, in px, at which one nominal px is one output px."""
_EYE_LINE = 150.0


@dataclass(frozen=True, slots=True)
class View:
    """Placement of the face in a picture of a given size.

    Nominal coordinates are px at 280x340, x to the right of the picture, y down, with the origin
    midway between the eyes. The whole face is in the picture at every size.

    Attributes
    ----------
    size : tuple of int
        Width and height of the picture in px.
    """

    size: tuple[int, int]

    @property
    def scale(self) -> float:
        """Output px per nominal px."""
        return min(self.size[0] / NOMINAL_SIZE[0], self.size[1] / NOMINAL_SIZE[1])

    @property
    def origin(self) -> tuple[float, float]:
        """The nominal origin from the corner of the picture, in nominal px."""
        eye_line_px = _EYE_LINE * self.size[1] / NOMINAL_SIZE[1]
        return self.size[0] / 2 / self.scale, eye_line_px / self.scale

    def grid(self, oversampling: int = 1) -> tuple[Floats, Floats]:
        """Return nominal x and y of the pixel centres, each float32 (H*n, W*n)."""
        per_px = self.scale * oversampling
        width, height = self.size[0] * oversampling, self.size[1] * oversampling
        x = (np.arange(width, dtype=np.float32) + 0.5) / per_px - self.origin[0]
        y = (np.arange(height, dtype=np.float32) + 0.5) / per_px - self.origin[1]
        across, down = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        return np.ascontiguousarray(across), np.ascontiguousarray(down)

    def to_px(self, x: Floats, y: Floats, oversampling: int = 1) -> tuple[Floats, Floats]:
        """Return pixel coordinates (centres at whole numbers) of nominal points."""
        per_px, half = np.float32(self.scale * oversampling), np.float32(0.5)
        left, top = np.float32(self.origin[0]), np.float32(self.origin[1])
        return (x + left) * per_px - half, (y + top) * per_px - half
