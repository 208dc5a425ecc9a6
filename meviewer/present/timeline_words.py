"""The timeline in words: tool tips, and what a screen reader says."""

from __future__ import annotations

from math import isfinite

from meviewer.core.events import Edge
from meviewer.present import wording
from meviewer.present.timeline import Lane, LaneEvent, TimelineState
from meviewer.present.timeline_hits import HitTarget, Part

_TIPS = {
    Part.WINDOW: "Drag to move what is shown, drag the ends to zoom",
    Part.WINDOW_LOW: "Drag to zoom",
    Part.WINDOW_HIGH: "Drag to zoom",
    Part.OVERVIEW: "Click to look here; double-click shows the whole clip",
    Part.TRACK_NAME: "Drag to move this track; by key: Move up in the menu of curves",
}


def tip(state: TimelineState, target: HitTarget) -> str:
    """Return one or two lines about what is under the pointer; empty where nothing is."""
    if target.part in _TIPS:
        return _TIPS[target.part]
    if target.part is Part.HANDLE and target.edge is not None:
        where = frame_words(state, target.frame)
        return f"{target.edge.capitalize()} {where}. Drag; Shift: fine, Esc: back"
    if target.part is Part.SUGGESTION and target.edge is not None:
        return _suggestion(state, target.edge)
    if target.part is Part.EVENT:
        return _event_tip(state, target)
    if target.part is Part.LANE and target.lane is not None and state.lanes[target.lane].model:
        return _model_tip(state.lanes[target.lane])
    if target.part is Part.LANE and target.lane is not None and state.lanes[target.lane].editable:
        return f"{frame_words(state, target.frame)}. Double-click: new event here"
    if target.part in (Part.RULER, Part.CURVE):
        return _values(state, target.frame)
    return ""


def frame_words(state: TimelineState, frame: int) -> str:
    """Return a frame as its number in the data set and its time."""
    number = state.numbers[min(frame, len(state.numbers) - 1)]
    return f"{number} · {wording.time(frame, state.rate)}"


def describe(state: TimelineState, playhead: int) -> str:
    """Return what the timeline shows, for those who hear it: what changes most comes first."""
    parts = [f"at frame {frame_words(state, playhead)}", _selected(state)]
    for mark in state.suggestions:
        parts.append(f"suggested {mark.edge} {frame_words(state, mark.frame)}")
    parts.append(wording.counted(state.n_frames, "frame"))
    parts += [f"{lane.name}: {wording.counted(len(lane.events), 'event')}" for lane in state.lanes]
    return "; ".join(parts)


def _selected(state: TimelineState) -> str:
    """Return the selected event with its keyframes."""
    handles = state.handles
    if handles is None:
        return "no event selected"
    events = state.lanes[handles.lane].events
    label = next((event.label for event in events if event.id == handles.event_id), "")
    unset = () if handles.has_apex else (Edge.APEX,)
    marks = (
        f"{edge} {'not set' if edge in unset else frame_words(state, handles.keyframes[edge])}"
        for edge in Edge
    )
    return f"selected event: {label or 'no emotion'}, " + ", ".join(marks)


def _values(state: TimelineState, frame: int) -> str:
    lines = [frame_words(state, frame)]
    for track in state.tracks:
        for curve in track.curves:
            if frame < len(curve.line.values):
                value = curve.line.values[frame]
                said = f"{value:.2f} {track.unit}" if isfinite(value) else "no value"
                lines.append(f"{track.title} {curve.name}: {said}")
    return "\n".join(lines)


def _suggestion(state: TimelineState, edge: Edge) -> str:
    mark = next(mark for mark in state.suggestions if mark.edge is edge)
    words = (mark.shift, mark.note)
    head = f"Suggested {edge} {frame_words(state, mark.frame)}"
    return "\n".join([head, *(word for word in words if word)])


def _event_tip(state: TimelineState, target: HitTarget) -> str:
    if target.lane is None:
        return ""
    lane = state.lanes[target.lane]
    if lane.model is not None:
        return _model_tip(lane)
    event = next((one for one in lane.events if one.id == target.event_id), None)
    if event is None:
        return ""
    more = f"\n{event.words}" if event.words else ""
    return f"{lane.name}: {_event(state, event)}{more}"


def _model_tip(lane: Lane) -> str:
    words = "" if lane.model is None else lane.model.words or lane.model.waiting
    return f"{lane.name}: {words}"


def _event(state: TimelineState, event: LaneEvent) -> str:
    numbers = [wording.frame_number(at, state.numbers) for at in (event.onset, event.offset)]
    length = wording.duration(event.offset - event.onset + 1, state.rate)
    named = event.label or "no emotion"
    return f"{named}, {numbers[0]}–{numbers[1]}, {length}"
