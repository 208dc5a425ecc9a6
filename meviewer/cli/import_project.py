"""Putting imported samples into a new project: one transaction, or nothing."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event
from meviewer.core.labels import normalise
from meviewer.data.clip import Clip, open_clip
from meviewer.data.dataset import ImportedSample, ImportReport
from meviewer.project.clips import add_clip
from meviewer.project.project import Project

_CODER = "A"


def write_samples(folder: Path, root: Path, report: ImportReport) -> None:
    """Make a project of the samples of a report; a clip with several events is one sample.

    Raises
    ------
    ProjectError
        If there is a project already.
    ClipError
        If a clip cannot be opened; no sample is added.
    """

    def place(sample: ImportedSample) -> tuple[str, str]:
        return sample.subject, sample.clip

    with Project.create(folder, root.name, root) as project, project.bulk():
        for _, events in groupby(sorted(report.samples, key=place), key=place):
            _write(project, list(events))


def _write(project: Project, events: list[ImportedSample]) -> None:
    first = events[0]
    with open_clip(first.path, rate=first.rate) as clip:
        emotion = normalise(first.emotion)
        added = add_clip(project, first.subject, first.clip, clip, emotion)
        for coder in sorted({sample.coder or _CODER for sample in events}):
            mine = [sample for sample in events if (sample.coder or _CODER) == coder]
            project.set_tier(added.id, coder, _annotation(mine, clip), "import")


def _annotation(events: list[ImportedSample], clip: Clip) -> Annotation:
    made = Annotation(status=Status.COMMITTED)
    for number, sample in enumerate(events, 1):
        keyframes, source = sample.keyframes(clip)
        event = Event(
            number, keyframes, normalise(sample.emotion), sample.action_units, source=source
        )
        made = made.with_event(event)
    return made
