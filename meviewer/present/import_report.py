"""What the data-set doctor found, for a person: kinds of findings, their rows, fixes on offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from meviewer.core.findings import Finding, Severity
from meviewer.data.dataset import FixOffer, ImportReport
from meviewer.present.wording import counted

LEFT_OUT = "left-out"
_MOST_ROWS = 2000
_TITLES = {
    LEFT_OUT: "Rows left out",
    "apex-missing": "Apex missing",
    "apex-outside": "Apex outside its event",
    "apex-on-onset": "Apex on the onset",
    "apex-on-offset": "Apex on the offset",
    "apex-column-missing": "No apex in this data set",
    "number-rounded": "Fractional frame numbers",
    "onset-missing": "Onset missing",
    "offset-missing": "Offset missing",
    "offset-zero": "Offset 0",
    "wrong-order": "Onset after offset",
    "outside-clip": "Outside the clip",
    "frame-missing": "Keyframe missing on disk",
    "frames-missing": "Frames missing inside an event",
    "numbers-missing": "Gaps in the numbering",
    "number-twice": "Frame numbers used twice",
    "no-number": "Images without number",
    "sizes-differ": "Image sizes differ",
    "frame-damaged": "Damaged images",
    "clip-unknown": "Clip not on disk",
    "clip-unreadable": "Clip unreadable",
    "row-twice": "Rows twice",
    "row-faulty": "Unreadable rows",
    "folder-disagrees": "Sheet and folder disagree",
    "emotion-unknown": "Unknown class names",
    "emotion-missing": "Emotion missing",
    "subject-spelling": "Subjects in two spellings",
    "folder-without-row": "Clips without row",
    "too-long": "Longer than 500 ms",
    "several-trees": "Several sets of pictures",
    "fixed": "Fixed by your choice",
}
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of finding.

    Attributes
    ----------
    kind : str
    title : str
    severity : Severity
        The worst of its findings.
    count : int
    """

    kind: str
    title: str
    severity: Severity
    count: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding as a line of a table; ``row`` is empty where no single row is concerned."""

    row: str
    subject: str
    clip: str
    text: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class FixRow:
    """One fix on offer.

    Attributes
    ----------
    name, title : str
    note : str
        How many rows it concerns, and who says so.
    applied : bool
    """

    name: str
    title: str
    note: str
    applied: bool


@dataclass(frozen=True, slots=True)
class DoctorState:
    """A whole report.

    Attributes
    ----------
    summary : str
        How the rows add up.
    verdict : str
        What that means for the import, as one sentence.
    kinds : tuple of KindRow
        Errors first, then what is most frequent.
    fixes : tuple of FixRow
    n_samples, n_without_apex : int
    """

    summary: str
    verdict: str
    kinds: tuple[KindRow, ...]
    fixes: tuple[FixRow, ...]
    n_samples: int
    n_without_apex: int


def doctor_state(report: ImportReport) -> DoctorState:
    """Sum up a report."""
    n_fixed = sum(1 for sample in report.samples if sample.fixes)
    fixed = f", {n_fixed} of them fixed" if n_fixed else ""
    parts = [f"{len(report.samples)} can be imported{fixed}", f"{len(report.skipped)} left out"]
    return DoctorState(
        f"{counted(report.n_rows, 'row')}: {'; '.join(parts)}",
        _verdict(report),
        _kinds(report),
        tuple(map(_fix, report.fixes)),
        len(report.samples),
        sum(1 for sample in report.samples if sample.apex is None),
    )


def title_of(kind: str) -> str:
    """Return a kind of finding in words."""
    return _TITLES.get(kind) or kind.replace("-", " ").capitalize()


def rows_of(report: ImportReport, kind: str) -> tuple[FindingRow, ...]:
    """Return the findings of one kind, by row; at most 2,000 of them."""
    if kind == LEFT_OUT:
        found: Iterable[FindingRow] = (
            FindingRow(str(r.row), r.subject, r.clip, _sentence(r.reason), Severity.ERROR)
            for r in report.skipped
        )
    else:
        found = (_line(one) for one in report.findings if one.kind == kind)
    return tuple(found)[:_MOST_ROWS]


def cells_of(report: ImportReport, row: int) -> str:
    """Return a row of the sheet as it stands there, in words; empty if it is not known."""
    imported = ((one.row, one.cells) for one in report.samples)
    skipped = ((one.row, one.cells) for one in report.skipped)
    for at, cells in (*imported, *skipped):
        if at == row and cells:
            return " · ".join(f"{name}: {text}" for name, text in cells)
    return ""


def _verdict(report: ImportReport) -> str:
    if not report.n_rows:
        return "The sheet has no row with a label."
    if not report.samples:
        return "No row can be imported; the findings say why."
    worst = {finding.severity for finding in report.findings}
    if report.skipped or Severity.ERROR in worst:
        return "Look at the errors first: what is left out now can be fixed in the sheet."
    if Severity.WARNING in worst:
        return "Everything can be imported; some labels are doubtful."
    return "Nothing doubtful was found."


def _kinds(report: ImportReport) -> tuple[KindRow, ...]:
    counts = Counter(finding.kind for finding in report.findings)
    worst: dict[str, Severity] = {}
    for finding in report.findings:
        now = worst.get(finding.kind, Severity.INFO)
        worst[finding.kind] = min(now, finding.severity, key=_ORDER.__getitem__)
    rows = [KindRow(kind, title_of(kind), worst[kind], n) for kind, n in counts.items()]
    rows.sort(key=lambda row: (_ORDER[row.severity], -row.count, row.title))
    if report.skipped:
        left_out = KindRow(LEFT_OUT, _TITLES[LEFT_OUT], Severity.ERROR, len(report.skipped))
        rows.insert(0, left_out)
    return tuple(rows)


def _line(finding: Finding) -> FindingRow:
    row = "" if finding.row is None else str(finding.row)
    return FindingRow(row, finding.subject, finding.clip, _sentence(finding.text), finding.severity)


def _fix(offer: FixOffer) -> FixRow:
    rows = f"{len(offer.rows)} row{'s' * (len(offer.rows) != 1)}"
    return FixRow(offer.name, offer.title, f"{rows} · {offer.source}", offer.applied)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
