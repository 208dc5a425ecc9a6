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
        flow = np.empty((*shape, 2), np.float32)
        # What depends on the column alone, and on the row alone, is added once: no large
        # pictures of float64 on the way, which take longer than all the rest.
        np.add(
            self.u_px + self.scale * x,
            -self.rotation_rad * y,
            out=flow[..., 0],
            casting="same_kind",
        )
        np.add(
            self.v_px + self.rotation_rad * x, self.scale * y, out=flow[..., 1], casting="same_kind"
        )
        return flow


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
    found = start
    for _ in range(_ROUNDS):
        error_u = u - (found.u_px + found.scale * x - found.rotation_rad * y)
        error_v = v - (found.v_px + found.rotation_rad * x + found.scale * y)
        error_px = np.hypot(error_u, error_v)
        spread = max(1.4826 * float(np.median(error_px)), _LEAST_SCALE_PX)
        weight = np.clip(1 - (error_px / (_TUKEY * spread)) ** 2, 0, None) ** 2
        found = _weighted_similarity(x, y, u, v, weight)
    return found


def _weighted_similarity(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> HeadMotion:
    """Least squares in closed form: about the weighted middle, shift and turning do not mix."""
    total = float(weight.sum())
    if total <= 0:
        return HeadMotion(0.0, 0.0)
    x0, y0, u0, v0 = (float(weight @ values) / total for values in (x, y, u, v))
    dx, dy, wu, wv = x - x0, y - y0, weight * (u - u0), weight * (v - v0)
    size = float(weight @ (dx * dx + dy * dy))
    scale = float(dx @ wu + dy @ wv) / size if size > 0 else 0.0
    turn = float(dx @ wv - dy @ wu) / size if size > 0 else 0.0
    return HeadMotion(u0 - scale * x0 + turn * y0, v0 - turn * x0 - scale * y0, scale, turn)


def _centred(shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the columns, (W,), and the rows, (H, 1), from the middle of the picture."""
    height, width = shape
    x = np.arange(width, dtype=np.float64) - (width - 1) / 2
    y = np.arange(height, dtype=np.float64)[:, None] - (height - 1) / 2
    return x, y


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
