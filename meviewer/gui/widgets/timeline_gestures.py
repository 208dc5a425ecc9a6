"""What a pressed mouse button does to the timeline until it is released or Escape is hit."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from meviewer.core.events import Edge
from meviewer.gui.widgets.timeline_overlay import Drop, Ghost
from meviewer.present.timeline import EdgeDrag, Handles, TrackMove
from meviewer.present.timeline_hits import Part, drop_place
from meviewer.present.timeline_range import Range, following, limited, panned

if TYPE_CHECKING:
    from meviewer.gui.widgets.timeline import Timeline

_FINE = 0.1
_gestures = count(1)


class Gesture:
    """From press to release; the base does nothing."""

    ghost: Ghost | None = None
    drop: Drop | None = None

    def __init__(self, timeline: Timeline, x: float) -> None:
        self._timeline, self._x = timeline, x

    def move(self, x: float, y: float, *, fine: bool) -> None:
        """Follow the pointer."""

    def release(self) -> None:
        """End it as it stands."""

    def cancel(self) -> None:
        """End it as if it had never begun."""


class SeekGesture(Gesture):
    """The playhead follows the pointer."""

    def __init__(self, timeline: Timeline, x: float) -> None:
        super().__init__(timeline, x)
        self._frame: int | None = None
        self.move(x, 0, fine=False)

    def move(self, x: float, y: float, *, fine: bool) -> None:
        frame = self._timeline.place.frame(x)
        if frame != self._frame:
            self._frame = frame
            self._timeline.seek_requested.emit(frame)


class EdgeGesture(Gesture):
    """A handle follows the pointer; where it stops is decided by whoever keeps the labels."""

    def __init__(self, timeline: Timeline, x: float, handles: Handles, edge: Edge) -> None:
        super().__init__(timeline, x)
        self._handles, self._edge = handles, edge
        self._position = float(handles.keyframes[edge])
        self._sent = handles.keyframes[edge]
        self._number = next(_gestures)
        self._moved = False
        self.ghost = Ghost(edge, handles.keyframes)

    def move(self, x: float, y: float, *, fine: bool) -> None:
        timeline = self._timeline
        scale = _FINE if fine else 1.0
        self._position += scale * (x - self._x) / timeline.place.px_per_frame
        self._x = x
        last = timeline.place.n_frames - 1
        self._send(min(max(round(self._position), 0), last))

    def release(self) -> None:
        if self._moved:
            self._timeline.edge_released.emit(self._number)

    def cancel(self) -> None:
        self._send(self._handles.keyframes[self._edge])
        self.release()

    def _send(self, frame: int) -> None:
        if frame == self._sent:
            return
        self._sent, self._moved = frame, True
        timeline = self._timeline
        timeline.set_range(following(timeline.range, frame, timeline.place.n_frames))
        drag = EdgeDrag(self._handles.event_id, self._edge, frame, self._number)
        timeline.edge_dragged.emit(drag)


class PanGesture(Gesture):
    """The frames follow the pointer."""

    def __init__(self, timeline: Timeline, x: float) -> None:
        super().__init__(timeline, x)
        self._start = timeline.range
        self._px_per_frame = timeline.place.px_per_frame

    def move(self, x: float, y: float, *, fine: bool) -> None:
        by = (self._x - x) / self._px_per_frame
        self._timeline.set_range(panned(self._start, by, self._timeline.place.n_frames))

    def cancel(self) -> None:
        self._timeline.set_range(self._start)


class WindowGesture(Gesture):
    """The window of the overview, or one of its ends, follows the pointer."""

    def __init__(self, timeline: Timeline, x: float, part: Part) -> None:
        super().__init__(timeline, x)
        self._part, self._start = part, timeline.range
        if part is Part.OVERVIEW:
            at = timeline.place.overview_position(x)
            length = self._start.length
            middle = limited(at - length / 2, length, timeline.place.n_frames)
            self._part, self._start = Part.WINDOW, middle
            timeline.set_range(middle)

    def move(self, x: float, y: float, *, fine: bool) -> None:
        place = self._timeline.place
        by = place.overview_position(x) - place.overview_position(self._x)
        self._timeline.set_range(self._moved(by, place.n_frames))

    def cancel(self) -> None:
        self._timeline.set_range(self._start)

    def _moved(self, by: float, n_frames: int) -> Range:
        low, high = self._start.low, self._start.high
        if self._part is Part.WINDOW:
            return panned(self._start, by, n_frames)
        if self._part is Part.WINDOW_HIGH:
            return limited(low, min(high + by, n_frames - 0.5) - low, n_frames)
        length = limited(low, high - max(low + by, -0.5), n_frames).length
        return limited(high - length, length, n_frames)


class TrackGesture(Gesture):
    """A track follows the pointer by its name, and goes where the line shows it would."""

    def __init__(self, timeline: Timeline, x: float, track: int) -> None:
        super().__init__(timeline, x)
        self.drop = Drop(track, track)

    def move(self, x: float, y: float, *, fine: bool) -> None:
        assert self.drop is not None
        track = self.drop.track
        self.drop = Drop(track, drop_place(self._timeline.place, track, y))

    def release(self) -> None:
        assert self.drop is not None
        if self.drop.to != self.drop.track:
            self._timeline.track_moved.emit(TrackMove(self.drop.track, self.drop.to))
