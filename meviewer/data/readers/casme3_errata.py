"""Corrections of the second version of part A's sheet of CAS(ME)^3.

Two rows of spNO.40/e have the offset 0; nobody has published another, so that none is on offer.
"""

from __future__ import annotations

from meviewer.data.doctor.fixes import Correction, Errata

_ERRATUM = (
    "an erratum in the authors' repository (github.com/jingtingEmmaLi/CAS-ME-3), where the row "
    "is also listed as wrong"
)
_DIGITS = "its digits; nobody is named who has published it"

ERRATA = (
    Errata(
        "casme3-apex-167",
        "The apex 83 of spNO.149/d, before its onset 112, becomes 167",
        _ERRATUM,
        (Correction("spNO.149", "d", now={"onset": "112", "apex": "83"}, then={"apex": "167"}),),
    ),
    Errata(
        "casme3-onset-2647",
        "Read the onset 3647 of spNO.216/d, after its apex 2668, as 2647",
        _DIGITS,
        (
            Correction(
                "spNO.216", "d", now={"onset": "3647", "apex": "2668"}, then={"onset": "2647"}
            ),
        ),
    ),
    Errata(
        "casme3-offset-34",
        "Read the offset 3460 of spNO.214/c, which has 3456 frames, as 34",
        _DIGITS,
        (Correction("spNO.214", "c", now={"offset": "3460"}, then={"offset": "34"}),),
    ),
    Errata(
        "casme3-first-frame",
        "Onset and apex 0 of spNO.216/e become 1: its first picture is 1.jpg",
        "a note on the missing 0.jpg says to add 1; the offset is left as it is",
        (
            Correction(
                "spNO.216",
                "e",
                now={"onset": "0", "apex": "0"},
                then={"onset": "1", "apex": "1"},
            ),
        ),
    ),
)
