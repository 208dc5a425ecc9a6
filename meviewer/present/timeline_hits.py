"""What lies under the pointer, decided without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from meviewer.core.events import Edge
from meviewer.present.timeline import TimelineState
from meviewer.present.timeline_geometry import FLAG_PX, GUTTER_PX, Flag, Geometry, flags
from meviewer.present.wording import frame_number

_GRAB_PX = 6.0
_EDGE_PX = 5.0


class Part(StrEnum):
    """A part of the timeline that answers to the pointer."""

    NOTHING = "nothing"
    OVERVIEW = "overview"
    WINDOW = "window"
    WINDOW_LOW = "window-low"
    WINDOW_HIGH = "window-high"
    RULER = "ruler"
    CURVE = "curve"
    HANDLE = "handle"
    SUGGESTION = "suggestion"
    EVENT = "event"
    LANE = "lane"
    TRACK_NAME = "track-name"


@dataclass(frozen=True, slots=True)
class HitTarget:
    """What is under the pointer.

    Attributes
    ----------
    part : Part
    frame : int
        Nearest frame of the clip.
    lane : int or None
        Which lane, counted from the top.
    event_id : int or None
    edge : Edge or None
        Keyframe of a handle or a suggestion.
    track : int or None
        Which track, counted from the top.
    """

    part: Part
    frame: int = 0
    lane: int | None = None
    event_id: int | None = None
    edge: Edge | None = None
    track: int | None = None


NOTHING = HitTarget(Part.NOTHING)


def hit(state: TimelineState, place: Geometry, x: float, y: float) -> HitTarget:
    """Return what lies at a point, in px from the upper left corner of the timeline."""
    if 0 <= x < GUTTER_PX:
        return _track_name(state, place, y)
    if not (0 <= x < place.width and 0 <= y < place.height):
        return NOTHING
    frame = place.frame(x)
    if place.overview.holds(x, y):
        return HitTarget(_overview(place, x), frame)
    handle = handle_at(state, place, x, y)
    if handle is not None and state.handles is not None:
        lane, event_id = state.handles.lane, state.handles.event_id
        return HitTarget(Part.HANDLE, handle.frame, lane, event_id, handle.edge)
    if place.ruler.holds(x, y):
        return HitTarget(Part.RULER, frame)
    if place.tracks.holds(x, y):
        edge = _suggestion(state, place, x, y)
        return HitTarget(Part.SUGGESTION if edge else Part.CURVE, frame, edge=edge)
    return _lane(state, place, x, y, frame)


def handle_at(state: TimelineState, place: Geometry, x: float, y: float) -> Flag | None:
    """Return the handle at a point: its flag, or its line from the flag down to its lane.

    Lines that lie close together are shared: left of them the onset is meant, right of them the
    offset, so that each can be taken even when they coincide.
    """
    if state.handles is None:
        return None
    found = flags(state.handles, handle_numbers(state), place)
    if place.tracks.top <= y < place.tracks.top + FLAG_PX + 3:
        return next((flag for flag in reversed(found) if flag.box.holds(x, y)), None)
    if not place.tracks.top <= y < place.lane(state.handles.lane).bottom:
        return None
    near = [flag for flag in found if abs(flag.line_x - x) <= _GRAB_PX]
    if not near:
        return None
    least = min(abs(flag.line_x - x) for flag in near)
    ties = [flag for flag in near if abs(flag.line_x - x) <= least + 1e-6]
    return ties[0] if x < ties[0].line_x or len(ties) == 1 else ties[-1]


def handle_numbers(state: TimelineState) -> dict[Edge, str]:
    """Return the data set's frame numbers that stand in the flags."""
    if state.handles is None:
        return {}
    marks = state.handles.keyframes
    numbers = {edge: str(frame_number(marks[edge], state.numbers)) for edge in Edge}
    return numbers if state.handles.has_apex else numbers | {Edge.APEX: "not set"}


def drop_place(place: Geometry, track: int, y: float) -> int:
    """Return where a track stands when it is dropped at a height, counted from the top.

    The first track is what suggestions are drawn on, and stays the first.
    """
    borders = [place.track(at).top for at in range(1, place.n_tracks)]
    borders.append(place.track(place.n_tracks - 1).bottom)
    nearest = min(range(len(borders)), key=lambda at: abs(borders[at] - y)) + 1
    return nearest - 1 if nearest > track else nearest


def _track_name(state: TimelineState, place: Geometry, y: float) -> HitTarget:
    """Return the track whose name lies at a height, if it can be moved."""
    for at in range(1, len(state.tracks) if len(state.tracks) > 2 else 0):
        if place.track(at).top <= y < place.track(at).bottom:
            return HitTarget(Part.TRACK_NAME, track=at)
    return NOTHING


def _overview(place: Geometry, x: float) -> Part:
    window = place.window
    if abs(x - window.left) <= _EDGE_PX:
        return Part.WINDOW_LOW
    if abs(x - window.right) <= _EDGE_PX:
        return Part.WINDOW_HIGH
    return Part.WINDOW if window.left < x < window.right else Part.OVERVIEW


def _suggestion(state: TimelineState, place: Geometry, x: float, y: float) -> Edge | None:
    for mark in state.suggestions:
        peak_y = suggestion_y(state, place, mark.frame)
        if abs(place.x(mark.frame) - x) <= 8 and abs(peak_y - y) <= 8:
            return mark.edge
    return None


def suggestion_y(state: TimelineState, place: Geometry, frame: int) -> float:
    """Return the height at which a suggestion is drawn: on the curve that made it."""
    plot = place.plot(0)
    if not state.tracks or not state.tracks[0].curves:
        return plot.top + plot.height / 2
    values = state.tracks[0].curves[0].line.values
    value = float(values[min(frame, len(values) - 1)]) if len(values) else 0.0
    value = value if isfinite(value) else 0.0  # a damaged frame
    return plot.bottom - min(value / state.tracks[0].top, 1.0) * plot.height


def _lane(state: TimelineState, place: Geometry, x: float, y: float, frame: int) -> HitTarget:
    for at, lane in enumerate(state.lanes):
        if not place.lane(at).holds(x, y):
            continue
        reach = max(3.0 / place.px_per_frame, 0.5)
        position = place.position(x)
        under = (lane.onsets - reach <= position) & (position <= lane.offsets + reach)
        inside = [lane.events[int(n)] for n in under.nonzero()[0]]
        if not inside:
            return HitTarget(Part.LANE, frame, at)
        # Of events on top of each other the shortest is meant: the others show beside it.
        meant = min(inside, key=lambda event: (event.offset - event.onset, not event.selected))
        return HitTarget(Part.EVENT, frame, at, meant.id)
    return NOTHING
