"""Clips whose frames all go through the one similarity transform of their face.

The transform is part of what a clip is then: an aligned clip has a fingerprint of its own, so that
nothing computed from it ever meets what was computed from the frames as they are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import FaceError
from meviewer.core.events import Keyframes
from meviewer.data.clip_base import Clip
from meviewer.data.face.alignment import Alignment, alignment
from meviewer.data.face.clip_face import ClipFace, FaceSource
from meviewer.data.face.crop import Crop, Padding
from meviewer.nn.phase_flow import Frames
from meviewer.project.features import Value

_VERSION = 1
_DECIMALS = 6

FORMULA = (
    "frames first cut out by one similarity transform a clip, eyes level at a fixed place and"
    " distance, bilinear [ours]"
)
"""What is noted with everything computed from aligned frames."""


class Placement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the frames of a clip go: plain values, for keys, notes and worker processes.

    Attributes
    ----------
    matrix : tuple of 6 floats
        Rows of the (2, 3) matrix from px of the frame to px of the aligned picture, rounded to
        `_DECIMALS`, so that a stored face gives the same key on every machine.
    size_px : int
        Width and height of the aligned picture.
    padding : {"replicate", "reflect", "black"}
        What stands where the frame ends before the picture does.
    source : str
        How the face was found.
    """

    matrix: tuple[float, float, float, float, float, float]
    size_px: int
    padding: Padding
    source: str

    @classmethod
    def of(cls, face: ClipFace | None) -> Placement:
        """Return the placement of a face.

        Raises
        ------
        FaceError
            If there is none.
        """
        if face is None or face.source is FaceSource.NONE:
            raise FaceError(
                "A clip without a face cannot be aligned",
                why="nobody has looked for it" if face is None else "none was found",
                now="look for faces (meviewer face), or set this one by hand: two eyes, or a box",
            )
        matrix = alignment(face).matrix.round(_DECIMALS) + 0.0  # no negative zero
        a, b, c, d, e, f = (float(value) for value in matrix.ravel())
        crop = face.crop
        return cls((a, b, c, d, e, f), crop.size_px, crop.padding, face.source.value)

    @property
    def alignment(self) -> Alignment:
        """The transform itself."""
        crop = Crop(size_px=self.size_px, padding=self.padding)
        return Alignment(np.array(self.matrix).reshape(2, 3), crop)

    def fingerprint(self, clip: str) -> str:
        """Return the fingerprint of the aligned clip from that of the clip.

        How the face was found does not count, only where it lies.
        """
        parts = ("aligned", _VERSION, clip, self.matrix, self.size_px, self.padding)
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()

    def notes(self, clip: str) -> dict[str, Value]:
        """Return what is to be noted with everything computed from the aligned clip."""
        return {
            "aligned": FORMULA,
            "aligned_version": _VERSION,
            "aligned_matrix": " ".join(f"{value:.{_DECIMALS}f}" for value in self.matrix),
            "aligned_size_px": self.size_px,
            "aligned_padding": self.padding,
            "aligned_face": self.source,
            "clip_fingerprint": clip,
        }


@dataclass(frozen=True, slots=True)
class AlignedClip:
    """A clip seen through its transform.

    Attributes
    ----------
    clip : Frames
    placement : Placement
    """

    clip: Frames
    placement: Placement

    @property
    def fingerprint(self) -> str:
        """Hash of content and transform."""
        return self.placement.fingerprint(self.clip.fingerprint)

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return self.clip.n_frames

    def frame(self, index: int) -> NDArray[np.uint8]:
        """Return one aligned frame, (S, S, 3) RGB."""
        return self.placement.alignment.apply(self.clip.frame(index))


def with_its_face(clip: Clip, keyframes: Keyframes) -> AlignedClip:
    """Look for the face of a clip of which nobody knows it, and return the clip aligned by it.

    Raises
    ------
    FaceError
        If none is found.
    MissingExtraError
        If the models that find faces, or OpenCV, are not installed.
    """
    from meviewer.data.face.finder import FaceFinder, find_in_clip, frames_to_look_at

    edges = (keyframes.onset, keyframes.apex, keyframes.offset)
    indices = frames_to_look_at(clip.n_frames, edges)
    return AlignedClip(clip, Placement.of(find_in_clip(FaceFinder(), clip, indices)))


def seen_through(clip: Frames, placement: Placement | None) -> Frames:
    """Return a clip as its placement shows it; as it is without one."""
    return clip if placement is None else AlignedClip(clip, placement)


def fingerprint_through(clip: str, placement: Placement | None) -> str:
    """Return the fingerprint that `seen_through` gives a clip."""
    return clip if placement is None else placement.fingerprint(clip)
