"""Published corrections of the sheet of SAMM.

The action units that meb puts in place of the five rows with "or" are published by row number
alone and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from meviewer.data.doctor.fixes import Correction, Errata
from meviewer.data.doctor.numbers import read_number
from meviewer.data.doctor.rows import DraftRow


@dataclass(frozen=True, slots=True)
class _ApexAfterOnset(Correction):
    """A correction of a row whose apex is the frame after its onset."""

    def concerns(self, row: DraftRow) -> bool:
        """Return whether this is the row, and it still has the fault."""
        onset, apex = read_number(row.onset), read_number(row.apex)
        is_next = onset is not None and apex is not None and apex.value == onset.value + 1
        return is_next and Correction.concerns(self, row)


_BEFORE_ONSET = {"onset": "4896", "apex": "1930", "offset": "4970"}

ERRATA = (
    Errata(
        "samm-meb",
        "Three apexes: outside their event in 028_4_1 and 032_3_1, too early in 032_3_2",
        "meb (github.com/tvaranka/meb), estimated there from optical flow",
        (
            Correction(
                "028",
                "028_4_1",
                now={"onset": "1071", "apex": "1143", "offset": "1134"},
                then={"apex": "1105"},
            ),
            Correction("032", "032_3_1", now=_BEFORE_ONSET, then={"apex": "4945"}),
            _ApexAfterOnset("032", "032_3_2", now={}, then={"apex": "5130"}),
        ),
    ),
    Errata(
        "samm-apex-4930",
        "Read the apex 1930 of 032_3_1 as 4930",
        "its digits: 4930 would lie between onset and offset; nobody has published it",
        (Correction("032", "032_3_1", now=_BEFORE_ONSET, then={"apex": "4930"}),),
    ),
    Errata(
        "samm-offset-5739",
        "Let 013_1_9 end at frame 5739",
        "the second version of the sheet, and meb (github.com/tvaranka/meb); older copies differ",
        (Correction("013", "013_1_9", now={}, then={"offset": "5739"}),),
    ),
)
