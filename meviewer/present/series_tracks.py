"""Curves of other tools as tracks of the timeline: what can be shown, and what is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from meviewer.data.series.values import ACTION_UNITS, Series, SeriesFile
from meviewer.present.curves import pyramid
from meviewer.present.timeline import Curve, Track
from meviewer.present.timeline_ticks import nice_top

_TOOLS = {"openface": "OpenFace", "pyfeat": "Py-Feat", "libreface": "LibreFace"}
_ROLES = ("coder_a", "coder_b", "coder_c", "prediction", "curve")
_FIRST_SHOWN = 3
_FIXED_TOP = {"0-5": 5.0, "0-1": 1.0}


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """Which curve of which file."""

    tool: str
    group: str
    name: str


def keys(files: Sequence[SeriesFile]) -> tuple[SeriesKey, ...]:
    """Return every curve that there is, in the order of the files."""
    found = (SeriesKey(file.tool, one.group, one.name) for file in files for one in file.series)
    return tuple(dict.fromkeys(found))


def proposed(files: Sequence[SeriesFile]) -> frozenset[SeriesKey]:
    """Return the action units that move most: what one looks at first."""
    moves = [
        (_range(one), SeriesKey(file.tool, one.group, one.name))
        for file in files
        for one in file.series
        if one.group == ACTION_UNITS
    ]
    moves.sort(key=lambda move: -move[0])
    return frozenset(key for moved, key in moves[:_FIRST_SHOWN] if moved > 0)


def series_tracks(files: Sequence[SeriesFile], shown: Collection[SeriesKey]) -> tuple[Track, ...]:
    """Return a track for each group and unit of which a curve is shown."""
    groups: dict[tuple[str, str, str], list[Series]] = defaultdict(list)
    for file in files:
        for one in file.series:
            if SeriesKey(file.tool, one.group, one.name) in shown:
                groups[file.tool, one.group, one.unit].append(one)
    return tuple(_track(key, series) for key, series in groups.items())


def tool_title(tool: str) -> str:
    """Return the name of a tool as its makers write it."""
    return _TOOLS.get(tool, tool)


def _track(key: tuple[str, str, str], series: Sequence[Series]) -> Track:
    tool, group, unit = key
    curves = tuple(
        Curve(one.name, _ROLES[at % len(_ROLES)], pyramid(one.values))
        for at, one in enumerate(series)
    )
    peak = max(curve.line.peak for curve in curves)
    depth = min(curve.line.depth for curve in curves)
    top = _FIXED_TOP.get(unit) or nice_top(max(peak, -depth))
    bottom = -top if depth < 0 else 0.0
    return Track(
        f"{tool_title(tool)}", f"{group}, {unit}" if unit else group, curves, top, None, bottom
    )


def _range(one: Series) -> float:
    there = one.values[np.isfinite(one.values)]
    return float(np.ptp(there)) if len(there) else 0.0
