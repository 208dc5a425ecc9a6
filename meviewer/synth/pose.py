"""Rigid motion of the head in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meviewer.synth.curves import Floats

_CENTRE_Y = 90.0
# Outline of the head in nominal px, where its motion is largest.
_OUTLINE_X = np.array([0, 84, 84, 0, -84, -84], np.float32)
_OUTLINE_Y = np.array([-125, -40, 60, 130, 60, -40], np.float32)


@dataclass(frozen=True, slots=True)
class Pose:
    """Shift, turn and zoom about a point of the chin.

    Attributes
    ----------
    x, y : float
        Shift in nominal px.
    turn : float
        Degrees in the plane of the picture.
    zoom : float
        Relative size.
    """

    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0
    zoom: float = 1.0

    @property
    def moved(self) -> bool:
        """Whether it differs from rest."""
        return self != REST

    def forward(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return where points of the head at rest lie now."""
        if not self.moved:
            return x, y
        c, s = self._matrix(self.zoom)
        v = y - np.float32(_CENTRE_Y)
        return (
            c * x - s * v + np.float32(self.x),
            s * x + c * v + np.float32(_CENTRE_Y + self.y),
        )

    def back(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return where points seen now lie on the head at rest."""
        if not self.moved:
            return x, y
        c, s = self._matrix(1 / self.zoom)
        u, v = x - np.float32(self.x), y - np.float32(_CENTRE_Y + self.y)
        return c * u + s * v, -s * u + c * v + np.float32(_CENTRE_Y)

    def _matrix(self, zoom: float) -> tuple[np.float32, np.float32]:
        angle = np.radians(self.turn)
        return np.float32(np.cos(angle) * zoom), np.float32(np.sin(angle) * zoom)


REST = Pose()


def drift(
    rng: np.random.Generator, n_frames: int, rate_hz: float, head_px: float, scale: float
) -> list[Pose]:
    """Draw the slow sway of a head that tries to keep still.

    Parameters
    ----------
    head_px : float
        Largest distance, in output px, of any point of the head's outline from where it is in the
        first frame. The shares of shift, turn and zoom are drawn.
    scale : float
        Output px per nominal px.

    Returns
    -------
    list of Pose
        One for each frame; the first is at rest.
    """
    seconds = np.arange(n_frames) / rate_hz
    spread = np.array([0.9, 0.7, 0.25, 0.0015])
    sway = np.stack([_sway(rng, seconds) * amount for amount in spread], 1)
    sway -= sway[0]
    largest = max((_reach(_pose(row)) for row in sway), default=0.0)
    if head_px <= 0 or largest == 0:
        return [REST] * n_frames
    return [_pose(row * (head_px / scale / largest)) for row in sway]


def _sway(rng: np.random.Generator, seconds: Floats) -> Floats:
    waves = np.zeros_like(seconds)
    for _ in range(3):
        height, speed, phase = rng.normal(0, 0.6), rng.uniform(0.15, 1.1), rng.uniform(0, 6.28)
        waves += height * np.sin(2 * np.pi * speed * seconds + phase)
    return waves


def _pose(row: Floats) -> Pose:
    return Pose(float(row[0]), float(row[1]), float(row[2]), 1 + float(row[3]))


def _reach(pose: Pose) -> float:
    x, y = pose.forward(_OUTLINE_X, _OUTLINE_Y)
    return float(np.hypot(x - _OUTLINE_X, y - _OUTLINE_Y).max())
