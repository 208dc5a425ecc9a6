"""The face of a clip in words and colours: what was found, which region has which colour."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from meviewer.data.face.clip_face import ClipFace, FaceSource
from meviewer.data.face.regions import STABLE, are_rough

MOST_MEASURED = 60
"""Frames on which the motion of the head is measured: enough for a look."""

MOST_FOLLOWED_PX = 5.0
"""What is left by more than this was not followed: micro-expressions are smaller by far."""

ROLES = {
    "brows": "onset",
    "eyes": "apex",
    "nose": "accent",
    "mouth corners": "offset",
    "chin": "warn",
    "stable": "ok",
}
"""Colour role of each kind of region."""

_OPACITY = 110
_OPACITY_STABLE = 70


def kind_of(region: str) -> str:
    """Return the kind of a region: left and right have one colour."""
    for kind in ROLES:
        if region.endswith(kind.removesuffix("s")) or region == kind:
            return kind
    return STABLE


def overlay(
    masks: Mapping[str, NDArray[np.bool_]], colours: Mapping[str, tuple[int, int, int]]
) -> NDArray[np.uint8]:
    """Return the regions as (H, W, 4) uint8 RGBA, not premultiplied.

    Parameters
    ----------
    masks : mapping of str to (H, W) bool
    colours : mapping of str to (red, green, blue)
        By role, see `ROLES`.
    """
    first = next(iter(masks.values()))
    picture = np.zeros((*first.shape, 4), np.uint8)
    for region, mask in masks.items():
        opacity = _OPACITY_STABLE if region == STABLE else _OPACITY
        picture[mask] = (*colours[ROLES[kind_of(region)]], opacity)
    return picture


def headline(face: ClipFace | None) -> str:
    """Return where the face comes from, in a few words."""
    if face is None:
        return "Nobody has looked for the face yet"
    if face.source is FaceSource.NONE:
        return f"No face in any of {face.n_looked} frames"
    if face.source is FaceSource.MESH:
        return f"Found in {face.n_found} of {face.n_looked} frames"
    return "Set by hand: two eyes" if face.source is FaceSource.EYES else "Set by hand: a box"


def details(face: ClipFace | None) -> str:
    """Return what else is known of it, or what to do next."""
    if face is None or face.source is FaceSource.NONE:
        return "Look for it, point at both eyes, or draw a box from the hairline to the chin."
    distance = f"Eyes {face.eye_distance_px:.0f} px apart"
    if are_rough(face):
        return f"{distance}. Regions are rough: those of an average face."
    share = "" if face.share_found > 0.8 else " In many frames it is hidden or turned away."
    return f"{distance}, score {face.score:.2f}.{share}"


def padded_words(share: float) -> str:
    """Return how much of the aligned picture is no picture."""
    if share < 0.005:
        return "All of it lies inside the frame"
    return f"{100 * share:.0f} % of it lies outside the frame and is padded"


def measured_frames(n_frames: int) -> tuple[int, ...]:
    """Return the indices on which the motion of the head is measured."""
    n = min(n_frames, MOST_MEASURED)
    return tuple(int(k) for k in np.linspace(0, n_frames - 1, n).round())


def residual_words(before: NDArray[np.float64], after: NDArray[np.float64], n_frames: int) -> str:
    """Return the median motion of what should hold still, before and after stabilisation."""
    if np.median(after) > MOST_FOLLOWED_PX:
        return (
            f"The head moves by {np.median(before):.0f} px, too far to be held still. "
            "Long recordings are held still over each event."
        )
    of_all = "" if len(before) == n_frames else f", {len(before)} of {n_frames} frames"
    return (
        f"{np.median(before):.2f} px before, {np.median(after):.2f} px after stabilisation "
        f"(median{of_all})"
    )
