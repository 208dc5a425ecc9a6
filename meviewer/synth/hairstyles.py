"""The hairstyles: where the strands of each begin and how they run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from meviewer.synth.canvas import Canvas
from meviewer.synth.curves import Floats, ramp
from meviewer.synth.hair_shape import HairShape
from meviewer.synth.strands import Comb
from meviewer.synth.subject import Subject

_ALONG = np.linspace(0, 1, 12)
_HANGING = np.linspace(0, 1, 16)[1:]
_LIMIT = {"buzz": 1.50, "short": 1.46, "sidepart": 1.42, "bun": 1.45, "afro": 1.75, "curly": 1.5}
_LENGTH = {"sidepart": 0.0, "long": 215.0, "bob": 108.0, "fringe": 215.0}


def front_hair(canvas: Canvas, subject: Subject, shape: HairShape) -> tuple[Floats, Floats]:
    """Paint the hair in front: premultiplied RGBA (H, W, 4), 0..255, and coverage (H, W), 0..1."""
    if subject.style == "bald":
        return np.zeros((*canvas.shape, 4), np.float32), np.zeros(canvas.shape, np.float32)
    comb = Comb(canvas, subject, shape)
    comb.base(_limit(subject), 0.03 if subject.style == "buzz" else 0.10)
    _STYLES[subject.style](comb)
    if subject.style == "fringe":
        _fringe(comb)
    return comb.layer(0.84 if subject.style == "buzz" else 1.0)


def _limit(subject: Subject) -> float:
    return _LIMIT.get(subject.style, 1.55)


def _buzz(comb: Comb) -> None:
    rng, limit = comb.canvas.rng, _limit(comb.subject)
    for _ in range(5200):
        angle, height = rng.uniform(-limit, limit), rng.uniform(0, 1) ** 0.9
        lean = np.array([angle, angle + rng.normal(0, 0.01)])
        points = comb.shape.points(lean, np.array([height, height + 0.06]))
        comb.strand(points, comb.tone(), 0.45)


def _short(comb: Comb) -> None:
    """Swept to one side, away from the parting."""
    rng, limit, side = comb.canvas.rng, _limit(comb.subject), _parting_side(comb.subject)
    for _ in range(1700):
        angle, height = rng.uniform(-limit, limit), abs(rng.normal(0, 0.30)) - 0.02
        sweep = 0.30 * -side * np.cos(angle) + rng.normal(0, 0.05)
        length = min(rng.uniform(0.35, 0.75), 1.02 - height)
        points = comb.shape.points(angle + sweep * _ALONG, height + length * _ALONG**0.8)
        comb.strand(points, comb.tone(), 0.7)


def _bun(comb: Comb) -> None:
    """Combed back to a knot on top."""
    rng, limit = comb.canvas.rng, _limit(comb.subject)
    for _ in range(2100):
        angle, height = rng.uniform(-limit, limit), abs(rng.normal(0, 0.30)) - 0.02
        sweep = -0.35 * angle * np.cos(angle) + rng.normal(0, 0.05)
        length = min(rng.uniform(0.5, 1.0), 1.02 - height)
        points = comb.shape.points(angle + sweep * _ALONG, height + length * _ALONG**0.8)
        comb.strand(points, comb.tone(), 0.7)
    top = np.array([0, 3 - float(comb.shape.outer(np.array(0.0)))])
    for _ in range(500):
        start, radius = rng.uniform(0, 6.28), 19 * np.sqrt(rng.random())
        turn = start + np.linspace(0, 1.1, 12)
        ring = np.stack([1.2 * radius * np.cos(turn), 0.8 * radius * np.sin(turn)], -1)
        comb.strand(top + ring, comb.tone() * (1.15 - 0.5 * radius / 19), 0.8)


def _parted(comb: Comb) -> None:
    """From a parting to both sides; the long styles hang down from there."""
    rng, subject = comb.canvas.rng, comb.subject
    parting = 0.32 * _parting_side(subject)
    for _ in range(2300):
        side = 1.0 if rng.random() < 0.5 + 0.12 * np.sign(-parting) else -1.0
        height = rng.uniform(0.02, 1) ** 0.8
        start = parting + side * abs(rng.normal(0, 0.05))
        if subject.style == "sidepart":
            end, lift = side * (1.6 - 0.8 * rng.random() ** 1.5), 1.2
        else:
            end, lift = side * rng.uniform(0.9, 1.58), 0.8
        angle = start + (end - start) * _ALONG**0.9
        arch = 0.28 * np.sin(np.pi * _ALONG) * (1 - height) * lift
        points = comb.shape.points(angle, height * (1 - 0.25 * _ALONG) + arch)
        if _LENGTH[subject.style]:
            points = np.r_[points, _hanging(comb, points[-1], side, height)]
        comb.strand(points, comb.tone(), 0.75)


def _hanging(comb: Comb, start: Floats, side: float, height: float) -> Floats:
    """Points of the part of a strand that hangs beside the face."""
    rng, bob = comb.canvas.rng, comb.subject.style == "bob"
    width = comb.subject.build.cheek + comb.shape.volume * (0.2 + height)
    end_x = side * (width - (14 if bob else 6) * rng.random() - (9 if bob else 0))
    end_y = _LENGTH[comb.subject.style] + rng.normal(0, 3 if bob else 8)
    u = _HANGING
    phase = 2.2 * height + (0 if side > 0 else 1)
    wave = 0.0 if bob else 3.2 * np.sin(6.0 * u + phase) * u
    swing = side * 10 * np.sin(np.pi * u) * (0.4 + 0.6 * height)
    x = start[0] + (end_x - start[0]) * ramp(u) + swing + wave
    return np.stack([x, start[1] + (end_y - start[1]) * u], -1)


def _fringe(comb: Comb) -> None:
    """Strands over the forehead down to the brows."""
    rng, build = comb.canvas.rng, comb.subject.build
    t = _ALONG[:, None]
    for _ in range(900):
        angle, height = rng.uniform(-0.86, 0.86), rng.uniform(0.3, 0.9)
        x = 74 * np.sin(angle * 1.1) + rng.normal(0, 2.0)
        root = comb.shape.points(np.array([angle * 0.55]), np.array([height]))[0]
        tip_y = -build.brow_y - 9 + 9 * (angle / 0.86) ** 2 + rng.normal(0, 1.8)
        bend = np.array([x, root[1] * 0.75 + tip_y * 0.25])
        points = (1 - t) ** 2 * root + 2 * t * (1 - t) * bend + t**2 * np.array([x, tip_y])
        comb.strand(points, comb.tone(), 0.75)


def _curls(comb: Comb) -> None:
    rng, subject = comb.canvas.rng, comb.subject
    afro, limit = subject.style == "afro", _limit(subject) + 0.15
    for _ in range(4200 if afro else 2300):
        angle, height = rng.uniform(-limit, limit), 1.05 * rng.random() ** 0.8
        centre = comb.shape.points(np.array([angle]), np.array([height]))[0]
        comb.strand(centre + _lock(rng, 1.5 if afro else 3.4), comb.tone(), 0.75)
    for _ in range(900 if not afro and subject.femininity > 0.5 else 0):
        side = rng.choice([-1, 1])
        at = np.array([side * (subject.build.cheek + rng.uniform(2, 21)), rng.uniform(-20, 92)])
        comb.strand(at + _lock(rng, 3.8), comb.tone() * 0.9, 0.75)


def _lock(rng: np.random.Generator, size: float) -> Floats:
    """Return a short wavy lock: a spiral drawn out along a random direction."""
    u, turn, width = np.linspace(0, 1, 10), rng.uniform(0, 6.28), size * rng.uniform(0.7, 1.3)
    x = width * 2.4 * (u - 0.5) + 0.5 * width * np.cos(8 * u + turn)
    y = width * np.sin(7 * u + turn) * (1 - 0.4 * u)
    c, s = np.cos(turn), np.sin(turn)
    return np.stack([c * x - s * y, s * x + c * y], -1)


def _parting_side(subject: Subject) -> float:
    """Return the side of the parting: away from the key light."""
    return -float(np.sign(subject.light))


_STYLES: dict[str, Callable[[Comb], None]] = {
    "buzz": _buzz,
    "short": _short,
    "bun": _bun,
    "sidepart": _parted,
    "long": _parted,
    "bob": _parted,
    "fringe": _parted,
    "curly": _curls,
    "afro": _curls,
}
