"""Everything doubtful by the rules in the labels of one coder, clip by clip, to jump to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from meviewer.core.annotation import Annotation
from meviewer.core.checks import check
from meviewer.core.findings import Finding, Severity
from meviewer.project.project import Project, Sample

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One finding with the place it is about.

    Attributes
    ----------
    sample_id : int
    clip : str
        ``subject/clip``.
    number : int or None
        Frame number of the data set.
    finding : Finding
    """

    sample_id: int
    clip: str
    number: int | None
    finding: Finding


def gaps_in(numbers: Sequence[int]) -> tuple[int, ...]:
    """Return the indices of frames in front of which numbers are missing."""
    return tuple(at for at, (one, other) in enumerate(pairwise(numbers), 1) if other != one + 1)


def findings_of(project: Project, coder: str) -> tuple[FoundLine, ...]:
    """Return all findings on a coder's labels: errors first, then in the order of the project."""
    tier = project.tier(coder)
    lines = [
        line
        for sample in project.samples()
        if sample.id in tier
        for line in _of_sample(project, sample, tier[sample.id])
    ]
    return tuple(sorted(lines, key=lambda line: _ORDER.index(line.finding.severity)))


def summary(lines: Sequence[FoundLine]) -> str:
    """Say how much there is."""
    if not lines:
        return "Nothing doubtful by the rules"
    counts = {one: sum(line.finding.severity is one for line in lines) for one in _ORDER}
    return ", ".join(f"{n} {_NAMES[one][n != 1]}" for one, n in counts.items() if n)


_NAMES = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("remark", "remarks"),
}


def _of_sample(project: Project, sample: Sample, labels: Annotation) -> list[FoundLine]:
    numbers = project.time_base(sample.id).numbers
    found = check(labels, sample.n_frames, sample.rate, gaps_in(numbers))
    clip = f"{sample.subject}/{sample.name}"
    return [
        FoundLine(
            sample.id,
            clip,
            None if one.frame is None or one.frame >= len(numbers) else numbers[one.frame],
            one,
        )
        for one in found
    ]
