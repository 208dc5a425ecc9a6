"""How light and head differ from frame to frame: a robust linear fit, from coarse to fine [ours].

Each frame is explained by the clip's mean picture ``M`` under another light and another pose::

    F_t(x) = light_t(x) + M(x) - grad M . w_t(x) + rest,    w = shift + A (x - middle)

Pixels that keep a large rest over the clip, as those of an expression do, lose their say. Import
late: it brings numba along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.stabilise_kernels import (
    blur,
    cell_sums,
    halve,
    mean_squares,
    project,
    shrink,
)
from meviewer.motion.stabilise_warp import warp

Floats = NDArray[np.float32]

CELL_PX = 8
"""Side of a cell at the working size."""

_COARSEST_PX = 40
_ROUNDS = {4: 4, 2: 3, 1: 1}
_ENOUGH_PX = 0.05
_RIDGE = 1e-4
_FEWEST_FRAMES = 32
"""Of a long clip so many tell which pixels keep a rest."""
_MARGIN_PX = 3


@dataclass(frozen=True, slots=True, eq=False)
class Poses:
    """Where the head is in each frame: a point ``x`` of the mean picture is seen at ``y``.

    ``y = middle + shift + turn (x - middle)``, all complex numbers ``right + 1j * down``.

    Attributes
    ----------
    shift : (T,) complex128
        px.
    turn : (T,) complex128
        Its length is the scale, its angle the turn, clockwise on the screen.
    """

    shift: NDArray[np.complex128]
    turn: NDArray[np.complex128]

    def then(self, later: Poses) -> Poses:
        """Return the pose of frames that were freed of this one and found to have ``later``."""
        return Poses(self.shift + self.turn * later.shift, self.turn * later.turn)

    def against(self, index: int) -> Poses:
        """Return the poses as seen from one frame instead of the mean picture."""
        turn = self.turn / self.turn[index]
        return Poses(self.shift - turn * self.shift[index], turn)

    def enlarged(self, factor: float) -> Poses:
        """Return the poses of a picture that is ``factor`` times as large."""
        return Poses(self.shift * factor, self.turn)

    def moved(self, by: complex) -> Poses:
        """Return the poses about a middle that lies elsewhere, px."""
        return Poses(self.shift + (self.turn - 1) * by, self.turn)

    def largest_px(self, reach_px: float) -> float:
        """Return the greatest motion of a point ``reach_px`` away from the middle."""
        return float((np.abs(self.shift) + np.abs(self.turn - 1) * reach_px).max())


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What light and head leave of the frames, at the working size.

    Attributes
    ----------
    poses : Poses
        px of the working size.
    cells : (T, n, 2) float32
        Sums over square cells of `CELL_PX` of slope times what the fit leaves.
    slope_x, slope_y : (h, w) float32
        Gradient of the mean picture, 0 where nothing is looked at.
    """

    poses: Poses
    cells: Floats
    slope_x: Floats
    slope_y: Floats


