"""MEGC 2019: 442 clips of CASME II, SAMM and SMIC in three classes, chosen by a list.

Layout::

    combined_3class_gt.csv     casme2,sub01,EP02_01f,1   without header; 0 negative, 1 positive,
                                                         2 surprise
    <any>/...                  CASME II, SAMM and SMIC, each as its own reader knows it

Every row of the list is a sample or is skipped. Keyframes, action units and notes come from the
sheets of the sets, the class from the list; the set's own emotion is kept in the cells of the row.
The name of the set is put before each subject: subject 6 of SAMM and subject 6 of SMIC are two.

The list is older than the sheet of CASME II of 2019: it leaves out three clips of sub24 that were
relabelled then, and sub04/EP12_01f and sub05/EP09_05f. Clips like these are named, not added.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.sheet_reader import sheet_of
from meviewer.data.doctor.sheets import find_files
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.readers.megc2019_choice import NAME, Choice
from meviewer.data.readers.megc2019_list import is_list, read_entries
from meviewer.data.readers.megc2019_sets import find_sets, read_sets

_USUAL = "combined_3class_gt.csv"
_PATTERNS = ("*combined*3*class*.csv", "*3*class*.csv", "*megc*2019*.csv", "*megc*.csv")
_FEWEST_SETS = 2


@dataclass(frozen=True, slots=True)
class Megc2019Reader:
    """Reads the composite of MEGC 2019 through the readers of its three sets."""

    name: str = NAME
    title: str = "MEGC 2019, composite of CASME II, SAMM and SMIC"

    def claim(self, root: Path) -> Claim | None:
        """Claim a folder with the list and at least two of the sets."""
        labels = find_files(root, _PATTERNS, fits=is_list)
        if not labels:
            return None
        there = [name for name, claim in find_sets(root).items() if claim is not None]
        if len(there) < _FEWEST_SETS:
            return None
        why = f"it has {labels[0].name} beside {', '.join(there)}"
        return Claim(self.name, self.title, why, labels)

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read the list, then the sets below ``root``, and choose.

        Raises
        ------
        LabelError
            If the root is no folder, or the list is not there or is none. A set that is missing
            is a finding.
        """
        book = sheet_of(root, labels, _PATTERNS, is_list, (self.title, _USUAL))
        entries = read_entries(book)
        choice = Choice(read_sets(root, options or ReadOptions()), list(book.findings))
        for entry in entries:
            choice.take(entry)
        return choice.report(book.path, entries)


READER = Megc2019Reader()
