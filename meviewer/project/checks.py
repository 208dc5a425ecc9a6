"""Everything doubtful about a project: its journal, its clips and its labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from meviewer.core.annotation import Annotation
from meviewer.core.checks import check
from meviewer.core.errors import MeviewerError, ProjectError
from meviewer.core.findings import Finding, Severity
from meviewer.project import labels
from meviewer.project.codec import decode
from meviewer.project.database import Database
from meviewer.project.journal import check_chain
from meviewer.project.samples import Sample

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


def shifted_clips(samples: tuple[Sample, ...]) -> Iterator[Finding]:
    """Open each clip that is there and yield those whose content is another than labelled."""
    from meviewer.data.clip import open_clip

    for sample in samples:
        if not sample.clip_path.exists():
            continue
        try:
            with open_clip(sample.clip_path, rate=sample.rate) as clip:
                found, n_frames = clip.fingerprint, clip.n_frames
        except MeviewerError as error:
            yield _about(sample, "clip-unreadable", Severity.ERROR, str(error))
            continue
        if found != sample.fingerprint:
            text = (
                f"The clip is another than was added: {sample.n_frames} frames then, {n_frames} now"
            )
            yield _about(sample, "clip-shifted", Severity.ERROR, text)


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
