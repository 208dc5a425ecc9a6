"""How keyframes are looked for in the open clip, and the curves that come with it, as values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.gamdss import Reselection


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How keyframes are looked for.

    Attributes
    ----------
    variant : str
        One of `meviewer.motion.gamdss.VARIANTS`.
    ratio : float or None
        Window ratio; None is the variant's own.
    brightness_free : bool
        Leave changes of the lamp out of the distance.
    wrapped_uint8 : bool
        Wrap differences as the published code does: a defect, for replication only.
    measure : str
        One of `meviewer.motion.gamdss_measures.MEASURES`: what a difference is measured by.
    aligned : bool
        Hold the head still first.
    region : str
        Region of the face that alone takes part; empty for the whole frame, which also stands in
        while no face is known.
    """

    variant: str = "two-sided"
    ratio: float | None = None
    brightness_free: bool = True
    wrapped_uint8: bool = False
    measure: str = "l2"
    aligned: bool = False
    region: str = ""


@dataclass(frozen=True, slots=True)
class Curves:
    """Difference curves of a clip in RMS grey levels, one value a frame.

    Attributes
    ----------
    from_onset : (T,) float64
        Distance of each frame from the reference.
    neighbours : (T,) float64
        Distance of each frame from the one before it.
    reference : int
        The onset of the selected event, or the first frame.
    noise_floor : float
        How far two pictures of a still face lie apart: the median of ``neighbours`` outside the
        event.
    """

    from_onset: NDArray[np.float64]
    neighbours: NDArray[np.float64]
    reference: int
    noise_floor: float


def measure_words(found: Reselection) -> list[str]:
    """Return in words by what a suggestion was found, where that is not the plain difference."""
    named = found.parameters
    words = ["by flow magnitude"] if named.get("measure") == "flow-magnitude" else []
    if named.get("aligned"):
        words.append("head held still")
    return [*words, f"in the {named['region']}"] if named.get("region") else words
