"""468 landmarks of a face: FaceMesh on a crop that is turned so that the eyes lie level.

The crop is a square, 1.5 times as wide as the face (Kartynnik et al. 2019). It is placed twice:
by the detector, then by the landmarks themselves, which makes the result hardly depend on where
the detector drew its box.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.data.face.clip_face import N_LANDMARKS
from meviewer.data.face.detection import Detection
from meviewer.data.face.models import MESH
from meviewer.data.face.network import Network, opencv

SIZE_PX = 192
WIDER = 1.5
_OUTER_CORNERS = (33, 263)

Points = NDArray[np.float64]


class Mesh:
    """The landmark model; callable from any thread."""

    def __init__(self) -> None:
        self._run = Network(MESH, {"landmarks": N_LANDMARKS * 3, "presence": 1})

    def fit(self, frame: NDArray[np.uint8], detection: Detection) -> tuple[Points, float]:
        """Return the landmarks of a face and how sure the model is that it is one.

        Parameters
        ----------
        frame : (H, W, 3) uint8 RGB

        Returns
        -------
        landmarks : (468, 2) float64
            px of the frame.
        presence : float
            Log odds; about 10 to 60 on faces, below 3 on what only looks like one.
        """
        left, top, width, height = detection.box
        middle = np.array((left + width / 2, top + height / 2))
        eyes = detection.points[:2]
        first, presence = self._look(frame, _crop(middle, max(width, height), eyes[1] - eyes[0]))
        if presence < 0:
            return first, presence
        second, again = self._look(frame, crop_around(first))
        return second, min(presence, again)

    def _look(self, frame: NDArray[np.uint8], crop: Points) -> tuple[Points, float]:
        cv2 = opencv()
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        picture = cv2.warpAffine(
            frame, crop, (SIZE_PX, SIZE_PX), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        out = self._run(picture / np.float32(255))
        inside = out["landmarks"].reshape(N_LANDMARKS, 3)[:, :2].astype(np.float64)
        return inside @ crop[:, :2].T + crop[:, 2], float(out["presence"][0])


def crop_around(landmarks: Points) -> Points:
    """Return the crop for a second look as a (2, 3) matrix from its px to those of the frame."""
    right, left = landmarks[list(_OUTER_CORNERS)]
    across = (left - right) / max(float(np.hypot(*(left - right))), 1e-9)
    axes = np.array([across, (-across[1], across[0])])
    turned = landmarks @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    return _crop(((low + high) / 2) @ axes, float((high - low).max()), across)


def _crop(middle: Points, side_px: float, across: Points) -> Points:
    """Return the matrix of a square crop whose upper edge runs along ``across``."""
    across = across / max(float(np.hypot(*across)), 1e-9)
    axes = np.array([across, (-across[1], across[0])]).T * (WIDER * side_px / SIZE_PX)
    shift = middle - axes @ np.full(2, SIZE_PX / 2)
    matrix: Points = np.hstack((axes, shift[:, None]))
    return matrix
