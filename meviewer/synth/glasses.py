"""Glasses: frames, bridge, temples, the sheen of the lenses and the shadow on the skin."""

from __future__ import annotations

import numpy as np

from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats, ramp
from meviewer.synth.raster import Mask, blur, polyline
from meviewer.synth.subject import Subject

_METAL = (120.0, 98.0, 70.0)
_HORN = (52.0, 40.0, 36.0)


def glasses(canvas: Canvas, subject: Subject) -> Floats | None:
    """Paint the glasses: premultiplied RGBA (H, W, 4), 0 to 255, or None without them."""
    if subject.glasses == "none":
        return None
    ring = _ring(subject)
    frame = canvas.softened(_frame(canvas, subject, ring), 0.25)
    lens = np.maximum(canvas.filled(ring * (-1, 1), 0.3), canvas.filled(ring, 0.3))
    stripes = ramp(np.sin((canvas.x * 0.8 + canvas.y * 0.9) * 0.085 + 1.0), 0.55, 0.95)
    sheen = (lens * 0.10 * stripes)[..., None]
    shadow = np.clip(np.roll(blur(frame, 1.6 * canvas.k), int(3.0 * canvas.k), 0) - frame, 0, 1)
    out: Floats = np.zeros((*canvas.shape, 4), np.float32)
    out[..., 3] = 255 * 0.34 * shadow
    out = out * (1 - sheen) + 255 * sheen
    metal = np.array(_HORN if subject.glasses == "square" else _METAL, np.float32)
    soft = blur(frame, 0.5 * canvas.k)
    glint = np.clip(soft - np.roll(soft, int(canvas.k), 0), 0, 1)
    colour = (metal + 120 * glint[..., None]) * frame[..., None]
    out = out * (1 - frame[..., None]) + np.dstack([colour, 255 * frame])
    return np.asarray(out.astype(np.float32))


def _half_size(subject: Subject) -> tuple[float, float]:
    w = subject.build.eye_w
    return w * 1.42, w * (1.18 if subject.glasses == "round" else 0.98)


def _ring(subject: Subject) -> Floats:
    """Outline of the right-hand lens: an ellipse, or a rounded rectangle."""
    power = 1.0 if subject.glasses == "round" else 2 / 3.6
    rx, ry = _half_size(subject)
    u = np.linspace(0, 2 * np.pi, 80)
    c, s = np.cos(u), np.sin(u)
    x = subject.build.eye_x + 0.5 + rx * np.sign(c) * np.abs(c) ** power
    return np.stack([x, 3.0 + ry * np.sign(s) * np.abs(s) ** power], -1)


def _frame(canvas: Canvas, subject: Subject, ring: Floats) -> Mask:
    b, (rx, _) = subject.build, _half_size(subject)
    mask, width = canvas.blank(), canvas.width(1.5 if subject.glasses == "round" else 2.3)
    for side in (-1, 1):
        polyline(mask, canvas.fixed(ring * (side, 1)), 255, width, closed=True)
        temple = [(side * (b.eye_x + rx), -2), (side * (b.temple + 1), -4.5)]
        polyline(mask, canvas.fixed(temple), 255, width)
    nose = b.eye_x + 0.5 - rx
    u = np.linspace(-1.5, 1.5, 20)
    bridge = np.stack([nose * u / 1.5, -2.5 - 3 * np.cos(u)], -1)
    polyline(mask, canvas.fixed(bridge), 255, width)
    return mask
