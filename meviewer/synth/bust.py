"""What is under and beside the face: neck, clothes, ears."""

from __future__ import annotations

import numpy as np

from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats, bell, knots, ramp
from meviewer.synth.lighting import light
from meviewer.synth.raster import blur, to_linear
from meviewer.synth.relief import Grain
from meviewer.synth.subject import Subject

Layer = tuple[Floats, Floats]
"""Colour (H, W, 3), 0 to 255, and coverage (H, W), 0 to 1."""


def neck(canvas: Canvas, subject: Subject, albedo: Floats, skin: Grain) -> Layer:
    """Paint the neck, in the shadow of the chin."""
    b, w, y = subject.build, _neck_width(subject), canvas.y
    right = [(w, 60), (w - 1, 122), (w + 1, 138), (w + 7, 152), (w + 24, 168), (w + 24, 205)]
    outline = [(-w, 60), *right, *((-px, py) for px, py in right[:0:-1])]
    tendon = 2.5 * bell(canvas.abs_x - 17 + (y - 140) * 0.18, 5)
    bulk = w + 10 + 22 * ramp(y, 140, 200)
    relief = 46 * np.sqrt(np.clip(1 - (canvas.x / bulk) ** 2, 0.02, 1)) + tendon
    chin = b.chin_y * np.sqrt(np.clip(1 - (canvas.x / (b.jaw + 14)) ** 2, 0, 1))
    shadow = 1 - 0.62 * bell(np.clip(y - chin - 4, 0, None), 15)
    colour = albedo.mean((0, 1)) * 0.92 * shadow[..., None] ** np.array([0.8, 1, 1.05], np.float32)
    colour = colour * (1 + 0.03 * skin.blotch + 0.01 * skin.pores)[..., None]
    lit = light(relief.astype(np.float32), colour, k=canvas.k, side=subject.light, gloss=0.03)
    return lit, canvas.filled(outline, 0.8)


def clothes(canvas: Canvas, subject: Subject) -> Layer:
    """Paint shoulders and neckline."""
    w, fem, y = _neck_width(subject), subject.femininity, canvas.y
    neckline = knots(
        [0, w * 0.45, w * 0.8, w + 2, w + 12, w + 50, 150, 180, 240],
        [178 + 6 * fem, 175 + 5 * fem, 166, 152, 153, 163, 184, 206, 300],
        0.011,
    )
    below = y - neckline(canvas.abs_x[:1])
    relief = 60 * np.sqrt(np.clip(1 - (canvas.x / 175) ** 2, 0.02, 1))
    relief = relief - 0.25 * np.clip(y - 165, 0, None) + 1.2 * canvas.noise(9)
    relief = relief + 2.2 * bell(below - 5, 2.2)
    weave = (1 + 0.04 * canvas.noise(0.5))[..., None]
    albedo = to_linear(subject.cloth) * weave
    lit = light(relief.astype(np.float32), albedo, k=canvas.k, side=subject.light, gloss=0.02)
    hem = 1 - 0.3 * np.exp(-np.clip(below, 0, None) / 2.0)[..., None]
    return np.asarray(lit * hem), blur(ramp(below, -0.5, 0.5).astype(np.float32), 0.4 * canvas.k)


def ears(canvas: Canvas, subject: Subject, skin: Grain) -> Layer:
    """Paint both ears."""
    side, y = subject.build.cheek, canvas.y
    across = (canvas.abs_x - side - 3.0 + 0.10 * (y - 8)) / 11.5
    inside = 1 - across**2 - ((y - 10) / (27 - 0.08 * (y - 10))) ** 2
    relief = 16 * np.sqrt(np.clip(inside, 0.003, 1)) - 7 * canvas.spot(side + 2.5, 6, 4.5, 13)
    relief += 2.5 * canvas.spot(side + 9, 0, 2, 15) - 3 * canvas.spot(side + 3, 22, 4, 5)
    blood = np.array([1.0, 0.86, 0.84], np.float32)
    albedo = to_linear(subject.skin) * blood * (1 + 0.02 * skin.mottle)[..., None]
    lit = light(
        relief.astype(np.float32), albedo, k=canvas.k, side=subject.light, gloss=0.05, occlusion=1.0
    )
    edge = np.clip(inside * 5 * canvas.k, 0, 1).astype(np.float32)
    return lit, blur(edge, 0.3 * canvas.k)


def _neck_width(subject: Subject) -> float:
    return 38 + 13 * (1 - subject.femininity)
