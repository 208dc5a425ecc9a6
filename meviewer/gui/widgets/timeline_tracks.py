"""The curve tracks of the timeline: curves on a fixed scale, noise floor, search windows."""

from __future__ import annotations

from PySide6.QtCore import Qt

from meviewer.gui.theme import Type
from meviewer.gui.widgets.timeline_curves import paint_curves
from meviewer.gui.widgets.timeline_ink import CENTRE, Ink
from meviewer.present.timeline import TimelineState, Track
from meviewer.present.timeline_geometry import FLAG_PX, GUTTER_PX, Box, Geometry
from meviewer.present.timeline_ticks import level_text, levels


def paint_tracks(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Paint everything that lies behind the handles between ruler and lanes."""
    with ink.clipped(place.tracks):
        _shades(ink, state, place)
        _windows(ink, state, place)
        for at, track in enumerate(state.tracks):
            _track(ink, state, place, at, track)
        if state.waiting and not state.tracks:
            ink.text(place.tracks, state.waiting, "text_3", size=Type.body, align=CENTRE)


def paint_track_legends(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Write title, unit and legend of each track into the gutter."""
    for at, track in enumerate(state.tracks):
        box = place.track(at)
        inner = Box(0, box.top, GUTTER_PX, box.height)
        with ink.clipped(inner):
            _legend(ink, state, track, box.top + 8, box.bottom)


def _track(ink: Ink, state: TimelineState, place: Geometry, at: int, track: Track) -> None:
    plot = place.plot(at)
    _scale_lines(ink, track, plot)
    if track.noise_floor is not None:
        _noise_floor(ink, track, plot, track.noise_floor)
    if at == 0 and state.handles is not None:
        marks = state.handles.keyframes
        left, right = place.x(marks.onset), place.x(marks.offset)
        role = state.lanes[state.handles.lane].role
        ink.fill(Box(left, plot.bottom - 1, right - left, 2), role, 0.8)
    if track.curves:
        paint_curves(ink, track, plot, place)
    if track.noise_floor is not None:
        _noise_words(ink, track, plot, track.noise_floor)
    for value in _marks(track, plot):
        y = plot.bottom - track.share(value) * plot.height
        words = level_text(value)
        ink.word(plot.right - 6 - ink.text_width(words), y, words)


def _noise_words(ink: Ink, track: Track, plot: Box, floor: float) -> None:
    """Name the noise floor on a ground of its own, so that curves do not cross the words."""
    words = f"noise floor {floor:.2f}"
    y = plot.bottom - min(track.share(floor), 1.0) * plot.height
    box = Box(plot.left + 6, max(y - 18, plot.top), ink.text_width(words) + 6, 14)
    ink.rounded(box, 2, "plot", 0.8)
    ink.text(Box(box.left + 3, box.top, box.width, box.height), words)


def _scale_lines(ink: Ink, track: Track, plot: Box) -> None:
    for value in (0.0, *_marks(track, plot)):
        y = plot.bottom - track.share(value) * plot.height
        ink.line((plot.left, y), (plot.right, y), "line")


def _marks(track: Track, plot: Box) -> tuple[float, ...]:
    """Return the values to mark on both sides of 0."""
    above = track.share(track.top) - track.share(0.0)
    marks = levels(track.top, plot.height * above) if track.top > 0 else ()
    return (*(-value for value in marks if -value >= track.bottom), *marks)


def _noise_floor(ink: Ink, track: Track, plot: Box, floor: float) -> None:
    y = plot.bottom - min(track.share(floor), 1.0) * plot.height
    ink.fill(Box(plot.left, y, plot.width, plot.bottom - y), "curve_2", 0.10)
    ink.line((plot.left, y), (plot.right, y), "curve_2", style=Qt.PenStyle.DotLine)


def _shades(ink: Ink, state: TimelineState, place: Geometry) -> None:
    box = place.tracks
    for shade in state.shades:
        left, right = place.x(shade.span.first), place.x(shade.span.last)
        if right < box.left or left > box.right:
            continue
        ink.fill(Box(left, box.top, max(right - left, 1), box.height), "curve_2", 0.14)
        if right - left >= ink.text_width(shade.text):
            ink.text(Box(left, box.top + 3, right - left, 15), shade.text, align=CENTRE)


def _windows(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Show where the machine looked, as bands behind the curves."""
    box = place.tracks
    top = box.top + FLAG_PX + 2
    for mark in state.suggestions:
        if mark.window is None:
            continue
        left, right = place.x(mark.window.first - 0.5), place.x(mark.window.last + 0.5)
        ink.fill(Box(left, top, right - left, box.bottom - top), "gamdss", 0.09)
        ink.fill(Box(left, box.bottom - 3, right - left, 3), "gamdss", 0.55)


def _legend(ink: Ink, state: TimelineState, track: Track, top: float, bottom: float) -> None:
    room = GUTTER_PX - 22
    ink.text(Box(12, top, room, 16), track.title, "text", size=Type.body, weight=Type.medium)
    ink.text(Box(12, top + 16, room, 15), track.unit)
    y, step = top + 43, 17
    if y + step * len(track.curves) - step / 2 > bottom:
        y, step = top + 38, 13
    for curve in track.curves:
        if y + 6 > bottom:
            return
        ink.line((12, y), (26, y), curve.role, width=1.7)
        ink.text(Box(32, y - 8, GUTTER_PX - 40, 16), curve.name, "text_2")
        y += step
    if any(mark.window for mark in state.suggestions) and y + 8 <= bottom:
        ink.fill(Box(12, y - 4, 14, 8), "gamdss", 0.25)
        ink.fill(Box(12, y + 2, 14, 2), "gamdss")
        ink.text(Box(32, y - 8, GUTTER_PX - 40, 16), "search window", "text_2")
