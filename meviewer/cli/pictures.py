"""The pictures that `render` knows: raw values, and how they look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.data.clip import Clip
from meviewer.motion import colour, difference, dynamic_image, flow, mm_cof
from meviewer.motion.colour import Ground
from meviewer.present.overlays import DIFFERENCE_SCALE

_FULL_PX = 2.0
_FULL_STRAIN = 0.1

RGB = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Raw values with their unit, and a picture of them."""

    values: NDArray[np.float32]
    picture: RGB
    unit: str
    words: str
    parameters: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Wanted:
    clip: Clip
    keys: Keyframes
    method: str
    ground: Ground

    def flow(self, first: int, second: int, phase: str) -> NDArray[np.float32]:
        if first == second:
            raise _no_phase(phase)
        return flow.compute(self.clip.frame(first), self.clip.frame(second), method=self.method)

    @property
    def rise(self) -> NDArray[np.float32]:
        return self.flow(self.keys.onset, self.keys.apex, "rise")

    @property
    def fall(self) -> NDArray[np.float32]:
        return self.flow(self.keys.apex, self.keys.offset, "fall")


def draw(kind: str, clip: Clip, keys: Keyframes, method: str, ground: Ground) -> Drawn:
    """Compute one picture.

    Raises
    ------
    MotionError
        If the phase has fewer than two frames.
    """
    return KINDS[kind](_Wanted(clip, keys, method, ground))


def _difference(wanted: _Wanted) -> Drawn:
    keys, scale = wanted.keys, DIFFERENCE_SCALE
    values = difference.signed(wanted.clip.frame(keys.apex), wanted.clip.frame(keys.onset))
    picture = colour.apply(values, -scale, scale, colour.diverging(wanted.ground))
    words = f"apex less onset, colours from −{scale:.0f} to +{scale:.0f} grey levels"
    return Drawn(values, picture, "grey levels", words)


def _dynamic(phase: str) -> Callable[[_Wanted], Drawn]:
    def draw_phase(wanted: _Wanted) -> Drawn:
        keys = wanted.keys
        span = {"rise": keys.rise, "fall": keys.fall, "whole": keys.span}[phase]
        if len(span) < 2:
            raise _no_phase(phase)
        frames = np.stack([wanted.clip.frame(index) for index in span])
        values = dynamic_image.dynamic_image(frames)
        words = (
            f"dynamic image of {len(span)} frames, from {values.min():.0f} to {values.max():.0f}"
        )
        return Drawn(values, dynamic_image.to_uint8(values), "weighted grey levels", words)

    return draw_phase


def _flow(phase: str) -> Callable[[_Wanted], Drawn]:
    def draw_phase(wanted: _Wanted) -> Drawn:
        values = wanted.rise if phase == "rise" else wanted.fall
        picture = colour.flow_picture(values, _FULL_PX, wanted.ground)
        longest = float(np.hypot(values[..., 0], values[..., 1]).max())
        words = f"flow of the {phase}, longest {longest:.2f} px, full strength at {_FULL_PX:g} px"
        return Drawn(values, picture, "px", words, {"method": wanted.method})

    return draw_phase


def _strain(wanted: _Wanted) -> Drawn:
    values = flow.strain(wanted.rise)
    table = colour.sequential(wanted.ground)
    picture = colour.apply(values, 0.0, _FULL_STRAIN, table)
    words = f"optical strain of the rise, largest {float(values.max()):.3f}"
    return Drawn(values, picture, "px/px", words, {"method": wanted.method})


def _mm_cof(over_face: bool) -> Callable[[_Wanted], Drawn]:
    def draw_both(wanted: _Wanted) -> Drawn:
        found = mm_cof.mm_cof(wanted.rise, wanted.fall)
        picture = found.image
        if over_face:
            apex = wanted.clip.frame(wanted.keys.apex)
            picture = colour.overlay(apex, found.magnitude, found.angle, 0.75)
        values = np.stack([found.magnitude, found.angle], axis=-1).astype(np.float32)
        words = "MM-COF: hue is the direction of rise − fall, strength the modulated magnitude"
        return Drawn(
            values, picture, "magnitude 0 to 1, angle in rad", words, {"method": wanted.method}
        )

    return draw_both


KINDS: dict[str, Callable[[_Wanted], Drawn]] = {
    "difference": _difference,
    "di": _dynamic("whole"),
    "di-rise": _dynamic("rise"),
    "di-fall": _dynamic("fall"),
    "flow-rise": _flow("rise"),
    "flow-fall": _flow("fall"),
    "strain": _strain,
    "mm-cof": _mm_cof(over_face=False),
    "mm-cof-overlay": _mm_cof(over_face=True),
}


def _no_phase(phase: str) -> MotionError:
    ends = {"rise": "onset and apex", "fall": "apex and offset", "whole": "onset and offset"}[phase]
    return MotionError(
        f"There is no {phase} to show",
        why=f"{ends} are the same frame",
        now="give keyframes that lie apart",
    )
