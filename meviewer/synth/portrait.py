"""The layers of one painted face, ready to be moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meviewer.synth.anatomy import Anatomy
from meviewer.synth.bust import Layer, clothes, ears, neck
from meviewer.synth.canvas import Canvas
from meviewer.synth.complexion import (
    beard_shadow,
    beard_zone,
    lip_shape,
    moustache_zone,
    skin_albedo,
)
from meviewer.synth.curves import Floats, bell, ramp
from meviewer.synth.eyes import Lashes, eyeballs, lashes
from meviewer.synth.facial_hair import beard, brows
from meviewer.synth.glasses import glasses
from meviewer.synth.hair_shape import HairShape, back_hair
from meviewer.synth.hairstyles import front_hair
from meviewer.synth.lighting import light
from meviewer.synth.raster import blur, noise
from meviewer.synth.relief import Contours, contours, face_relief, grain
from meviewer.synth.subject import Subject

_ANTIALIAS = 0.36  # width of the blur before the layers are sampled, output px


@dataclass(frozen=True)
class Portrait:
    """Oversampled layers of one face, float32, 0 to 255.

    Attributes
    ----------
    background : (H, W, 3) at output resolution; it stands still
    head : (H*n, W*n, 4) premultiplied; moves with the head and the action units
    eyeballs : (H*n, W*n, 3); move with the head, seen through the lids
    overlay : (H*n, W*n, 4) premultiplied; hair and glasses, move with the head
    lashes : Lashes
    """

    background: Floats
    head: Floats
    eyeballs: Floats
    overlay: Floats
    lashes: Lashes


def paint(canvas: Canvas, subject: Subject, anatomy: Anatomy) -> Portrait:
    """Paint one face."""
    skin, lines = grain(canvas), contours(canvas, anatomy)
    relief = face_relief(canvas, subject, lines, skin)
    albedo = skin_albedo(canvas, subject, lines, skin)
    zone = beard_zone(canvas, subject, lines)
    moustache = moustache_zone(canvas, subject, lines)
    if subject.femininity < 0.5:
        albedo *= beard_shadow(canvas, subject, zone, moustache)
    shape = HairShape(subject, anatomy)
    behind = back_hair(canvas, subject, shape)
    layers: list[Layer] = [behind] if behind is not None else []
    layers += [neck(canvas, subject, albedo, skin), clothes(canvas, subject)]
    layers += [ears(canvas, subject, skin)]
    face = _face(canvas, subject, lines, relief, albedo)
    hair, covered = front_hair(canvas, subject, shape)
    face *= 1 - _hair_shadow(canvas, subject, covered)
    edge = np.clip((1 - lines.rho) * 90 * canvas.k + 0.5, 0, 1).astype(np.float32)
    coverage = blur(edge, 0.25 * canvas.k)
    amount, colour = brows(canvas, subject, anatomy)
    face += amount[..., None] * (colour - face)
    if subject.beard in ("full", "moustache"):
        _add_beard(canvas, subject, face, coverage, zone if subject.beard == "full" else moustache)
    layers.append((face, coverage))
    return _finished(canvas, subject, layers, hair)


def _finished(canvas: Canvas, subject: Subject, layers: list[Layer], hair: Floats) -> Portrait:
    sigma = _ANTIALIAS * canvas.k / canvas.view.scale
    row = lashes(subject, canvas.rng)
    worn = glasses(canvas, subject)
    overlay = hair if worn is None else hair * (1 - worn[..., 3:] / 255) + worn
    return Portrait(
        background=_background(canvas, subject),
        head=blur(_stacked(canvas, layers), sigma),
        eyeballs=blur(eyeballs(canvas, subject), 0.30 * canvas.k / canvas.view.scale),
        overlay=blur(overlay, sigma),
        lashes=row,
    )


def _stacked(canvas: Canvas, layers: list[Layer]) -> Floats:
    """Lay the layers over one another; premultiplied RGBA."""
    out = np.zeros((*canvas.shape, 4), np.float32)
    for colour, coverage in layers:
        out *= (1 - coverage)[..., None]
        out[..., :3] += colour * coverage[..., None]
        out[..., 3] += 255 * coverage
    return out


def _face(c: Canvas, subject: Subject, lines: Contours, relief: Floats, albedo: Floats) -> Floats:
    """Light the face and deepen its creases."""
    b = subject.build
    lips = lip_shape(c, subject, lines) * (c.y > lines.lip_line)
    gloss = 0.045 + 0.10 * c.spot(0, b.nose_y, 6, 9) + 0.05 * c.spot(0, -62, 30, 18)
    gloss += 0.06 * c.spot(b.cheek * 0.55, 28, 14, 8) + 0.13 * lips + 0.03 * subject.darkness
    gloss *= 0.75 + 0.25 * c.rng.random()
    face = light(relief, albedo, k=c.k, side=subject.light, gloss=gloss, occlusion=0.55)
    for depth, tint in (*_nose_creases(c, subject), *_line_creases(c, subject, lines)):
        face *= 1 - depth[..., None] * np.array(tint, np.float32)
    return face


Crease = tuple[Floats, tuple[float, float, float]]
"""Depth (H, W), 0 to 1, and how much of it each colour channel takes."""


def _nose_creases(c: Canvas, subject: Subject) -> list[Crease]:
    """Creases around the wings, the nostrils and the shadow under the nose."""
    w, ny = subject.build.nose_w, subject.build.nose_y
    wing = np.hypot((c.abs_x - 0.62 * w) / (0.50 * w), (c.y - ny - 3.2) / 7.6)
    crease = 0.26 * bell(wing - 1, 0.13) * ramp(c.abs_x, 0.72 * w, w)
    across = c.abs_x - 0.42 * w
    nostril = 0.74 * bell(across, 0.18 * w) * bell(c.y - ny - 8.4 - 0.18 * across, 1.6)
    under = 0.22 * c.spot(0, ny + 13.0, w * 0.62, 3.4) * (c.y > ny + 6)
    return [
        (crease, (0.72, 0.95, 1)),
        (nostril, (0.72, 0.86, 0.88)),
        (np.asarray(under), (0.8, 1, 1)),
    ]


def _line_creases(c: Canvas, subject: Subject, lines: Contours) -> list[Crease]:
    """Return the line between the lips, the lid crease, the shadow at the upper lid."""
    b, t = subject.build, lines.t
    width = 0.75 + 0.25 * c.spot(0, b.mouth_y, 10, 30)
    seam = np.exp(-(((c.y - lines.lip_line) / width) ** 2)) * ramp(b.mouth_w + 1.5 - c.abs_x, 0, 5)
    fold = bell(c.y - lines.lid_up + b.crease + 1.0 * (t - 0.5), 0.75) * lines.along
    rim = bell(c.y - lines.lid_up + 0.2, 0.9) * ramp(t, -0.01, 0.1) * ramp(-t, -1.06, -0.96)
    return [
        (0.68 * seam, (0.72, 0.9, 0.9)),
        (0.30 * fold, (0.75, 0.95, 1)),
        (0.35 * rim, (1, 1, 1)),
    ]


def _hair_shadow(c: Canvas, subject: Subject, covered: Floats) -> Floats:
    """Return the soft shadow of the hair on the skin, away from the light; (H, W, 3)."""
    shift = int(5 * c.k), int(-5 * c.k * np.sign(subject.light))
    shadow = blur(np.roll(covered, shift, (0, 1)), 4.5 * c.k)
    tint = np.array([0.75, 0.95, 1], np.float32)
    return np.asarray((0.5 * shadow * (1 - covered * 0.4))[..., None] * tint)


def _add_beard(c: Canvas, subject: Subject, face: Floats, coverage: Floats, zone: Floats) -> None:
    """Lay the beard over the face in place, lit like the skin below."""
    amount, colour = beard(c, subject, zone)
    brightness = face.mean(2, keepdims=True) / face[coverage > 0.5].mean()
    lit = colour * np.clip(brightness * 0.6 + 0.6, 0.5, 1.4)
    face += amount[..., None] * (lit - face)


def _background(canvas: Canvas, subject: Subject) -> Floats:
    """Return a wall in the light of the key lamp, at output resolution."""
    width, height = canvas.view.size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot(x / width - 0.5 - 0.25 * subject.light, y / height - 0.35)
    blotch = noise(canvas.rng, (height, width), 28)
    brightness = 1.16 - 0.42 * away**1.3 + 0.012 * blotch
    wall = np.array(subject.background, np.float32) * brightness[..., None]
    return np.asarray(wall.clip(0, 255), np.float32)
