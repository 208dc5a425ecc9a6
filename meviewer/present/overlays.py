"""Pictures of motion laid over a frame."""

from __future__ import annotations

from enum import Enum
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.dynamic_image import DualPhase
from meviewer.motion.mm_cof import MMCOF

Ground = Literal["dark", "light"]
RGB = NDArray[np.uint8]

DIFFERENCE_SCALE = 24.0
"""Grey levels at the ends of the scale of signed differences; fixed, so that clips compare."""


class OverlayKind(Enum):
    """What can lie over the frame."""

    DIFFERENCE = "difference"
    FLOW = "flow"
    DYNAMIC = "dynamic"
    MM_COF = "mm-cof"


class HasPictures(Protocol):
    """The pictures of one event, wherever they were computed."""

    @property
    def difference(self) -> NDArray[np.float32]:
        """Apex less onset, (H, W) grey levels."""

    @property
    def dynamic(self) -> DualPhase:
        """Dynamic images of the phases."""

    @property
    def rise(self) -> NDArray[np.float32] | None:
        """Flow from onset to apex, (H, W, 2) px."""

    @property
    def mm_cof(self) -> MMCOF | None:
        """MM-COF of both phases."""


def overlay_picture(
    kind: OverlayKind,
    frame: RGB,
    pictures: HasPictures,
    opacity: float,
    ground: Ground,
    full_px: float,
) -> RGB:
    """Return the frame with a picture of motion over it; the bare frame if there is none.

    Parameters
    ----------
    frame : (H, W, 3) uint8
    opacity : float
        0 to 1.
    full_px : float
        Flow that is drawn in full colour.
    """
    from meviewer.motion import colour

    if kind is OverlayKind.MM_COF:
        if pictures.mm_cof is None:
            return frame
        found = pictures.mm_cof
        return colour.overlay(frame, found.magnitude, found.angle, opacity)
    picture, weight = _layer(kind, pictures, ground, full_px)
    if picture is None or picture.shape != frame.shape:
        return frame
    share = (opacity * weight)[..., None] if isinstance(weight, np.ndarray) else opacity
    mixed = frame + share * (picture.astype(np.float32) - frame)
    return np.asarray(np.clip(mixed + 0.5, 0, 255), dtype=np.uint8)


def overlay_words(kind: OverlayKind, full_px: float) -> str:
    """Say what the colours of an overlay mean."""
    return {
        OverlayKind.DIFFERENCE: f"apex − onset, ±{DIFFERENCE_SCALE:.0f} grey levels",
        OverlayKind.FLOW: f"onset → apex, full colour: {full_px:g} px",
        OverlayKind.DYNAMIC: "dynamic image of the rise",
        OverlayKind.MM_COF: "hue: rise − fall, opacity: magnitude",
    }[kind]


def _layer(
    kind: OverlayKind, pictures: HasPictures, ground: Ground, full_px: float
) -> tuple[RGB | None, NDArray[np.float32] | float]:
    """Return the picture and how much of it covers each px."""
    from meviewer.motion import colour, dynamic_image

    if kind is OverlayKind.DIFFERENCE:
        scale = DIFFERENCE_SCALE
        table = colour.diverging(ground)
        strength = np.clip(np.abs(pictures.difference) / (scale / 3), 0, 1).astype(np.float32)
        return colour.apply(pictures.difference, -scale, scale, table), strength
    if kind is OverlayKind.FLOW:
        if pictures.rise is None:
            return None, 0.0
        size = np.hypot(pictures.rise[..., 0], pictures.rise[..., 1])
        strength = np.clip(size / full_px, 0, 1).astype(np.float32)
        return colour.flow_picture(pictures.rise, full_px, ground), strength
    image = pictures.dynamic.rise
    return (None, 0.0) if image is None else (dynamic_image.to_uint8(image), 1.0)
