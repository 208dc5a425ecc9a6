"""What a person sees on the timeline, found by its colours in a picture of the screen."""

from __future__ import annotations

import numpy as np

_FLAG_LEAST_PX = 16
_GUTTER_PX = 148
_MARKS_LEAST_PX = 60


def of_colour(picture, role, theme="dark"):
    """Return where the picture has exactly the colour of a role, (H, W) bool."""
    from meviewer.gui.palette import DARK, LIGHT

    code = getattr(DARK if theme == "dark" else LIGHT, role)
    wanted = np.frombuffer(bytes.fromhex(code[1:]), np.uint8)
    return (picture == wanted).all(axis=-1)


def flag(picture, role, theme="dark"):
    """Return the middle (x, y) of the flag of a keyframe, or None where there is none.

    Nothing else in the window is so wide in this colour.
    """
    mask = of_colour(picture, role, theme)
    for y in np.flatnonzero(mask.sum(axis=1) >= _FLAG_LEAST_PX):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], mask[y].astype(np.int8), [0]))))
        starts, stops = edges[::2], edges[1::2]
        longest = int(np.argmax(stops - starts))
        if stops[longest] - starts[longest] >= _FLAG_LEAST_PX:
            return (starts[longest] + stops[longest] - 1) / 2, y + 6
    return None


def flags(picture, theme="dark"):
    """Return the places of the three flags, or None unless all are in sight."""
    found = {role: flag(picture, role, theme) for role in ("onset", "apex", "offset")}
    return found if all(found.values()) else None


def suggestion_in_sight(picture, theme="dark"):
    """Say whether marks of a suggestion stand on the curves."""
    places = flags(picture, theme)
    if places is None:
        return False
    top = int(places["apex"][1]) + 10
    # Right of the gutter, left of the inspector, whose figures have the same colour.
    curves = of_colour(picture, "gamdss", theme)[top : top + 120, _GUTTER_PX + 100 : 1000]
    return int(curves.sum()) > 60


def estimate_in_sight(picture, theme="dark"):
    """Say whether the three marks of our own estimate stand in its lane."""
    lane = of_colour(picture, "prediction", theme)[:, _GUTTER_PX:1000]
    return int(lane.sum()) > _MARKS_LEAST_PX
