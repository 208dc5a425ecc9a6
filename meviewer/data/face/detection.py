"""Where faces are in a picture: BlazeFace's anchors, decoding and merging, written from its paper.

The model looks at a square picture through a grid of anchors. For each anchor it gives a score and
16 numbers: middle, width and height of a box, then six points (right eye, left eye, nose, mouth,
right ear, left ear), all in px of its input and relative to the anchor's middle. Boxes that overlap
are averaged by their scores instead of dropped (Bazarevsky et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meviewer.data.face.clip_face import Box
from meviewer.data.face.models import FULL_RANGE, SHORT_RANGE, ModelFile
from meviewer.data.face.network import Network, opencv

Floats = NDArray[np.float64]
_N_NUMBERS = 16
SAME_FACE_IOU = 0.3
"""Boxes that overlap by more belong to one face."""

LEAST_SCORE = 0.4
"""What the detector has to say at least; what is no face after all, the mesh refuses."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The grid of a model.

    Attributes
    ----------
    model : ModelFile
    size_px : int
        Width and height of its input.
    grids : tuple of (int, int)
        Stride in px and anchors a cell of each grid, in the order of the outputs.
    """

    model: ModelFile
    size_px: int
    grids: tuple[tuple[int, int], ...]


SHORT = Layout(SHORT_RANGE, 128, ((8, 2), (16, 6)))
FULL = Layout(FULL_RANGE, 192, ((4, 1),))


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """What the detector takes for a face.

    Attributes
    ----------
    box : (float, float, float, float)
        Left, top, width and height in px.
    score : float
        0 to 1.
    points : (6, 2) float64
        Person's right eye, left eye, nose, mouth, right ear, left ear; px.
    """

    box: Box
    score: float
    points: Floats


def anchors(layout: Layout) -> Floats:
    """Return the middles of all anchors as (N, 2) float64 in px of the model's input."""
    parts = []
    for stride, per_cell in layout.grids:
        steps = np.arange(stride / 2, layout.size_px, stride)
        x, y = np.meshgrid(steps, steps)
        middles = np.stack((x.ravel(), y.ravel()), axis=1)
        parts.append(np.repeat(middles, per_cell, axis=0))
    return np.concatenate(parts)


def decode(
    logits: ArrayLike, numbers: ArrayLike, middles: Floats, least: float
) -> tuple[Floats, Floats]:
    """Turn the outputs of a model into scores and places.

    Parameters
    ----------
    logits : (N,) array
        One an anchor.
    numbers : (N, 16) array
        Box and points of each anchor.
    middles : (N, 2) array
        From `anchors`.
    least : float
        Anchors of a lower score are left out.

    Returns
    -------
    scores : (K,) float64
        Best first.
    places : (K, 8, 2) float64
        Left top corner, right bottom corner and six points, in px of the input.
    """
    scores = 1 / (1 + np.exp(-np.clip(np.asarray(logits, np.float64), -80, 80)))
    chosen = np.flatnonzero(scores >= least)
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    places = np.asarray(numbers, np.float64)[chosen].reshape(-1, _N_NUMBERS // 2, 2)
    middle, half = places[:, 0] + middles[chosen], places[:, 1] / 2
    places[:, 2:] += middles[chosen][:, None]
    places[:, 0], places[:, 1] = middle - half, middle + half
    return scores[chosen], places


def merge(scores: Floats, places: Floats) -> list[tuple[float, Floats]]:
    """Average the places that overlap, weighted by score; return (best score, (8, 2) place)s."""
    faces = []
    left = np.arange(len(scores))
    while len(left):
        same = overlaps(places[left[0], :2], places[left, :2]) > SAME_FACE_IOU
        same[0] = True
        group = left[same]
        faces.append((float(scores[group[0]]), np.average(places[group], 0, scores[group])))
        left = left[~same]
    return faces


def overlaps(box: Floats, boxes: Floats) -> Floats:
    """Return the intersection over union of a (2, 2) box with each of (K, 2, 2) boxes."""
    low, high = np.maximum(boxes[:, 0], box[0]), np.minimum(boxes[:, 1], box[1])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(np.clip(boxes[:, 1] - boxes[:, 0], 0, None), axis=1)
    union = areas + np.prod(np.clip(box[1] - box[0], 0, None)) - common
    shares: Floats = common / np.maximum(union, 1e-9)
    return shares


class Detector:
    """One of the two models; callable from any thread."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._middles = anchors(layout)
        n = len(self._middles)
        self._run = Network(layout.model, {"logits": n, "numbers": n * _N_NUMBERS})

    def detect(self, frame: NDArray[np.uint8], least: float = LEAST_SCORE) -> tuple[Detection, ...]:
        """Return what looks like a face in an (H, W, 3) uint8 RGB frame, best first."""
        size = self._layout.size_px
        picture, scale, corner = _squared(frame, size)
        out = self._run(picture)
        numbers = out["numbers"].reshape(-1, _N_NUMBERS)
        scores, places = decode(out["logits"], numbers, self._middles, least)
        found = []
        for score, place in merge(scores, (places - corner) / scale):
            (left, top), (right, bottom) = place[:2]
            box = (float(left), float(top), float(right - left), float(bottom - top))
            found.append(Detection(box, score, place[2:]))
        return tuple(found)


def _squared(frame: NDArray[np.uint8], size: int) -> tuple[NDArray[np.float32], Floats, Floats]:
    """Return the frame in the middle of a square with values -1 to 1, black around it.

    Returns
    -------
    picture : (S, S, 3) float32
    scale : (2,) float64
        Px of the square a px of the frame, across and down.
    corner : (2,) float64
        Where the frame's left top corner lies in the square.
    """
    cv2 = opencv()
    height, width = frame.shape[:2]
    by = size / max(height, width)
    w, h = max(1, round(width * by)), max(1, round(height * by))
    small = cv2.resize(frame, (w, h), interpolation=cv2.INTER_AREA)
    left, top = (size - w) // 2, (size - h) // 2
    picture = np.full((size, size, 3), -1.0, np.float32)
    picture[top : top + h, left : left + w] = small / np.float32(127.5) - 1
    return picture, np.array((w / width, h / height)), np.array((left, top), np.float64)
