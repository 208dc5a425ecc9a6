"""Values as colours: heat, signed differences, flow, and motion laid over a face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

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
from meviewer.motion.vision import cv2_or_error

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
    "polar",
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
    picture = _looked_up(index, table)
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
    length_px, angle = polar(flow)
    share = np.minimum(length_px * np.float32(255 / max_px), 255, dtype=np.float32)
    strength = np.rint(share, out=share).astype(np.uint16)
    # A look-up of colours packed into one word each: blending px by px takes six times as long.
    packed = _flow_colours(ground).take((_directions(angle).astype(np.uint16) << 8) | strength)
    four = packed.view(np.uint8).reshape(*packed.shape, 4)
    picture: NDArray[np.uint8] = cv2_or_error().cvtColor(four, cv2_or_error().COLOR_RGBA2RGB)
    return picture


def polar(flow: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return lengths and directions for drawing.

    Parameters
    ----------
    flow : (H, W, 2) float32
        px.

    Returns
    -------
    length : (H, W) float32
        px.
    angle : (H, W) float32
        0 to 2 pi, clockwise from the right, right to .0002 rad: OpenCV's approximation takes a
        fiftieth of the time of `arctan2`, and a picture tells no two directions closer than .02.
    """
    cv2 = cv2_or_error()
    u, v = np.ascontiguousarray(flow[..., 0]), np.ascontiguousarray(flow[..., 1])
    length, angle = cv2.cartToPolar(u, v)
    return length, angle


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
    picture = _blend(colour_frame, _hues(angle), alpha)
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
    # One axis after the other: both at once take eight times as long.
    across = cut.reshape(rows, spacing_px, columns * spacing_px, 2).mean(axis=1)
    cells = across.reshape(rows, columns, spacing_px, 2).mean(axis=2)
    y, x = np.mgrid[:rows, :columns].astype(np.float32) * spacing_px + (spacing_px - 1) / 2
    long = np.hypot(cells[..., 0], cells[..., 1]) >= least_px
    return Arrows(
        x[long].astype(np.float32),
        y[long].astype(np.float32),
        cells[..., 0][long].astype(np.float32),
        cells[..., 1][long].astype(np.float32),
    )


def _looked_up(index: NDArray[np.uint8], table: Table) -> NDArray[np.uint8]:
    """Return a colour of the table for each px; by OpenCV, in a third of the time."""
    entries = np.ascontiguousarray(table).reshape(256, 1, 3)
    picture: NDArray[np.uint8] = cv2_or_error().applyColorMap(np.ascontiguousarray(index), entries)
    return picture.reshape(*index.shape, 3)


def _directions(angle: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return the entry of the wheel for each direction."""
    turns = np.asarray(angle, np.float32) * np.float32(256 / _TURN)
    # By way of signed numbers: a negative float has no unsigned one.
    index: NDArray[np.uint8] = np.rint(turns, out=turns).astype(np.int32).astype(np.uint8)
    return index


def _hues(angle: NDArray[np.floating]) -> NDArray[np.uint8]:
    return _looked_up(_directions(angle), flow_wheel())


@cache
def _flow_colours(ground: Ground) -> NDArray[np.uint32]:
    """Return the colours of 256 directions x 256 strengths on a ground, packed as RGB and a 0."""
    back = np.array(GROUNDS[ground], np.float64)
    strength = np.linspace(0, 1, 256)[None, :, None]
    colours = np.zeros((256, 256, 4), np.uint8)
    colours[..., :3] = np.rint(back + strength * (flow_wheel()[:, None, :] - back))
    return colours.view(np.uint32).ravel()


def _blend(
    back: NDArray[np.uint8], front: NDArray[np.uint8], alpha: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return ``back + alpha (front - back)``, to one level: by OpenCV, in a sixth of the time."""
    cv2 = cv2_or_error()
    back = np.ascontiguousarray(back)
    alpha = np.ascontiguousarray(alpha)
    blended: NDArray[np.uint8] = cv2.blendLinear(front, back, alpha, 1 - alpha)
    return blended


def _outline(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the px inside that touch one outside on a side; the border is no outside."""
    framed = np.pad(inside, 1, mode="edge")
    core = framed[:-2, 1:-1] & framed[2:, 1:-1] & framed[1:-1, :-2] & framed[1:-1, 2:]
    outline: NDArray[np.bool_] = inside & ~core
    return outline
