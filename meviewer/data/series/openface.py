"""OpenFace 1 and 2: ``FeatureExtraction`` and ``FaceLandmarkVidMulti``."""

from __future__ import annotations

import re

from meviewer.data.series.values import (
    ACTION_UNITS,
    GAZE,
    HEAD,
    PRESENCE,
    QUALITY,
    Layout,
    Track,
    place,
)

NAME = "openface"
_UNIT = re.compile(r"au(\d\d)_([rc])")
_POSE = re.compile(r"pose_([tr])([xyz])")
_GAZE = re.compile(r"gaze_(?:angle|[01])_[xyz]")


def layout_of(names: tuple[str, ...]) -> Layout | None:
    """Return how the file is laid out, or None if OpenFace did not write it.

    Parameters
    ----------
    names : tuple of str
        Columns, trimmed and in lower case: old versions put a blank after each comma.
    """
    tracks = tuple(t for column, name in enumerate(names) if (t := _track(column, name)))
    measured = [track for track in tracks if track.group != QUALITY]
    if not measured or not {"confidence", "success"} & set(names):
        return None
    return Layout(
        NAME,
        tracks,
        frame=place(names, "frame"),
        first_frame=1,
        time=place(names, "timestamp"),
        time_unit_ms=1000.0,
        face=place(names, "face_id"),
        score=place(names, "confidence"),
        success=place(names, "success"),
    )


def _track(column: int, name: str) -> Track | None:
    if unit := _UNIT.fullmatch(name):
        if unit[2] == "r":
            return Track(column, f"AU{unit[1]}", "0-5", ACTION_UNITS)
        return Track(column, f"AU{unit[1]} present", "0-1", PRESENCE)
    if pose := _POSE.fullmatch(name):
        text = f"pose {pose[1].upper()}{pose[2]}"
        return Track(column, text, "mm" if pose[1] == "t" else "rad", HEAD)
    if _GAZE.fullmatch(name):
        return Track(column, name.replace("_", " "), "rad" if "angle" in name else "", GAZE)
    if name == "confidence":
        return Track(column, name, "0-1", QUALITY)
    return None
