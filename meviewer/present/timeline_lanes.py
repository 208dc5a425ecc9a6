"""Events of a lane as bars in px; events too short to be seen one by one become one bar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.present.timeline import Lane, LaneEvent
from meviewer.present.timeline_geometry import Geometry

_LEAST_PX = 12.0
_JOIN_PX = 1.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One event with its place along the axis."""

    event: LaneEvent
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class LaneBars:
    """What a lane draws: events that can be told apart, and blocks where there are many."""

    bars: tuple[Bar, ...]
    blocks: tuple[tuple[float, float], ...]


def lane_bars(lane: Lane, place: Geometry) -> LaneBars:
    """Return what is in sight of one lane; the selected event always has its own bar."""
    seen = (lane.offsets >= place.shown.low - 1) & (lane.onsets <= place.shown.high + 1)
    lefts = place.plot_left + (lane.onsets - place.shown.low) * place.px_per_frame
    rights = place.plot_left + (lane.offsets - place.shown.low) * place.px_per_frame
    alone = seen & (lane.chosen | (rights - lefts >= _LEAST_PX))
    bars = tuple(
        Bar(lane.events[at], float(lefts[at]), float(rights[at])) for at in np.flatnonzero(alone)
    )
    small = seen & ~alone
    return LaneBars(bars, _joined(lefts[small], rights[small]))


def overview_blocks(lane: Lane, place: Geometry) -> tuple[tuple[float, float], ...]:
    """Return where a lane has events, along the axis of the overview."""
    scale = place.plot_width / max(place.n_frames, 1)
    lefts = place.plot_left + (lane.onsets + 0.5) * scale
    return _joined(lefts, place.plot_left + (lane.offsets + 0.5) * scale)


def _joined(
    lefts: NDArray[np.float64], rights: NDArray[np.float64]
) -> tuple[tuple[float, float], ...]:
    if len(lefts) == 0:
        return ()
    order = np.argsort(lefts, kind="stable")
    lefts = lefts[order]
    rights = np.maximum.accumulate(np.maximum(rights[order], lefts + 1))
    starts = np.append(True, lefts[1:] > rights[:-1] + _JOIN_PX)
    ends = np.append(np.flatnonzero(starts)[1:] - 1, len(lefts) - 1)
    pairs = zip(lefts[starts].tolist(), rights[ends].tolist(), strict=True)
    return tuple(pairs)
