"""What reading a data set yields: samples, rows left out, doubts, and fixes that are on offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from meviewer.core import action_units
from meviewer.core.action_units import ActionUnit
from meviewer.core.findings import Finding


@dataclass(frozen=True, slots=True)
class ImportedSample:
    """One labelled event of a data set whose frames were found on disk.

    Attributes
    ----------
    row : int
        Row of the label sheet, 1-based.
    subject : str
        One spelling a person.
    subject_raw : str
        As the sheet writes it.
    clip : str
        Name of the clip. One clip may hold several samples.
    path : Path
        Folder or file of the clip.
    onset, offset : int
        Frame numbers of the clip; ``onset <= offset``, both found in it.
    apex : int or None
        Between them, found in the clip; None if the sheet has none that can be used.
    emotion, action_units_text, coder, notes : str
        As the sheet writes them, trimmed.
    rate : Fraction or None
        Frames per second, if the data set says it; None leaves it to the clip.
    kind : str
        ``"micro"``, ``"macro"`` or ``"blink"``; empty where the data set does not tell them apart.
    objective : str
        Objective class ``"1"`` to ``"7"``; empty if there is none.
    dataset : str
        Short name of the data set.
    sheet : str
        Name of the sheet within the workbook.
    shift : int
        The sheet's frame number minus the clip's.
    fixes : tuple of str
        Names of the fixes that changed this row.
    cells : tuple of (str, str)
        The row as it stands in the sheet, by column name.
    places : tuple of (str, int)
        0-based columns that corrected labels are written back to, by what they hold.
    """

    row: int
    subject: str
    subject_raw: str
    clip: str
    path: Path
    onset: int
    apex: int | None
    offset: int
    emotion: str = ""
    action_units_text: str = ""
    coder: str = ""
    rate: Fraction | None = None
    kind: str = ""
    objective: str = ""
    notes: str = ""
    dataset: str = ""
    sheet: str = ""
    shift: int = 0
    fixes: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, int], ...] = ()

    @property
    def action_units(self) -> tuple[ActionUnit, ...]:
        """Action units that could be read from the sheet's text."""
        return action_units.parse(self.action_units_text)


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row of the sheet that became no sample."""

    row: int
    clip: str
    reason: str
    sheet: str = ""
    subject: str = ""
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FixOffer:
    """A correction that somebody has published, or a convention; applied only when chosen.

    Attributes
    ----------
    name : str
        Short name, as on the command line.
    title : str
        What it does, as one sentence.
    source : str
        Who says so.
    rows : tuple of int
        Rows of the sheet that it concerns.
    applied : bool
        Whether it was chosen.
    """

    name: str
    title: str
    source: str
    rows: tuple[int, ...]
    applied: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Result of reading a data set; samples and skipped rows together are all rows of the sheet.

    Attributes
    ----------
    samples : tuple of ImportedSample
    skipped : tuple of SkippedRow
    findings : tuple of Finding
        Nothing is repaired silently: every doubt, with its row.
    fixes : tuple of FixOffer
        Corrections that concern rows of this sheet, chosen or not.
    trees : tuple of str
        Sets of pictures that are there (raw, cropped), the one that was read first.
    dataset : str
        Short name of the data set.
    labels : tuple of Path
        Label files that were read.
    """

    samples: tuple[ImportedSample, ...]
    skipped: tuple[SkippedRow, ...]
    findings: tuple[Finding, ...]
    fixes: tuple[FixOffer, ...] = ()
    trees: tuple[str, ...] = ()
    dataset: str = ""
    labels: tuple[Path, ...] = ()

    @property
    def n_rows(self) -> int:
        """Rows of the sheet."""
        return len(self.samples) + len(self.skipped)

    def as_json(self) -> Mapping[str, object]:
        """Return what ``meviewer import --dry-run --json`` prints."""
        return {
            "samples": len(self.samples),
            "skipped": [
                {"row": row.row, "clip": row.clip, "reason": row.reason} for row in self.skipped
            ],
            "findings": [
                {"kind": f.kind, "row": f.row, "subject": f.subject, "clip": f.clip, "text": f.text}
                for f in self.findings
            ],
            "fixes": [
                {
                    "name": fix.name,
                    "title": fix.title,
                    "source": fix.source,
                    "rows": fix.rows,
                    "applied": fix.applied,
                }
                for fix in self.fixes
            ],
        }
