"""The part of the timeline that is drawn once and kept until something in it changes."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPixmap

from meviewer.gui.theme import Theme, Type
from meviewer.gui.widgets.timeline_axis import paint_gutter_head, paint_overview, paint_ruler
from meviewer.gui.widgets.timeline_ink import CENTRE, Ink, Kept
from meviewer.gui.widgets.timeline_lane_rows import paint_lane_names, paint_lanes
from meviewer.gui.widgets.timeline_marks import (
    paint_handles,
    paint_leads,
    paint_suggestions,
)
from meviewer.gui.widgets.timeline_tracks import paint_track_legends, paint_tracks
from meviewer.present.timeline import TimelineState
from meviewer.present.timeline_geometry import GUTTER_PX, Box, Geometry


def timeline_picture(
    theme: Theme,
    state: TimelineState,
    place: Geometry,
    pixel_ratio: float,
    kept: Kept | None = None,
) -> QPixmap:
    """Draw everything but playhead, hover and focus, from the back to the front."""
    picture = _blank(place, pixel_ratio)
    painter = QPainter(picture)
    if kept is not None:
        kept.begin()
    paint_still(Ink(painter, theme, kept), state, place)
    painter.end()
    return picture


def paint_still(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Paint everything but playhead, hover and focus, from the back to the front."""
    # Words take longest: those of the gutter stay while one looks elsewhere, and those of the
    # ruler while a keyframe is dragged.
    ink.unchanged(
        Box(0, 0, GUTTER_PX, place.height),
        _gutter_key(ink.theme, state, place),
        lambda painter: _paint_gutter(Ink(painter, ink.theme), state, place),
        opaque=True,
    )
    ink.fill(Box(GUTTER_PX, 0, place.width - GUTTER_PX, place.height), "plot")
    ink.unchanged(
        place.ruler,
        (ink.theme.name, state.clip, state.n_frames, place.shown, place.width),
        lambda painter: paint_ruler(ink.on(painter), state, place),
        opaque=True,
    )
    paint_overview(ink, state, place)
    paint_tracks(ink, state, place)
    paint_leads(ink, state, place)
    paint_lanes(ink, state, place)
    _rules(ink, state, place)
    paint_handles(ink, state, place)
    paint_suggestions(ink, state, place)


def paint_empty(ink: Ink, width: float, height: float, words: str) -> None:
    """Fill the timeline while there is nothing to show."""
    box = Box(0, 0, width, height)
    ink.fill(box, "plot")
    ink.text(box, words, "text_3", size=Type.body, align=CENTRE)


def _paint_gutter(ink: Ink, state: TimelineState, place: Geometry) -> None:
    """Paint what names the rows."""
    ink.fill(Box(0, 0, GUTTER_PX, place.height), "panel")
    paint_gutter_head(ink, state, place, GUTTER_PX)
    paint_track_legends(ink, state, place)
    paint_lane_names(ink, state, place)


def _gutter_key(theme: Theme, state: TimelineState, place: Geometry) -> Hashable:
    """Return everything that the gutter depends on; a clip's rate goes with it."""
    tracks = tuple(
        (track.title, track.unit, tuple((curve.name, curve.role) for curve in track.curves))
        for track in state.tracks
    )
    lanes = tuple(
        (lane.name, lane.role, lane.machine, lane.editable, lane.model) for lane in state.lanes
    )
    searched = any(mark.window for mark in state.suggestions)
    return theme.name, state.clip, state.n_frames, place.height, tracks, lanes, searched


def _blank(place: Geometry, pixel_ratio: float) -> QPixmap:
    width, height = round(place.width * pixel_ratio), round(place.height * pixel_ratio)
    picture = QPixmap(QSize(max(width, 1), max(height, 1)))
    picture.setDevicePixelRatio(pixel_ratio)
    return picture


def _rules(ink: Ink, state: TimelineState, place: Geometry) -> None:
    bottoms = [place.overview.bottom, place.ruler.bottom]
    bottoms += [place.track(at).bottom for at in range(place.n_tracks)]
    bottoms += [place.lane(at).bottom for at in range(len(state.lanes))]
    for bottom in bottoms:
        ink.fill(Box(0, bottom - 1, place.width, 1), "line")
    ink.fill(Box(GUTTER_PX - 1, 0, 1, place.height), "line")
