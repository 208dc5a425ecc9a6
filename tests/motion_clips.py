"""Textured clips in which a patch moves out and back, for the tests of motion."""

from __future__ import annotations

import numpy as np

from meviewer.core.events import Keyframes


def textured(seed, n=48, height=64, width=56, channels=3, amplitude_px=3.0, noise=0.8):
    """A textured picture whose middle is pushed sideways and returns; (T, H, W, 3), keyframes."""
    rng = np.random.default_rng(seed)
    onset = int(rng.integers(5, 9))
    apex = onset + int(rng.integers(12, 16))
    offset = apex + int(rng.integers(14, 18))
    waves = [_wave(rng, height, width) for _ in range(12)]
    frames = np.empty((n, height, width, channels))
    y, x = np.mgrid[:height, :width].astype(float)
    bump = np.exp(-((y - height * 0.55) ** 2 + (x - width * 0.45) ** 2) / (2 * (height / 7) ** 2))
    for t in range(n):
        push = amplitude_px * _strength(t, onset, apex, offset) * bump
        grey = sum(wave(y + 0.4 * push, x + push) for wave in waves)
        for channel in range(channels):
            frames[t, ..., channel] = 100 + 15 * channel + (1 - 0.1 * channel) * grey
    frames += rng.normal(0, noise, frames.shape)
    return np.clip(frames.round(), 0, 250).astype(np.uint8), Keyframes(onset, apex, offset)


def flickered(frames, seed, amount):
    """The same under a lamp that flickers by up to ``amount`` from frame to frame."""
    rng = np.random.default_rng(seed)
    size = amount * rng.uniform(0.5, 1, len(frames)) * rng.choice([-1, 1], len(frames))
    gain = (1 + size).reshape(-1, *[1] * (frames.ndim - 1))
    return np.clip((frames * gain).round(), 0, 255).astype(np.uint8)


def late_label(keyframes, by=2):
    """A coder's label whose apex is late by so many frames.

    Onset and offset are true: in front of the onset all frames are alike, and which of them is
    the most different is decided by noise.
    """
    return Keyframes(keyframes.onset, keyframes.apex + by, keyframes.offset)


def _strength(t, onset, apex, offset):
    rising = np.clip((t - onset) / (apex - onset), 0, 1)
    falling = np.clip((offset - t) / (offset - apex), 0, 1)
    return min(rising, falling)


def _wave(rng, height, width):
    wave_y, wave_x = rng.uniform(-0.9, 0.9, 2)
    phase, size = rng.uniform(0, 2 * np.pi), rng.uniform(5, 12)
    return lambda y, x: size * np.sin(wave_y * y + wave_x * x + phase)
