"""The tiles of the bench: each picture of motion in its colours, with its scale and its source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Keyframes
from meviewer.motion import colour
from meviewer.motion.dynamic_image import DualPhase
from meviewer.motion.mm_cof import MMCOF
from meviewer.present import wording
from meviewer.present.overlays import DIFFERENCE_SCALE, Ground

RGB = NDArray[np.uint8]
Flow = NDArray[np.float32]

_GREY = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
_SHARE = 99.5
_NO_RISE = "Onset and apex are the same frame: there is no rise to show"
_NO_FALL = "Apex and offset are the same frame: there is no fall to show"


class Legend(Enum):
    """What explains the colours of a tile."""

    GREY = "grey"
    DIVERGING = "diverging"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture with what is said about it.

    Attributes
    ----------
    title, note : str
        What it is, and its parameters.
    source : str
        Where its formula comes from: ``paper`` or ``our choice``.
    why : str
        What the source says and what was chosen, for the tool tip.
    picture : (H, W, 3) uint8 or None
    missing : str
        Why there is no picture.
    legend : Legend
    low, high : str
        Ends of the scale; of a wheel, what full strength means, and what else was done.
    """

    title: str
    note: str
    source: str
    why: str
    picture: RGB | None
    legend: Legend
    low: str
    high: str
    missing: str = ""


class HasBench(Protocol):
    """The pictures of one event, wherever they were computed."""

    @property
    def keyframes(self) -> Keyframes:
        """What they show."""

    @property
    def apex(self) -> RGB:
        """The apex frame."""

    @property
    def difference(self) -> NDArray[np.float32]:
        """Apex less onset, (H, W) grey levels."""

    @property
    def dynamic(self) -> DualPhase:
        """Dynamic images of the phases."""

    @property
    def rise(self) -> Flow | None:
        """Flow from onset to apex, (H, W, 2) px."""

    @property
    def fall(self) -> Flow | None:
        """Flow from apex to offset, (H, W, 2) px."""

    @property
    def mm_cof(self) -> MMCOF | None:
        """MM-COF of both phases."""

    @property
    def method(self) -> str:
        """Flow method."""


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """How tiles are drawn.

    Attributes
    ----------
    full_px : float
        Flow that is drawn at full strength, in px: fixed, so that clips compare.
    opacity : float
        Of MM-COF over the apex frame, 0 to 1.
    head_removed : bool
        Whether the motion of the head was taken out, to be said in the legend.
    dynamic : str
        Kind of dynamic image.
    """

    full_px: float = 2.0
    opacity: float = 0.75
    head_removed: bool = True
    dynamic: str = "bilen"


def tiles(
    found: HasBench, numbers: tuple[int, ...], options: BenchOptions, ground: Ground
) -> tuple[Tile, ...]:
    """Draw the eight tiles of the bench, in reading order."""
    keys = found.keyframes
    onset, apex, offset = (
        wording.frame_number(k, numbers) for k in (keys.onset, keys.apex, keys.offset)
    )
    n_rise, n_fall = len(keys.rise), len(keys.fall)
    phases = found.dynamic
    return (
        _frame(found.apex, apex),
        _flow(
            "Flow, rise", found.rise, f"{onset} → {apex}", found.method, _NO_RISE, options, ground
        ),
        _flow(
            "Flow, fall", found.fall, f"{apex} → {offset}", found.method, _NO_FALL, options, ground
        ),
        _mm_cof(found, options),
        _difference(found.difference, f"{onset} → {apex}", ground),
        _dynamic("Dynamic image, rise", phases.rise, n_rise, _NO_RISE, options),
        _dynamic("Dynamic image, fall", phases.fall, n_fall, _NO_FALL, options),
        _dynamic("Dynamic image, whole", phases.whole, len(keys.span), _NO_RISE, options),
    )


def _frame(apex: RGB, number: int) -> Tile:
    why = "The frame as it was decoded, nothing added"
    return Tile("Apex frame", str(number), "source", why, apex, Legend.GREY, "0", "255")


def _difference(values: NDArray[np.float32], span: str, ground: Ground) -> Tile:
    scale = DIFFERENCE_SCALE
    picture = colour.apply(values, -scale, scale, colour.diverging(ground))
    why = "Apex less onset in signed grey levels; published code wraps what is negative"
    low, high = f"−{scale:.0f} darker", f"brighter +{scale:.0f}"
    return Tile("Signed difference", span, "paper", why, picture, Legend.DIVERGING, low, high)


def _dynamic(
    title: str,
    image: NDArray[np.float32] | None,
    n_frames: int,
    missing: str,
    options: BenchOptions,
) -> Tile:
    note = f"{n_frames} frames, {options.dynamic}"
    why = "Approximate rank pooling (Bilen 2016); the apex belongs to both phases: our choice"
    if image is None:
        return Tile(title, note, "paper", why, None, Legend.GREY, "", "", missing)
    grey = image.mean(axis=2)
    # One scale for both signs, so that no change is middle grey; the rarest half per cent may clip.
    most = max(float(np.percentile(np.abs(grey), _SHARE)), 1e-6)
    picture = colour.apply(grey, -most, most, _GREY)
    return Tile(
        title,
        note,
        "paper",
        why,
        picture,
        Legend.GREY,
        f"−{most:.0f} earlier",
        f"later +{most:.0f}",
    )


def _flow(
    title: str,
    flow: Flow | None,
    span: str,
    method: str,
    missing: str,
    options: BenchOptions,
    ground: Ground,
) -> Tile:
    note = f"{span}, {_METHODS.get(method, method)}"
    why = "Dense optical flow; hue is direction, strength is distance on a fixed scale"
    picture = None if flow is None else colour.flow_picture(flow, options.full_px, ground)
    said = "head removed" if options.head_removed else "head kept"
    return Tile(
        title,
        note,
        "paper",
        why,
        picture,
        Legend.WHEEL,
        f"full colour: {options.full_px:g} px",
        said,
        missing if flow is None else "",
    )


def _mm_cof(found: HasBench, options: BenchOptions) -> Tile:
    why = (
        "Both phases' magnitudes, min-max normalised and added. What the paper calls "
        "threshold-based modulation is 1.5 × above the mean and 0.5 × below: our choice, as is "
        "the direction, rise − fall"
    )
    cof = found.mm_cof
    picture = None
    if cof is not None:
        picture = colour.overlay(found.apex, cof.magnitude, cof.angle, options.opacity)
    missing = (
        "" if cof is not None else "MM-COF needs a rise and a fall of at least two frames each"
    )
    return Tile(
        "MM-COF",
        "over the apex",
        "our choice",
        why,
        picture,
        Legend.WHEEL,
        "rise − fall",
        "opacity = magnitude",
        missing,
    )


_METHODS = {"tvl1": "TV-L1", "dis": "DIS", "farneback": "Farneback"}
TableFor = Callable[[str], NDArray[np.uint8]]


def table_for(legend: Legend) -> TableFor:
    """Return the colour table of a legend as a function of the ground."""
    if legend is Legend.DIVERGING:
        return lambda name: colour.diverging("light" if name == "light" else "dark")
    return lambda _name: _GREY
