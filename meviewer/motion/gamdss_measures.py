"""GAMDSS by other measures than plain L2: a region, stabilised frames, the length of the flow.

The published distance is L2 over whole frames [paper]. It contains the drift of the head and all
of the face; which measure finds keyframes best is an open question, so each result says by which
it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.motion import difference_flow
from meviewer.motion.difference_flow import Pairs
from meviewer.motion.gamdss import Reselection
from meviewer.motion.gamdss_choice import Distances, choose
from meviewer.motion.gamdss_windows import Candidates, Search, candidates, search_for
from meviewer.motion.representation import ClipMotion
from meviewer.motion.representation_views import at_scale

MEASURES: tuple[str, ...] = ("l2", "flow-magnitude")
"""What a difference is measured by: grey levels (the default), or how far pixels moved."""

_Values: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """What two frames are compared by.

    Attributes
    ----------
    kind : str
        One of `MEASURES`.
    brightness_free : bool
        Leave changes of the light out; a flow does so by itself.
    aligned : bool
        Hold the head still first.
    region : str
        Name of the region that alone takes part; empty for the whole frame.
    mask : (H, W) bool or None
        That region, at the size of the clip.

    Raises
    ------
    MotionError
        If there is no such kind, or a region is named without its mask, or the reverse.
    """

    kind: str = "l2"
    brightness_free: bool = False
    aligned: bool = False
    region: str = ""
    mask: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.kind not in MEASURES:
            raise MotionError(
                "No such measure of the difference",
                where=repr(self.kind),
                why=f"there are {', '.join(MEASURES)}",
                now="choose one of them",
            )
        if bool(self.region) != (self.mask is not None):
            raise MotionError(
                "A region needs its name and its mask",
                where=self.region or "a mask without a name",
                why="a result says which part of the face it was made of",
                now="give both, or neither",
            )

    @property
    def unit(self) -> str:
        """What its distances are shown in: RMS grey levels, or px."""
        return "px" if self.kind == "flow-magnitude" else "grey levels"

    def same_distances(self, other: Measure) -> bool:
        """Whether curves and matrices of both are the same; how keyframes are found may differ."""
        return (
            self.brightness_free == other.brightness_free
            and self.aligned == other.aligned
            and _same_mask(self._seen, other._seen)
        )

    @property
    def _seen(self) -> NDArray[np.bool_] | None:
        return None if self.kind == "flow-magnitude" else self.mask

    def provenance(self) -> dict[str, str | int | float | bool]:
        """Return what a result must say of it."""
        return {"measure": self.kind, "aligned": self.aligned, "region": self.region}


def seen_by(motion: ClipMotion, measure: Measure) -> ClipMotion:
    """Return the clip as a measure of grey levels sees it: held still, or a region of it.

    Its curves, matrix and noise are those of the measure. The first call for a stabilised clip
    takes a while, later ones nothing.
    """
    shown = motion.stabilised() if measure.aligned else motion
    if measure.mask is None or measure.kind == "flow-magnitude":
        return shown
    return shown.within(measure.mask)


def reselect(
    motion: ClipMotion,
    keyframes: Keyframes | None,
    variant: str = "full",
    measure: Measure | None = None,
    *,
    ratio: float | None = None,
    rise_ratio: float | None = None,
    fall_ratio: float | None = None,
    wrapped_uint8: bool = False,
    max_duration_frames: int | None = None,
) -> Reselection:
    """Choose keyframes anew by any measure; the rest is as in `gamdss.reselect`.

    Returns
    -------
    Reselection
        Distances are L2 grey levels, over the region where there is one, or px of mean motion;
        ``parameters`` say which.

    Raises
    ------
    MotionError
        If parameters do not fit; if ``free`` asks for more pairs of flows than are allowed.
    """
    measure = measure or Measure()
    if measure.kind == "flow-magnitude":
        if wrapped_uint8:
            raise MotionError(
                "Two measures at once",
                where="wrapped_uint8 and flow-magnitude",
                why="the wrapped distance repeats the published code, which knows no flow",
                now="choose one of them",
            )
        search = search_for(variant, ratio, rise_ratio, fall_ratio, max_duration_frames)
        found = _by_flow(motion, keyframes, search, measure)
    else:
        found = seen_by(motion, measure).reselect(
            keyframes,
            variant,
            ratio=ratio,
            rise_ratio=rise_ratio,
            fall_ratio=fall_ratio,
            wrapped_uint8=wrapped_uint8,
            brightness_free=measure.brightness_free,
            max_duration_frames=max_duration_frames,
        )
    return replace(found, parameters={**found.parameters, **measure.provenance()})


def flow_curve(motion: ClipMotion, reference: int, measure: Measure) -> _Values:
    """Return the mean motion from one frame to every other, (T,) float64, px of the clip."""
    pairs = [(reference, index) for index in range(len(motion))]
    return _flow_distance(motion, measure)(pairs)


def _by_flow(
    motion: ClipMotion, keyframes: Keyframes | None, search: Search, measure: Measure
) -> Reselection:
    choice = candidates(search, keyframes, len(motion))
    distance = _flow_distance(motion, measure)
    neighbours = distance([(index - 1, index) for index in range(1, len(motion))])
    found = Distances(*_surfaces(distance, choice), np.concatenate([np.zeros(1), neighbours]))
    return choose(found, choice, keyframes, wrapped=False, brightness_free=measure.brightness_free)


def _flow_distance(motion: ClipMotion, measure: Measure) -> Callable[[Pairs], _Values]:
    shown = seen_by(motion, measure)
    mask = measure.mask
    if mask is not None:
        mask = at_scale(mask, shown.frame_shape, shown.scale)
    frames = difference_flow.small_frames(shown.stack, shown.scale, mask)
    damaged = set(motion.damaged)

    def distance(pairs: Pairs) -> _Values:
        found = difference_flow.magnitudes(frames, pairs)
        found[_with_any(pairs, damaged)] = np.nan
        return found

    return distance


def _surfaces(distance: Callable[[Pairs], _Values], choice: Candidates) -> tuple[_Values, _Values]:
    """Return the distances of allowed pairs of candidates, and of every apex and offset."""
    pair = np.full(choice.allowed.shape, np.nan)
    rows, columns = np.nonzero(choice.allowed)
    first = [
        (choice.onsets.first + row, choice.apexes.first + column)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    pair[rows, columns] = distance(first)
    if choice.search.variant == "free":
        # Every frame is a candidate of everything: the offsets are among the same pairs.
        return pair, np.fmax(pair, pair.T)
    second = [(apex, offset) for apex in choice.apexes for offset in choice.offsets]
    return pair, distance(second).reshape(len(choice.apexes), len(choice.offsets))


def _same_mask(one: NDArray[np.bool_] | None, two: NDArray[np.bool_] | None) -> bool:
    if one is None or two is None:
        return one is two
    return np.array_equal(one, two)


def _with_any(pairs: Pairs, frames: Collection[int]) -> list[bool]:
    return [first in frames or second in frames for first, second in pairs]
