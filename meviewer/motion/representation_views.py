"""Other looks at the frames of a clip: with the head held still, or a region of them alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.motion.difference_light import Light
from meviewer.motion.representation_decoding import Decoded

STABILISED = "stabilised"
"""Name under which the frames with the head held still are kept: never forgotten."""

_MOST_KEPT = 16  # two sets of the eight regions of a face

V = TypeVar("V")


def aligned(decoded: Decoded) -> Decoded:
    """Return the frames with the head where it is in the first one, see `stabilise`."""
    from meviewer.motion.stabilise import stabilise

    stack = stabilise(decoded.stack).stack
    stack.flags.writeable = False
    return Decoded(stack, decoded.scale, decoded.damage)


def at_scale(
    mask: NDArray[np.bool_], frame_shape: tuple[int, ...], scale: int
) -> NDArray[np.bool_]:
    """Return a mask of the size of the clip at the scale of its decoded frames.

    A reduced pixel belongs to the region if most of what it stands for does.

    Raises
    ------
    MotionError
        If the mask does not fit the frames, or none of its pixels is left.
    """
    height, width = frame_shape[0], frame_shape[1]
    if mask.ndim != 2 or (mask.shape[0] // scale, mask.shape[1] // scale) != (height, width):
        raise MotionError(
            "The region does not fit the clip",
            where=f"a mask of shape {mask.shape}",
            why=f"the frames have {height * scale} x {width * scale} px",
            now="make the mask at the size of the clip",
        )
    squares = mask[: height * scale, : width * scale].reshape(height, scale, width, scale)
    inside: NDArray[np.bool_] = squares.mean(axis=(1, 3)) >= 0.5
    if not inside.any():
        raise MotionError(
            "The region is empty",
            where=f"{int(mask.sum())} px of the clip, at a scale of 1/{scale}",
            why="a distance needs a pixel",
            now="choose a larger region",
        )
    return inside


def restricted(decoded: Decoded, inside: NDArray[np.bool_]) -> Decoded:
    """Return the pixels of a region, as frames of (P, 1, 3) or (P, 1)."""
    stack = decoded.stack[:, inside][:, :, None]
    stack.flags.writeable = False
    return Decoded(stack, decoded.scale, decoded.damage)


def lit_within(light: Light, inside: NDArray[np.bool_]) -> Light:
    """Return the light of whole frames for the pixels of a region.

    A light is found over all that does not move; in a region that moves there is too little of it.
    """
    return replace(light, keep=light.keep[inside.ravel()])


def name_of(inside: NDArray[np.bool_]) -> str:
    """Return a name for a region that two different ones never share."""
    return hashlib.sha256(np.packbits(inside).tobytes()).hexdigest()


def forget_oldest(kept: dict[str, V]) -> None:
    """Make room for one more."""
    old = [name for name in kept if name != STABILISED]
    for name in old[: max(0, len(old) + 1 - _MOST_KEPT)]:
        del kept[name]
