"""The face of a picture, and of a clip: detectors, mesh and median together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError
from meviewer.data.face.clip_face import ClipFace, Face, FaceSource
from meviewer.data.face.crop import Crop
from meviewer.data.face.detection import FULL, SHORT, Detector
from meviewer.data.face.landmarks import Mesh
from meviewer.data.face.models import MODELS
from meviewer.data.face.regions import eye_centres

LEAST_PRESENCE = 5.0
"""Log odds of the mesh below which something is no face."""

N_FRAMES = 15
"""Frames of a clip that are looked at, beside the keyframes."""

VERSION = 1
"""Version of this way of looking."""

Frames = Sequence[NDArray[np.uint8]]


class FaceFinder:
    """Finds faces; callable from any thread. The models are loaded with the first picture."""

    def __init__(self) -> None:
        self._near, self._far, self._mesh = Detector(SHORT), Detector(FULL), Mesh()

    def faces(self, frame: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces in an (H, W, 3) uint8 RGB frame, the largest first.

        The second detector, for small faces, looks where the first one finds none.

        Raises
        ------
        MissingExtraError
            If a model or OpenCV is not installed.
        """
        return self._seen_by(self._near, frame) or self._seen_by(self._far, frame)

    def find(self, frame: NDArray[np.uint8]) -> Face | None:
        """Return the largest face in a frame, or None."""
        faces = self.faces(frame)
        return faces[0] if faces else None

    def _seen_by(self, detector: Detector, frame: NDArray[np.uint8]) -> tuple[Face, ...]:
        found = []
        for detection in detector.detect(frame):
            points, presence = self._mesh.fit(frame, detection)
            if presence >= LEAST_PRESENCE:
                found.append(Face(detection.box, detection.score, points))
        return tuple(sorted(found, key=lambda face: -face.box[2] * face.box[3]))


def frames_to_look_at(
    n_frames: int, keyframes: Iterable[int] = (), n: int = N_FRAMES
) -> tuple[int, ...]:
    """Return the indices to look at: the keyframes inside the clip, and some evenly spread."""
    spread = np.linspace(0, n_frames - 1, min(n, n_frames)).round().astype(int)
    inside = {int(k) for k in keyframes if 0 <= k < n_frames}
    return tuple(sorted(inside | {int(k) for k in spread}))


def find_in_clip(
    finder: FaceFinder,
    clip: Frames,
    indices: Sequence[int],
    *,
    reference: int | None = None,
    crop: Crop | None = None,
    report: Callable[[int, int], bool] = lambda _done, _total: True,
) -> ClipFace | None:
    """Return the face of a clip: the median of its landmarks over the frames that show it.

    Parameters
    ----------
    indices : sequence of int
        Frames to look at; a damaged one is passed over.
    reference : int, optional
        Take the landmarks of this frame instead of the median, if the face is found in it.
    report : callable
        Takes how many frames are done, and of how many; False stops.

    Returns
    -------
    ClipFace or None
        Source ``NONE`` if no frame shows a face; None if it was stopped.

    Raises
    ------
    MissingExtraError
        If a model or OpenCV is not installed.
    ClipError
        If none of the frames can be read.
    """
    seen: dict[int, Face] = {}
    damaged: list[ClipError] = []
    for done, index in enumerate(indices):
        if not report(done, len(indices)):
            return None
        try:
            face = finder.find(clip[index])
        except ClipError as error:
            damaged.append(error)
            continue
        if face is not None:
            seen[index] = face
    if damaged and len(damaged) == len(indices):
        raise damaged[0]
    return replace(
        clip_face(seen, reference), n_looked=len(indices) - len(damaged), crop=crop or Crop()
    )


def clip_face(seen: dict[int, Face], reference: int | None = None) -> ClipFace:
    """Return the face of a clip from those of its frames; source ``NONE`` without any."""
    if not seen:
        return ClipFace(FaceSource.NONE, models=models_text())
    if reference in seen:
        landmarks, box = seen[reference].landmarks, seen[reference].box
    else:
        landmarks = np.median([face.landmarks for face in seen.values()], axis=0)
        x, y, w, h = np.median([face.box for face in seen.values()], axis=0)
        box = (float(x), float(y), float(w), float(h))
    score = float(np.median([face.score for face in seen.values()]))
    eyes = eye_centres(landmarks)
    return ClipFace(
        FaceSource.MESH, eyes, box, landmarks, score, len(seen), len(seen), models_text()
    )


def models_text() -> str:
    """Return which models and which version of this way of looking found a face."""
    return " ".join((f"v{VERSION}", *(f"{m.name}:{m.sha256[:8]}" for m in MODELS)))
