"""The colour of the skin before it is lit: blood, freckles, lips, beard shadow."""

from __future__ import annotations

import numpy as np

from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats, bell, ramp
from meviewer.synth.raster import disc, streaks, to_linear
from meviewer.synth.relief import Contours, Grain
from meviewer.synth.subject import Subject

_FRECKLES = 520


def skin_albedo(canvas: Canvas, subject: Subject, lines: Contours, skin: Grain) -> Floats:
    """Return the reflectance of the face without beard, float32 (H, W, 3), linear 0..1."""
    out = np.empty((*canvas.shape, 3), np.float32)
    out[:] = to_linear(subject.skin)
    out *= _tints(canvas, subject, lines, skin)
    out *= 1 - _sockets(canvas, subject)
    out *= 1 - _spots(canvas, subject)[..., None] * np.array([0.32, 0.5, 0.58], np.float32)
    shape = lip_shape(canvas, subject, lines)
    amount = shape * (0.62 + 0.25 * subject.femininity)
    out += amount[..., None] * (_lip_colour(canvas, subject, lines) - out)
    return out


def lip_shape(canvas: Canvas, subject: Subject, lines: Contours) -> Floats:
    """Return 1 on the lips, fading at their border; float32 (H, W)."""
    upper = ramp(canvas.y - lines.lip_top, -0.7, 0.9)
    lower = ramp(lines.lip_bottom - canvas.y, -0.7, 1.1)
    return np.asarray(upper * lower * ramp(subject.build.mouth_w - canvas.abs_x, 0, 5))


def beard_zone(canvas: Canvas, subject: Subject, lines: Contours) -> Floats:
    """Return where a full beard grows, 0..1, float32 (H, W)."""
    b, y = subject.build, canvas.y
    jaw = ramp(lines.rho, 0.54, 0.74) * ramp(y + 0.25 * (b.cheek - canvas.abs_x), 26, 62)
    chin = ramp(lines.rho, 0.3, 0.5) * ramp(y, b.mouth_y + 12, b.mouth_y + 20)
    upper = 1.15 * canvas.spot(0, b.mouth_y - b.lip_up - 6, 26, 5.0)
    lips = ramp(y - lines.lip_top, -1.5, 1.0) * ramp(lines.lip_bottom - y, -2.5, 0.0)
    return np.asarray(
        np.clip(jaw + chin + upper, 0, 1) * (1 - lips * ramp(b.mouth_w + 1 - canvas.abs_x, 0, 4))
    )


def moustache_zone(canvas: Canvas, subject: Subject, lines: Contours) -> Floats:
    """Return where a moustache grows, 0..1, float32 (H, W)."""
    b = subject.build
    patch = np.clip(1.3 * canvas.spot(0, b.mouth_y - b.lip_up - 4.5, 21, 3.6), 0, 1)
    return np.asarray(patch * (1 - ramp(canvas.y - lines.lip_top, -1.2, 0.6)))


def beard_shadow(canvas: Canvas, subject: Subject, zone: Floats, moustache: Floats) -> Floats:
    """Return the factor (H, W, 3) by which short hair darkens the skin."""
    depth = {
        "none": 0.10 * (1 - subject.femininity) * zone,
        "stubble": 0.55 * zone,
        "full": 0.9 * zone,
        "moustache": np.maximum(0.85 * moustache, 0.12 * zone),
    }[subject.beard]
    stipple = canvas.noise(0.4) * (0.10 if subject.beard == "full" else 0.2)
    dark = np.clip(depth * (0.66 + stipple), 0, 0.9)[..., None]
    return np.asarray(1 - dark * (1 - 0.55 * to_linear(subject.hair_colour)))


def _tints(canvas: Canvas, subject: Subject, lines: Contours, skin: Grain) -> Floats:
    """Redder cheeks, nose, chin and lids; mottling."""
    b, y = subject.build, canvas.y
    red = 0.55 * canvas.spot(b.cheek * 0.58, 36, 17, 14)
    red += 0.45 * canvas.spot(0, b.nose_y + 2, 11, 9) + 0.25 * canvas.spot(0, b.chin_y - 14, 15, 9)
    red += 0.05 * skin.blotch + 0.28 * bell(y - lines.lid_up + 2, 4.0) * lines.along
    red += 0.3 * bell(y - lines.lid_low - 4, 4.0) * lines.along
    blood = np.array([0.02, -0.17, -0.16], np.float32) * (1 - 0.55 * subject.darkness)
    texture = 0.012 * skin.pores + 0.016 * skin.mottle + 0.022 * skin.blotch
    mottled = texture[..., None] * np.array([0.8, 1, 1.1], np.float32)
    return np.asarray(1 + red[..., None] * blood + mottled)


def _sockets(canvas: Canvas, subject: Subject) -> Floats:
    around = canvas.spot(subject.build.eye_x - 6, -1, 17, 9) + 0.6 * canvas.spot(18, 1, 7, 8)
    depth = 0.10 + 0.12 * subject.darkness
    return np.asarray(depth * around[..., None] * np.array([0.7, 1, 0.9], np.float32))


def _spots(canvas: Canvas, subject: Subject) -> Floats:
    """Freckles and a few moles, 0..1."""
    rng, mask = canvas.rng, canvas.blank()

    def drop(x: float, y: float, sizes: tuple[float, float], depth: int | None) -> None:
        radius = int(rng.uniform(*sizes) * canvas.k * 16)
        disc(
            mask,
            canvas.fixed((x, y)),
            radius,
            int(rng.uniform(50, 150)) if depth is None else depth,
        )

    for _ in range(int(_FRECKLES * subject.freckles)):
        drop(rng.normal(0, 42), rng.normal(26, 22), (0.35, 1.0), None)
    for _ in range(int(rng.integers(1, 5))):
        drop(rng.uniform(-70, 70), rng.uniform(-60, 110), (0.6, 1.2), 190)
    return canvas.softened(mask, 0.3)


def _lip_colour(canvas: Canvas, subject: Subject, lines: Contours) -> Floats:
    dark, fem = subject.darkness, subject.femininity
    pale = np.array([0.92 - 0.2 * dark, 0.50 + 0.10 * dark, 0.52 + 0.16 * dark], np.float32)
    made_up = np.array([0.045 + 0.03 * fem, 0, 0.004], np.float32)
    colour = to_linear(subject.skin) * pale * (1 - 0.08 * fem) + made_up
    fine = 1 + 0.05 * streaks(canvas.rng, canvas.shape, 0.45 * canvas.k, 2.5 * canvas.k)
    upper_darker = np.where(canvas.y < lines.lip_line, 0.86, 1.0)
    return np.asarray(colour * fine[..., None] * upper_darker[..., None], np.float32)
