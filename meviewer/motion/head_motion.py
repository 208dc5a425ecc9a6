"""Head motion within a flow: found where the face keeps still, and taken away everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError

Model: TypeAlias = Literal["median", "similarity"]
Array = NDArray[np.float32]
Places = NDArray[np.int64]

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
    flow: Array,
    model: Model = "similarity",
    stable: NDArray[np.bool_] | None = None,
    every_px: int = 1,
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
    every_px : int
        Of the default region, look at every n-th px both ways only.

    Returns
    -------
    HeadMotion

    Raises
    ------
    MotionError
        If the flow or the region has another shape, the region is empty, or the model unknown.
    """
    from meviewer.motion.head_motion_kernels import robust_similarity

    _check(flow, model, stable)
    rows, columns = (
        _usual_places((flow.shape[0], flow.shape[1]), every_px)
        if stable is None
        else _places(stable)
    )
    rounds = 0 if model == "median" else _ROUNDS
    flow = np.asarray(flow, np.float32)
    return HeadMotion(*robust_similarity(flow, rows, columns, rounds, _TUKEY, _LEAST_SCALE_PX))


def remove_head_motion(
    flow: Array,
    model: Model = "similarity",
    stable: NDArray[np.bool_] | None = None,
    every_px: int = 1,
) -> Array:
    """Return the flow without the head motion; parameters and errors as `estimate_head_motion`.

    Returns
    -------
    (H, W, 2) float32
        px.
    """
    from meviewer.motion.head_motion_kernels import less_motion

    found = estimate_head_motion(flow, model, stable, every_px)
    flow = np.asarray(flow, np.float32)
    left = np.empty_like(flow, order="C")
    less_motion(flow, (found.u_px, found.v_px, found.scale, found.rotation_rad), left)
    return left


@lru_cache(maxsize=16)
def _usual_places(shape: tuple[int, int], every_px: int) -> tuple[Places, Places]:
    """Return rows and columns of the region that is looked at by default."""
    stable = stable_region(shape)
    few = np.zeros(shape, np.bool_)
    few[::every_px, ::every_px] = True
    few &= stable
    return _places(few if few.any() else stable)


def _places(stable: NDArray[np.bool_]) -> tuple[Places, Places]:
    rows, columns = np.nonzero(stable)
    every = max(1, rows.size // _MOST_PIXELS)
    return np.ascontiguousarray(rows[::every]), np.ascontiguousarray(columns[::every])


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
