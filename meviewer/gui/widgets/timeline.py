"""The timeline: one painted widget, one frame axis for overview, ruler, curves and lanes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from meviewer.core.frames import Span
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.painting import is_screen
from meviewer.gui.widgets.timeline_ink import Ink, Kept
from meviewer.gui.widgets.timeline_overlay import (
    PLAYHEAD_HALF_PX,
    paint_drop,
    paint_flags_over,
    paint_focus,
    paint_ghost,
    paint_hover,
    paint_playhead,
)
from meviewer.gui.widgets.timeline_picture import paint_empty, paint_still, timeline_picture
from meviewer.gui.widgets.timeline_pointer import Pointer
from meviewer.gui.widgets.timeline_voice import EMPTY, Voice
from meviewer.present.timeline import EdgeDrag, TimelineState
from meviewer.present.timeline_geometry import Geometry, geometry, least_height
from meviewer.present.timeline_hits import HitTarget
from meviewer.present.timeline_range import Range, around, following, whole
from meviewer.present.timeline_words import tip

__all__ = ["EdgeDrag", "Timeline"]

_NO_CLIP = TimelineState("", 1, (0,), Fraction(1))
_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Timeline(QWidget):
    """Draws a `TimelineState` and says what the user asks for; it changes nothing itself.

    Everything but the playhead is drawn once and kept as a picture: a move of the playhead copies
    two strips of it.

    Signals
    -------
    edge_dragged(EdgeDrag)
        A handle is on its way. Escape sends the frame where it began.
    edge_released(int)
        The gesture of this number has ended, in the last place that was sent.
    edge_selected(Edge)
        A handle or a suggestion was pressed.
    seek_requested(int)
        Frame to show.
    event_selected(int)
        Id of an event of the lane that can be edited.
    event_requested(int)
        Frame at which the user wants a new event.
    range_changed(Range)
        Other frames are in sight.
    track_moved(TrackMove)
        A track was dropped elsewhere.
    """

    edge_dragged = Signal(object)
    edge_released = Signal(int)
    edge_selected = Signal(object)
    seek_requested = Signal(int)
    event_selected = Signal(object)
    event_requested = Signal(int)
    range_changed = Signal(object)
    track_moved = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state: TimelineState | None = None
        self._playhead = 0
        self._range = whole(1)
        self._ranges: dict[str, Range] = {}
        self._picture: QPixmap | None = None
        self._kept = Kept()
        self._source: Callable[[], TimelineState | None] | None = None
        self._outdated = self._painting = False
        self._pointer = Pointer(self)
        self._voice = Voice(self)
        self._focus_seen = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._redraw)

    @property
    def state(self) -> TimelineState | None:
        """What is shown."""
        self._catch_up()
        return self._state

    @property
    def range(self) -> Range:
        """Which frames are in sight."""
        self._catch_up()
        return self._range

    @property
    def playhead(self) -> int:
        """Index of the current frame."""
        self._catch_up()
        return self._playhead

    @property
    def place(self) -> Geometry:
        """Where everything lies at the present size and range."""
        state = self.state or _NO_CLIP
        return geometry(state, self._range, self.width(), self.height())

    def follow(self, source: Callable[[], TimelineState | None]) -> None:
        """Say where states come from that are asked for after `outdate`."""
        self._source = source

    def outdate(self) -> None:
        """Ask the source for another state before this one is looked at again.

        One step of a drag changes labels, suggestion and evidence one after the other, in the
        timelines of several perspectives: each is put together once, and only if it is seen.
        """
        self._outdated = True
        self.update()

    def _catch_up(self) -> None:
        if not self._outdated or self._source is None:
            return
        self._outdated, before = False, self._playhead
        self.show_state(self._source())
        if self._state is not None and self._playhead != before and not self._pointer.busy:
            self.set_range(following(self._range, self._playhead, self._state.n_frames))

    def show_state(self, state: TimelineState | None) -> None:
        """Draw another state; of the same clip the same frames stay in sight."""
        before, self._state = self._state, state
        if state is not None:
            self._playhead = state.playhead
            if before is None or (before.clip, before.n_frames) != (state.clip, state.n_frames):
                self._pointer.cancel()
                self._range = self._ranges.get(state.clip, whole(state.n_frames))
                self.range_changed.emit(self._range)
        else:
            self._pointer.leave()
        self._voice.follow(state, self._playhead)
        self.setMinimumHeight(self.minimumSizeHint().height())
        self._pointer.look_again()
        self._redraw()

    def set_playhead(self, frame: int) -> None:
        """Move the cursor; the range follows when it leaves what is in sight."""
        # A state that is still to be asked for brings the playhead along.
        if self._outdated or self._state is None or frame == self._playhead:
            return
        self._update_strip(self._playhead)
        self._playhead = frame
        self._voice.follow(self._state, frame)
        self._update_strip(frame)
        if not self._pointer.busy:
            self.set_range(following(self._range, frame, self._state.n_frames))

    def set_range(self, shown: Range) -> None:
        """Show other frames; they are shown again when the clip is opened again."""
        if self.state is None or shown == self._range:
            return
        self._range = shown
        self._ranges[self.state.clip] = shown
        self._redraw()
        self.range_changed.emit(shown)

    def zoom_to_event(self) -> None:
        """Show the selected event with some room around it; without one, the whole clip."""
        state = self.state
        if state is None or state.handles is None:
            self.zoom_to_all()
        else:
            self.set_range(around(state.handles.keyframes.span, state.n_frames))

    def zoom_to_all(self) -> None:
        """Show the whole clip."""
        if self.state is not None:
            self.set_range(whole(self.state.n_frames))

    def zoom_to_target(self, target: HitTarget) -> None:
        """Show the event under the pointer with some room around it."""
        state = self.state
        if state is None or target.lane is None:
            return
        events = state.lanes[target.lane].events
        found = next((event for event in events if event.id == target.event_id), None)
        if found is not None:
            self.set_range(around(Span(found.onset, found.offset), state.n_frames))

    def sizeHint(self) -> QSize:
        return QSize(900, 300)

    def minimumSizeHint(self) -> QSize:
        state = self.state
        rows = (0, 0) if state is None else (len(state.tracks), len(state.lanes))
        return QSize(360, least_height(*rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        self._painting = True
        try:
            self._catch_up()
        finally:
            self._painting = False
        painter = QPainter(self)
        ink = Ink(painter, self._theme)
        state, place = self._state, self.place
        if state is None:
            paint_empty(ink, self.width(), self.height(), EMPTY)
            return
        self._paint_still(ink, state, place)
        ghost = self._pointer.ghost
        if ghost is not None:
            paint_ghost(ink, state, place, ghost)
        if self._pointer.drop is not None:
            paint_drop(ink, place, self._pointer.drop)
        paint_hover(ink, state, place, self._pointer.target)
        paint_playhead(ink, place, self._playhead)
        paint_flags_over(ink, state, place, self._playhead)
        if self._focus_seen and self.hasFocus():
            paint_focus(ink, place)

    def _paint_still(self, ink: Ink, state: TimelineState, place: Geometry) -> None:
        """Copy the kept picture; what is finer than the screen, or keeps vectors, gets it anew."""
        ratio = self.devicePixelRatioF()
        if not is_screen(ink.painter, ratio):
            paint_still(ink, state, place)
            return
        if self._picture is None:
            self._picture = timeline_picture(self._theme, state, place, ratio, self._kept)
        ink.painter.drawPixmap(0, 0, self._picture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pointer.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._pointer.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer.leave()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_seen = event.reason() in _KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self._pointer.cancel():
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._tell(event)
            return True
        if event.type() is QEvent.Type.ShortcutOverride and self._pointer.busy:
            # While something is dragged, Escape belongs to the drag and not to the window.
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._redraw()
        super().changeEvent(event)

    def _tell(self, event: QHelpEvent) -> None:
        words = ""
        if self._state is not None and not self._pointer.busy:
            words = tip(self._state, self._pointer.target)
        QToolTip.showText(event.globalPos(), words, self)

    def _redraw(self) -> None:
        self._picture = None
        # A state that is caught up with in order to be painted is painted already, once.
        if not self._painting:
            self.update()

    def _update_strip(self, frame: int) -> None:
        x = round(self.place.x(frame))
        half = PLAYHEAD_HALF_PX + 1
        self.update(QRect(x - half, 0, 2 * half, self.height()))
