"""Displacement of the skin by each action unit: sums of Gaussian muscle pulls."""

from __future__ import annotations

import numpy as np

from meviewer.synth.anatomy import Anatomy
from meviewer.synth.curves import Floats

Pull = tuple[float, float, float, float, float, float]
"""x, y of the centre, dx, dy of the pull, sx, sy of its reach; nominal px, + is outward/down."""

BLINK = 45
LID_PULLS: dict[int, tuple[float, float]] = {5: (-0.9, 0.0), 6: (0.12, 0.40), 7: (0.40, 0.55)}
"""Units that move the lid margins: upper lid down, lower lid up, at unit strength."""
LIP_PULLS: dict[int, tuple[float, float]] = {25: (0.35, 0.65)}
"""Units that part the lips: upper lip up, lower lip down, at unit strength."""
SKIN_UNITS = (1, 2, 4, 6, 7, 9, 10, 12, 14, 15, 17, 20)
ALL_UNITS = tuple(sorted({*SKIN_UNITS, *LID_PULLS, *LIP_PULLS, BLINK}))

_MIDLINE_BLEND = 4.0


def unit_field(anatomy: Anatomy, unit: int, side: float, x: Floats, y: Floats) -> Floats:
    """Return the displacement field of one unit on one side of the face.

    Parameters
    ----------
    unit : int
        One of `SKIN_UNITS`.
    side : float
        +1 for the subject's left (right in the picture), -1 for the right.
    x, y : float32 arrays (H, W)
        Nominal coordinates.

    Returns
    -------
    float32 array (H, W, 2)
        Its longest vector has length 1.
    """
    outward = x * np.float32(side)
    own_half = 1 / (1 + np.exp(-np.clip(outward / _MIDLINE_BLEND, -30, 30)))
    field = np.zeros((*x.shape, 2), np.float32)
    for px, py, dx, dy, sx, sy in _pulls(anatomy, unit):
        near = np.exp(-0.5 * (((outward - px) / sx) ** 2 + ((y - py) / sy) ** 2)) * own_half
        field += near[..., None] * np.array([dx * side, dy], np.float32)
    return np.asarray(field / np.hypot(field[..., 0], field[..., 1]).max())


def _pulls(anatomy: Anatomy, unit: int) -> list[Pull]:
    return _upper_face(anatomy)[unit] if unit < 9 else _lower_face(anatomy)[unit]


def _upper_face(anatomy: Anatomy) -> dict[int, list[Pull]]:
    b = anatomy.build
    inner, middle, outer = b.eye_x - b.eye_w, b.eye_x, b.eye_x + b.eye_w

    def brow(x: float) -> float:
        return float(anatomy.brow(x))

    return {
        1: [(inner, brow(inner) - 3, 0.05, -1, 15, 15)],
        2: [(outer - 2, brow(outer) - 2, 0.1, -1, 19, 15)],
        4: [
            (inner - 3, brow(inner), -0.6, 0.8, 14, 13),
            (middle, brow(middle), -0.25, 0.5, 17, 11),
        ],
        6: [(middle + 8, 26, -0.12, -1, 20, 11), (outer + 9, 4, -0.5, -0.1, 9, 9)],
        7: [(middle, 9, 0, -0.35, 15, 5)],
    }


def _lower_face(anatomy: Anatomy) -> dict[int, list[Pull]]:
    b = anatomy.build
    m, my, w, ny = b.mouth_w, b.mouth_y, b.nose_w, b.nose_y
    return {
        9: [
            (0.85 * w, ny, 0.1, -1, 9, 11),
            (10, 4, -0.25, 0.3, 8, 8),
            (9, my - 9, 0, -0.45, 12, 7),
        ],
        10: [(0.45 * m, my - b.lip_up, 0, -1, 13, 8), (1.1 * w, ny + 8, 0.1, -0.6, 9, 9)],
        12: [(m + 1, my - 1, 0.75, -0.75, 15, 13), (b.cheek * 0.56, 44, 0.1, -0.4, 17, 13)],
        14: [(m + 3, my, 0.95, -0.05, 10, 9), (m - 8, my, 0.3, 0, 8, 7)],
        15: [(m, my + 1, 0.15, 1, 13, 12)],
        17: [(7, b.chin_y - 15, 0, -1, 17, 13), (8, my + b.lip_lo, 0, -0.6, 14, 8)],
        20: [(m + 2, my + 1, 1, 0.15, 18, 14)],
    }
