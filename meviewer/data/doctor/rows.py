"""A row of a label sheet on its way to become a sample, and what is known about its data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from meviewer.core.findings import Finding, Severity

MICRO, MACRO, BLINK = "micro", "macro", "blink"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One labelled event as the sheet writes it; every cell is still text.

    Attributes
    ----------
    row : int
        Row of the sheet, 1-based as a spreadsheet shows it.
    subject, clip : str
        By which the clip is looked for on disk. The reader has put the sheet's words into the
        data set's own names (``"1"`` of CASME into ``"sub01"`` is not needed: numbers compare).
    onset, apex, offset : str
        Cells; they may be blank, ``/``, fractional or nonsense.
    emotion, action_units, objective, coder, notes, kind : str
    rate : Fraction or None
        Where the sheet says it row by row.
    sheet : str
        Name of the sheet within the workbook.
    shift : int
        The sheet's frame number minus the clip's: camera counters, zero-based sheets.
    subject_raw : str
        As the sheet writes it; empty: as ``subject``.
    doubts : tuple of (str, str)
        Kinds and texts of what the reader itself has noticed about this row.
    fault : str
        Why the row cannot be used whatever the frames are; empty if it can.
    cells : tuple of (str, str)
        The row as it stands in the sheet.
    fixes : tuple of str
        Names of the fixes that changed it.
    places : tuple of (str, int)
        0-based column of onset, apex, offset, emotion and action_units, as far as the sheet has
        them: where corrected labels are written back.
    fault_kind : str
        Kind of the finding that goes with the fault.
    """

    row: int
    subject: str
    clip: str
    onset: str
    apex: str
    offset: str
    emotion: str = ""
    action_units: str = ""
    objective: str = ""
    coder: str = ""
    notes: str = ""
    kind: str = MICRO
    rate: Fraction | None = None
    sheet: str = ""
    shift: int = 0
    subject_raw: str = ""
    doubts: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    fixes: tuple[str, ...] = ()
    places: tuple[tuple[str, int], ...] = ()
    fault_kind: str = "row-faulty"

    def changed(self, fix: str, cells: Mapping[str, str]) -> DraftRow:
        """Return the row with cells replaced by a fix of that name.

        Only onset, apex, offset, subject, clip, emotion, action_units and kind can be.
        """
        return replace(
            self,
            subject=cells.get("subject", self.subject),
            clip=cells.get("clip", self.clip),
            onset=cells.get("onset", self.onset),
            apex=cells.get("apex", self.apex),
            offset=cells.get("offset", self.offset),
            emotion=cells.get("emotion", self.emotion),
            action_units=cells.get("action_units", self.action_units),
            kind=cells.get("kind", self.kind),
            fixes=(*self.fixes, fix),
        )

    def finding(self, kind: str, severity: Severity, text: str) -> Finding:
        """Return a finding that points at this row."""
        subject = self.subject_raw or self.subject
        return Finding(kind, severity, text, None, None, self.row, subject, self.clip)


@dataclass(frozen=True, slots=True)
class Drafts:
    """All rows of the label sheets of a data set, and what was noticed while reading them."""

    rows: tuple[DraftRow, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known about a data set before its sheet is opened.

    Attributes
    ----------
    name, title : str
    rate : Fraction or None
        Frames per second of all clips; None where each clip or row has its own.
    emotions : frozenset of str
        Class names that its sheet uses, normalised; others are a finding. Empty: any.
    trees : tuple of str
        Names of its sets of pictures, the preferred one first.
    has_apex, has_emotion : bool
        Whether its sheet has them at all; what never exists is not found missing in every row.
    same_spelling : bool
        Whether sheet and folders are meant to write a subject alike.
    longest_ms : float
        A micro-expression that lasts longer is a finding.
    """

    name: str
    title: str
    rate: Fraction | None = None
    emotions: frozenset[str] = field(default_factory=frozenset)
    trees: tuple[str, ...] = ()
    has_apex: bool = True
    has_emotion: bool = True
    same_spelling: bool = False
    longest_ms: float = 500.0
