"""What a data-set reader yields: samples, rows left out, and what is doubtful."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from meviewer.core import action_units
from meviewer.core.action_units import ActionUnit
from meviewer.core.events import Keyframes, Source
from meviewer.core.findings import Finding
from meviewer.data.clip_base import Clip


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
        Frame numbers of the data set; ``onset <= offset``, both found in the clip.
    apex : int or None
        Between them, found in the clip; None if the sheet has none.
    emotion, action_units_text, coder : str
        As the sheet writes them, trimmed.
    rate : Fraction or None
        Frames per second, if the data set says it; None leaves it to the clip.
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

    @property
    def action_units(self) -> tuple[ActionUnit, ...]:
        """Action units that could be read from the sheet's text."""
        return action_units.parse(self.action_units_text)

    def keyframes(self, clip: Clip) -> tuple[Keyframes, Source]:
        """Return the keyframes as indices into the open clip, and where the apex came from.

        Without an apex it is the middle frame between onset and offset, as most publications do
        for SMIC; the source then says so.

        Raises
        ------
        LabelError
            If a number is not in the clip.
        """
        onset, offset = clip.index_of(self.onset), clip.index_of(self.offset)
        if self.apex is None:
            return Keyframes(onset, (onset + offset) // 2, offset), Source.MIDDLE
        return Keyframes(onset, clip.index_of(self.apex), offset), Source.DATA_SET


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row of the sheet that became no sample."""

    row: int
    clip: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Result of reading a data set; samples and skipped rows together are all rows of the sheet.

    Attributes
    ----------
    samples : tuple of ImportedSample
    skipped : tuple of SkippedRow
    findings : tuple of Finding
        Nothing is repaired silently: every doubt, with its row.
    """

    samples: tuple[ImportedSample, ...]
    skipped: tuple[SkippedRow, ...]
    findings: tuple[Finding, ...]

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
        }


class Reader(Protocol):
    """Reads one data set. A new one is a module in ``data/readers`` and a line in the registry."""

    @property
    def name(self) -> str:
        """Short name, as on the command line."""
        ...

    @property
    def title(self) -> str:
        """Name for a person."""
        ...

    def fits(self, root: Path) -> bool:
        """Return whether a folder looks like this data set; cheap, and never an error."""
        ...

    def read(self, root: Path, labels: Path | None = None) -> ImportReport:
        """Read the labels and find their clips.

        Raises
        ------
        LabelError
            If the root or the label file cannot be read as a whole. Faults of single rows are
            reported, never raised.
        """
        ...
