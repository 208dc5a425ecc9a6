"""Simulated clips for judging estimates of keyframes: a face-like picture, its motion and lamp.

Drawn, not filmed: what is measured on it is a gate for the method, no claim about real faces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.bench_courses import TrueCourse, true_course, usual_label
from meviewer.motion.vision import cv2_or_error

Floats = NDArray[np.float64]

_SITES = {
    "dev": (((118, 102), (162, 102)), ((98, 258), (182, 258)), ((140, 300),), ((98, 258),)),
    "held-out": (((70, 100), (210, 100)), ((100, 268), (180, 268)), ((122, 205), (158, 205))),
    "held-out-2": (((88, 96), (192, 96)), ((112, 226), (168, 226)), ((120, 270), (160, 270))),
    "held-out-3": (((96, 104), (184, 104)), ((104, 250), (176, 250)), ((128, 196), (152, 196))),
    "held-out-4": (((76, 108), (204, 108)), ((94, 244), (186, 244)), ((140, 284), (140, 284))),
    "held-out-5": (((104, 92), (176, 92)), ((108, 274), (172, 274)), ((116, 214), (164, 214))),
}
_GRAINS = {
    "dev": (1.2, 3.0, 8.0, 25.0),
    "held-out": (0.9, 2.0, 5.0, 14.0),
    "held-out-2": (1.0, 2.5, 6.5, 19.0),
    "held-out-3": (1.1, 2.2, 5.5, 16.0),
    "held-out-4": (0.95, 2.7, 7.0, 22.0),
    "held-out-5": (1.3, 2.4, 6.0, 12.0),
}
_EYES = {
    "dev": ((88, 138), (192, 138)),
    "held-out": ((82, 146), (198, 146)),
    "held-out-2": ((85, 142), (195, 142)),
    "held-out-3": ((90, 148), (190, 148)),
    "held-out-4": ((84, 140), (196, 140)),
    "held-out-5": ((92, 144), (188, 144)),
}
_NOMINAL = (280, 340)
_MAINS_HZ = 100.0
_FINER = 4


@dataclass(frozen=True, slots=True)
class Condition:
    """How clips are filmed; the defaults are the condition that the goals are stated for.

    Attributes
    ----------
    rate_hz : float
    noise : float
        Grey levels in each colour.
    flicker : float
        Share of the brightness.
    drift_px : (float, float)
        Least and most that the head moves away, px.
    turn_deg : float
        Most that it turns.
    amplitude_px : (float, float)
        Least and most of the longest motion, drawn evenly on a logarithmic scale.
    small_share : float
        Share of clips of 140 x 170 px; the others are of 280 x 340 px.
    jpeg : tuple of int
        Qualities to draw from; 0 for none.
    """

    rate_hz: float = 200.0
    noise: float = 2.0
    flicker: float = 0.01
    drift_px: tuple[float, float] = (0.5, 1.5)
    turn_deg: float = 0.3
    amplitude_px: tuple[float, float] = (0.5, 4.0)
    small_share: float = 0.65
    jpeg: tuple[int, ...] = (0, 95)


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedClip:
    """Frames (T, H, W, 3) uint8, the truth, and the label of a usual coder."""

    frames: NDArray[np.uint8]
    rate_hz: float
    course: TrueCourse
    label: tuple[int, int, int]


def simulated_clip(
    family: str, seed: int, condition: Condition | None = None, *, size: int | None = None
) -> SimulatedClip:
    """Film one expression.

    Parameters
    ----------
    family : str
        Key of `FAMILIES`; decides time courses, texture of the face and site of the motion.
    seed : int
    condition : Condition, optional
    size : int, optional
        Width in px; drawn by default.
    """
    condition = condition or Condition()
    rng = np.random.default_rng((len(family), seed))
    width = 140 if rng.random() < condition.small_share else 280
    width = size or width
    course = true_course(family, condition.rate_hz, rng)
    scale = width / _NOMINAL[0]
    picture = _face(family, rng, scale)
    moved = _motion(family, rng, picture.shape, scale)
    low, high = np.log(condition.amplitude_px)
    moved *= np.float32(np.exp(rng.uniform(low, high)))
    frames = _film(picture, moved, course.strength, condition, rng)
    return SimulatedClip(
        frames, condition.rate_hz, course, usual_label(course, condition.rate_hz, rng)
    )


def _face(family: str, rng: np.random.Generator, scale: float) -> NDArray[np.float32]:
    """Draw skin with pores and shade, brows, eyes, nose and mouth, in grey levels."""
    width, height = (round(side * scale) for side in _NOMINAL)
    y, x = (axis / scale for axis in np.mgrid[:height, :width].astype(np.float32))
    skin = rng.uniform(90, 170)
    middle = 140 + rng.uniform(-30, 30)
    picture = skin * (1 - 0.25 * ((x - middle) / 140) ** 2 - 0.2 * ((y - 153) / 170) ** 2)
    for grain in _GRAINS[family]:
        strength = rng.uniform(1.5, 4.0) if grain < 4 else rng.uniform(2.0, 5.0)
        picture += strength * _noise(rng, picture.shape, grain * scale)
    for eye_x, eye_y in _EYES[family]:
        _blob(picture, x, y, (eye_x, eye_y, 24, 9), 205, 0.9)
        _blob(picture, x, y, (eye_x, eye_y, 9, 9), 45, 0.95)
        _blob(picture, x, y, (eye_x, eye_y - 34, 32, 6), skin * 0.4, 0.75)
    for spot in ((140, 190, 13, 40, 1.12, 0.5), (128, 218, 6, 4, 0.4, 0.8)):
        _blob(picture, x, y, spot[:4], skin * spot[4], spot[5])
    _blob(picture, x, y, (152, 218, 6, 4), skin * 0.4, 0.8)
    _blob(picture, x, y, (140, 262, 40, 11), skin * 0.75, 0.7)
    _blob(picture, x, y, (140, 262, 42, 1.6), skin * 0.3, 0.8)
    inside = 1 / (1 + np.exp(-20 * (1 - ((x - 140) / 137) ** 2 - ((y - 163) / 177) ** 2)))
    around = rng.uniform(20, 120) + 4 * _noise(rng, picture.shape, 10 * scale)
    drawn = np.clip(picture * inside + around * (1 - inside), 2, 250)
    return np.asarray(drawn, np.float32)


def _blob(
    picture: NDArray[np.float32],
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    place: tuple[float, ...],
    level: float,
    alpha: float,
) -> None:
    at_x, at_y, across, down = place
    far = ((x - at_x) / across) ** 2 + ((y - at_y) / down) ** 2
    cover = alpha / (1 + np.exp(np.clip(-8 * (1 - far), -50, 50)))
    picture += cover * (level - picture)


def _noise(rng: np.random.Generator, shape: tuple[int, ...], sigma: float) -> NDArray[np.float32]:
    cv2 = cv2_or_error()
    white = rng.standard_normal(shape, np.float32)
    smooth = np.asarray(cv2.GaussianBlur(white, (0, 0), max(sigma, 0.3)), np.float32)
    return np.asarray(smooth / smooth.std(), np.float32)


def _motion(
    family: str, rng: np.random.Generator, shape: tuple[int, ...], scale: float
) -> NDArray[np.float32]:
    """Return a field of motion (H, W, 2) whose longest arrow is 1 px."""
    sites = _SITES[family]
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    field = np.zeros((*shape, 2), np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    for side, (at_x, at_y) in enumerate(sites[rng.integers(len(sites))]):
        reach = rng.uniform(14, 24) * scale
        off_x, off_y = (np.array((at_x, at_y)) + rng.uniform(-4, 4, 2)) * scale
        bump = np.exp(-((x - off_x) ** 2 + (y - off_y) ** 2) / 2 / reach**2)
        bump *= rng.uniform(0.7, 1)
        field[..., 0] += (-1 if side else 1) * np.cos(angle) * bump
        field[..., 1] += np.sin(angle) * bump
    return np.asarray(field / np.hypot(field[..., 0], field[..., 1]).max(), np.float32)


def _film(
    picture: NDArray[np.float32],
    moved: NDArray[np.float32],
    strength: Floats,
    condition: Condition,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    cv2 = cv2_or_error()
    height, width = picture.shape
    n_frames = len(strength)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    centred = (x - width / 2) + 1j * (y - height / 2)
    most = [rng.uniform(*condition.drift_px) for _ in range(2)]
    path = [_wander(rng, n_frames, by) for by in (*most, np.radians(condition.turn_deg), 0.003)]
    lamp, tilt = _lamp(rng, n_frames, condition)
    quality = int(rng.choice(condition.jpeg))
    tint = rng.uniform(0.6, 1.0, 3).astype(np.float32)
    tint /= tint.max()
    fine = finer(picture)
    frames = np.empty((n_frames, height, width, 3), np.uint8)
    for index in range(n_frames):
        by_x, by_y, turn, growth = (float(one[index]) for one in path)
        seen = (centred - (by_x + 1j * by_y)) / ((1 + growth) * np.exp(1j * turn))
        at_x = (seen.real + width / 2 - strength[index] * moved[..., 0]).astype(np.float32)
        at_y = (seen.imag + height / 2 - strength[index] * moved[..., 1]).astype(np.float32)
        still = sampled(fine, at_x, at_y)
        still = still * (lamp[index] + tilt[index] * (x / width - 0.5)).astype(np.float32)
        noisy = condition.noise * rng.standard_normal((height, width, 3), np.float32)
        noisy += still[..., None] * tint
        frame = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
        if quality:
            coded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            frame = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        frames[index] = frame
    return frames


def finer(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a picture on the finer grid that `sampled` reads."""
    cv2 = cv2_or_error()
    size = (picture.shape[1] * _FINER, picture.shape[0] * _FINER)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LANCZOS4), np.float32)


