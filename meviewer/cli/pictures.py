"""The pictures that `render` knows: raw values, and how they look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.events import Edge, Keyframes
from meviewer.data.clip import Clip
from meviewer.motion import (
    colour,
    difference,
    dynamic_image,
    flow,
    flow_quality,
    keyframe_average,
    mm_cof,
)
from meviewer.motion.colour import Ground
from meviewer.present.overlays import DIFFERENCE_SCALE

_FULL_PX = 2.0
_FULL_STRAIN = 0.1
_OPACITY = 0.75

RGB = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class How:
    """How pictures are computed and coloured.

    Attributes
    ----------
    method : str
        Flow method.
    ground : "dark" or "light"
    average : int
        Frames averaged around each keyframe, 1 to 5.
    fade : bool
        Draw flow fainter where it may be noise; the raw values stay as they are.
    """

    method: str = "tvl1"
    ground: Ground = "dark"
    average: int = 1
    fade: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """Raw values with their unit, a picture of them, and the mark of their formula."""

    values: NDArray[np.float32]
    picture: RGB
    unit: str
    words: str
    mark: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow, and how much of it is to be drawn."""

    values: NDArray[np.float32]
    sure: NDArray[np.float32] | None = None

    @property
    def drawn(self) -> NDArray[np.float32]:
        """The flow as it is to be seen, (H, W, 2) px."""
        if self.sure is None:
            return self.values
        return np.asarray(self.values * self.sure[..., None], np.float32)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clip, its keyframes, and how a picture is wanted."""

    clip: Clip
    keys: Keyframes
    how: How

    def flow(self, first: Edge, second: Edge) -> Flow:
        """Return the flow between two keyframes."""
        params = flow.make_params(self.how.method, {})
        one, two = self._frame(first), self._frame(second)
        if not self.how.fade:
            return Flow(flow.compute_with(one, two, params))
        found = flow_quality.assess(one, two, params)
        return Flow(found.flow, found.significance)

    @property
    def rise(self) -> Flow:
        """Flow from onset to apex."""
        if self.keys.onset == self.keys.apex:
            raise _no_phase("rise")
        return self.flow(Edge.ONSET, Edge.APEX)

    @property
    def fall(self) -> Flow:
        """Flow from apex to offset."""
        if self.keys.apex == self.keys.offset:
            raise _no_phase("fall")
        return self.flow(Edge.APEX, Edge.OFFSET)

    @property
    def parameters(self) -> dict[str, object]:
        """Everything that a flow was computed with."""
        known = flow.provenance(flow.make_params(self.how.method, {}))
        return {**known, "average": self.how.average}

    def _frame(self, edge: Edge) -> NDArray[np.uint8] | NDArray[np.float32]:
        if self.how.average == 1:
            return self.clip.frame(self.keys[edge])
        bounds = keyframe_average.side(self.keys, edge, self.clip.n_frames)
        return keyframe_average.averaged(self.clip, self.keys[edge], self.how.average, bounds)


def draw(kind: str, clip: Clip, keys: Keyframes, how: How) -> Drawn:
    """Compute one picture.

    Raises
    ------
    MotionError
        If the phase has fewer than two frames.
    """
    return KINDS[kind](Wanted(clip, keys, how))


def _difference(wanted: Wanted) -> Drawn:
    keys, scale = wanted.keys, DIFFERENCE_SCALE
    values = difference.signed(wanted.clip.frame(keys.apex), wanted.clip.frame(keys.onset))
    picture = colour.apply(values, -scale, scale, colour.diverging(wanted.how.ground))
    words = f"apex less onset, colours from −{scale:.0f} to +{scale:.0f} grey levels"
    return Drawn(values, picture, "grey levels", words, "[paper]")


def _dynamic(phase: str) -> Callable[[Wanted], Drawn]:
    def draw_phase(wanted: Wanted) -> Drawn:
        keys = wanted.keys
        span = {"rise": keys.rise, "fall": keys.fall, "whole": keys.span}[phase]
        if len(span) < 2:
            raise _no_phase(phase)
        frames = np.stack([wanted.clip.frame(index) for index in span])
        values = dynamic_image.dynamic_image(frames)
        words = (
            f"dynamic image of {len(span)} frames, from {values.min():.0f} to {values.max():.0f}"
        )
        picture, unit = dynamic_image.to_uint8(values), "weighted grey levels"
        return Drawn(values, picture, unit, words, "[paper]", {"dynamic_image": "bilen"})

    return draw_phase


def _flow(phase: str) -> Callable[[Wanted], Drawn]:
    def draw_phase(wanted: Wanted) -> Drawn:
        found = wanted.rise if phase == "rise" else wanted.fall
        picture = colour.flow_picture(found.drawn, _FULL_PX, wanted.how.ground)
        longest = float(np.hypot(found.values[..., 0], found.values[..., 1]).max())
        words = f"flow of the {phase}, longest {longest:.2f} px, full strength at {_FULL_PX:g} px"
        return Drawn(found.values, picture, "px", words, "[paper]", wanted.parameters)

    return draw_phase


def _strain(wanted: Wanted) -> Drawn:
    rise = wanted.rise
    values = flow.strain(rise.values)
    table = colour.sequential(wanted.how.ground)
    drawn = values if rise.sure is None else values * rise.sure
    picture = colour.apply(drawn, 0.0, _FULL_STRAIN, table)
    words = f"optical strain of the rise, largest {float(values.max()):.3f}"
    return Drawn(values, picture, "px/px", words, "[paper]", wanted.parameters)


def _mm_cof(over_face: bool) -> Callable[[Wanted], Drawn]:
    def draw_both(wanted: Wanted) -> Drawn:
        rise, fall = wanted.rise, wanted.fall
        found = mm_cof.mm_cof(rise.values, fall.values)
        drawn = found
        if rise.sure is not None and fall.sure is not None:
            # What either phase is sure of is motion.
            drawn = replace(found, magnitude=found.magnitude * np.maximum(rise.sure, fall.sure))
        picture = drawn.image
        if over_face:
            apex = wanted.clip.frame(wanted.keys.apex)
            picture = colour.overlay(apex, drawn.magnitude, drawn.angle, _OPACITY)
        values = np.stack([found.magnitude, found.angle], axis=-1).astype(np.float32)
        words = "MM-COF: hue is the direction of rise − fall, strength the modulated magnitude"
        unit = "magnitude 0 to 1, angle in rad"
        about = {**wanted.parameters, "mm_cof": asdict(mm_cof.MMCOFParams())}
        return Drawn(values, picture, unit, words, "[2nd], [ours]", about)

    return draw_both


KINDS: dict[str, Callable[[Wanted], Drawn]] = {
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