def working_frames(stack: NDArray[np.uint8], factor: int) -> Floats:
    """Return the frames in grey, made smaller and blurred by 1 px, (T, h, w) float32."""
    n_frames, height, width = stack.shape[:3]
    frames = np.empty((n_frames, height // factor, width // factor), np.float32)
    spare = np.empty_like(frames[0])
    for whole, small in zip(stack.reshape(n_frames, height, width, -1), frames, strict=True):
        shrink(whole, factor, small)
        blur(small, spare)
    return frames


def fit(frames: Floats, inside: Floats, *, light: bool) -> Fit:
    """Find light and pose of every frame and take both away.

    Parameters
    ----------
    frames : (T, h, w) float32
        Overwritten: memory that is asked for anew costs as much as sampling a frame.
    inside : (h, w) float32
        What each pixel has to say, 0 to 1.
    light : bool
        Let the light change; otherwise all changes are motion.
    """
    poses = _found(frames, inside, light)
    freed = warped(frames, poses, frames)
    mask = (inside > 0).astype(np.float32)
    last, explained = _explained(freed, mask, light)
    slope_x, slope_y = (slope * mask for slope in slopes(explained.mean))
    cells = _left_cells(freed, explained, slope_x, slope_y)
    return Fit(poses.then(last), cells, slope_x, slope_y)


def lit_cells(
    frames: Floats, inside: Floats, slope: tuple[Floats, Floats], *, light: bool
) -> Floats:
    """Return the cells of a `Fit` of the light alone, the head where it is, (T, n, 2)."""
    mean = frames.mean(axis=0)
    columns, _scale = _columns(mean, light)
    flat = frames.reshape(len(frames), -1)
    found = _solved(columns, flat, mean.ravel(), inside.ravel())
    found[:, -4:] = 0
    return _left_cells(frames, _Explained(mean, columns, found), *(one * inside for one in slope))


def moved_px(cells: Floats, slope_x: Floats, slope_y: Floats) -> NDArray[np.float64]:
    """Return the motion that is left in each frame: RMS over cells, px of the working size, (T,).

    A cell counts as much as its contrast tells of motion; noise is part of the figure.

    Parameters
    ----------
    cells : (T, n, 2) float32
        Of a `Fit`.
    slope_x, slope_y : (h, w) float32
    """
    tensor = structure(slope_x, slope_y)
    told = np.trace(tensor, axis1=1, axis2=2)
    tensor = tensor + 1e-3 * max(float(told.mean()), 1e-9) * np.eye(2)
    motion = np.linalg.solve(tensor, cells.transpose(1, 2, 0)).transpose(2, 0, 1)
    squared = (motion**2).sum(axis=2) @ told / max(float(told.sum()), 1e-9)
    return np.asarray(np.sqrt(squared), np.float64)


def cell_side(shape: tuple[int, ...]) -> int:
    """Return the side of the cells of a picture (h, w), px."""
    return min(CELL_PX, *shape)


def structure(slope_x: Floats, slope_y: Floats) -> NDArray[np.float64]:
    """Return the sums of ``grad grad^T`` over each cell, (cells, 2, 2)."""
    (height, width), cell_px = slope_x.shape, cell_side(slope_x.shape)
    rows, columns = height // cell_px, width // cell_px

    def over_cells(product: Floats) -> NDArray[np.float64]:
        cut = product[: rows * cell_px, : columns * cell_px].astype(np.float64)
        sums: NDArray[np.float64] = cut.reshape(rows, cell_px, columns, cell_px).sum(axis=(1, 3))
        return sums.ravel()

    across = over_cells(slope_x * slope_y)
    tensor = np.array([[over_cells(slope_x**2), across], [across, over_cells(slope_y**2)]])
    return np.ascontiguousarray(tensor.transpose(2, 0, 1))


def slopes(picture: Floats) -> tuple[Floats, Floats]:
    """Return the gradient to the right and downwards, grey levels a px, 0 at the edge."""
    slope_x, slope_y = np.zeros_like(picture), np.zeros_like(picture)
    slope_x[:, 1:-1] = (picture[:, 2:] - picture[:, :-2]) / 2
    slope_y[1:-1] = (picture[2:] - picture[:-2]) / 2
    return slope_x, slope_y


def warped(frames: Floats, poses: Poses, out: Floats | None = None) -> Floats:
    """Return the frames with their poses undone, (T, h, w).

    They are written into ``out``, if it is given; that may be ``frames`` themselves.
    """
    if poses.largest_px(1.0) == 0:
        return frames
    freed = np.empty_like(frames) if out is None else out
    spare = np.empty_like(frames[0])
    for frame, shift, turn, to in zip(frames, poses.shift, poses.turn, freed, strict=True):
        warp(frame, shift.real, shift.imag, turn.real, turn.imag, spare)
        to[:] = spare
    return freed


def inner(shape: tuple[int, int]) -> Floats:
    """Return 1 inside and 0 at the border, where frames have no neighbours to compare."""
    mask = np.zeros(shape, np.float32)
    margin = min(_MARGIN_PX, (min(shape) - 1) // 4)
    mask[margin : shape[0] - margin, margin : shape[1] - margin] = 1
    return mask


def still(n_frames: int) -> Poses:
    """Return the poses of a head that does not move."""
    return Poses(np.zeros(n_frames, np.complex128), np.ones(n_frames, np.complex128))


def _found(frames: Floats, inside: Floats, light: bool) -> Poses:
    """Return the poses, from coarse to fine, to a fit that one linear step completes."""
    sizes = [size for size in _ROUNDS if size == 1 or min(frames.shape[1:]) >= size * _COARSEST_PX]
    small = {1: frames}
    for size in (2, 4):
        if size in sizes:
            small[size] = _halved(small[size // 2])
    poses, settled = still(len(frames)), False
    for size in sizes:
        if size == 1 and settled:
            break
        weight = inside
        for _ in range(size // 2):
            weight = _halved(weight[None])[0]
        reach = min(weight.shape) / 2
        poses, freed = poses.enlarged(1 / size), np.empty_like(small[size])
        for _ in range(_ROUNDS[size]):
            step, _explanation = _explained(warped(small[size], poses, freed), weight, light)
            poses = poses.then(step)
            settled = size * step.largest_px(reach) < _ENOUGH_PX
            if settled:
                break
        poses = poses.enlarged(size)
    return poses


@dataclass(frozen=True, slots=True, eq=False)
class _Explained:
    """Frames as their mean (h, w) and shares, ``found`` (T, k), of ``columns`` (k, h w)."""

    mean: Floats
    columns: Floats
    found: Floats


def _explained(frames: Floats, inside: Floats, light: bool) -> tuple[Poses, _Explained]:
    """Fit every frame by light and pose; return the poses and what it is made of."""
    mean = frames.mean(axis=0)
    columns, scale = _columns(mean, light)
    flat, level = frames.reshape(len(frames), -1), mean.ravel()
    weight = inside.ravel()
    spread = np.empty_like(mean)
    some = flat[:: max(2, len(flat) // _FEWEST_FRAMES)]
    found = _solved(columns, some, level, weight)
    mean_squares(some, level, columns, found, spread.reshape(-1))
    weight = (inside * _say(spread, inside)).ravel()
    found = _solved(columns, flat, level, weight)
    # The picture of a head that has moved to the right falls where the mean rises.
    x, y, turn, growth = -(found / scale)[:, -4:].T.astype(np.float64)
    return Poses(x + 1j * y, 1 + growth + 1j * turn), _Explained(mean, columns, found)


def _left_cells(frames: Floats, known: _Explained, slope_x: Floats, slope_y: Floats) -> Floats:
    """Sum slope times what is not explained over cells, (T, n, 2).

    Sums of columns are taken off sums of frames: no frame is freed of them pixel by pixel.
    """
    side, mean = cell_side(slope_x.shape), known.mean
    n_cells = (mean.shape[0] // side) * (mean.shape[1] // side)
    seen = np.empty((len(frames), n_cells, 2), np.float32)
    cell_sums(frames, mean, slope_x, slope_y, side, seen)
    told = np.empty((len(known.columns), n_cells, 2), np.float32)
    columns = known.columns.reshape(-1, *mean.shape)
    cell_sums(columns, np.zeros_like(mean), slope_x, slope_y, side, told)
    seen -= np.tensordot(known.found, told, axes=1)
    return seen


def _say(spread: Floats, inside: Floats) -> Floats:
    """Return what pixels of this variance have to say; neighbours share it."""
    smooth, spare = np.ascontiguousarray(spread), np.empty_like(spread)
    for _ in range(3):
        blur(smooth, spare)
    usual = max(float(np.median(smooth[inside > 0])), 1e-6) if inside.any() else 1.0
    return np.asarray(1 / (1 + (smooth / usual) ** 2), np.float32)


def _columns(mean: Floats, light: bool) -> tuple[Floats, Floats]:
    """Return what explains a frame, scaled to RMS 1, (k, P), and the scales; the last 4: pose."""
    height, width = mean.shape
    x = (np.arange(width) - (width - 1) / 2).astype(np.float32)[None]
    y = (np.arange(height) - (height - 1) / 2).astype(np.float32)[:, None]
    slope_x, slope_y = slopes(mean)
    pose = [slope_x, slope_y, x * slope_y - y * slope_x, x * slope_x + y * slope_y]
    lamp = [np.ones_like(mean), mean - mean.mean(), mean * x / width, mean * y / width]
    columns = np.stack([*lamp, *pose] if light else pose).reshape(-1, mean.size)
    scale = np.sqrt(np.square(columns).mean(axis=1)) + np.float32(1e-6)
    return columns / scale[:, None], scale


def _solved(columns: Floats, frames: Floats, mean: Floats, weight: Floats) -> Floats:
    """Return the weighted least squares coefficients of each frame less the mean, (T, k)."""
    weighted = columns * weight
    normal = (weighted @ columns.T).astype(np.float64)
    normal += _RIDGE * max(float(weight.sum()), 1e-6) * np.eye(len(columns))
    change = np.empty((len(frames), len(columns)))
    project(frames, mean, weighted, change)
    found = np.linalg.solve(normal, change.T)
    return np.asarray(found.T, np.float32)


def _halved(frames: Floats) -> Floats:
    n_frames, height, width = frames.shape
    out = np.empty((n_frames, height // 2, width // 2), np.float32)
    halve(frames, out)
    return out
