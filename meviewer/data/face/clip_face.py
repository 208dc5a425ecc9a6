"""The face of a clip: one place for all frames, with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import FaceError
from meviewer.data.face.crop import Crop

N_LANDMARKS = 468
Box = tuple[float, float, float, float]
"""Left, top, width and height in px."""

# Of a face from hairline to chin: where its eyes are, in shares of the box.
_EYES_DOWN, _EYES_ASIDE = 0.40, 0.22


class FaceSource(StrEnum):
    """How the place of a face was found."""

    MESH = "mesh"
    EYES = "eyes"
    BOX = "box"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face in one picture.

    Attributes
    ----------
    box : (float, float, float, float)
        Left, top, width and height in px, around eyes and mouth as the detector draws it.
    score : float
        How sure the models are that it is one, 0 to 1.
    landmarks : (468, 2) float64
        x to the right and y downwards in px, in the order of MediaPipe's face mesh.
    """

    box: Box
    score: float
    landmarks: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ClipFace:
    """The face of a clip.

    Attributes
    ----------
    source : FaceSource
        ``NONE``: it was looked for and not found.
    eyes : (2, 2) float64 or None
        Centres of the person's right eye, then of the left one; x and y in px.
    box : (float, float, float, float) or None
        Left, top, width and height in px.
    landmarks : (468, 2) float64 or None
        Median over the frames that were looked at; None if set by hand.
    score : float
        Median score of the frames in which it was found, 0 to 1.
    n_found, n_looked : int
        Frames in which it was found, and frames looked at.
    models : str
        Which models looked, with the first digits of their checksums; empty if set by hand.
    crop : Crop
        How the aligned picture is cut out.
    """

    source: FaceSource
    eyes: NDArray[np.float64] | None = None
    box: Box | None = None
    landmarks: NDArray[np.float64] | None = None
    score: float = 0.0
    n_found: int = 0
    n_looked: int = 0
    models: str = ""
    crop: Crop = field(default_factory=Crop)

    def __post_init__(self) -> None:
        for name, value, shape in (
            ("eyes", self.eyes, (2, 2)),
            ("landmarks", self.landmarks, (N_LANDMARKS, 2)),
        ):
            if value is not None and (value.shape != shape or not np.isfinite(value).all()):
                raise FaceError("A face cannot be so", where=name, why=f"{value.shape} numbers")
        if (self.source is FaceSource.NONE) != (self.eyes is None):
            raise FaceError("A face needs eyes", where=self.source.value)

    @property
    def by_hand(self) -> bool:
        """Whether a person said where it is."""
        return self.source in (FaceSource.EYES, FaceSource.BOX)

    @property
    def eye_distance_px(self) -> float:
        """Distance of the eye centres; 0 where there is no face."""
        return 0.0 if self.eyes is None else float(np.hypot(*(self.eyes[1] - self.eyes[0])))

    @property
    def share_found(self) -> float:
        """Share of the frames looked at in which it was found, 0 to 1."""
        return self.n_found / self.n_looked if self.n_looked else 0.0


def face_from_eyes(
    first: tuple[float, float], second: tuple[float, float], crop: Crop | None = None
) -> ClipFace:
    """Return the face whose eye centres a person pointed at, in any order.

    Raises
    ------
    FaceError
        If both points are nearly the same.
    """
    eyes = np.array(sorted((first, second)), np.float64)
    distance = float(np.hypot(*(eyes[1] - eyes[0])))
    if not distance >= 2.0:
        raise FaceError(
            "This is no pair of eyes",
            why=f"the points lie {distance:.1f} px apart",
            now="point at the middle of one eye, then of the other",
        )
    x, y = eyes.mean(axis=0)
    half = distance / (4 * _EYES_ASIDE)
    box = (float(x - half), float(y - 4 * half * _EYES_DOWN / 1.4), 2 * half, 4 * half / 1.4)
    return ClipFace(FaceSource.EYES, eyes, box, crop=crop or Crop())


def face_from_box(box: Box, crop: Crop | None = None) -> ClipFace:
    """Return the face that a person drew a box around, from hairline to chin.

    Raises
    ------
    FaceError
        If the box is too small to hold a face.
    """
    left, top, width, height = box
    if not (width >= 8 and height >= 8):
        raise FaceError(
            "This is no box around a face",
            why=f"it has {width:.0f}x{height:.0f} px",
            now="draw it from the hairline to the chin",
        )
    y = top + _EYES_DOWN * height
    middle, aside = left + width / 2, _EYES_ASIDE * width
    eyes = np.array([(middle - aside, y), (middle + aside, y)], np.float64)
    return ClipFace(FaceSource.BOX, eyes, box, crop=crop or Crop())
