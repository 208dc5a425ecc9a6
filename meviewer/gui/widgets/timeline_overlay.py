"""What changes with every move of the pointer or the playhead, over the cached picture."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPolygonF

from meviewer.core.events import Edge, Keyframes
from meviewer.gui.theme import Type
from meviewer.gui.widgets.timeline_ink import CENTRE, Ink
from meviewer.gui.widgets.timeline_lane_rows import event_box
from meviewer.gui.widgets.timeline_marks import paint_flag
from meviewer.present import wording
from meviewer.present.timeline import TimelineState
from meviewer.present.timeline_geometry import GUTTER_PX, Box, Geometry, flags
from meviewer.present.timeline_hits import HitTarget, Part, handle_numbers

PLAYHEAD_HALF_PX = 6


@dataclass(frozen=True, slots=True)
class Ghost:
    """Where the dragged keyframe was when the drag began."""

    edge: Edge
    keyframes: Keyframes


@dataclass(frozen=True, slots=True)
class Drop:
    """A track on its way: which one, and where it would stand, both counted from the top."""

    track: int
    to: int


def paint_drop(ink: Ink, place: Geometry, drop: Drop) -> None:
    """Set off the track that is moved, and draw a line where it would go."""
    box = place.track(drop.track)
    ink.fill(Box(0, box.top, place.width, box.height - 1), "accent", 0.10)
    if drop.to == drop.track:
        return
    below = drop.to > drop.track
    y = place.track(drop.to).bottom if below else place.track(drop.to).top
    ink.fill(Box(0, y - 2, place.width, 3), "accent")


def paint_playhead(ink: Ink, place: Geometry, frame: int) -> None:
    """Paint the cursor: a line through all rows with its grip in the ruler."""
    x = place.x(frame)
    if not place.plot_left - 1 <= x <= place.width:
        return
    ruler = place.ruler
    ink.line((x, ruler.top + 6), (x, place.height), "text")
    top = ruler.top + 3
    corners = ((-5, 0), (5, 0), (5, 7), (0, 13), (-5, 7))
    ink.painter.setPen(Qt.PenStyle.NoPen)
    ink.painter.setBrush(ink.theme.colour("text"))
    ink.painter.drawPolygon(QPolygonF([QPointF(x + dx, top + dy) for dx, dy in corners]))


def paint_flags_over(ink: Ink, state: TimelineState, place: Geometry, frame: int) -> None:
    """Paint flags once more where the cursor crosses them: their numbers have to stay readable."""
    if state.handles is None:
        return
    x, numbers = place.x(frame), handle_numbers(state)
    with ink.clipped(Box(place.plot_left, place.tracks.top, place.tracks.width, place.height)):
        for flag in flags(state.handles, numbers, place):
            if flag.box.left - 1 <= x <= flag.box.right + 1:
                unset = flag.edge is Edge.APEX and not state.handles.has_apex
                paint_flag(ink, flag, numbers[flag.edge], hollow=unset)


def paint_hover(ink: Ink, state: TimelineState, place: Geometry, target: HitTarget) -> None:
    """Show what the pointer would take hold of."""
    if target.part is Part.HANDLE and state.handles is not None:
        _hovered_handle(ink, state, place, target)
    elif target.part is Part.EVENT and target.lane is not None:
        lane = state.lanes[target.lane]
        event = next((one for one in lane.events if one.id == target.event_id), None)
        if event is not None:
            box = event_box(event, place.lane(target.lane), place)
            with ink.clipped(place.lane(target.lane)):
                ink.rounded(box, 3, lane.role, 0.16, outline=lane.role, width=2)
    elif target.part is Part.TRACK_NAME and target.track is not None:
        box = place.track(target.track)
        ink.fill(Box(0, box.top, GUTTER_PX - 1, box.height - 1), "text", 0.05)
    elif target.part in (Part.RULER, Part.CURVE, Part.LANE):
        _hovered_frame(ink, state, place, target.frame)


def paint_ghost(ink: Ink, state: TimelineState, place: Geometry, ghost: Ghost) -> None:
    """Show where a dragged keyframe came from, and how far it has come."""
    if state.handles is None:
        return
    before, now = ghost.keyframes[ghost.edge], state.handles.keyframes[ghost.edge]
    old_x, new_x = place.x(before), place.x(now)
    lane, role = place.lane(state.handles.lane), ghost.edge.value
    top = place.tracks.top + 20
    area = Box(place.plot_left, place.tracks.top, place.tracks.width, place.height)
    with ink.clipped(area):
        start, end = (old_x, top), (old_x, lane.bottom - 3)
        ink.line(start, end, role, alpha=0.6, style=Qt.PenStyle.DashLine)
        if now == before:
            return
        y = top + 8
        ink.line((old_x, y), (new_x, y), role, alpha=0.6)
        words = wording.shift(now - before, state.rate)
        width = ink.text_width(words, weight=Type.medium) + 12
        left = new_x + 6 if now > before else new_x - 6 - width
        box = Box(left, y - 9, width, 18)
        ink.rounded(box, 4, "panel", outline=role)
        ink.text(box, words, "text", weight=Type.medium, align=CENTRE)


def paint_focus(ink: Ink, place: Geometry) -> None:
    """Outline the timeline while keys go to it."""
    ink.rounded(Box(1, 1, place.width - 2, place.height - 2), 2, None, outline="accent", width=2)


def _hovered_handle(ink: Ink, state: TimelineState, place: Geometry, target: HitTarget) -> None:
    assert state.handles is not None
    for flag in flags(state.handles, handle_numbers(state), place):
        if flag.edge is target.edge:
            lane, role = place.lane(state.handles.lane), flag.edge.value
            halo = Box(flag.line_x - 5, flag.box.bottom, 10, lane.bottom - 2 - flag.box.bottom)
            ink.rounded(halo, 3, role, 0.22)
            box = flag.box
            around = Box(box.left - 2, box.top - 2, box.width + 4, box.height + 4)
            ink.rounded(around, 4, None, outline=role, width=1.5)


def _hovered_frame(ink: Ink, state: TimelineState, place: Geometry, frame: int) -> None:
    x, ruler = place.x(frame), place.ruler
    start, end = (x, ruler.bottom), (x, place.height)
    ink.line(start, end, "text_3", alpha=0.5, style=Qt.PenStyle.DotLine)
    number = str(state.numbers[min(frame, len(state.numbers) - 1)])
    width = ink.text_width(number, weight=Type.medium) + 10
    left = min(max(x - width / 2, place.plot_left), place.width - width)
    chip = Box(left, ruler.top + 2, width, ruler.height - 4)
    ink.rounded(chip, 3, "pressed")
    ink.text(chip, number, "text", weight=Type.medium, align=CENTRE)
