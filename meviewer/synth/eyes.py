"""Eyeballs and lashes: what shows in the opening between the lids, and at its margins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats, bell, ramp
from meviewer.synth.raster import blur
from meviewer.synth.subject import EYE_COLOURS, Subject

LASH_COLUMNS, LASH_ROWS, LASH_PER_PX = 320, 128, 8
_IRIS_Y = -1.9
_T_FIRST, _T_RANGE = 0.1, 1.35
_FIBRES = ((17, 0.3, 0.5), (29, 1.1, 0.6), (47, 2.2, 0.5))


@dataclass(frozen=True)
class Lashes:
    """Lashes in the coordinates of the lids.

    Columns run along the margin, rows out of the opening.

    Attributes
    ----------
    upper, lower : float32 arrays (LASH_ROWS, LASH_COLUMNS), 0 to 1
    colour : RGB, float32
    """

    upper: Floats
    lower: Floats
    colour: Floats

    @staticmethod
    def column(t: Floats) -> Floats:
        """Column of a position along the lid."""
        return np.asarray((t + _T_FIRST) / _T_RANGE * LASH_COLUMNS)

    @staticmethod
    def row(distance: Floats) -> Floats:
        """Row of a distance out of the opening in nominal px."""
        return np.asarray(LASH_ROWS / 2 + distance * LASH_PER_PX)


def eyeballs(canvas: Canvas, subject: Subject) -> Floats:
    """Paint both eyeballs without lids, float32 (H, W, 3), 0 to 255."""
    b = subject.build
    radius = 0.40 * b.eye_w
    dx, dy = canvas.abs_x - b.eye_x, canvas.y - _IRIS_Y
    side = np.sign(canvas.x)
    share = np.hypot(dx, dy) / radius
    picture = _sclera(dx, dy, b.eye_w)
    iris = _iris(dx, dy, side, radius, np.array(EYE_COLOURS[subject.eye], np.float32))
    picture += ramp(-share, -1.06, -0.94)[..., None] * (iris - picture)
    across = canvas.x - side * b.eye_x
    glint = _glints(across / radius, dy / radius, float(np.sign(subject.light)))
    picture += glint[..., None] * (252 - picture)
    return np.clip(picture, 0, 255).astype(np.float32)


def lashes(subject: Subject, rng: np.random.Generator) -> Lashes:
    """Draw the lashes."""
    fem = subject.femininity
    upper = _lash_row(rng, int(44 + 26 * fem), 2.2 + 2.9 * fem, subject.build.eye_w, upper=True)
    lower = _lash_row(rng, 26, 0.8 + 0.9 * fem, subject.build.eye_w, upper=False)
    return Lashes(upper, lower, np.minimum(subject.hair_colour * 0.35, 45))


def _sclera(dx: Floats, dy: Floats, eye_w: float) -> Floats:
    """Return the white of the eye, darker to the corners, with the red inner corner."""
    shade = 0.34 * ramp(np.abs(dx), 0.35 * eye_w, 1.1 * eye_w) + 0.06 * ramp(dy, 2, 8)
    white = np.array([228, 222, 217], np.float32) * (1 - shade)[..., None]
    corner = ramp(-dx, 0.72 * eye_w, 1.02 * eye_w) * 0.8
    red = np.array([0.12, 0.42, 0.40], np.float32)
    return np.asarray(white * (1 - corner[..., None] * red), np.float32)


def _iris(dx: Floats, dy: Floats, side: Floats, radius: float, colour: Floats) -> Floats:
    distance = np.hypot(dx, dy)
    share = distance / radius
    angle = np.arctan2(dy, dx * side)
    fibre = np.zeros_like(distance)
    for count, phase, amount in _FIBRES:
        fibre += amount * np.sin(count * angle + phase + 2.0 * np.sin(distance * 1.7 + phase))
    brightness = 0.66 + 0.16 * fibre * ramp(share, 0.3, 0.6)
    brightness += 0.42 * ramp(share, 0.25, 0.62) * ramp(-share, -1.0, -0.6)
    brightness += 0.40 * ramp(dy / radius, -0.3, 0.9)
    dark_rim = 1 - 0.62 * ramp(share, 0.78, 1.0)
    warm_ring = np.array([26, 16, 4], np.float32) * bell(share - 0.48, 0.12)[..., None]
    pupil = 1 - 0.94 * ramp(-share, -0.44, -0.34)
    return np.asarray((colour * (brightness * dark_rim)[..., None] + warm_ring) * pupil[..., None])


def _glints(x: Floats, y: Floats, light_side: float) -> Floats:
    """Reflections of the key and the fill light on the cornea; x, y in iris radii."""
    key = ramp(-np.hypot(x - light_side * 0.34, y + 0.36), -0.30, -0.16)
    fill = 0.28 * ramp(-np.hypot(x + light_side * 0.36, y - 0.42), -0.34, -0.1)
    return np.asarray(np.maximum(key, fill))


def _lash_row(
    rng: np.random.Generator, count: int, length: float, eye_w: float, *, upper: bool
) -> Floats:
    import cv2

    mask = np.zeros((LASH_ROWS, LASH_COLUMNS), np.uint8)
    per_px = LASH_COLUMNS / _T_RANGE / (2 * eye_w)
    for t in np.sort(rng.uniform(0.06, 1.0, count)):
        grown = length * (0.35 + 0.75 * t if upper else 0.3 + t) * rng.uniform(0.7, 1.1)
        lean = (t - 0.38) * 9.0 * grown / 4 + rng.normal(0, 0.5)
        points = [
            (
                int((t + _T_FIRST) / _T_RANGE * LASH_COLUMNS + lean * per_px * share * 0.55),
                int(LASH_ROWS / 2 + grown * share ** (0.9 if upper else 1.0) * LASH_PER_PX),
            )
            for share in (0.0, 0.35, 0.7, 1.0)
        ]
        for i, (dark, width) in enumerate(((210, 5), (180, 4), (120, 3))):
            ink, thick = (dark, width) if upper else (int(dark * 0.55), 3)
            cv2.line(mask, points[i], points[i + 1], ink, thick, cv2.LINE_AA)
    return np.asarray(blur(mask, 2.2).astype(np.float32) / 255)
