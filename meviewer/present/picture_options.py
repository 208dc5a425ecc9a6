"""How the pictures of motion are computed and coloured: one value, kept between two starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, get_args

import msgspec

from meviewer.core.errors import MeviewerError, MotionError
from meviewer.motion.dynamic_image import KINDS
from meviewer.motion.flow_params import FlowParams, make_params
from meviewer.motion.keyframe_average import MOST_FRAMES
from meviewer.motion.mm_cof import MMCOFParams

Head: TypeAlias = Literal["kept", "median", "similarity"]
Parameter: TypeAlias = bool | int | float | str | None
FlowValues: TypeAlias = Mapping[str, Mapping[str, Parameter]]


@dataclass(frozen=True, slots=True)
class Scale:
    """Ends of a colour scale.

    Attributes
    ----------
    full : float
        Value of the last colour, above 0; signed scales begin at its negative.
    auto : bool
        Take the 99.5th percentile of each picture instead. Then pictures do not compare.
    """

    full: float
    auto: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.full < float("inf"):
            raise MotionError(
                "A colour scale has no length", where=f"{self.full}", now="Give a number above 0"
            )


@dataclass(frozen=True, slots=True)
class Scales:
    """The colour scale of each kind of picture: fixed, so that clips compare.

    Attributes
    ----------
    difference : Scale
        Signed and absolute, grey levels.
    flow : Scale
        px.
    strain : Scale
        px per px.
    dynamic : Scale
        Weighted grey levels: they grow with the length of a phase and differ between kinds, so no
        fixed scale suits all and this one begins as auto.
    """

    difference: Scale = Scale(24.0)
    flow: Scale = Scale(2.0)
    strain: Scale = Scale(0.1)
    dynamic: Scale = Scale(1000.0, auto=True)


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """How the pictures are computed.

    Attributes
    ----------
    flow : str
        Flow method once the hand rests; while it moves, DIS is quick enough to follow.
    flow_values : mapping of str to mapping
        For each method the parameters that differ from their defaults.
    average : int
        Frames averaged around each keyframe before the flow, 1 to 5: less noise, less detail in
        time.
    fade : bool
        Draw flow and strain fainter where they are not significant.
    head : {"kept", "median", "similarity"}
        Model of the head motion that is taken out of the flow.
    dynamic : str
        Kind of dynamic image.
    mm_cof : MMCOFParams
    scales : Scales
    opacity : float
        Of MM-COF over the apex frame, 0 to 1.
    spacing_px : int
        Distance of the arrows over the apex frame.
    magnify : float
        How many times as far everything moves in the magnified view.

    Raises
    ------
    MotionError
        If a value is out of its range.
    """

    flow: str = "tvl1"
    flow_values: FlowValues = field(default_factory=dict)
    average: int = 1
    fade: bool = False
    head: Head = "similarity"
    dynamic: str = "bilen"
    mm_cof: MMCOFParams = field(default_factory=MMCOFParams)
    scales: Scales = Scales()
    opacity: float = 0.75
    spacing_px: int = 16
    magnify: float = 5.0

    def __post_init__(self) -> None:
        self.flow_params()  # names what is out of range
        _one_of("dynamic image", self.dynamic, KINDS)
        _one_of("head motion", self.head, get_args(Head))
        _within("average", self.average, 1, MOST_FRAMES)
        _within("opacity", self.opacity, 0.0, 1.0)
        _within("magnification", self.magnify, 1.0, 30.0)
        _within("spacing", self.spacing_px, 4, 200)

    @property
    def computing(self) -> PictureOptions:
        """These options as far as values depend on them: the rest is redrawn, not recomputed."""
        return replace(self, scales=Scales(), opacity=0.75, spacing_px=16)

    @property
    def full_px(self) -> float:
        """Flow that is drawn in full colour, in px."""
        return self.scales.flow.full

    def flow_params(self, method: str | None = None) -> FlowParams:
        """Return the parameters of a method, by default of the chosen one."""
        wanted = method or self.flow
        return make_params(wanted, self.flow_values.get(wanted, {}))


def dump(options: PictureOptions) -> str:
    """Return options as text for the settings."""
    return msgspec.json.encode(options).decode()


def load(text: str) -> PictureOptions:
    """Return options from the settings; the defaults if they cannot be understood."""
    if not text:
        return PictureOptions()
    try:
        return msgspec.json.decode(text, type=PictureOptions)
    except (msgspec.MsgspecError, MeviewerError):
        return PictureOptions()


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise MotionError(
            f"There is no such {name}",
            where=repr(value),
            now=f"Choose one of {', '.join(known)}",
        )


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise MotionError(
            "A parameter of the pictures is out of range",
            where=f"{name} = {value!r}",
            now=f"Give a number from {low:g} to {high:g}",
        )
