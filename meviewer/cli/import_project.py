"""Putting imported samples into a new project: one transaction, or nothing."""

from __future__ import annotations

from pathlib import Path

from meviewer.core import action_units
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes, Source
from meviewer.core.labels import normalise
from meviewer.data.clip import open_clip
from meviewer.data.dataset import ImportedSample, ImportReport
from meviewer.project.project import Project

_CODER = "A"


def write_samples(folder: Path, root: Path, report: ImportReport) -> None:
    """Make a project of the samples of a report.

    Raises
    ------
    ProjectError
        If there is a project already.
    ClipError
        If a clip cannot be opened; no sample is added.
    """
    with Project.create(folder, root.name, root) as project, project.bulk():
        for sample in report.samples:
            _write(project, sample)


def _write(project: Project, sample: ImportedSample) -> None:
    with open_clip(sample.path) as clip:
        height, width = clip.size
        keyframes = Keyframes(*map(clip.index_of, (sample.onset, sample.apex, sample.offset)))
        added = project.add_sample(
            sample.subject,
            sample.clip,
            sample.path,
            fingerprint=clip.fingerprint,
            rate=clip.rate,
            n_frames=clip.n_frames,
            first_number=clip.first_number,
            width=width,
            height=height,
            emotion=normalise(sample.emotion),
        )
    event = Event(
        1,
        keyframes,
        normalise(sample.emotion),
        action_units.parse(sample.action_units),
        source=Source.DATA_SET,
    )
    labels = Annotation((event,), Status.COMMITTED)
    project.set_tier(added.id, sample.coder or _CODER, labels, "import")
