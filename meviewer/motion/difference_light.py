"""Light of each frame against the clip's usual light, found in spite of motion and rounding."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meviewer.core.blas_threads import single_blas_thread
from meviewer.motion.difference_gram import from_blocks, is_grey

_SAMPLES = 32768
_ROUNDS = 4
_CUT = 4.685  # Tukey's biweight: 95 % efficient on Gaussian noise
_MAD_TO_SD = 1.4826
_MIN_CONTRAST = 1.0  # grey levels; below it a gain cannot be told from a shift
_ROUNDING_VARIANCE = 1 / 12
_LEVELS = 256


@dataclass(frozen=True, slots=True)
class Light:
    """What the light of each frame does to grey levels, per channel.

    Attributes
    ----------
    gain : (T, C) float64
        1 for the usual light.
    shift : (T, C) float64
        Grey levels: about ``frame = gain * usual + shift``.
    tables : (T, C, 256) float32
        Value under the usual light of each grey level.
    keep : (P, C) bool
        Values that never reach 255: white that clips cannot follow the light. All of them where
        fewer than half would be left.
    grey : bool
        The channels are alike: one stands for all.
    """

    gain: NDArray[np.float64]
    shift: NDArray[np.float64]
    tables: NDArray[np.float32]
    keep: NDArray[np.bool_]
    grey: bool = False

    def correct(self, frame: NDArray[np.uint8], index: int) -> NDArray[np.float32]:
        """Return a frame under the usual light, (P, C), grey levels; left-out values are 0."""
        flat = frame.reshape(-1, self.tables.shape[1])
        corrected = _looked_up(flat, self.tables[index])
        if not self.keep.all():
            corrected *= self.keep
        return corrected

    def of(self, indices: list[int]) -> Light:
        """Return the light of some of the frames."""
        return replace(
            self, gain=self.gain[indices], shift=self.shift[indices], tables=self.tables[indices]
        )


def squared_norm(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return ``||a - b||^2`` of two corrected frames."""
    try:
        import cv2
    except ImportError:
        rest = one - other
        return float(np.square(rest, out=rest).sum())
    return float(cv2.norm(one, other, cv2.NORM_L2SQR))


