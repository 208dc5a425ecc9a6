"""From clean pictures to recorded frames: lamp flicker, sensor noise, 8 bits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from meviewer.synth.curves import Floats

LAMP_HZ = 100.4
"""Twice the mains frequency, a little off: at 200 frames per second it shows as light and dark
frames in turn whose contrast comes and goes."""


def flicker(
    rng: np.random.Generator,
    n_frames: int,
    rate_hz: float,
    percent: float,
    lamp_hz: float = LAMP_HZ,
) -> Floats:
    """Return the brightness of each frame, (T,), with mean 1.

    Parameters
    ----------
    percent : float
        Largest deviation from the mean over the clip, as it is recorded, in per cent: what the
        lamp does between the frames does not count.
    lamp_hz : float
        Frequency of the lamp's light; the rate of the camera folds it down.
    """
    phase = rng.uniform(0, 2 * np.pi)
    if percent <= 0 or n_frames < 2:
        return np.ones(n_frames)
    wave = np.sin(2 * np.pi * lamp_hz * np.arange(n_frames) / rate_hz + phase)
    wave -= wave.mean()
    peak = float(np.abs(wave).max())
    return np.asarray(1 + percent / 100 * wave / peak) if peak > 1e-9 else np.ones(n_frames)


class Sensor:
    """Adds noise and rounds to 8 bits; frames can be recorded in any order.

    Parameters
    ----------
    noise : float
        Standard deviation in grey levels.
    """

    def __init__(
        self, rng: np.random.Generator, n_frames: int, size: tuple[int, int], noise: float
    ) -> None:
        self._values = size[0] * size[1] * 3
        self._noise = noise
        # Each frame takes its noise from its own place of one long bank: fresh noise would cost
        # more than the face.
        drawn = self._values * 2 if noise else 0
        self._bank = rng.standard_normal(drawn, dtype=np.float32) * np.float32(noise)
        self._starts = rng.integers(0, self._values, n_frames)

    def record(self, picture: Floats, index: int, brightness: float) -> NDArray[np.uint8]:
        """Return frame ``index`` as uint8 (H, W, 3) from a clean picture, 0 to 255."""
        import cv2

        lit = picture * np.float32(brightness)
        if self._noise:
            start = int(self._starts[index])
            lit += self._bank[start : start + self._values].reshape(lit.shape)
        frame: NDArray[np.uint8] = cv2.convertScaleAbs(np.maximum(lit, 0, out=lit))
        return frame


def film(
    shoot: Callable[[int], NDArray[np.uint8]], n_frames: int, threads: int
) -> NDArray[np.uint8]:
    """Return the frames that ``shoot`` makes, (T, H, W, 3), on several threads."""
    first = shoot(0)
    frames = np.empty((n_frames, *first.shape), np.uint8)
    frames[0] = first

    def take(index: int) -> None:
        frames[index] = shoot(index)

    if threads <= 1:
        for index in range(1, n_frames):
            take(index)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(take, range(1, n_frames)))
    return frames
