"""Head motion within a flow: found where the face keeps still, and taken away everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError

Model: TypeAlias = Literal["median", "similarity"]
Array = NDArray[np.float32]

_BORDER = 0.08
_NOSE_ROWS = (0.35, 0.60)
_NOSE_COLUMNS = (0.44, 0.56)
_MOST_PIXELS = 20000
_ROUNDS = 10
_TUKEY = 4.685
_LEAST_SCALE_PX = 0.01


@dataclass(frozen=True, slots=True)
class HeadMotion:
    """A small similarity about the middle of the picture: ``w(x) = shift + A (x - middle)``.

    Attributes
    ----------
    u_px, v_px : float
        Shift to the right and downwards.
    scale : float
        Growth, 0 for none.
    rotation_rad : float
        Clockwise on the screen (from right to down).
    """

    u_px: float
    v_px: float
    scale: float = 0.0
    rotation_rad: float = 0.0

    def flow(self, shape: tuple[int, int]) -> Array:
        """Return this motion as a flow of a picture, (H, W, 2) float32 px."""
        x, y = _centred(shape)
        u = self.u_px + self.scale * x - self.rotation_rad * y
        v = self.v_px + self.rotation_rad * x + self.scale * y
        return np.stack((u, v), axis=-1).astype(np.float32)


def stable_region(shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Where an aligned face hardly moves by itself: its border and the bridge of the nose [ours].

    Parameters
    ----------
    shape : (H, W)
        Of a picture that a face fills, as in the cropped data sets.

    Returns
    -------
    (H, W) bool
    """
    height, width = shape
    stable = np.ones(shape, bool)
    edge_y, edge_x = max(1, round(_BORDER * height)), max(1, round(_BORDER * width))
    stable[edge_y : height - edge_y, edge_x : width - edge_x] = False
    rows = slice(*(round(part * height) for part in _NOSE_ROWS))
    columns = slice(*(round(part * width) for part in _NOSE_COLUMNS))
    stable[rows, columns] = True
    return stable


def estimate_head_motion(
    flow: Array, model: Model = "similarity", stable: NDArray[np.bool_] | None = None
) -> HeadMotion:
    """Find the head motion in a flow.

    Parameters
    ----------
    flow : (H, W, 2) float32
        px.
    model : "median" or "similarity"
        A shift by the median of each component, or a similarity by iterated least squares with
        Tukey's weights, which leaves out what moves otherwise.
    stable : (H, W) bool, optional
        Where to look; by default `stable_region`. All true: the whole picture.

    Returns
    -------
    HeadMotion

    Raises
    ------
    MotionError
        If the flow or the region has another shape, the region is empty, or the model unknown.
    """
    _check(flow, model, stable)
    height, width = flow.shape[:2]
    region = stable_region((height, width)) if stable is None else stable
    rows, columns = np.nonzero(region)
    every = max(1, rows.size // _MOST_PIXELS)
    rows, columns = rows[::every], columns[::every]
    u = flow[rows, columns, 0].astype(np.float64)
    v = flow[rows, columns, 1].astype(np.float64)
    start = HeadMotion(float(np.median(u)), float(np.median(v)))
    if model == "median":
        return start
    x, y = columns - (width - 1) / 2, rows - (height - 1) / 2
    return _robust_similarity(x, y, u, v, start)


def remove_head_motion(
    flow: Array, model: Model = "similarity", stable: NDArray[np.bool_] | None = None
) -> Array:
    """Return the flow without the head motion; parameters and errors as `estimate_head_motion`.

    Returns
    -------
    (H, W, 2) float32
        px.
    """
    found = estimate_head_motion(flow, model, stable)
    left: Array = flow - found.flow((flow.shape[0], flow.shape[1]))
    return left


def _robust_similarity(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    start: HeadMotion,
) -> HeadMotion:
    one, none = np.ones_like(x), np.zeros_like(x)
    design = np.concatenate(
        (np.stack((one, none, x, -y), axis=1), np.stack((none, one, y, x), axis=1))
    )
    target = np.concatenate((u, v))
    found = np.array((start.u_px, start.v_px, 0.0, 0.0))
    for _ in range(_ROUNDS):
        error = target - design @ found
        error_px = np.hypot(*np.split(error, 2))
        spread = max(1.4826 * float(np.median(error_px)), _LEAST_SCALE_PX)
        weight = np.clip(1 - (error_px / (_TUKEY * spread)) ** 2, 0, None) ** 2
        weighted = design * np.tile(weight, 2)[:, None]
        found = np.linalg.lstsq(weighted.T @ design, weighted.T @ target, rcond=None)[0]
    return HeadMotion(*(float(value) for value in found))


def _centred(shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    height, width = shape
    x = np.arange(width) - (width - 1) / 2
    y = np.arange(height)[:, None] - (height - 1) / 2
    return np.broadcast_to(x, shape), np.broadcast_to(y, shape)


def _check(flow: Array, model: str, stable: NDArray[np.bool_] | None) -> None:
    if flow.ndim != 3 or flow.shape[2] != 2 or 0 in flow.shape:
        raise MotionError(
            "There is no head motion in this flow",
            why=f"its shape is {flow.shape}",
            now="Give (H, W, 2)",
        )
    if model not in get_args(Model):
        raise MotionError(
            "There is no such model of head motion",
            where=repr(model),
            now=f"Choose one of {', '.join(get_args(Model))}",
        )
    if stable is not None and (stable.shape != flow.shape[:2] or not bool(stable.any())):
        raise MotionError(
            "The stable region does not fit the flow",
            where=f"{stable.shape} for a flow of {flow.shape[:2]}",
            why="it differs in size" if stable.any() else "it is empty",
            now="Mark some pixels in a mask of the size of the flow",
        )
