"""Another person's project into this one: nothing is lost, and all of it can be taken back.

Clips are the same by their content, whatever their folders are called. Labels of a coder who has
none here are taken; where the same coder has other labels here, a person decides. Machines' labels
are left out: they can be made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ProjectError
from meviewer.project.project import Project, Sample

_REASON, _BACK = "merged from project ", "merge taken back: "


class Choice(StrEnum):
    """What to do where a coder has other labels on a clip in both projects."""

    KEEP = "keep"
    TAKE = "take"
    BOTH = "both"


Key = tuple[int, str]
"""A sample here, and a coder."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Labels of a coder on a clip that are other than those here.

    Attributes
    ----------
    sample_id : int
        Here.
    clip : str
        ``subject/clip``, as it is called here.
    coder : str
    ours, theirs : Annotation
    """

    sample_id: int
    clip: str
    coder: str
    ours: Annotation
    theirs: Annotation

    @property
    def key(self) -> Key:
        """Sample and coder."""
        return self.sample_id, self.coder


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What another project has that this one has not; nothing is changed by a plan.

    Attributes
    ----------
    name : str
        Of the other project.
    new : tuple of Incoming
        Labels where their coder has none here.
    conflicts : tuple of Incoming
        Labels where their coder has others here.
    same : int
        Tiers that are equal.
    unknown : tuple of str
        Labelled clips that are not in this project.
    doubtful : tuple of str
        Clips of the same name but of other frames: their labels do not fit.
    """

    name: str
    new: tuple[Incoming, ...]
    conflicts: tuple[Incoming, ...]
    same: int
    unknown: tuple[str, ...]
    doubtful: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge has changed.

    Attributes
    ----------
    n_tiers, n_events : int
        Tiers written, and the events in them.
    kept : tuple of str
        ``subject/clip: coder`` where the labels from here stayed alone.
    """

    n_tiers: int
    n_events: int
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LastMerge:
    """A merge that can be taken back.

    Attributes
    ----------
    reason : str
        What its journal rows say.
    time : str
        UTC, ISO 8601.
    rows : tuple of (int, int, str)
        Row number, sample and coder.
    """

    reason: str
    time: str
    rows: tuple[tuple[int, int, str], ...]


def plan(project: Project, folder: Path) -> MergePlan:
    """Compare another project with this one; the other is only read.

    Raises
    ------
    ProjectError
        If there is no project, it is this one, or it cannot be read.
    """
    with Project.open(folder, read_only=True) as other:
        if other.folder.resolve() == project.folder.resolve():
            raise ProjectError(
                "A project cannot be merged with itself",
                where=str(folder),
                now="choose the other person's copy",
            )
        return _Comparison(project, other).plan()


class _Comparison:
    def __init__(self, project: Project, other: Project) -> None:
        self._project, self._other = project, other
        self._ours = project.samples()
        self._people = [one for one in other.coders() if not other.is_machine(one)]
        self._theirs = {coder: other.tier(coder) for coder in self._people}
        self._here = {coder: project.tier(coder) for coder in self._people}

    def plan(self) -> MergePlan:
        new: list[Incoming] = []
        conflicts: list[Incoming] = []
        unknown: list[str] = []
        doubtful: list[str] = []
        same = 0
        for theirs in self._other.samples():
            labelled = {
                coder: tier[theirs.id]
                for coder, tier in self._theirs.items()
                if theirs.id in tier and _says_anything(tier[theirs.id])
            }
            if not labelled:
                continue
            mine, fits = self._find(theirs)
            if mine is None or not fits:
                (unknown if mine is None else doubtful).append(f"{theirs.subject}/{theirs.name}")
                continue
            for coder, annotation in labelled.items():
                ours = self._here[coder].get(mine.id, Annotation())
                if ours == annotation or self._is_beside(mine.id, coder, annotation):
                    same += 1
                    continue
                one = Incoming(mine.id, f"{mine.subject}/{mine.name}", coder, ours, annotation)
                (conflicts if _says_anything(ours) else new).append(one)
        lists = (tuple(unknown), tuple(doubtful))
        return MergePlan(self._other.name, tuple(new), tuple(conflicts), same, *lists)

    def _is_beside(self, sample_id: int, coder: str, annotation: Annotation) -> bool:
        """Whether an earlier merge has put these labels beside the coder's own."""
        return any(
            tier == annotation
            for name, tier in self._project.annotations(sample_id).items()
            if name.startswith(f"{coder} (")
        )

    def _find(self, theirs: Sample) -> tuple[Sample | None, bool]:
        """Return our sample on the same clip, and whether its frames are the same."""
        named = [
            one for one in self._ours if (one.subject, one.name) == (theirs.subject, theirs.name)
        ]
        if named and named[0].fingerprint == theirs.fingerprint:
            return named[0], True
        alike = [one for one in self._ours if one.fingerprint == theirs.fingerprint]
        if len(alike) == 1:
            return alike[0], True
        return (named[0], False) if named else (None, False)


