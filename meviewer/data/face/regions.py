"""The named regions of a face as masks, from 468 landmarks or roughly from the two eyes.

Left and right are the person's. ``stable`` is what expressions move least: the bridge of the nose
and the border of the face above the mouth.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meviewer.core.errors import FaceError
from meviewer.data.face.clip_face import N_LANDMARKS, ClipFace
from meviewer.data.face.polygons import Mask, Points, above, convex_mask, scaled

STABLE = "stable"
REGIONS = (
    "left brow",
    "right brow",
    "left eye",
    "right eye",
    "nose",
    "left mouth corner",
    "right mouth corner",
    "chin",
    STABLE,
)
"""Names of all regions; the last is no place of an expression but where there is none."""

RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
"""Landmarks around each eye; their means are the eye centres."""

FACE_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_MOUTH_CORNERS = (61, 291)
_BRIDGE = (168, 6, 197, 195, 122, 351, 196, 419, 193, 417)

_LANDMARKS: dict[str, tuple[tuple[int, ...], float]] = {
    "left brow": ((276, 283, 282, 295, 285, 300, 293, 334, 296, 336), 0.08),
    "right brow": ((46, 53, 52, 65, 55, 70, 63, 105, 66, 107), 0.08),
    "left eye": (LEFT_EYE, 0.08),
    "right eye": (RIGHT_EYE, 0.08),
    "nose": ((168, 122, 351, 48, 278, 64, 294, 98, 327, 2, 129, 358, 4), 0.02),
    "left mouth corner": ((291, 287, 410, 270, 321, 273, 308), 0.07),
    "right mouth corner": ((61, 57, 186, 40, 91, 43, 78), 0.07),
    "chin": ((152, 148, 377, 176, 400, 83, 313, 18, 199), 0.02),
}
"""Landmarks whose hull makes a region, and its margin in eye distances."""

_BRIDGE_MARGIN = 0.03
_BORDER = 0.86
"""The border of the face lies between its outline and the outline made this much smaller."""

# Corners in eye distances from the middle between the eyes, x to the right of the picture.
_ROUGH: dict[str, tuple[tuple[float, float], ...]] = {
    "right brow": ((-0.98, -0.50), (-0.12, -0.50), (-0.12, -0.17), (-0.98, -0.17)),
    "right eye": ((-0.80, -0.17), (-0.20, -0.17), (-0.20, 0.17), (-0.80, 0.17)),
    "nose": ((-0.12, -0.10), (0.12, -0.10), (0.34, 0.65), (-0.34, 0.65)),
    "right mouth corner": ((-0.62, 0.88), (-0.20, 0.88), (-0.20, 1.28), (-0.62, 1.28)),
    "chin": ((-0.36, 1.35), (0.36, 1.35), (0.28, 1.78), (-0.28, 1.78)),
}
_ROUGH_BRIDGE = ((-0.13, -0.10), (0.13, -0.10), (0.13, 0.35), (-0.13, 0.35))
_ROUGH_OVAL_MIDDLE, _ROUGH_OVAL_AXES = (0.0, 0.40), (1.12, 1.42)
_ROUGH_MOUTH = ((-0.4, 1.08), (0.4, 1.08))


def masks(landmarks: ArrayLike, shape: tuple[int, int]) -> dict[str, Mask]:
    """Return the mask of each region.

    Parameters
    ----------
    landmarks : (468, 2) array
        x and y in px.
    shape : (H, W)

    Returns
    -------
    dict of str to (H, W) bool
        One entry a name of `REGIONS`; a region outside the frame is empty.

    Raises
    ------
    FaceError
        If these are not 468 finite points.
    """
    points = np.asarray(landmarks, np.float64)
    if points.shape != (N_LANDMARKS, 2) or not np.isfinite(points).all():
        raise FaceError("These are no landmarks of a face", why=f"their shape is {points.shape}")
    unit = float(np.hypot(*np.subtract(*eye_centres(points))))
    found = {
        name: convex_mask(points[list(chosen)], shape, margin * unit)
        for name, (chosen, margin) in _LANDMARKS.items()
    }
    bridge = convex_mask(points[list(_BRIDGE)], shape, _BRIDGE_MARGIN * unit)
    found[STABLE] = _stable(points[list(FACE_OVAL)], points[list(_MOUTH_CORNERS)], bridge, found)
    return {name: found[name] for name in REGIONS}


def rough_masks(eyes: ArrayLike, shape: tuple[int, int]) -> dict[str, Mask]:
    """Return about where the regions lie, from the eye centres alone.

    They are those of an average face seen from the front: good for a look and for comparing parts
    of a face, not for telling a brow from an eyelid.

    Parameters
    ----------
    eyes : (2, 2) array
        Centre of the person's right eye, then of the left one; x and y in px.
    """
    right, left = np.asarray(eyes, np.float64)
    across = left - right
    place = partial(_placed, (right + left) / 2, across)
    found = {}
    for name, corners in _ROUGH.items():
        found[name] = convex_mask(place(corners), shape)
        if name.startswith("right"):
            mirrored = [(-x, y) for x, y in corners]
            found[name.replace("right", "left")] = convex_mask(place(mirrored), shape)
    turn = np.linspace(0.0, 2 * np.pi, 36, endpoint=False)
    oval = _ROUGH_OVAL_MIDDLE + np.stack((np.cos(turn), np.sin(turn)), axis=1) * _ROUGH_OVAL_AXES
    bridge = convex_mask(place(_ROUGH_BRIDGE), shape)
    found[STABLE] = _stable(place(oval), place(_ROUGH_MOUTH), bridge, found)
    return {name: found[name] for name in REGIONS}


def face_masks(face: ClipFace, shape: tuple[int, int]) -> dict[str, Mask] | None:
    """Return the regions of a clip's face, roughly if it was set by hand; None without a face."""
    if face.landmarks is not None:
        return masks(face.landmarks, shape)
    return None if face.eyes is None else rough_masks(face.eyes, shape)


def are_rough(face: ClipFace) -> bool:
    """Whether the regions of a face are only about right."""
    return face.landmarks is None


def eye_centres(landmarks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the centres of the person's right and left eye as (2, 2) float64 in px."""
    return np.stack(
        [landmarks[list(RIGHT_EYE)].mean(axis=0), landmarks[list(LEFT_EYE)].mean(axis=0)]
    )


def _placed(middle: Points, across: Points, corners: ArrayLike) -> Points:
    """Turn eye distances into px."""
    x, y = np.asarray(corners, np.float64).T[:, :, None]
    down = np.array([-across[1], across[0]])
    placed: Points = middle + x * across + y * down
    return placed


def _stable(oval: Points, mouth: Points, bridge: Mask, moving: dict[str, Mask]) -> Mask:
    """Return the bridge of the nose and the border of the face, without what moves.

    The jaw moves with every word: below the mouth there is no border.
    """
    shape = (bridge.shape[0], bridge.shape[1])
    border = convex_mask(oval, shape) & ~convex_mask(scaled(oval, _BORDER), shape)
    border &= above(shape, *mouth)
    for name, mask in moving.items():
        if name != "nose":
            border &= ~mask
    stable: Mask = border | bridge
    return stable