def sampled(
    fine: NDArray[np.float32], at_x: NDArray[np.float32], at_y: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Sample a picture at places given in its own px.

    OpenCV's bicubic does not reproduce a straight line and puts things up to 0.05 px beside their
    place, by where they lie between pixels: a head that drifts would let a brow creep. Straight
    lines between points four times as dense err by the 1/128 px to which places are rounded.
    """
    cv2 = cv2_or_error()
    x, y = ((at + 0.5) * _FINER - 0.5 for at in (at_x, at_y))
    drawn = cv2.remap(fine, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(drawn, np.float32)


def _wander(rng: np.random.Generator, n_frames: int, most: float) -> Floats:
    """Return a slow random path from 0 that goes ``most`` / 2 to ``most`` away."""
    smooth = max(n_frames // 5, 2)
    steps = np.cumsum(rng.standard_normal(n_frames + 8 * smooth))
    window = np.exp(-0.5 * (np.arange(-3 * smooth, 3 * smooth + 1) / smooth) ** 2)
    path = np.convolve(steps, window / window.sum(), "same")[4 * smooth : 4 * smooth + n_frames]
    path = path - path[0]
    return np.asarray(path / (np.abs(path).max() + 1e-9) * most * rng.uniform(0.5, 1))


def _lamp(rng: np.random.Generator, n_frames: int, condition: Condition) -> tuple[Floats, Floats]:
    """Return the brightness of each frame and its slope across: mains, chance, and slow change."""
    time = np.arange(n_frames) / condition.rate_hz
    mains = _MAINS_HZ + rng.uniform(-0.3, 0.3)
    slow = rng.uniform(0.3, 3, 2)
    phase = rng.uniform(0, 2 * np.pi, 2)
    lamp = 0.7 * np.sin(2 * np.pi * mains * time + phase[0])
    lamp += 0.3 * rng.standard_normal(n_frames) + 0.4 * np.sin(2 * np.pi * slow[0] * time)
    tilt = 0.3 * np.sin(2 * np.pi * slow[1] * time + phase[1])
    return 1 + condition.flicker * lamp, condition.flicker * tilt
