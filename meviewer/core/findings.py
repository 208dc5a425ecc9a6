"""Findings: what is doubtful about a label or a clip, in words, with a place to jump to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt.

    Attributes
    ----------
    kind : str
        Stable word such as ``"apex-on-onset"``; programs filter on it.
    severity : Severity
    text : str
        One sentence for a person.
    event_id : int or None
        Event concerned.
    frame : int or None
        Frame index to jump to.
    row : int or None
        Row of the label sheet, 1-based as a spreadsheet shows it.
    subject, clip : str
        Where, in the data set's words.
    """

    kind: str
    severity: Severity
    text: str
    event_id: int | None = None
    frame: int | None = None
    row: int | None = None
    subject: str = ""
    clip: str = ""
