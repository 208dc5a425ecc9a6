"""Putting the samples of a data set into a project: one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from pathlib import Path

import msgspec
import platformdirs

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes, Source
from meviewer.core.labels import normalise
from meviewer.data.clip import Clip, open_clip
from meviewer.data.dataset import ImportedSample, ImportReport
from meviewer.project import frame_marks
from meviewer.project.clips import add_clip
from meviewer.project.origins import SheetRow
from meviewer.project.project import Project, Sample

FindApex = Callable[[Clip, int, int], int]
"""From a clip and the indices of onset and offset to the index of the apex."""


class ApexPolicy(StrEnum):
    """What to do where the sheet has no apex that can be used."""

    NONE = "none"
    MIDDLE = "middle"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How samples become labels.

    Attributes
    ----------
    coder : str
        Whose labels they are where the sheet does not say.
    apex : ApexPolicy
        ``FREE`` needs ``find_apex``.
    find_apex : callable, optional
        Search for an apex between onset and offset.
    fixes : frozenset of str
        Fixes that the report was made with; kept for the record.
    tell : callable
        Called with (clips done, clips in all). It may raise to stop the import: nothing is kept.
    """

    coder: str = "A"
    apex: ApexPolicy = ApexPolicy.NONE
    find_apex: FindApex | None = None
    fixes: frozenset[str] = frozenset()
    tell: Callable[[int, int], None] = field(default=lambda _done, _total: None, compare=False)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has added.

    Attributes
    ----------
    n_samples, n_events : int
    already : tuple of str
        Clips that the project had before, as ``subject/clip``; they are left as they are.
    first_sample : int or None
        Id of the first sample added.
    """

    n_samples: int
    n_events: int
    already: tuple[str, ...]
    first_sample: int | None


def create_project(
    folder: Path, root: Path, report: ImportReport, options: ImportOptions | None = None
) -> Imported:
    """Make a project of the samples of a report.

    Raises
    ------
    ProjectError
        If there is a project already.
    ClipError
        If a clip cannot be opened; no sample is added.
    """
    with Project.create(folder, root.absolute().name or "data set", root) as project:
        return import_report(project, root, report, options)


def free_folder(name: str) -> Path:
    """Propose a folder in the user's documents: data sets often lie where nobody may write."""
    home = Path(platformdirs.user_documents_dir()) / "meviewer"
    number, folder = 1, home / (name or "data set")
    while folder.exists():
        number += 1
        folder = home / f"{name or 'data set'} {number}"
    return folder


def import_report(
    project: Project, root: Path, report: ImportReport, options: ImportOptions | None = None
) -> Imported:
    """Add the samples of a report to a project; a clip with several events is one sample.

    Subjects of another data set that happen to have the same name are other people: where the
    project holds samples of another set, the set's name is put before the subject's.

    Raises
    ------
    ReadOnlyError, StorageError
        If the project cannot be written; nothing is added.
    ClipError
        If a clip cannot be opened; nothing is added.
    """
    options = options or ImportOptions()
    with project.bulk():
        work = _Import(
            project, options, _prefix(project, report), _record(project, root, report, options)
        )
        clips = [list(events) for _, events in groupby(sorted(report.samples, key=_place), _place)]
        for done, events in enumerate(clips):
            options.tell(done, len(clips))
            work.take(events)
        project.add_sheet_rows(work.rows)
    options.tell(len(clips), len(clips))
    return Imported(work.n_samples, work.n_events, tuple(work.already), work.first)


@dataclass(slots=True)
class _Import:
    project: Project
    options: ImportOptions
    prefix: str
    source_id: int
    n_samples: int = 0
    n_events: int = 0
    first: int | None = None
    already: list[str] = field(default_factory=list)
    rows: list[SheetRow] = field(default_factory=list)

    def take(self, events: list[ImportedSample]) -> None:
        """Add one clip with all its events."""
        first = events[0]
        subject = f"{self.prefix}{first.subject}"
        if self.project.find_sample(subject, first.clip) is not None:
            self.already.append(f"{subject}/{first.clip}")
            return
        with open_clip(first.path, rate=first.rate) as clip:
            emotion = normalise(first.emotion)
            sample = add_clip(self.project, subject, first.clip, clip, emotion, first.dataset)
            self.first = sample.id if self.first is None else self.first
            self.n_samples += 1
            for coder in dict.fromkeys(event.coder or self.options.coder for event in events):
                mine = [e for e in events if (e.coder or self.options.coder) == coder]
                self._label(sample, coder, mine, clip)

    def _label(
        self, sample: Sample, coder: str, events: Sequence[ImportedSample], clip: Clip
    ) -> None:
        made = Annotation(status=Status.COMMITTED)
        for number, imported in enumerate(events, 1):
            made = made.with_event(event_of(imported, number, clip, self.options))
            self.rows.append(
                SheetRow(
                    sample.id,
                    coder,
                    number,
                    self.source_id,
                    imported.sheet,
                    imported.row,
                    imported.shift,
                    imported.cells,
                    imported.places,
                )
            )
        if not all(event.has_apex for event in made):
            made = replace(made, status=Status.DRAFT)
        self.n_events += len(made)
        self.project.set_tier(sample.id, coder, made, "import")
        frame_marks.mark(self.project, sample.id, coder, clip)


def event_of(imported: ImportedSample, number: int, clip: Clip, options: ImportOptions) -> Event:
    """Return an imported sample as an event on the frame indices of its open clip."""
    onset, offset = clip.index_of(imported.onset), clip.index_of(imported.offset)
    middle = (onset + offset) // 2
    apex, came_from = middle, Source.NONE
    if imported.apex is not None:
        apex, came_from = clip.index_of(imported.apex), Source.DATA_SET
    elif options.apex is ApexPolicy.MIDDLE:
        came_from = Source.MIDDLE
    elif options.apex is ApexPolicy.FREE and options.find_apex is not None:
        apex, came_from = options.find_apex(clip, onset, offset), Source.GAMDSS
    return Event(
        number,
        Keyframes(onset, apex, offset),
        normalise(imported.emotion),
        imported.action_units,
        notes=imported.notes,
        source=Source.DATA_SET,
        kind=imported.kind,
        objective=imported.objective,
        apex_source=None if came_from is Source.DATA_SET else came_from,
    )


def _place(sample: ImportedSample) -> tuple[str, str]:
    return sample.subject, sample.clip


def _prefix(project: Project, report: ImportReport) -> str:
    others = {s.dataset for s in project.samples()} - {report.dataset}
    return f"{report.dataset}:" if others and report.dataset else ""


def _record(project: Project, root: Path, report: ImportReport, options: ImportOptions) -> int:
    return project.add_source(
        report.dataset,
        root,
        report.labels[0] if report.labels else root,
        {"fixes": sorted(options.fixes), "apex": options.apex.value, "tree": report.trees[:1]},
        msgspec.json.encode(report.as_json()),
    )