def merge(
    project: Project, found: MergePlan, choices: Mapping[Key, Choice], usual: Choice = Choice.BOTH
) -> Merged:
    """Carry out a plan in one transaction; its labels go into the journal, a row a tier.

    Parameters
    ----------
    choices : mapping
        What was chosen for conflicts, by `Incoming.key`; ``usual`` for the others. ``KEEP`` leaves
        the clip as it is, ``TAKE`` replaces what is there, which undo brings back, and ``BOTH``
        gives theirs to a coder of another name.

    Raises
    ------
    ReadOnlyError, StorageError
        If the project cannot be written; nothing is changed.
    """
    reason = f"{_REASON}{found.name} ({_number(project) + 1})"
    n_tiers = n_events = 0
    kept = []
    with project.bulk():
        for one in (*found.new, *found.conflicts):
            choice = choices.get(one.key, usual) if _says_anything(one.ours) else Choice.TAKE
            if choice is Choice.KEEP:
                kept.append(f"{one.clip}: {one.coder}")
                continue
            coder = one.coder if choice is Choice.TAKE else _free_name(project, one)
            if project.set_tier(one.sample_id, coder, one.theirs, reason):
                n_tiers += 1
                n_events += len(one.theirs)
    return Merged(n_tiers, n_events, tuple(kept))


def last_merge(project: Project) -> LastMerge | None:
    """Return the last merge, unless it was taken back; also after a restart."""
    rows = [row for row in project.history() if row.kind == "import"]
    reasons = [row.reason for row in rows if row.reason.startswith((_REASON, _BACK))]
    back = {one.removeprefix(_BACK) for one in reasons if one.startswith(_BACK)}
    left = [one for one in reasons if one.startswith(_REASON) and one not in back]
    if not left:
        return None
    its = [row for row in rows if row.reason == left[-1]]
    found = tuple((row.n, row.sample_id, row.coder) for row in its if row.sample_id is not None)
    return LastMerge(left[-1], its[0].time, found)


def take_back(project: Project, last: LastMerge) -> tuple[str, ...]:
    """Put all tiers back to what they were before a merge, in one transaction.

    Returns
    -------
    tuple of str
        ``subject/clip: coder`` that were edited since and stay as they are.
    """
    edited = []
    with project.bulk():
        for n, sample_id, coder in last.rows:
            merged = project.annotation_at(sample_id, coder, n)
            if project.annotation(sample_id, coder) != merged:
                sample = project.sample(sample_id)
                edited.append(f"{sample.subject}/{sample.name}: {coder}")
                continue
            before = project.annotation_at(sample_id, coder, n - 1)
            project.set_tier(sample_id, coder, before, f"{_BACK}{last.reason}")
    return tuple(edited)


def _says_anything(annotation: Annotation) -> bool:
    """Whether a coder has given a word on a clip: events, or a verdict that there are none."""
    return bool(annotation.events) or annotation.status is not Status.UNLABELLED


def _free_name(project: Project, one: Incoming) -> str:
    taken = project.annotations(one.sample_id)
    number = 2
    while f"{one.coder} ({number})" in taken:
        number += 1
    return f"{one.coder} ({number})"


def _number(project: Project) -> int:
    """Return how many merges the journal knows, so that each has a name of its own."""
    return len({row.reason for row in project.history() if row.reason.startswith(_REASON)})
