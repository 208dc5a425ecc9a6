"""LibreFace: what its package and its program save for a video."""

from __future__ import annotations

import re

from meviewer.data.series.values import ACTION_UNITS, EMOTIONS, HEAD, PRESENCE, Layout, Track, place

NAME = "libreface"
_UNIT = re.compile(r"au_(\d{1,2})(_intensity)?")
_POSE = ("pitch", "roll", "yaw")


def layout_of(names: tuple[str, ...]) -> Layout | None:
    """Return how the file is laid out, or None if LibreFace did not write it."""
    tracks = tuple(t for column, name in enumerate(names) if (t := _track(column, name)))
    if not {"frame_idx", "frame_time_in_ms"} & set(names) or not tracks:
        return None
    return Layout(
        NAME,
        tracks,
        frame=place(names, "frame_idx"),
        first_frame=0,
        time=place(names, "frame_time_in_ms"),
        face=place(names, "face_id"),
    )


def _track(column: int, name: str) -> Track | None:
    if unit := _UNIT.fullmatch(name):
        text = f"AU{int(unit[1]):02d}"
        if unit[2]:
            return Track(column, text, "0-5", ACTION_UNITS)
        return Track(column, f"{text} present", "0-1", PRESENCE)
    if name in _POSE:
        return Track(column, name, "deg", HEAD)
    if name == "facial_expression":
        return Track(column, "expression", "0-1", EMOTIONS, words=True)
    return None
