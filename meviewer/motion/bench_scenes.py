"""Pictures with known motion, for benchmarks: texture moved by smooth local bumps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.vision import cv2_or_error

_BUMPS = 5
_WAVES = 60


@dataclass(frozen=True, slots=True, eq=False)
class FlowScene:
    """Two frames and the flow between them.

    Attributes
    ----------
    first, second : (H, W) uint8
    flow : (H, W, 2) float32
        Exact, px: ``second(x + flow(x)) = first(x)`` before rounding.
    """

    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    flow: NDArray[np.float32]


def flow_scene(
    height: int,
    width: int,
    most_px: float,
    seed: int = 0,
    gain: float = 1.0,
    shift: float = 0.0,
    noise: float = 0.0,
) -> FlowScene:
    """Render a texture that is known everywhere, so that nothing is interpolated.

    Without noise, what stands still is equal bit for bit, which no camera delivers, and flicker is
    punished for nothing but another rounding: compare lamps with a noise of 1 or more.

    Parameters
    ----------
    height, width : int
    most_px : float
        The longest motion.
    seed : int
    gain, shift : float
        A lamp that flickers: of the second frame, in grey levels.
    noise : float
        Standard deviation of the camera's noise, grey levels.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width].astype(np.float64)
    u, v = _bumps(rng, x, y, most_px)
    waves = _waves(rng)
    first = texture(waves, x + u, y + v)
    second = texture(waves, x, y) * gain + shift
    if noise:
        first, second = (one + noise * rng.standard_normal(one.shape) for one in (first, second))
    truth = np.stack((u, v), axis=-1).astype(np.float32)
    return FlowScene(_rounded(first), _rounded(second), truth)


def mean_error_px(found: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """Return the mean end-point error."""
    error = found.astype(np.float64) - truth
    return float(np.hypot(error[..., 0], error[..., 1]).mean())


def moving_error_px(found: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """Return the mean end-point error where the motion is more than a quarter of its most."""
    length = np.hypot(truth[..., 0], truth[..., 1])
    moving = length > 0.25 * float(length.max())
    return mean_error_px(found[moving], truth[moving])


def face_like_frames(n_frames: int, height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Return frames that hardly differ, (T, H, W, 3): texture, a slow change, and noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width].astype(np.float64)
    still = texture(_waves(rng), x, y)
    bump = np.exp(-((x - width / 2) ** 2 + (y - height * 0.7) ** 2) / (0.02 * height * width))
    frames = np.empty((n_frames, height, width, 3), np.uint8)
    for index in range(n_frames):
        strength = 15 * np.sin(np.pi * index / max(n_frames - 1, 1))
        noise = rng.standard_normal((height, width, 3), np.float32)
        noise += (still + strength * bump).astype(np.float32)[..., None]
        frames[index] = np.clip(np.rint(noise, out=noise), 0, 255, out=noise)
    return frames


def write_images(frames: NDArray[np.uint8], folder: Path, ending: str) -> list[Path]:
    """Write frames as numbered files, "jpg" at quality 95 or "png", and return their paths."""
    cv2 = cv2_or_error()
    paths = [folder / f"{number:04d}.{ending}" for number in range(1, len(frames) + 1)]
    for path, frame in zip(paths, frames, strict=True):
        stored = frame if frame.ndim == 2 else np.ascontiguousarray(frame[..., ::-1])
        cv2.imwrite(str(path), stored)
    return paths


def texture(
    waves: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return grey levels 20..220 of a sum of waves at any place."""
    total = np.zeros_like(x)
    for a, b, phase, strength in waves:
        total += strength * np.sin(a * x + b * y + phase)
    return 120 + np.clip(total, -100, 100)


def _waves(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return rows of (a, b, phase, strength), from 6 to 80 px long, the long ones stronger."""
    length = np.exp(rng.uniform(np.log(6), np.log(80), _WAVES))
    angle, phase = rng.uniform(0, 2 * np.pi, (2, _WAVES))
    k = 2 * np.pi / length
    return np.stack((k * np.cos(angle), k * np.sin(angle), phase, 1.3 * length**0.5), axis=1)


def _bumps(
    rng: np.random.Generator, x: NDArray[np.float64], y: NDArray[np.float64], most_px: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    height, width = x.shape
    u, v = np.zeros_like(x), np.zeros_like(x)
    for _ in range(_BUMPS):
        middle_x, middle_y = rng.uniform(0.2, 0.8, 2) * (width, height)
        radius, angle = rng.uniform(0.06, 0.12) * height, rng.uniform(0, 2 * np.pi)
        bump = np.exp(-((x - middle_x) ** 2 + (y - middle_y) ** 2) / (2 * radius**2))
        u += np.cos(angle) * bump
        v += np.sin(angle) * bump
    scale = most_px / float(np.hypot(u, v).max())
    return u * scale, v * scale


def _rounded(levels: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)
