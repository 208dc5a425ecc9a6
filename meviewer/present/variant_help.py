"""What each variant of the keyframe search does, and what to expect of it, in a sentence or two.

The figures are from our own simulation on 220 held-out synthetic clips.
"""

from __future__ import annotations

VARIANT_HELP = {
    "narrow": "Windows of 15 % of a quarter of the rise; the offset is kept. Rarely moves anything.",
    "full": (
        "Onset and apex together in windows of 10 % of the rise, then the offset. "
        "Improves simulated labels by 1 to 4 ms; at low frame rates it often cannot move."
    ),
    "apex-late": (
        "Looks for the apex after the labelled one only. "
        "In simulation it puts the apex 50 to 90 ms late: distance grows while the head drifts."
    ),
    "wide-late": (
        "Wide windows, the apex late only. In simulation it puts the apex 50 to 90 ms late."
    ),
    "two-sided": (
        "The paper's figure: windows after the onset, on both sides of the apex, before the offset. "
        "Improves simulated labels by up to 14 ms at the apex once head and light are left out."
    ),
    "free": (
        "Every pair of frames, no label needed. On raw frames it follows the head rather than the "
        "face: use it on aligned clips only."
    ),
}
