"""The relief of a face: a height field in nominal px, built from what lies under the skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meviewer.synth.anatomy import Anatomy
from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats, bell, knots, ramp
from meviewer.synth.raster import blur
from meviewer.synth.subject import Subject


@dataclass(frozen=True)
class Contours:
    """Lines of the face at every pixel of the canvas; arrays (H, W).

    Attributes
    ----------
    rho : distance from the middle of the head, 1 at its outline
    lip_top, lip_line, lip_bottom : heights of the lips over x
    t : position along the lids
    lid_up, lid_low : heights of the lid margins
    along : 1 over the eye, fading towards its corners
    """

    rho: Floats
    lip_top: Floats
    lip_line: Floats
    lip_bottom: Floats
    t: Floats
    lid_up: Floats
    lid_low: Floats
    along: Floats


@dataclass(frozen=True)
class Grain:
    """Random texture of the skin, unit variance: pores, mottling, blotches; arrays (H, W)."""

    pores: Floats
    mottle: Floats
    blotch: Floats


def contours(canvas: Canvas, anatomy: Anatomy) -> Contours:
    """Return the lines of the face at every pixel."""
    x, y = canvas.x, canvas.y
    angles = np.linspace(0, np.pi, 512)
    outline = np.interp(np.abs(np.arctan2(x, -y)), angles, anatomy.radius(angles))
    top, line, bottom = anatomy.lips(x[:1])  # depend on x alone: one row does for all
    t = anatomy.along_lid(x[:1])
    up, low = anatomy.lids(np.clip(t, 0, 1))
    along = ramp(t, -0.12, 0.2) * ramp(-t, -1.2, -0.8)
    rho = np.hypot(x, y) / outline.astype(np.float32)
    return Contours(rho, top, line, bottom, t, up, low, along)


def grain(canvas: Canvas) -> Grain:
    """Draw the texture of the skin."""
    return Grain(canvas.noise(0.55), canvas.noise(2.2), canvas.noise(11))


def face_relief(canvas: Canvas, subject: Subject, lines: Contours, skin: Grain) -> Floats:
    """Return the height of the face, float32 (H, W), in nominal px."""
    z = 78 * np.sqrt(np.clip(1 - np.clip(lines.rho, 0, 1.0) ** 2.5, 1e-4, 1))
    z += _skull(canvas, subject)
    z += _nose(canvas, subject)
    z += _folds(canvas, subject)
    z += _mouth(canvas, subject, lines)
    z += _lids(canvas, subject, lines)
    z += (0.034 + 0.02 * subject.age) * skin.pores + 0.013 * skin.mottle
    return np.asarray(z.astype(np.float32))


def _skull(c: Canvas, subject: Subject) -> Floats:
    """Forehead, brow ridge, sockets, eyeballs under the lids, cheeks."""
    b = subject.build
    ridge = 3.2 + 2 * (1 - subject.femininity)
    return np.asarray(
        4 * c.spot(0, -70, 45, 26)
        + ridge * c.spot(b.eye_x - 6, -b.brow_y + 2, 24, 6, -0.10)
        - 8.5 * c.spot(b.eye_x - 4, -5, 17, 9)
        - 5.5 * c.spot(18, -3, 7, 9)
        + 9.0 * c.spot(b.eye_x, -0.5, b.eye_w * 0.66, 8.5)
        + 5.5 * c.spot(b.cheek * 0.56, 38, 19, 15, 0.3)
        - 4 * c.spot(b.cheek * 0.62, 72, 14, 20, -0.2)
    )


def _nose(c: Canvas, subject: Subject) -> Floats:
    """Bridge, ball and wings."""
    b, ny = subject.build, subject.build.nose_y
    rows = c.y[:, :1]
    height = knots(
        [-40, -22, -4, 12, ny - 6, ny + 4, ny + 9, ny + 16, 60 + ny],
        [0, 3, 8, 14, 22, 23, 13, 1.5, 0],
        0.016,
    )
    width = knots(
        [-40, -12, 5, ny - 12, ny + 2, ny + 20],
        [15, 9, 8, 10, 0.72 * b.nose_w, 0.75 * b.nose_w],
        0.04,
    )
    bridge = b.nose_h * height(rows) * np.exp(-0.5 * (c.abs_x / width(rows)) ** 2)
    ball = b.nose_h * 6 * c.spot(0, ny, 0.46 * b.nose_w, 7)
    wings = 9.5 * c.spot(0.74 * b.nose_w, ny + 3.5, 0.27 * b.nose_w, 4.8)
    return np.asarray(bridge + ball + wings)


def _folds(c: Canvas, subject: Subject) -> Floats:
    """Folds from the nose to the corners of the mouth, deeper with age."""
    b, ny = subject.build, subject.build.nose_y
    below = c.y - ny
    distance = c.abs_x - (b.nose_w * 1.05 + below * 0.42 + 0.002 * below**2)
    depth = 1.4 + 1.6 * subject.age
    reach = ramp(c.y, ny - 6, ny + 8) * ramp(-c.y, -b.mouth_y - 4, -b.mouth_y + 14)
    return np.asarray(-depth * bell(distance, 3.2) * reach)


def _mouth(c: Canvas, subject: Subject, lines: Contours) -> Floats:
    """Philtrum, muzzle, lips, corners, chin."""
    b, y = subject.build, c.y
    philtrum_y = b.mouth_y - b.lip_up - 7
    upper = np.clip((y - lines.lip_top) / np.maximum(lines.lip_line - lines.lip_top, 0.3), 0, 1)
    lower = np.clip((y - lines.lip_line) / np.maximum(lines.lip_bottom - lines.lip_line, 0.3), 0, 1)
    swell = 2.6 * np.sin(np.pi * upper**0.8) + 4.2 * np.sin(np.pi * lower**0.75)
    lips = blur((ramp(b.mouth_w - c.abs_x, 0, 9) * swell).astype(np.float32), 0.8 * c.k)
    seam = np.exp(-(((y - lines.lip_line) / 1.5) ** 2)) * ramp(b.mouth_w + 2 - c.abs_x, 0, 6)
    return np.asarray(
        lips
        - 1.6 * c.spot(0, philtrum_y, 2.8, 6)
        + 1.2 * c.spot(5.5, philtrum_y, 2.4, 6)
        + 7 * c.spot(0, b.mouth_y, b.mouth_w * 0.85, 15)
        - 3.0 * seam
        - 3 * c.spot(b.mouth_w + 2.5, b.mouth_y + 0.5 - b.smile, 4, 4.5)
        - 4.5 * c.spot(0, b.mouth_y + b.lip_lo + 6.5, 17, 4.5)
        + 6.5 * c.spot(0, b.chin_y - 17, 17, 12)
    )


def _lids(c: Canvas, subject: Subject, lines: Contours) -> Floats:
    """Return the crease above the eye and the pouch below it."""
    t = lines.t
    crease = bell(c.y - lines.lid_up + subject.build.crease + 1.0 * (t - 0.5), 1.15) * lines.along
    sag = c.y - lines.lid_low - 6.5 - 3 * np.sin(np.pi * np.clip(t, 0, 1))
    pouch = bell(sag, 2.0) * ramp(t, -0.1, 0.25) * ramp(-t, -1.05, -0.5)
    return np.asarray(-2.3 * crease - (0.7 + 1.2 * subject.age) * pouch)
