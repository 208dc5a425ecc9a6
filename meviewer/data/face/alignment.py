"""One similarity transform for all frames of a clip: eyes level, at a fixed place and distance.

Frames are never aligned one by one: from frame to frame, five points tremble by 0.4 to 2.7 % of
the eye distance, which is more than a micro-expression moves. One transform cannot tremble.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meviewer.core.errors import FaceError
from meviewer.data.face.clip_face import ClipFace
from meviewer.data.face.crop import Crop
from meviewer.data.face.network import opencv

Points = NDArray[np.float64]
_FINEST = 0.5
"""Below this scale linear interpolation leaves px out: the frame is made smaller first."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """The transform of a clip.

    Attributes
    ----------
    matrix : (2, 3) float64
        From px of the frame to px of the aligned picture: turn, scale and shift alone.
    crop : Crop
    """

    matrix: Points
    crop: Crop

    @property
    def scale(self) -> float:
        """Px of the aligned picture a px of the frame."""
        return float(np.hypot(*self.matrix[:, 0]))

    @property
    def turn_deg(self) -> float:
        """How far frames are turned, in degrees, clockwise as seen on the screen."""
        return float(np.degrees(np.arctan2(self.matrix[1, 0], self.matrix[0, 0])))

    def apply(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the aligned picture, (S, S, 3) uint8, of an (H, W, 3) uint8 frame."""
        cv2 = opencv()
        borders = {
            "replicate": cv2.BORDER_REPLICATE,
            "reflect": cv2.BORDER_REFLECT_101,
            "black": cv2.BORDER_CONSTANT,
        }
        matrix = self.matrix
        if self.scale < _FINEST:
            frame, matrix = _smaller(frame, matrix, int(_FINEST / self.scale) + 1)
        size = (self.crop.size_px, self.crop.size_px)
        border = borders[self.crop.padding]
        aligned: NDArray[np.uint8] = cv2.warpAffine(
            frame, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border
        )
        return aligned

    def points(self, points: ArrayLike) -> Points:
        """Return where (N, 2) points of the frame lie in the aligned picture."""
        placed: Points = np.asarray(points, np.float64) @ self.matrix[:, :2].T + self.matrix[:, 2]
        return placed

    def share_padded(self, shape: tuple[int, int]) -> float:
        """Return which share of the aligned picture lies outside an (H, W) frame, 0 to 1."""
        steps = np.arange(self.crop.size_px, dtype=np.float64)
        x, y = np.meshgrid(steps, steps)
        back = np.linalg.inv(np.vstack((self.matrix, (0.0, 0.0, 1.0))))
        u, v = (row[0] * x + row[1] * y + row[2] for row in back[:2])
        inside = (u >= -0.5) & (v >= -0.5) & (u <= shape[1] - 0.5) & (v <= shape[0] - 0.5)
        return float(1 - inside.mean())


def similarity(eyes: ArrayLike, crop: Crop) -> Points:
    """Return the (2, 3) matrix that brings two eye centres to their place in the crop.

    Parameters
    ----------
    eyes : (2, 2) array
        Person's right eye, then the left one; x and y in px.

    Raises
    ------
    FaceError
        If the eyes lie in one place.
    """
    right, left = np.asarray(eyes, np.float64)
    across = left - right
    length = float(np.hypot(*across))
    if not length > 0:
        raise FaceError("A face without an eye distance cannot be aligned")
    scale = crop.eye_distance * crop.size_px / length
    cos, sin = scale * across / length
    turn = np.array([(cos, sin), (-sin, cos)])
    # Places are px centres: the middle of S px is (S - 1) / 2.
    aim = np.array((0.5, crop.eye_height)) * crop.size_px - 0.5
    matrix: Points = np.hstack((turn, (aim - turn @ ((right + left) / 2))[:, None]))
    return matrix


def alignment(face: ClipFace) -> Alignment:
    """Return the one transform of a clip; `FaceError` if it has no face."""
    if face.eyes is None:
        raise FaceError(
            "A clip without a face cannot be aligned",
            now="set the face by hand: two eyes, or a box",
        )
    return Alignment(similarity(face.eyes, face.crop), face.crop)


def _smaller(frame: NDArray[np.uint8], matrix: Points, by: int) -> tuple[NDArray[np.uint8], Points]:
    """Return a frame averaged over ``by`` px and the matrix that goes with it."""
    cv2 = opencv()
    height, width = frame.shape[:2]
    w, h = max(1, width // by), max(1, height // by)
    small: NDArray[np.uint8] = cv2.resize(frame, (w, h), interpolation=cv2.INTER_AREA)
    factors = np.array((width / w, height / h))
    scaled = matrix.copy()
    scaled[:, :2] = matrix[:, :2] * factors
    # Px centres: small px k covers frame px by k to by (k + 1) - 1.
    scaled[:, 2] += matrix[:, :2] @ ((factors - 1) / 2)
    return small, scaled
