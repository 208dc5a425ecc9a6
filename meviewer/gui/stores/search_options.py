"""How keyframes are looked for in the open clip, as values, and in words."""

from __future__ import annotations

from dataclasses import dataclass

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


def measure_words(found: Reselection) -> list[str]:
    """Return in words by what a suggestion was found, where that is not the plain difference."""
    named = found.parameters
    words = ["by flow magnitude"] if named.get("measure") == "flow-magnitude" else []
    if named.get("aligned"):
        words.append("head held still")
    return [*words, f"in the {named['region']}"] if named.get("region") else words
