"""What TV-L1 does to pictures before it iterates, on many pairs at once.

Blurring, shrinking, enlarging and averaging are linear and separable, so each is a matrix on the
rows and one on the columns. OpenCV makes the matrices (of unit pictures), hence the numbers are
those of the CPU's code, borders included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from meviewer.motion import brightness
from meviewer.motion.flow_pyramid import BLUR_PX, pyramid
from meviewer.motion.vision import cv2_or_error

Array = NDArray[np.float32]
Shape = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Separable:
    """A linear map of pictures, (..., H, W) to (..., h, w).

    Attributes
    ----------
    rows : (h, H)
    columns : (W, w)
    """

    rows: Tensor
    columns: Tensor

    @classmethod
    def of(cls, upright: Array, across: Array, device: torch.device) -> Separable:
        """Make it of what becomes of unit rows, (H, h) and (W, w)."""
        return cls(
            torch.from_numpy(np.ascontiguousarray(upright.T)).to(device),
            torch.from_numpy(np.ascontiguousarray(across)).to(device),
        )

    @classmethod
    def same(cls, shape: Shape, rows: Callable[[Array], Array], device: torch.device) -> Separable:
        """Make it of what happens to each row of a picture, and likewise to each column."""
        upright, across = (rows(np.eye(side, dtype=np.float32)) for side in shape)
        return cls.of(upright, across, device)

    def __call__(self, pictures: Tensor) -> Tensor:
        """Map pictures."""
        return self.rows @ pictures @ self.columns


class Pyramid:
    """The halvings of pictures of one size, and flows carried from each to the finer one."""

    def __init__(self, shape: Shape, scales: int, device: torch.device) -> None:
        levels = pyramid(np.zeros(shape, np.float32), scales)
        self.shapes: tuple[Shape, ...] = tuple((one.shape[0], one.shape[1]) for one in levels)
        pairs = list(zip(self.shapes[:-1], self.shapes[1:], strict=True))
        self._smaller = [_resized(fine, coarse, device, blur=True) for fine, coarse in pairs]
        self._larger = [_resized(coarse, fine, device) for fine, coarse in pairs]
        self._growth = [
            torch.tensor([fine[1] / coarse[1], fine[0] / coarse[0]], device=device)[:, None, None]
            for fine, coarse in pairs
        ]

    def levels(self, pictures: Tensor) -> list[Tensor]:
        """Return pictures (..., H, W) and their halvings, finest first."""
        found = [pictures]
        for smaller in self._smaller:
            found.append(smaller(found[-1]))
        return found

    def enlarge(self, flow: Tensor, level: int) -> Tensor:
        """Carry a flow (B, 2, h, w) from the next coarser level to this one."""
        return self._larger[level](flow) * self._growth[level]


class Brightness:
    """Makes both frames of pairs equally bright; see `meviewer.motion.brightness`."""

    def __init__(self, shape: Shape, local_mean_px: float, device: torch.device) -> None:
        self._cells = Separable.same(shape, _cells, device)
        self._mean = None
        if local_mean_px > 0:
            in_cells = brightness.means_of_cells(shape, local_mean_px)
            mean = partial(_mean_of_cells if in_cells else _blurred, sigma_px=local_mean_px)
            self._mean = Separable.same(shape, mean, device)

    def __call__(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        """Bring frames (B, H, W) to the same brightness."""
        gain, offset = self._change(first, second)
        matched = ((second - offset) / gain).clamp(0.0, 255.0)
        ends = torch.stack((-offset / gain, (255.0 - offset) / gain))
        first = first.clamp(ends.amin(0), ends.amax(0))
        level = first.mean((-2, -1), keepdim=True) + brightness.FLOOR
        return self._evened(first, level), self._evened(matched, level)

    def _evened(self, pictures: Tensor, level: Tensor) -> Tensor:
        if self._mean is None:
            return pictures
        return pictures * (level / (self._mean(pictures) + brightness.FLOOR))

    def _change(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        # Metal has no doubles; the cells are few.
        where = torch.device("cpu") if first.device.type == "mps" else first.device
        x, y = (self._cells(one).flatten(1).to(where, torch.float64) for one in (first, second))
        change = torch.stack(brightness_change(x, y)).to(first.device, first.dtype)
        return change[0, :, None, None], change[1, :, None, None]


def brightness_change(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Fit ``y = gain x + offset`` for each row, leaving out cells that moved.

    Parameters
    ----------
    x, y : (B, cells) float64
        Cell means of first and second frame.

    Returns
    -------
    gain, offset : (B,) float64
        Those of `meviewer.motion.brightness.brightness_change`.
    """
    keep = (torch.minimum(x, y) > brightness.DARK) & (torch.maximum(x, y) < brightness.BRIGHT)
    keep = keep | (keep.sum(1, keepdim=True) < x.shape[1] // 4)
    gain, offset = torch.ones_like(x[:, 0]), torch.zeros_like(x[:, 0])
    for _ in range(brightness.ROUNDS):
        gain, offset = _line(x, y, keep)
        error = (y - gain[:, None] * x - offset[:, None]).abs()
        most = (brightness.SPREADS * _median(error)).clamp_min(brightness.LEAST_ERROR)
        keep = error <= most[:, None]
    return gain, offset


def _line(x: Tensor, y: Tensor, keep: Tensor) -> tuple[Tensor, Tensor]:
    count = keep.sum(1)
    mean_x, mean_y = ((values * keep).sum(1) / count for values in (x, y))
    var_x = (((x - mean_x[:, None]) * keep) ** 2).sum(1) / count
    var_y = (((y - mean_y[:, None]) * keep) ** 2).sum(1) / count
    spread = (var_y / var_x.clamp_min(brightness.MIN_VARIANCE)).sqrt().clamp(0.5, 2.0)
    gain = torch.where(var_x > brightness.MIN_VARIANCE, spread, torch.ones_like(spread))
    return gain, mean_y - gain * mean_x


def _median(values: Tensor) -> Tensor:
    """Return the median of each row as numpy does; torch's takes the lower of two middle ones."""
    order = values.sort(1).values
    n = order.shape[1]
    return (order[:, (n - 1) // 2] + order[:, n // 2]) / 2


def _resized(shape: Shape, to: Shape, device: torch.device, *, blur: bool = False) -> Separable:
    cv2 = cv2_or_error()
    made = []
    for side, wanted in zip(shape, to, strict=True):
        rows = np.eye(side, dtype=np.float32)
        rows = _blurred(rows, BLUR_PX) if blur else rows
        made.append(cv2.resize(rows, (wanted, side), interpolation=cv2.INTER_LINEAR))
    return Separable.of(made[0], made[1], device)


def _blurred(picture: Array, sigma_px: float) -> Array:
    """Blur along the rows alone."""
    return np.asarray(cv2_or_error().GaussianBlur(picture, (0, 1), sigma_px), np.float32)


def _cells(picture: Array) -> Array:
    cv2 = cv2_or_error()
    height, width = picture.shape
    size = (brightness.cells_along(width), height)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def _mean_of_cells(picture: Array, sigma_px: float) -> Array:
    height, width = picture.shape
    cells = _blurred(_cells(picture), sigma_px / brightness.CELL_PX)
    return np.asarray(cv2_or_error().resize(cells, (width, height)), np.float32)
