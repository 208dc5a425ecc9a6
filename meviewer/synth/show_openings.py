"""Draw what shows in the openings of a face: eyeballs, lashes, the inside of the mouth."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from meviewer.synth.anatomy import Anatomy
from meviewer.synth.curves import Floats, bell, ramp
from meviewer.synth.eyes import Lashes
from meviewer.synth.openings import lid_margins, lip_margins
from meviewer.synth.portrait import Portrait
from meviewer.synth.raster import remap
from meviewer.synth.subject import Subject
from meviewer.synth.view import View

_EDGE_PX = 0.9
_DARK_MOUTH, _TEETH = (58.0, 26.0, 26.0), (196.0, 184.0, 172.0)


class Painted(Protocol):
    """What these functions need of a face."""

    view: View
    subject: Subject
    anatomy: Anatomy
    portrait: Portrait


def draw_mouth(
    out: Floats, face: Painted, at: tuple[Floats, Floats], lips: tuple[float, float]
) -> None:
    """Draw the inside of the mouth into a part of the picture, in place.

    Parameters
    ----------
    out : float32 array (h, w, 3)
    at : two float32 arrays (h, w)
        The skin seen at the pixels, nominal px.
    lips : tuple of float
        Upper lip up, lower lip down, nominal px.
    """
    x, y = at
    _, top, bottom = lip_margins(face.anatomy, x, lips)
    open_here = ramp(np.minimum(y - top, bottom - y), 0, _EDGE_PX / face.view.scale)[..., None]
    half = face.subject.build.mouth_w
    teeth = ramp(bottom - top, 1.2, 4.0) * ramp(-np.abs(x), -0.8 * half, -0.45 * half)
    teeth = (teeth * ramp(y - top, -0.5, 1.5))[..., None]
    inside = np.array(_DARK_MOUTH) * (1 - teeth) + np.array(_TEETH) * teeth
    out += open_here * (inside - out)


def draw_eye(
    out: Floats,
    face: Painted,
    at: tuple[Floats, Floats],
    lid: tuple[float, float],
    eyeball: Floats,
) -> None:
    """Draw eyeball, lid lines and lashes into a part of the picture, in place.

    Parameters
    ----------
    out, eyeball : float32 arrays (h, w, 3)
    at : two float32 arrays (h, w)
        The skin seen at the pixels, nominal px.
    lid : tuple of float
        Upper lid down, lower lid up, nominal px.
    """
    x, y = at
    t, top, bottom = lid_margins(face.anatomy, x, lid)
    inside = ramp(np.minimum(y - top, bottom - y), 0, _EDGE_PX / face.view.scale)
    inside = inside * ((t > 0) & (t < 1))
    shade = 1 - 0.62 * np.exp(-np.maximum(y - top, 0) / 3.0)
    shade -= 0.2 * np.exp(-np.maximum(bottom - y, 0) / 1.5)
    out += inside[..., None] * (eyeball * shade[..., None] - out)
    shut = min(max(lid[0] / face.subject.build.opening, 0.0), 1.0)
    lines = _lid_lines(t, y - top, y - bottom, face.subject.femininity)
    hairs = _lash_cover(face.portrait.lashes, t, y - top, y - bottom, shut)
    ink = np.maximum(lines, hairs)[..., None]
    out += ink * (face.portrait.lashes.colour - out)


def _lid_lines(t: Floats, below_upper: Floats, below_lower: Floats, femininity: float) -> Floats:
    """Return the dark lines of the margins; the upper one is stronger and thicker outward."""
    ends = ramp(t, -0.02, 0.16) * ramp(-t, -1.05, -0.97)
    thickness = 0.55 + 0.45 * np.clip(t, 0, 1)
    upper = (0.62 + 0.22 * femininity) * np.exp(-0.5 * ((below_upper + 0.15) / thickness) ** 2)
    lower = 0.30 * bell(below_lower - 0.3, 0.6) * ramp(t, 0.2, 0.7) * ramp(-t, -1.04, -0.96)
    return np.asarray(np.maximum(upper * ends, lower))


def _lash_cover(
    lashes: Lashes, t: Floats, below_upper: Floats, below_lower: Floats, shut: float
) -> Floats:
    """Coverage of the lashes; those of the upper lid turn downward while it closes."""
    turn = 1 - 1.9 * shut
    turn = np.sign(turn) * max(abs(turn), 0.3)
    column = lashes.column(t)
    upper = remap(lashes.upper, column, lashes.row(-below_upper / turn), outside="zero")
    lower = remap(lashes.lower, column, lashes.row(below_lower), outside="zero")
    return np.asarray(np.maximum(upper * 0.8, lower * 0.5))
