"""The true optical flow between two states of a face, and where it is defined."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from meviewer.synth.curves import Floats
from meviewer.synth.expression import State
from meviewer.synth.face import Face, Seen
from meviewer.synth.openings import (
    OPENINGS,
    Margins,
    Opening,
    centre,
    lid_margins,
    lip_margins,
    rest_seam,
    unpull,
)
from meviewer.synth.raster import remap

_TOLERANCE = 5e-4  # nominal px, at which the fixed point counts as found
_EDGE = 0.45
_SEAM_PX = 0.7


class Layer(IntEnum):
    """What is in front at a pixel."""

    BACKGROUND = 0
    SKIN = 1
    EYEBALL = 2
    OVERLAY = 3
    MOUTH = 4
    EDGE = 9


@dataclass(frozen=True)
class Flow:
    """True flow F with ``second(p + F(p)) = first(p)``.

    Attributes
    ----------
    field : float32 array (H, W, 2)
        x to the right and y down, output px.
    valid : bool array (H, W)
        False at mixed edges and where the layer is hidden in the other picture.
    """

    field: Floats
    valid: NDArray[np.bool_]


def true_flow(face: Face, first: State, second: State) -> Flow:
    """Return the flow from one state of a face to another."""
    seen, seen_after = face.seen(first), face.seen(second)
    front, front_after = layers(face, first, seen), layers(face, second, seen_after)
    x, y = moved(face, seen.skin_x, seen.rest_y, second)
    stiff_x, stiff_y = second.pose.forward(seen.head_x, seen.head_y)
    stiff = (front == Layer.EYEBALL) | (front == Layer.OVERLAY)
    still = front == Layer.BACKGROUND
    fx = np.where(still, 0, np.where(stiff, stiff_x, x) - face.x)
    fy = np.where(still, 0, np.where(stiff, stiff_y, y) - face.y)
    if first.margins.moved("mouth") or second.margins.moved("mouth"):
        front[_lip_seam(face, seen) & (front == Layer.SKIN)] = Layer.EDGE
    at = face.view.to_px(face.x + fx, face.y + fy)
    found = remap(front_after, *at, outside="nearest")
    field = np.stack([fx, fy], -1) * face.view.scale
    return Flow(field.astype(np.float32), (front == found) & (front != Layer.EDGE))


def moved(face: Face, x: Floats, y: Floats, state: State) -> tuple[Floats, Floats]:
    """Return where points of the skin at rest lie in a state, nominal px.

    The inverse of the backward map by which the face is rendered, by fixed point.
    """
    opened = y.astype(np.float32).copy()
    for opening in OPENINGS:
        if state.margins.moved(opening):
            _open(face, opening, state.margins, x, opened)
    ax: Floats = x.astype(np.float32)
    ay: Floats = opened
    for _ in range(40 if state.displacement is not None else 0):
        assert state.displacement is not None
        step = face.sampled(state.displacement, ax, ay)
        nx, ny = x + step[..., 0], opened + step[..., 1]
        change = max(float(np.abs(nx - ax).max()), float(np.abs(ny - ay).max()))
        ax, ay = nx, ny
        if change < _TOLERANCE:
            break
    return state.pose.forward(ax, ay)


def layers(face: Face, state: State, seen: Seen) -> NDArray[np.uint8]:
    """Return what is in front at each pixel, (H, W), as values of `Layer`."""
    front = (face.layer(face.portrait.head[..., 3], seen.skin_x, seen.rest_y) > 127).astype(
        np.uint8
    )
    x, y, edge = seen.skin_x, seen.skin_y, _EDGE / face.view.scale
    for opening in ("left", "right"):
        lid = state.margins.left if opening == "left" else state.margins.right
        t, top, bottom = lid_margins(face.anatomy, x, lid)
        side = (x > 0) == (opening == "left")
        shows = (np.minimum(y - top, bottom - y) > edge) & (t > 0) & (t < 1) & side
        front[shows] = Layer.EYEBALL
    _, top, bottom = lip_margins(face.anatomy, x, state.margins.mouth)
    front[np.minimum(y - top, bottom - y) > edge] = Layer.MOUTH
    cover = face.layer(face.portrait.overlay[..., 3], seen.head_x, seen.head_y)
    front[cover > 250] = Layer.OVERLAY
    front[(cover > 3) & (cover <= 250)] = Layer.EDGE
    return np.where(_borders(front), np.uint8(Layer.EDGE), front)


def _open(face: Face, opening: Opening, margins: Margins, x: Floats, y: Floats) -> None:
    """Move the points (x, y) with the margins of one opening, in place in y."""
    cx, cy = centre(face.anatomy, opening)
    b = face.anatomy.build
    half = b.mouth_w if opening == "mouth" else b.eye_w
    near = (np.abs(x - cx) < half) & (np.abs(y - cy) < 40)
    if not near.any():
        return
    rest_x, rest_y = x[near], y[near]
    above = rest_y < rest_seam(face.anatomy, rest_x, opening)
    now = rest_y.copy()
    for _ in range(80):
        error = rest_y - unpull(face.anatomy, opening, margins, rest_x, now, above)
        now = np.asarray((now + error).astype(np.float32))
        if float(np.abs(error).max()) < _TOLERANCE:
            break
    y[near] = now


def _lip_seam(face: Face, seen: Seen) -> NDArray[np.bool_]:
    """Return the line where the lips part: what lies there goes either way."""
    seam = face.anatomy.lips(seen.skin_x)[1]
    inside = np.abs(seen.skin_x) < face.anatomy.build.mouth_w
    near: NDArray[np.bool_] = (np.abs(seen.rest_y - seam) < _SEAM_PX / face.view.scale) & inside
    return near


def _borders(front: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return the pixels with another layer among their neighbours."""
    import cv2

    box = np.ones((3, 3), np.uint8)
    different: NDArray[np.bool_] = cv2.dilate(front, box) != cv2.erode(front, box)
    return different
