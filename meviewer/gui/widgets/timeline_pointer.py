"""Mouse and wheel on the timeline: which gesture begins where, and what lies under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from meviewer.gui.widgets.timeline_gestures import (
    EdgeGesture,
    Gesture,
    PanGesture,
    SeekGesture,
    TrackGesture,
    WindowGesture,
)
from meviewer.gui.widgets.timeline_overlay import Drop, Ghost
from meviewer.present.timeline_hits import NOTHING, HitTarget, Part, hit
from meviewer.present.timeline_range import panned, zoomed

if TYPE_CHECKING:
    from meviewer.gui.widgets.timeline import Timeline

_NOTCH = 120
_ZOOM_A_NOTCH = 0.8
_PAN_A_NOTCH = 0.12
_SHAPES = {
    Part.HANDLE: Qt.CursorShape.SizeHorCursor,
    Part.WINDOW_LOW: Qt.CursorShape.SizeHorCursor,
    Part.WINDOW_HIGH: Qt.CursorShape.SizeHorCursor,
    Part.WINDOW: Qt.CursorShape.OpenHandCursor,
    Part.OVERVIEW: Qt.CursorShape.PointingHandCursor,
    Part.EVENT: Qt.CursorShape.PointingHandCursor,
    Part.SUGGESTION: Qt.CursorShape.PointingHandCursor,
    Part.TRACK_NAME: Qt.CursorShape.OpenHandCursor,
}


class Pointer:
    """The pointer over one timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._gesture: Gesture | None = None
        self._at: QPointF | None = None
        self.target = NOTHING

    @property
    def busy(self) -> bool:
        """Whether a button is down and does something."""
        return self._gesture is not None

    @property
    def ghost(self) -> Ghost | None:
        """Where the dragged keyframe came from, while one is dragged."""
        return self._gesture.ghost if self._gesture is not None else None

    @property
    def drop(self) -> Drop | None:
        """Where the dragged track would go, while one is dragged."""
        return self._gesture.drop if self._gesture is not None else None

    def press(self, event: QMouseEvent) -> None:
        """Begin what the place under the pointer allows."""
        if self.busy or self._timeline.state is None:
            return
        x = event.position().x()
        target = self._look(event.position())
        if event.button() is Qt.MouseButton.MiddleButton:
            self._gesture = PanGesture(self._timeline, x)
        elif event.button() is Qt.MouseButton.LeftButton:
            self._gesture = self._begin(target, x)
        self._timeline.update()

    def move(self, event: QMouseEvent) -> None:
        """Follow, or look what is under the pointer."""
        if self._gesture is not None:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._gesture.move(event.position().x(), event.position().y(), fine=fine)
            self._timeline.update()
        else:
            self._look(event.position())

    def release(self, event: QMouseEvent) -> None:
        """End the gesture; others of its buttons are left alone."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.release()
            self._look(event.position())
            self._timeline.update()

    def cancel(self) -> bool:
        """Take the gesture back; return whether there was one."""
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return False
        gesture.cancel()
        self._timeline.update()
        return True

    def double_click(self, event: QMouseEvent) -> None:
        """Ask for a new event, look at one closely, or show the whole clip."""
        state = self._timeline.state
        target = self._look(event.position())
        if state is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if target.part in (Part.OVERVIEW, Part.WINDOW):
            self._timeline.zoom_to_all()
        elif target.part is Part.EVENT:
            self._timeline.zoom_to_target(target)
        elif target.part is Part.LANE and _editable(self._timeline, target):
            self._timeline.event_requested.emit(target.frame)

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; with Shift or a sideways wheel move along."""
        timeline, turn = self._timeline, event.angleDelta()
        if timeline.state is None:
            return
        n_frames, now = timeline.state.n_frames, timeline.range
        sideways = turn.x() if abs(turn.x()) > abs(turn.y()) else 0
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or sideways:
            notches = (sideways or turn.y()) / _NOTCH
            timeline.set_range(panned(now, -notches * _PAN_A_NOTCH * now.length, n_frames))
        else:
            at = timeline.place.position(max(event.position().x(), timeline.place.plot_left))
            factor = _ZOOM_A_NOTCH ** (turn.y() / _NOTCH)
            timeline.set_range(zoomed(now, at, factor, n_frames))
        self._look(event.position())
        event.accept()

    def leave(self) -> None:
        """Forget what was under the pointer."""
        self._at = None
        self._show(NOTHING)

    def look_again(self) -> None:
        """See what is under a pointer that rests while the picture has changed."""
        if self._at is not None and not self.busy:
            self._look(self._at)

    def _look(self, point: QPointF) -> HitTarget:
        state, self._at = self._timeline.state, point
        found = NOTHING
        if state is not None:
            found = hit(state, self._timeline.place, point.x(), point.y())
        self._show(found)
        return found

    def _show(self, target: HitTarget) -> None:
        if target == self.target:
            return
        self.target = target
        self._timeline.setCursor(_SHAPES.get(target.part, Qt.CursorShape.ArrowCursor))
        self._timeline.update()

    def _begin(self, target: HitTarget, x: float) -> Gesture | None:
        timeline = self._timeline
        state = timeline.state
        if state is None or target.part is Part.NOTHING:
            return None
        if target.part is Part.HANDLE and state.handles is not None and target.edge is not None:
            timeline.edge_selected.emit(target.edge)
            return EdgeGesture(timeline, x, state.handles, target.edge)
        if target.part in (Part.WINDOW, Part.WINDOW_LOW, Part.WINDOW_HIGH, Part.OVERVIEW):
            return WindowGesture(timeline, x, target.part)
        if target.part is Part.TRACK_NAME and target.track is not None:
            return TrackGesture(timeline, x, target.track)
        if target.part is Part.EVENT and _editable(timeline, target):
            timeline.event_selected.emit(target.event_id)
            return None
        if target.part is Part.SUGGESTION:
            self._visit(target)
            return None
        return SeekGesture(timeline, x)

    def _visit(self, target: HitTarget) -> None:
        """Go to the frame of a suggestion, and to the keyframe that it speaks of."""
        state = self._timeline.state
        assert state is not None
        mark = next(mark for mark in state.suggestions if mark.edge is target.edge)
        self._timeline.edge_selected.emit(mark.edge)
        self._timeline.seek_requested.emit(mark.frame)


def _editable(timeline: Timeline, target: HitTarget) -> bool:
    state = timeline.state
    return state is not None and target.lane is not None and state.lanes[target.lane].editable
