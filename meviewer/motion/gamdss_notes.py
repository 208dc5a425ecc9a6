"""What the app says about each variant of GAMDSS: where it comes from and what to expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class VariantNote:
    """One variant in words.

    Attributes
    ----------
    mark : str
        ``[paper]``, ``[code]`` or ``[ours]``.
    does : str
        Where it looks.
    expect : str
        What it did to simulated labels.
    """

    mark: str
    does: str
    expect: str


STUDY = (
    "Simulation, 220 held-out clips of drawn faces at 30 to 200 fps with head drift and flicker; "
    "labels off by about 30 ms at the onset and apex and 42 ms at the offset. Numbers are mean "
    "absolute errors against the truth; real faces will be harder."
)
"""What the expectations rest on."""

WRAPPED = (
    "The published code subtracts 8-bit pictures in 8 bits, so -1 becomes 255 and the distance "
    "mostly counts darker values. It is a defect, kept for replication; in the small windows it "
    "changes errors by only 1 to 2 ms."
)
"""About ``wrapped_uint8``."""

BRIGHTNESS = (
    "A flicker of 1 to 2 % moves plain L2 more than a frame beside the apex does: it then prefers "
    "the brightest or darkest frames. The brightness-free distance brings every frame to the "
    "clip's usual light first. What rounding to 8 bits has lost stays lost: choices whose "
    "distances differ by less than about 0.3 % may still swap."
)
"""About ``brightness_free``."""

NOTES: Mapping[str, VariantNote] = MappingProxyType(
    {
        "narrow": VariantNote(
            "[code]",
            "Onset up to 15 %/4 of the rise later, apex as much earlier; the offset is kept.",
            "Changes labels by less than 1 ms.",
        ),
        "full": VariantNote(
            "[code]",
            "Onset up to 10 % of the rise later, apex as much earlier, offset up to 10 % of the "
            "fall earlier. Active in the published code for CASME II, SAMM and CAS(ME)3.",
            "Improves labels by 1 to 4 ms. At 30 fps its windows are one frame wide.",
        ),
        "apex-late": VariantNote(
            "[code]",
            "Apex up to 52 % of the fall later; onset and offset are kept.",
            "Puts the apex 50 to 90 ms late: distance grows with the drift of the head.",
        ),
        "wide-late": VariantNote(
            "[code]",
            "The label, or an onset up to 32 % of the rise later with an apex up to 48 % of the "
            "fall later; the offset is kept.",
            "Puts the apex 50 to 80 ms late: distance grows with the drift of the head.",
        ),
        "two-sided": VariantNote(
            "[paper]",
            "A window of one ratio after the onset, on both sides of the apex, before the offset.",
            "Improves labels by 1 to 5 ms; on frames freed of head motion the apex by up to 14 ms.",
        ),
        "free": VariantNote(
            "[ours]",
            "Every pair of frames; needs no label. Bounded by a maximum duration. Distance has no "
            "direction: the way back from the peak is as good a pair as the way there.",
            "Unusable on raw frames, errors of 150 to 300 ms: the drift of the head wins.",
        ),
    }
)
"""One note a variant."""
