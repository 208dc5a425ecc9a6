"""Values as colours: heat, signed differences, flow, and motion laid over a face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.motion.colour_tables import (
    GROUNDS,
    Ground,
    Table,
    diverging,
    flow_wheel,
    sequential,
)

__all__ = [
    "Arrows",
    "Ground",
    "Table",
    "apply",
    "arrows",
    "diverging",
    "flow_legend",
    "flow_picture",
    "flow_wheel",
    "overlay",
    "sequential",
]

_MISSING = (128, 128, 128)
_TURN = 2 * np.pi


@dataclass(frozen=True, slots=True, eq=False)
class Arrows:
    """Arrows on a grid, one an entry.

    Attributes
    ----------
    x_px, y_px : (n,) float32
        Where each begins: the middle of its cell.
    u_px, v_px : (n,) float32
        Mean flow of the cell, to the right and downwards.
    """

    x_px: NDArray[np.float32]
    y_px: NDArray[np.float32]
    u_px: NDArray[np.float32]
    v_px: NDArray[np.float32]


def apply(
    values: NDArray[np.floating] | NDArray[np.integer],
    low: float,
    high: float,
    table: Table,
    missing: tuple[int, int, int] = _MISSING,
) -> NDArray[np.uint8]:
    """Return values as colours.

    Parameters
    ----------
    values : (H, W) float or int
    low, high : float
        Values of the first and the last colour; what lies outside gets the nearer of them.
    table : (256, 3) uint8
    missing : tuple of int
        RGB of values that are not numbers.

    Returns
    -------
    (H, W, 3) uint8

    Raises
    ------
    MotionError
        If ``low`` is not below ``high``.
    """
    if not high > low:
        raise MotionError(
            "No colour scale",
            where=f"{low} to {high}",
            why="the low end must lie below the high end",
            now="choose another scale",
        )
    steps = (np.asarray(values, np.float32) - np.float32(low)) * np.float32(255 / (high - low))
    unknown = np.isnan(steps)
    any_unknown = bool(unknown.any())
    if any_unknown:
        steps[unknown] = 0
    index = np.rint(np.clip(steps, 0, 255, out=steps), out=steps).astype(np.uint8)
    picture: NDArray[np.uint8] = table.take(index, axis=0)
    if any_unknown:
        picture[unknown] = missing
    return picture


def flow_picture(
    flow: NDArray[np.float32], max_px: float, ground: Ground = "dark"
) -> NDArray[np.uint8]:
    """Return a flow as colours: hue is the direction, distance from the ground the length.

    Parameters
    ----------
    flow : (H, W, 2) float32
        px.
    max_px : float
        Length that gets the full colour.
    ground : {"dark", "light"}

    Returns
    -------
    (H, W, 3) uint8

    Raises
    ------
    MotionError
        If ``max_px`` is not positive.
    """
    if not max_px > 0:
        raise MotionError(
            "No flow scale",
            where=f"{max_px} px",
            why="the longest flow must be longer than 0",
            now="choose another scale",
        )
    u, v = flow[..., 0], flow[..., 1]
    strength = np.clip(np.hypot(u, v) / np.float32(max_px), 0, 1)
    hue = _hues(np.arctan2(v, u))
    back = np.array(GROUNDS[ground], np.float32)
    return _blend(back, hue, strength.astype(np.float32))


def flow_legend(size_px: int, ground: Ground = "dark") -> NDArray[np.uint8]:
    """Return the colour wheel as a disc, (size, size, 3) uint8: full colour at its edge."""
    place = (np.arange(size_px, dtype=np.float32) + 0.5) / size_px * 2 - 1
    u, v = np.meshgrid(place, place)
    wheel = np.stack([u, v], axis=-1).astype(np.float32)
    wheel[np.hypot(u, v) > 1] = 0
    return flow_picture(wheel, 1.0, ground)


def overlay(
    frame: NDArray[np.uint8],
    magnitude: NDArray[np.float32],
    angle: NDArray[np.float32],
    opacity: float = 0.8,
    contour_at: float | None = None,
    contour_of: NDArray[np.float32] | None = None,
) -> NDArray[np.uint8]:
    """Return a face with motion laid over it.

    Parameters
    ----------
    frame : (H, W, 3) or (H, W) uint8
    magnitude : (H, W) float
        0 to 1: how much of the colour shows.
    angle : (H, W) float
        Direction in radians, 0 right, positive downwards.
    opacity : float
        0 to 1, for all of it.
    contour_at : float, optional
        Draw a line of one px around where the magnitude reaches this.
    contour_of : (H, W) float, optional
        What the line follows instead of the magnitude.

    Returns
    -------
    (H, W, 3) uint8

    Raises
    ------
    MotionError
        If frame and motion differ in size.
    """
    if frame.shape[:2] != magnitude.shape or magnitude.shape != angle.shape:
        raise MotionError(
            "Face and motion differ in size",
            where=f"frame {frame.shape[:2]}, motion {magnitude.shape}, angle {angle.shape}",
            why="they are laid over one another px by px",
            now="compute the motion from frames of this size",
        )
    colour_frame = frame if frame.ndim == 3 else np.repeat(frame[..., None], 3, axis=2)
    alpha = np.clip(magnitude, 0, 1).astype(np.float32) * np.float32(np.clip(opacity, 0, 1))
    picture = _blend(colour_frame.astype(np.float32), _hues(angle), alpha)
    if contour_at is not None:
        height = magnitude if contour_of is None else contour_of
        picture[_outline(height >= contour_at)] = 255
    return picture


def arrows(flow: NDArray[np.float32], spacing_px: int = 16, least_px: float = 0.0) -> Arrows:
    """Return the mean flow of square cells, for drawing.

    Parameters
    ----------
    flow : (H, W, 2) float32
        px.
    spacing_px : int
        Side of a cell; cells that would stick out at the right or below are left out.
    least_px : float
        Shorter arrows are left out.
    """
    rows, columns = flow.shape[0] // spacing_px, flow.shape[1] // spacing_px
    cut = flow[: rows * spacing_px, : columns * spacing_px]
    cells = cut.reshape(rows, spacing_px, columns, spacing_px, 2).mean(axis=(1, 3))
    y, x = np.mgrid[:rows, :columns].astype(np.float32) * spacing_px + (spacing_px - 1) / 2
    long = np.hypot(cells[..., 0], cells[..., 1]) >= least_px
    return Arrows(
        x[long].astype(np.float32),
        y[long].astype(np.float32),
        cells[..., 0][long].astype(np.float32),
        cells[..., 1][long].astype(np.float32),
    )


def _hues(angle: NDArray[np.floating]) -> NDArray[np.uint8]:
    turns = np.asarray(angle, np.float32) * np.float32(256 / _TURN)
    index = np.rint(turns).astype(np.int32) & 255
    hues: NDArray[np.uint8] = flow_wheel().take(index, axis=0)
    return hues


def _blend(
    back: NDArray[np.float32], front: NDArray[np.uint8], alpha: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return ``back + alpha (front - back)``, rounded."""
    mixed = front - back
    mixed *= alpha[..., None]
    mixed += back
    blended: NDArray[np.uint8] = np.rint(mixed, out=mixed).astype(np.uint8)
    return blended


def _outline(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the px inside that touch one outside on a side; the border is no outside."""
    framed = np.pad(inside, 1, mode="edge")
    core = framed[:-2, 1:-1] & framed[2:, 1:-1] & framed[1:-1, :-2] & framed[1:-1, 2:]
    outline: NDArray[np.bool_] = inside & ~core
    return outline
