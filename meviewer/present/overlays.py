"""Pictures of motion laid over a frame."""

from __future__ import annotations

from enum import Enum
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.dynamic_image import DualPhase
from meviewer.motion.mm_cof import MMCOF
from meviewer.present.bench_views import FALL, MM_COF, RISE, dynamic_need

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


def overlay_needs(kind: OverlayKind) -> frozenset[str]:
    """Return what has to be computed for an overlay, see `bench_views.needed`.

    No more than that: while a keyframe is dragged, every picture that nobody sees holds up the
    one that somebody looks at.
    """
    return {
        OverlayKind.DIFFERENCE: frozenset[str](),  # comes with the frames
        OverlayKind.FLOW: frozenset((RISE,)),
        OverlayKind.DYNAMIC: frozenset((dynamic_need("rise", ""),)),
        OverlayKind.MM_COF: frozenset((RISE, FALL, MM_COF)),
    }[kind]


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
    from meviewer.motion import colour, dynamic_image

    match kind:
        case OverlayKind.DIFFERENCE:
            return difference_over(frame, pictures.difference, opacity, ground)
        case OverlayKind.FLOW:
            rise = pictures.rise
            return frame if rise is None else flow_over(frame, rise, opacity, ground, full_px)
        case OverlayKind.MM_COF:
            found = pictures.mm_cof
            if found is None:
                return frame
            return colour.overlay(frame, found.magnitude, found.angle, opacity)
        case OverlayKind.DYNAMIC:
            image = pictures.dynamic.rise
            return frame if image is None else _mixed(frame, dynamic_image.to_uint8(image), opacity)


def difference_over(
    frame: RGB, difference: NDArray[np.float32], opacity: float, ground: Ground
) -> RGB:
    """Return the frame with signed differences over it, (H, W) grey levels, where there are any."""
    from meviewer.motion import colour

    scale = DIFFERENCE_SCALE
    picture = colour.apply(difference, -scale, scale, colour.diverging(ground))
    strength = np.clip(np.abs(difference) / (scale / 3), 0, 1).astype(np.float32)
    return _mixed(frame, picture, opacity * strength[..., None])


def flow_over(
    frame: RGB, flow: NDArray[np.float32], opacity: float, ground: Ground, full_px: float
) -> RGB:
    """Return the frame with a flow over it, (H, W, 2) px, where something moves."""
    from meviewer.motion import colour

    size = np.hypot(flow[..., 0], flow[..., 1])
    strength = np.clip(size / full_px, 0, 1).astype(np.float32)
    picture = colour.flow_picture(flow, full_px, ground)
    return _mixed(frame, picture, opacity * strength[..., None])


def _mixed(frame: RGB, picture: RGB, share: NDArray[np.float32] | float) -> RGB:
    """Mix two pictures; the bare frame if the other is of another size."""
    if picture.shape != frame.shape:
        return frame
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