def _looked_up(flat: NDArray[np.uint8], tables: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the value of each grey level; OpenCV reads the levels without widening them first."""
    try:
        import cv2
    except ImportError:
        found = np.empty(flat.shape, np.float32)
        for channel, table in enumerate(tables):
            found[:, channel] = table.take(flat[:, channel])
        return found
    table = np.ascontiguousarray(tables.T)[None]
    return np.asarray(cv2.LUT(np.ascontiguousarray(flat)[None], table)[0], np.float32)


def fit(stack: NDArray[np.uint8]) -> Light:
    """Return the light of every frame of a stack.

    Parameters
    ----------
    stack : (T, H, W) or (T, H, W, C) uint8

    Notes
    -----
    [ours] Per channel, in two steps, both against the clip's mean frame and over pixels that agree
    with it (those that move are outliers and lose their weight by Tukey's biweight):

    1. mean and contrast of each frame are matched. The ratio of contrasts is used rather than a
       regression, whose slope shrinks when the head drifts;
    2. what remains is averaged for each grey level. A flicker of 1 % moves most levels by one
       whole step or by none, and this staircase would stay in the distances (0.1 to 0.3 squared
       grey levels, more than a frame beside the apex differs from it).

    Up to 32768 pixels on a grid take part.
    """
    if stack.ndim == 4 and is_grey(stack):
        one = fit(stack[..., 0])
        return Light(
            gain=np.repeat(one.gain, 3, axis=1),
            shift=np.repeat(one.shift, 3, axis=1),
            tables=np.repeat(one.tables, 3, axis=1),
            keep=np.repeat(one.keep, 3, axis=1),
            grey=True,
        )
    channels = stack.shape[3] if stack.ndim == 4 else 1
    flat = stack.reshape(len(stack), -1, channels)
    keep = _unclipped(flat)
    places = _grid(flat.shape[1])
    gain = np.ones((len(flat), channels))
    shift = np.zeros((len(flat), channels))
    tables = np.empty((len(flat), channels, _LEVELS), np.float32)
    tables[:] = np.arange(_LEVELS)

    def fit_channel(channel: int) -> None:
        chosen = places[keep[places, channel]]
        if len(flat) > 1 and chosen.size > 1:
            found = _fit_channel(np.ascontiguousarray(flat[:, chosen, channel]))
            gain[:, channel], shift[:, channel], tables[:, channel] = found

    with single_blas_thread(), ThreadPoolExecutor(channels) as pool:
        list(pool.map(fit_channel, range(channels)))
    return Light(gain, shift, tables, keep)


def squared_distances(stack: NDArray[np.uint8], light: Light) -> NDArray[np.float64]:
    """Return ``||F'(i) - F'(j)||^2`` of all frames under the usual light, (T, T).

    Parameters
    ----------
    stack : (T, H, W) or (T, H, W, C) uint8
    light : Light
        Light of exactly these frames.
    """
    from meviewer.motion.difference_light_kernels import look_up

    n_frames, n_channels = light.gain.shape
    flat = stack.reshape(n_frames, -1, n_channels)
    total = np.zeros((n_frames, n_frames))
    for channel in range(1 if light.grey else n_channels):
        values, tables = flat[:, :, channel], np.ascontiguousarray(light.tables[:, channel])
        keep = np.ascontiguousarray(light.keep[:, channel])

        def block(
            part: slice,
            values: NDArray[np.uint8] = values,
            tables: NDArray[np.float32] = tables,
            keep: NDArray[np.bool_] = keep,
        ) -> NDArray[np.float32]:
            chosen = np.ascontiguousarray(values[:, part])
            corrected = np.empty(chosen.shape, np.float32)
            look_up(chosen, tables, keep[part], corrected)
            return corrected

        total += from_blocks(block, n_frames, flat.shape[1], exact=False)
    return np.maximum(total * n_channels if light.grey else total, 0)


def _unclipped(flat: NDArray[np.uint8]) -> NDArray[np.bool_]:
    keep: NDArray[np.bool_] = flat.max(axis=0) < _LEVELS - 1
    for channel in range(keep.shape[1]):
        if keep[:, channel].mean() < 0.5:
            keep[:, channel] = True
    return keep


def _grid(n_pixels: int) -> NDArray[np.intp]:
    # An odd step does not fall into line with the rows of usual widths.
    step = 1 if n_pixels <= _SAMPLES else (n_pixels // _SAMPLES) | 1
    return np.arange(0, n_pixels, step)


def _fit_channel(
    levels: NDArray[np.uint8],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    """Return gain, shift and tables of (T, n) samples against their own robust mean frame."""
    few = np.ascontiguousarray(levels[:, :: max(1, levels.shape[1] // 4096)]).astype(np.float32)
    usual = few.mean(axis=0)
    gain, shift = _match(few, usual, np.ones_like(few))
    scale = np.full(len(few), 0.5)
    for _ in range(_ROUNDS):
        usual = _mean_frame(few, gain, shift)
        rest = few - _row(gain) * usual - _row(shift)
        scale = _MAD_TO_SD * np.median(np.abs(rest), axis=1)
        gain, shift = _match(few, usual, _biweight(rest, _row(scale)))
    gain = gain / np.median(gain)
    steps = _steps(levels, gain, shift, scale)
    tables = (np.arange(_LEVELS) - shift[:, None] - steps) / gain[:, None]
    return gain, shift, tables.astype(np.float32)


def _match(
    samples: NDArray[np.float32], usual: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return gain and shift that give each frame the weighted mean and contrast of ``usual``."""
    total = weights.sum(axis=1, dtype=np.float64)
    centre = usual.mean()
    centred, usual_centred = samples - centre, usual - centre
    weighted = weights * centred
    mean = weighted.sum(axis=1) / total
    usual_mean = (weights @ usual_centred) / total
    variance = np.einsum("tn,tn->t", weighted, centred) / total - mean**2
    usual_variance = weights @ np.square(usual_centred) / total - usual_mean**2
    told = (variance > _MIN_CONTRAST**2) & (usual_variance > _MIN_CONTRAST**2)
    gain = np.sqrt(np.where(told, variance, 1.0) / np.where(told, usual_variance, 1.0))
    return gain, (mean + centre) - gain * (usual_mean + centre)


def _mean_frame(
    samples: NDArray[np.float32], gain: NDArray[np.float64], shift: NDArray[np.float64]
) -> NDArray[np.float32]:
    scale = (1 / gain / len(gain)).astype(np.float32)
    mean: NDArray[np.float32] = scale @ samples - np.float32((shift / gain).mean())
    return mean


def _biweight(
    rest: NDArray[np.float32], scale: NDArray[np.float32] | np.float32
) -> NDArray[np.float32]:
    # Without noise the middle rest is 0: half a grey level is what rounding leaves.
    cut = np.float32(_CUT) * np.maximum(scale, np.float32(0.5))
    weights: NDArray[np.float32] = np.square(np.clip(1 - np.square(rest / cut), 0, None))
    return weights


def _steps(
    levels: NDArray[np.uint8],
    gain: NDArray[np.float64],
    shift: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the mean rest of each grey level in each frame, (T, 256).

    Shrunk as if rounding put a variance of 1/12 there. What all frames share is no light: noise
    makes pixels of a rare level likelier to belong to a commoner one.
    """
    from meviewer.motion.difference_light_kernels import level_rests

    usual = np.zeros(levels.shape[1], np.float32)
    for row, g, s in zip(levels, gain, shift, strict=True):
        usual += (row - np.float32(s)) * np.float32(1 / g / len(levels))
    sums, counts = np.zeros((2, len(levels), _LEVELS))
    cuts = (_CUT * np.maximum(scale, 0.5)).astype(np.float32)
    for index, row in enumerate(levels):
        light = np.float32(gain[index]), np.float32(shift[index])
        level_rests(row, usual, *light, cuts[index], sums[index], counts[index])
    common = sums.sum(axis=0) / np.maximum(counts.sum(axis=0), 1)
    prior = np.maximum(scale**2, 1 / 144)[:, None] / _ROUNDING_VARIANCE
    steps: NDArray[np.float64] = (sums - counts * common) / (counts + prior)
    return steps


def _row(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return values.astype(np.float32)[:, None]
