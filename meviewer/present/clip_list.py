"""The rows of the clip list: what each clip is, how far its labels are, and what is doubtful."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from meviewer.core.annotation import Annotation, Status
from meviewer.core.checks import check
from meviewer.core.events import Edge
from meviewer.core.findings import Finding, Severity
from meviewer.present.review import QueueEntry
from meviewer.project.project import Sample


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One line of the list.

    Attributes
    ----------
    sample_id : int
    title : str
        ``subject/clip``.
    emotion : str
        Emotion of the coder's first event, or what is missing.
    status : Status
    note : str
        The most important doubt, in words; may be empty.
    severity : Severity or None
        How much the note matters; None for a plain remark.
    doubt : float
        For a small bar, 0 to 1; 0 where nobody has looked.
    """

    sample_id: int
    title: str
    emotion: str
    status: Status
    note: str = ""
    severity: Severity | None = None
    doubt: float = 0.0

    def matches(self, words: str) -> bool:
        """Whether every word occurs in title, emotion, status or note."""
        text = f"{self.title} {self.emotion} {status_words(self.status)} {self.note}".casefold()
        return all(word in text for word in words.casefold().split())


def clip_row(sample: Sample, annotations: Mapping[str, Annotation], coder: str) -> ClipRow:
    """Sum up one sample for one coder."""
    mine = annotations.get(coder, Annotation())
    others = {name: tier for name, tier in annotations.items() if name not in (coder, "truth")}
    note, severity = _note(sample, mine, others)
    emotion = mine.events[0].emotion if mine.events else ""
    if not mine.events:
        emotion = "no event" if mine.status is Status.NONE_PRESENT else "no label yet"
    return ClipRow(
        sample.id, f"{sample.subject}/{sample.name}", emotion, mine.status, note, severity
    )


def with_doubt(row: ClipRow, found: QueueEntry | None) -> ClipRow:
    """Return a row that says why it stands where it does in the review queue."""
    if found is None:
        return row
    return replace(row, note=found.why, severity=None, doubt=found.share)


def status_words(status: Status) -> str:
    """Return a status as a person says it."""
    return status.value.replace("-", " ")


def counted(rows: tuple[ClipRow, ...]) -> dict[Status, int]:
    """Return how many clips have each status, in the order in which work goes on."""
    return {status: sum(row.status is status for row in rows) for status in Status}


def progress(rows: tuple[ClipRow, ...]) -> tuple[int, int]:
    """Return how many clips are committed, and how many there are."""
    done = sum(
        row.status in (Status.COMMITTED, Status.ADJUDICATED, Status.NONE_PRESENT) for row in rows
    )
    return done, len(rows)


def _note(
    sample: Sample, mine: Annotation, others: Mapping[str, Annotation]
) -> tuple[str, Severity | None]:
    worst = _worst(check(mine, sample.n_frames, sample.rate))
    if worst is not None and worst.severity is not Severity.INFO:
        return _short(worst), worst.severity
    shift = _largest_shift(mine, others)
    return (shift, None) if shift else ("", None)


def _worst(findings: tuple[Finding, ...]) -> Finding | None:
    order = list(Severity)
    return max(findings, key=lambda f: order.index(f.severity), default=None)


def _short(finding: Finding) -> str:
    return finding.kind.replace("-", " ")


def _largest_shift(mine: Annotation, others: Mapping[str, Annotation]) -> str:
    """Say who differs most from the coder's first event, at which keyframe, by how many frames."""
    best: tuple[int, str] = (0, "")
    if not mine.events:
        return ""
    own = mine.events[0]
    for name, tier in others.items():
        if not tier.events:
            continue
        theirs = tier.events[0]
        for edge in Edge:
            if edge is Edge.APEX and not (own.has_apex and theirs.has_apex):
                continue
            by = theirs.keyframes[edge] - own.keyframes[edge]
            who = "GAMDSS" if name == "gamdss" else f"coder {name}"
            if abs(by) > abs(best[0]):
                best = (by, f"{who} {by:+d} f at the {edge.value}".replace("-", "−"))
    return best[1]
