"""Py-Feat: what its ``Detector`` saves."""

from __future__ import annotations

import re

from meviewer.data.series.values import (
    ACTION_UNITS,
    EMOTIONS,
    HEAD,
    QUALITY,
    Layout,
    Track,
    place,
)

NAME = "pyfeat"
_UNIT = re.compile(r"au(\d\d)")
_EMOTIONS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
_POSE = ("pitch", "roll", "yaw")


def layout_of(names: tuple[str, ...]) -> Layout | None:
    """Return how the file is laid out, or None if Py-Feat did not write it."""
    tracks = tuple(t for column, name in enumerate(names) if (t := _track(column, name)))
    by_units = any(track.group == ACTION_UNITS for track in tracks)
    by_face = "facescore" in names and any(track.group != QUALITY for track in tracks)
    if not (by_units or by_face):
        return None
    return Layout(
        NAME,
        tracks,
        frame=place(names, "frame"),
        first_frame=0,
        face=place(names, "identity"),
        score=place(names, "facescore"),
    )


def _track(column: int, name: str) -> Track | None:
    if unit := _UNIT.fullmatch(name):
        return Track(column, f"AU{unit[1]}", "0-1", ACTION_UNITS)
    if name in _EMOTIONS:
        return Track(column, name, "0-1", EMOTIONS)
    if name in _POSE:
        return Track(column, name, "deg", HEAD)
    if name == "facescore":
        return Track(column, "face score", "0-1", QUALITY)
    return None
