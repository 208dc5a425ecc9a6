"""A project as an exchange document, and labels from other programs into a project."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from meviewer.core.annotation import Annotation
from meviewer.data.exchange import ExchangeClip, ExchangeDocument
from meviewer.project.blind import tier_to_show
from meviewer.project.project import Project, Sample


class Conflict(StrEnum):
    """What to do with labels of a coder who has others on the same clip already."""

    BESIDE = "beside"
    KEEP = "keep"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What labels from elsewhere have changed.

    Attributes
    ----------
    n_tiers, n_events : int
        Tiers written, and the events in them.
    same : int
        Tiers that were there already, word for word.
    conflicts : tuple of str
        ``subject/clip: coder`` where other labels stood already.
    unknown : tuple of str
        ``subject/clip`` that the project does not have.
    """

    n_tiers: int
    n_events: int
    same: int
    conflicts: tuple[str, ...]
    unknown: tuple[str, ...]


def document_of(
    project: Project,
    coders: Collection[str] | None = None,
    sample_ids: Collection[int] | None = None,
) -> ExchangeDocument:
    """Return the labels of a project, its clips in the order in which they were added.

    What a machine says of a clip that somebody labels blind is left out.

    Parameters
    ----------
    coders : collection of str, optional
        Whose labels; by default those of all people, and of no machine.
    sample_ids : collection of int, optional
        Which samples; all by default.
    """
    if coders is None:
        coders = [coder for coder in project.coders() if not project.is_machine(coder)]
    tiers = {coder: tier_to_show(project, coder) for coder in coders}
    chosen = None if sample_ids is None else frozenset(sample_ids)
    clips = [
        ExchangeClip(
            sample.subject,
            sample.name,
            _media(project, sample),
            project.time_base(sample.id),
            {coder: tier[sample.id] for coder, tier in tiers.items() if sample.id in tier},
        )
        for sample in project.samples()
        if chosen is None or sample.id in chosen
    ]
    return ExchangeDocument(project.name, tuple(clips))


def take_over(
    project: Project,
    document: ExchangeDocument,
    reason: str,
    conflict: Conflict = Conflict.BESIDE,
) -> TakenOver:
    """Put the labels of a document into a project, each as one row of its journal.

    Parameters
    ----------
    reason : str
        Where they come from; the journal keeps it.
    conflict : Conflict
        ``BESIDE`` gives them to a coder of another name, ``KEEP`` leaves the clip as it is,
        ``REPLACE`` puts them in place of what was there, which undo brings back.

    Raises
    ------
    ReadOnlyError, StorageError
        If the project cannot be written; nothing is changed.
    """
    work = _TakeOver(project, reason, conflict)
    with project.bulk():
        for clip in document.clips:
            sample = project.find_sample(clip.subject, clip.name)
            if sample is None:
                work.unknown.append(f"{clip.subject}/{clip.name}")
                continue
            for coder, annotation in clip.tiers.items():
                work.take(sample, coder, annotation)
    return work.result()


class _TakeOver:
    def __init__(self, project: Project, reason: str, conflict: Conflict) -> None:
        self._project, self._reason, self._conflict = project, reason, conflict
        self.unknown: list[str] = []
        self._conflicts: list[str] = []
        self._n_tiers = self._n_events = self._same = 0

    def take(self, sample: Sample, coder: str, annotation: Annotation) -> None:
        """Write one tier, unless it is there already or stands against another."""
        now = self._project.annotation(sample.id, coder)
        if now == annotation:
            self._same += 1
            return
        if now.events:
            self._conflicts.append(f"{sample.subject}/{sample.name}: {coder}")
            if self._conflict is Conflict.KEEP:
                return
            if self._conflict is Conflict.BESIDE:
                coder = self._free_name(sample, coder)
        self._project.set_tier(sample.id, coder, annotation, self._reason)
        self._n_tiers += 1
        self._n_events += len(annotation)

    def result(self) -> TakenOver:
        """Return what was done."""
        lists = (tuple(self._conflicts), tuple(self.unknown))
        return TakenOver(self._n_tiers, self._n_events, self._same, *lists)

    def _free_name(self, sample: Sample, coder: str) -> str:
        taken = self._project.annotations(sample.id)
        number = 2
        while f"{coder} ({number})" in taken:
            number += 1
        return f"{coder} ({number})"


def _media(project: Project, sample: Sample) -> str:
    path: Path = sample.clip_path
    inside = path.is_relative_to(project.root)
    return (path.relative_to(project.root) if inside else path).as_posix()
