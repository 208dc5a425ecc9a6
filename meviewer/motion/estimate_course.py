"""One time course for a clip: how far the labelled expression has gone in each frame [ours].

Frames freed of light and head are read in small cells; each gives two motion signals of unit
noise. Beginning with a hat through the label, the course is the weighted sum of the cells that
move with it, four times over. Cells with other motion, such as a blink, lose their say. Import
late: it brings numba along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.stabilise_fit import Fit, cell_side, structure

Floats = NDArray[np.float64]
Label = tuple[float, float, float]

_ROUNDS = 4
_LEAST_Z = 3.0
_EXCESS = (0.8, 0.25)
_EXCESS_FROM = 1.5
_SOFT_MS = 12.0
_MEDIAN_CHI2 = 0.455
_LEAST_SIGNAL = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The time course and where it was seen.

    Attributes
    ----------
    course : (T,) float64
        0 at rest, about 1 at the apex.
    cells : (rows, columns) float64
        How much each cell has said, 0 or more; sums to 1.
    """

    course: Floats
    cells: Floats


def cell_signals(fit: Fit) -> tuple[Floats, tuple[int, int]]:
    """Return the motion signals of all cells, (T, 2 n), and the grid of the n cells."""
    shape, side = fit.slope_x.shape, cell_side(fit.slope_x.shape)
    tensor = structure(fit.slope_x, fit.slope_y)
    ridge = 1e-3 * max(float(np.trace(tensor, axis1=1, axis2=2).mean()), 1e-9)
    values, vectors = np.linalg.eigh(tensor + ridge * np.eye(2))
    whiten = vectors / np.sqrt(values)[:, None, :]
    whitened = fit.cells[..., :1] * whiten[:, 0] + fit.cells[..., 1:] * whiten[:, 1]
    return whitened.reshape(len(whitened), -1), (shape[0] // side, shape[1] // side)


def seen(signals: Floats, grid: tuple[int, int], rate_hz: float, label: Label) -> Seen:
    """Find the course that the cells share with the label.

    Parameters
    ----------
    signals : (T, 2 n) float64
    grid : (rows, columns)
    rate_hz : float
    label : (onset, apex, offset)
        Frames.
    """
    centred = signals - signals.mean(axis=0)
    soft = _SOFT_MS / 1000 * rate_hz
    course = hat(len(signals), label, soft)
    raw = np.zeros(len(signals))
    if not signals.std() > _LEAST_SIGNAL:
        return Seen(raw, np.zeros(grid))
    for turn in range(_ROUNDS):
        allowed = _EXCESS[0] * (_EXCESS[1] / _EXCESS[0]) ** (turn / (_ROUNDS - 1))
        say, load = _say(centred, course, allowed)
        raw = centred @ say / max(float(load @ say), 1e-12)
        course = smooth(raw, soft if turn < _ROUNDS - 1 else 0.5)
    cells = np.abs(say * load).reshape(*grid, 2).sum(axis=2)
    return Seen(raw, cells / max(float(cells.sum()), 1e-12))


def hat(n_frames: int, label: Label, soft: float) -> Floats:
    """Return a cosine rise and fall through a label, smoothed, (T,)."""
    onset, apex, offset = label
    frames = np.arange(n_frames, dtype=np.float64)
    up = (frames - onset) / max(apex - onset, 1)
    down = (offset - frames) / max(offset - apex, 1)
    strength = np.clip(np.where(frames < apex, up, down), 0, 1)
    return smooth(0.5 - 0.5 * np.cos(np.pi * strength), soft)


def smooth(values: Floats, sigma: float) -> Floats:
    """Return the values under a Gaussian of ``sigma`` frames; the ends are repeated."""
    reach = int(3 * sigma) + 1
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-3)) ** 2)
    padded = np.pad(values, reach, mode="edge")
    return np.convolve(padded, window / window.sum(), "valid")


def _say(signals: Floats, course: Floats, allowed: float) -> tuple[Floats, Floats]:
    """Return the weight of each signal in the course, and its load on it."""
    model = np.column_stack((course - course.mean(), np.linspace(-1, 1, len(course))))
    solver = np.linalg.pinv(model, rcond=1e-3)
    loads = solver @ signals
    load = loads[0]
    own = np.square(signals - model @ loads).mean(axis=0) + 1e-9
    usual = float(np.median(own))
    variance = own + 0.3 * usual
    clear = load**2 / variance / float(solver[0] @ solver[0])
    # Most cells are none of the expression: what they seem to have of it is the measure of chance.
    clear = clear / max(1.0, float(np.median(clear)) / _MEDIAN_CHI2)
    keep = np.clip(1 - _LEAST_Z**2 / np.maximum(clear, 1e-9), 0, 1)
    # Motion that is not this motion: a cell that blinks as well says little about the brow.
    excess = np.maximum(variance - _EXCESS_FROM * 1.3 * usual, 0)
    keep = keep / (1 + (excess / (load**2 * course.var() + 1e-9) / allowed) ** 2)
    if np.count_nonzero(keep) < 2:
        keep = (clear >= np.sort(clear)[-min(4, len(clear))]).astype(np.float64)
    return keep * load / variance, load
