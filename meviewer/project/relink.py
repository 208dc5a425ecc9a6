"""Clips that were moved: found again by a new root, by their names, or by their content."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from meviewer.core.errors import ProjectError
from meviewer.data.frame_identity import Patient, Watcher
from meviewer.project import clip_facts, samples
from meviewer.project.paths import Root, plain
from meviewer.project.relink_plan import Doubt, KnownClip, Place, RelinkPlan
from meviewer.project.relink_search import LEAST_TAIL, Search, fingerprint

if TYPE_CHECKING:
    from meviewer.project.project import Project

__all__ = ["Doubt", "KnownClip", "Place", "RelinkPlan", "apply", "by_root", "by_search", "clips_of"]


def clips_of(project: Project) -> tuple[KnownClip, ...]:
    """Return every clip of a project once, in the order of their first samples."""
    by_place: dict[tuple[Path, str], list[samples.Sample]] = defaultdict(list)
    for sample in project.samples():
        by_place[sample.clip_path, sample.fingerprint].append(sample)
    return tuple(
        KnownClip(
            f"{first.subject}/{first.name}",
            first.clip_path,
            tuple(sample.id for sample in (first, *others)),
            first.fingerprint,
            first.n_frames,
        )
        for first, *others in by_place.values()
    )


def by_root(project: Project, root: Path, watcher: Watcher | None = None) -> RelinkPlan:
    """Look for all clips below another root, at the places that they had below the old one.

    Those that are not there are looked for by the end of their path: what was chosen may be a
    folder below or above the one that was the root.

    Raises
    ------
    ProjectError
        If the root is no folder.
    """
    root = _folder(root)
    watcher = watcher or Patient()
    clips = clips_of(project)
    found: list[Place] = []
    missing: list[KnownClip] = []
    for done, clip in enumerate(clips):
        if watcher.cancelled:
            return RelinkPlan(len(clips), tuple(found), (), clips[done:], root, complete=False)
        watcher.report(done / len(clips), clip.name)
        path = next((p for p in _below(root, clip.path, project.root) if p.exists()), None)
        if path is None:
            missing.append(clip)
        else:
            found.append(Place(clip, path, fingerprint(path) == clip.fingerprint))
    return RelinkPlan(len(clips), tuple(found), (), tuple(missing), root)


def by_search(project: Project, folder: Path, watcher: Watcher | None = None) -> RelinkPlan:
    """Look through a folder for the clips that are not where the project looks for them.

    A clip is taken if its content is the same, whatever it is called; else if the end of its path
    is, clip and folder at least, and of no other one there. All else is a doubt.

    Raises
    ------
    ProjectError
        If there is no such folder.
    """
    folder = _folder(folder)
    clips = clips_of(project)
    contents = Counter(clip.fingerprint for clip in clips)
    twins = frozenset(content for content, count in contents.items() if count > 1)
    missing = tuple(clip for clip in clips if not clip.path.exists())
    search = Search(missing, watcher or Patient(), twins)
    search.walk(folder)
    return search.plan()


def apply(project: Project, plan: RelinkPlan) -> int:
    """Take over what a plan has found, in one transaction with rows in the journal.

    With a new root, clips that are not there stay where they are, if they still are.

    Returns
    -------
    int
        Clips that were relinked.
    """

    def relocate(root: Root) -> None:
        for place in plan.found:
            if plan.root is None or root.absolute(root.relative(place.clip.path)) != place.path:
                _relocate(project, root, place.clip, place.path)
        for clip in plan.missing if plan.root is not None else ():
            if clip.path.exists():
                _relocate(project, root, clip, clip.path)

    if plan.root is None:
        with project.bulk():
            relocate(Root(project.root))
    else:
        project.set_root(plan.root, also=relocate)
    return len(plan.found)


def _relocate(project: Project, root: Root, clip: KnownClip, path: Path) -> None:
    first = clip.sample_ids[0]
    with project.database.writing() as connection:
        query = "SELECT clip_id FROM samples WHERE id = ?"
        (clip_id,) = connection.execute(query, (first,)).fetchone()
        if not clip_facts.join(connection, clip_id, root.relative(path), clip.fingerprint):
            samples.relocate(project.database, root, first, path)


def _below(root: Path, path: Path, old_root: Path) -> Iterator[Path]:
    """Yield where a clip may lie below a new root, the likeliest place first."""
    if path.is_relative_to(old_root):
        yield root / path.relative_to(old_root)
    elif path.is_relative_to(root):
        yield path
    for length in range(len(path.parts) - 1, LEAST_TAIL - 1, -1):
        yield root.joinpath(*path.parts[-length:])


def _folder(path: Path) -> Path:
    path = plain(path)
    if not path.is_dir():
        raise ProjectError(
            "There is no such folder",
            where=str(path),
            why="it is not there, or it is a file",
            now="choose the folder that the clips were moved to",
        )
    return path
