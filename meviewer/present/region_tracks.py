"""Difference curves of the regions of a face as one track of the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from meviewer.present.curves import pyramid
from meviewer.present.series_tracks import SeriesKey
from meviewer.present.timeline import Curve, Track
from meviewer.present.timeline_ticks import nice_top

TOOL = "Difference"
"""Under which name the regions stand among the curves to choose from."""

_GROUP = "regions of the face"
_ROLES = ("coder_a", "coder_b", "coder_c", "prediction", "curve")


def region_keys(names: Iterable[str]) -> tuple[SeriesKey, ...]:
    """Return the regions as curves to choose from."""
    return tuple(SeriesKey(TOOL, _GROUP, name) for name in names)


def region_track(curves: Mapping[str, NDArray[np.float64]]) -> Track:
    """Return one track of the curves of regions.

    Parameters
    ----------
    curves : mapping of str to (T,) float64
        Difference from the onset in RMS grey levels over each region.
    """
    lines = tuple(
        Curve(name, _ROLES[at % len(_ROLES)], pyramid(values))
        for at, (name, values) in enumerate(curves.items())
    )
    top = nice_top(max(line.line.peak for line in lines))
    return Track("Regions", "RMS grey levels, from onset", lines, top)
