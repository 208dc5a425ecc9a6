"""Rules that every row of a data set's label sheet must pass before it becomes a sample."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from meviewer.core.findings import Finding, Severity
from meviewer.data.formats.csv_labels import LabelRow


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say about one row.

    Attributes
    ----------
    reason : str
        Why the row cannot be a sample; empty if it can.
    apex : int or None
        The apex to use; None if there is none.
    findings : tuple of Finding
    """

    reason: str
    apex: int | None
    findings: tuple[Finding, ...]


def judge(row: LabelRow, numbers: Sequence[int]) -> Verdict:
    """Check the keyframes of one row against the frames on disk.

    Parameters
    ----------
    row : LabelRow
    numbers : sequence of int
        Frame numbers of the clip, increasing.
    """
    apex, findings = _apex(row)
    wrong = _order(row, apex) or _presence(row, apex, numbers)
    if wrong:
        kind, reason = wrong
        findings.append(finding(row, kind, Severity.ERROR, reason))
        return Verdict(reason, None, tuple(findings))
    return Verdict("", apex, (*findings, *_doubts(row, apex, numbers)))


def finding(row: LabelRow, kind: str, severity: Severity, text: str) -> Finding:
    """Return a finding that points at a row of the sheet."""
    return Finding(kind, severity, text, None, None, row.row, row.subject, row.clip)


def _apex(row: LabelRow) -> tuple[int | None, list[Finding]]:
    """Return the apex to use; data sets write a missing one as blank, '/', 0 or -1."""
    if row.apex is not None and (row.apex > 0 or row.apex >= row.onset):
        return row.apex, []
    said = "is missing" if row.apex is None else f"is {row.apex}, which stands for a missing one"
    return None, [finding(row, "apex-missing", Severity.WARNING, f"The apex {said}")]


def _order(row: LabelRow, apex: int | None) -> tuple[str, str] | None:
    if row.onset > row.offset:
        return "wrong-order", f"the onset {row.onset} comes after the offset {row.offset}"
    if apex is not None and not row.onset <= apex <= row.offset:
        return (
            "wrong-order",
            f"the apex {apex} lies outside onset {row.onset} to offset {row.offset}",
        )
    return None


def _presence(row: LabelRow, apex: int | None, numbers: Sequence[int]) -> tuple[str, str] | None:
    first, last = numbers[0], numbers[-1]
    for name, number in (("onset", row.onset), ("apex", apex), ("offset", row.offset)):
        if number is None:
            continue
        if not first <= number <= last:
            return "outside-clip", f"the {name} {number} lies outside the clip's {first} to {last}"
        if numbers[bisect_left(numbers, number)] != number:
            return "frame-missing", f"the frame {number} of the {name} is missing on disk"
    return None


def _doubts(row: LabelRow, apex: int | None, numbers: Sequence[int]) -> list[Finding]:
    found = []
    if apex == row.onset:
        text = "Onset and apex are the same frame: there is no rise"
        found.append(finding(row, "apex-on-onset", Severity.WARNING, text))
    if apex == row.offset:
        text = "Apex and offset are the same frame: there is no fall"
        found.append(finding(row, "apex-on-offset", Severity.WARNING, text))
    inside = bisect_right(numbers, row.offset) - bisect_left(numbers, row.onset)
    missing = row.offset - row.onset + 1 - inside
    if missing:
        text = f"{missing} frame(s) between onset and offset are missing on disk"
        found.append(finding(row, "frames-missing", Severity.WARNING, text))
    if not row.emotion:
        found.append(finding(row, "emotion-missing", Severity.INFO, "The emotion is empty"))
    return found
