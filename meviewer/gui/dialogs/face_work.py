"""What the face dialog has computed in other threads: values only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MeviewerError
from meviewer.data.clip import Clip
from meviewer.data.face.alignment import alignment
from meviewer.data.face.clip_face import ClipFace
from meviewer.data.face.regions import STABLE, face_masks
from meviewer.gui.running.task import Token
from meviewer.present.face import measured_frames, overlay

Colours = dict[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class FacePictures:
    """A face as it is shown: regions over the frame, and the aligned picture."""

    regions: NDArray[np.uint8]
    aligned: NDArray[np.uint8]
    share_padded: float


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """Motion of what should hold still: (T,) float64 px, and the frames it was measured on."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    n_frames: int


def draw(face: ClipFace, frame: NDArray[np.uint8], colours: Colours) -> FacePictures:
    """Draw a face that has eyes."""
    shape = (frame.shape[0], frame.shape[1])
    masks = face_masks(face, shape)
    assert masks is not None
    aligned = alignment(face)
    return FacePictures(overlay(masks, colours), aligned.apply(frame), aligned.share_padded(shape))


def measure(face: ClipFace, clip: Clip, onset: int, token: Token) -> Rest | None:
    """Measure how still the head holds, before and after stabilisation to the onset frame."""
    from meviewer.motion.stabilise import stabilise

    masks = face_masks(face, clip.size)
    assert masks is not None
    indices = sorted({*measured_frames(clip.n_frames), onset})
    frames: list[NDArray[np.uint8]] = []
    kept: list[int] = []
    for done, index in enumerate(indices):
        if token.cancelled:
            return None
        token.report(0.5 * done / len(indices), "reading frames")
        try:
            frames.append(clip.frame(index))
            kept.append(index)
        except MeviewerError:
            continue
    token.report(0.5, "measuring")
    reference = kept.index(onset) if onset in kept else 0
    held = stabilise(np.stack(frames), stable=masks[STABLE], reference=reference)
    return Rest(held.residual_before_px, held.residual_after_px, clip.n_frames)
