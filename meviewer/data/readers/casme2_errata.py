"""Published corrections of the sheet of CASME II.

Of the further apexes that meb estimates only row numbers are published, and its own workbook has
one row more than the data set's: they cannot be put to rows safely and are left out.
"""

from __future__ import annotations

from meviewer.data.doctor.fixes import Correction, Errata

_EP12 = {"onset": "261", "offset": "321"}

EDITED = Correction("sub04", "EP12_01f", now={**_EP12, "apex": "300"}, then={"apex": "/"})
"""By this row a widespread copy of the sheet of 2014 is known; the data set has no apex there."""

ERRATA = (
    Errata(
        "casme2-2019",
        "Take over the emotions that the sheet of 2019 has and that of 2014 has not",
        "CASME2-coding-20190701.xlsx by the authors of the data set: three clips of subject 24",
        tuple(
            Correction("sub24", clip, now={"emotion": "sadness"}, then={"emotion": "surprise"})
            for clip in ("EP07_01", "EP07_04f", "EP10_03")
        ),
    ),
    Errata(
        "casme2-meb",
        "Let sub07/EP06_01 end at frame 91",
        "meb (github.com/tvaranka/meb), which calls the sheet's offset a mistake",
        (Correction("sub07", "EP06_01", now={}, then={"offset": "91"}),),
    ),
    Errata(
        "casme2-apex-300",
        "Give sub04/EP12_01f, whose apex is '/', the apex 300",
        "a widespread copy of the sheet of 2014, edited by an unknown hand",
        (Correction("sub04", "EP12_01f", now={**_EP12, "apex": "/"}, then={"apex": "300"}),),
    ),
)
