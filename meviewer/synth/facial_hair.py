"""Brows and beard, hair by hair."""

from __future__ import annotations

import numpy as np

from meviewer.synth.anatomy import Anatomy
from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats, knots
from meviewer.synth.raster import Mask, blur, polygon, polyline
from meviewer.synth.subject import Subject

_BEARD_HAIRS = 9000
_DARK_HAIR = ("black", "dark")
_THICKNESS_ALONG = ([0, 0.08, 0.35, 0.7, 1], [0.32, 0.80, 1, 0.62, 0.12])


def brows(canvas: Canvas, subject: Subject, anatomy: Anatomy) -> tuple[Floats, Floats]:
    """Paint single hairs over a soft fill: coverage (H, W), 0 to 1, and colour (3,)."""
    hairs, fill = canvas.blank(), canvas.blank()
    for side in (-1, 1):
        _brow(canvas, subject, anatomy, side, hairs, fill)
    coverage = np.maximum(canvas.softened(hairs, 0.28) * 0.88, canvas.softened(fill, 1.3) * 0.42)
    shade = 0.8 if subject.hair in _DARK_HAIR else 0.62
    return coverage, subject.hair_colour * shade


def beard(canvas: Canvas, subject: Subject, zone: Floats) -> tuple[Floats, Floats]:
    """Paint a beard where ``zone`` (H, W) says: coverage (H, W), 0 to 1, and colour (H, W, 3)."""
    rng, hair = canvas.rng, subject.hair_colour
    mask, colour = canvas.blank(), canvas.blank_colour(hair * 0.75)
    width = canvas.width(0.45)
    for _ in range(_BEARD_HAIRS):
        x, y = rng.uniform(-92, 92), rng.uniform(20, subject.build.chin_y + 4)
        if not _grows(canvas, zone, x, y):
            continue
        points = canvas.fixed(_beard_hair(rng, x, y, y < subject.build.mouth_y))
        polyline(mask, points, int(rng.uniform(120, 230)), width)
        shade: list[float] = np.clip(hair * rng.uniform(0.72, 1.12), 0, 255).tolist()
        polyline(colour, points, shade, width)
    return canvas.softened(mask, 0.3) * 0.8, blur(colour, 0.3 * canvas.k).astype(np.float32)


def _brow(
    canvas: Canvas, subject: Subject, anatomy: Anatomy, side: int, hairs: Mask, fill: Mask
) -> None:
    """Draw one brow; each is lifted a little of its own."""
    b, rng, mirror = subject.build, canvas.rng, (side, 1)
    lift = rng.normal(0, 0.5)
    inner, outer = b.eye_x - 1.22 * b.eye_w, b.eye_x + 1.38 * b.eye_w
    thickness = knots(*_THICKNESS_ALONG, 0.03)
    u = np.linspace(0, 1, 40)
    x = inner + (outer - inner) * u
    spine, half = anatomy.brow(x) + lift, b.brow_t * thickness(u) / 2
    edge = np.r_[np.stack([x, spine - half], -1), np.stack([x, spine + half], -1)[::-1]]
    polygon(fill, canvas.fixed(edge * mirror))
    width = canvas.width(0.42)
    for _ in range(int(46 * b.brow_t)):
        v = rng.random()
        along = inner + (outer - inner) * v
        across = rng.uniform(-1, 1)
        height = float(anatomy.brow(along)) + lift + across * b.brow_t * float(thickness(v)) / 2
        # Hairs stand upright at the nose and lie flat at the temple.
        lean = 1.25 - 1.15 * v + 0.25 * across
        reach = np.array([np.cos(lean), -np.sin(lean)]) * rng.uniform(3.2, 5.6) * (1 - 0.3 * v)
        root = np.array([along, height])
        points = np.stack([root, root + 0.6 * reach, root + reach + (0.9, 0.7)])
        polyline(hairs, canvas.fixed(points * mirror), int(rng.uniform(130, 235)), width)


def _grows(canvas: Canvas, zone: Floats, x: float, y: float) -> bool:
    column, row = canvas.fixed((x, y)) >> 4
    inside = 0 <= row < canvas.shape[0] and 0 <= column < canvas.shape[1]
    return bool(inside and canvas.rng.random() <= zone[row, column] * 1.1 - 0.1)


def _beard_hair(rng: np.random.Generator, x: float, y: float, above_mouth: bool) -> Floats:
    outward = np.sign(x) * 0.8 if above_mouth else 0.0
    reach = np.array([x * 0.02 + rng.normal(0, 0.5) + outward, 1.0]) * rng.uniform(3.0, 6.5)
    root = np.array([x, y])
    return np.stack([root, root + reach * 0.5 + rng.normal(0, 0.3, 2), root + reach])
