"""Everything doubtful about a project: its journal, its clips and its labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from meviewer.core.annotation import Annotation
from meviewer.core.checks import check
from meviewer.core.errors import MeviewerError, ProjectError
from meviewer.core.findings import Finding, Severity
from meviewer.data.clip_base import Clip
from meviewer.data.frame_identity import Patient
from meviewer.project import labels, repair
from meviewer.project.codec import decode
from meviewer.project.database import Database
from meviewer.project.journal import check_chain
from meviewer.project.samples import Sample

if TYPE_CHECKING:
    from meviewer.project.project import Project

_OTHER_VALUE = """SELECT sample_id, coder FROM annotations AS a WHERE value IS NOT (
    SELECT after FROM journal AS j WHERE j.sample_id = a.sample_id AND j.coder = a.coder
    ORDER BY n DESC LIMIT 1)"""
_NO_VALUE = """SELECT sample_id, coder FROM journal
    WHERE kind IN ('edit', 'undo', 'redo', 'import')
    EXCEPT SELECT sample_id, coder FROM annotations"""


def findings(database: Database, samples: tuple[Sample, ...]) -> Iterator[Finding]:
    """Yield all findings that need no frame of a clip."""
    chain = check_chain(database)
    if not chain.ok:
        yield Finding("journal-broken", Severity.ERROR, chain.text, row=chain.broken_at)
    yield from _missing_clips(samples)
    by_id = {sample.id: sample for sample in samples}
    yield from _not_as_journalled(database, by_id)
    for coder in labels.coders(database):
        yield from _label_findings(database, coder, by_id)


def shifted_clips(project: Project) -> Iterator[Finding]:
    """Open each clip that is there and yield those whose content is another than labelled.

    Where labels were set on another content, all frames of the clip are looked at to say how far
    it has shifted.
    """
    for sample in project.samples():
        if not sample.clip_path.exists():
            continue
        try:
            with repair.reopened(sample) as clip:
                yield from _shifted(project, sample, clip)
        except MeviewerError as error:
            yield _about(sample, "clip-unreadable", Severity.ERROR, str(error))


def _shifted(project: Project, sample: Sample, clip: Clip) -> Iterator[Finding]:
    shifted = repair.shifted_tiers(project, sample.id, clip, Patient())
    is_other = clip.fingerprint != sample.fingerprint
    head = (
        f"The clip is another than was added: {sample.n_frames} frames then, {clip.n_frames} now. "
        if is_other
        else ""
    )
    for text in dict.fromkeys(one.moved.text for one in shifted.values()):
        coders = ", ".join(coder for coder, one in shifted.items() if one.moved.text == text)
        words = f"{head}Labels of {coders}: {text}"
        yield _about(sample, "clip-shifted", Severity.ERROR, words)
    if is_other and not shifted:
        yield _about(sample, "clip-shifted", Severity.ERROR, head.rstrip())


def _missing_clips(samples: tuple[Sample, ...]) -> Iterator[Finding]:
    there = {path: path.exists() for path in {sample.clip_path for sample in samples}}
    for sample in samples:
        if not there[sample.clip_path]:
            text = f"The clip is not at {sample.clip_path}"
            yield _about(sample, "clip-missing", Severity.ERROR, text)


def _not_as_journalled(database: Database, by_id: dict[int, Sample]) -> Iterator[Finding]:
    with database.reading() as connection:
        found = [*connection.execute(_OTHER_VALUE), *connection.execute(_NO_VALUE)]
    for sample_id, coder in found:
        text = f"The labels of coder {coder} are not those that the journal holds"
        yield _about(by_id.get(sample_id), "label-not-journalled", Severity.ERROR, text)


def _label_findings(database: Database, coder: str, by_id: dict[int, Sample]) -> Iterator[Finding]:
    with database.reading() as connection:
        query = "SELECT sample_id, value FROM annotations WHERE coder = ? ORDER BY sample_id"
        rows = connection.execute(query, (coder,)).fetchall()
    for sample_id, value in rows:
        sample = by_id.get(sample_id)
        if sample is None:
            text = f"Coder {coder} has labels on sample {sample_id!r}, which is not there"
            yield _about(None, "sample-missing", Severity.ERROR, text)
            continue
        try:
            annotation: Annotation = decode(value)
        except ProjectError as error:
            yield _about(sample, "label-unreadable", Severity.ERROR, f"Coder {coder}: {error.why}")
            continue
        for finding in check(annotation, sample.n_frames, sample.rate):
            text = f"Coder {coder}: {finding.text}"
            yield replace(finding, text=text, subject=sample.subject, clip=sample.name)


def _about(sample: Sample | None, kind: str, severity: Severity, text: str) -> Finding:
    subject, clip = ("", "") if sample is None else (sample.subject, sample.name)
    return Finding(kind, severity, text, subject=subject, clip=clip)
