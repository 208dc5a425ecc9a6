"""Clips that belong to no project: their labels live in a personal one, so that none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import platformdirs

from meviewer.core.errors import ProjectError
from meviewer.data.clip import Clip, open_clip
from meviewer.data.frame_identity import Patient
from meviewer.project.clips import add_clip
from meviewer.project.paths import PROJECT_FILE
from meviewer.project.project import Project, Sample
from meviewer.project.repair import shifted_tiers

_NAME = "Single clips"
_MOST_WINDOWS = 20


def is_project(path: Path) -> bool:
    """Whether the path is a project folder or its file."""
    return path.name == PROJECT_FILE or (path / PROJECT_FILE).is_file()


def loose_folder() -> Path:
    """Return the folder of this user's personal project."""
    return Path(platformdirs.user_data_dir("meviewer", appauthor=False)) / "single-clips"


def loose_project(path: Path, at_hand: Project | None = None) -> tuple[Project, int]:
    """Open the personal project with this clip in it.

    A project has one writer, so one that the caller has open already is used and not opened again;
    it stays the caller's to close. While another window has the personal project open, a clip that
    is in it is shown for reading only, and a new clip goes into a second personal project.

    Returns
    -------
    (Project, int)
        The project and the id of the clip's sample; a clip seen before keeps its labels, also
        after it was moved, since it is known by its content.

    Raises
    ------
    ClipError
        If the path holds no readable clip; nothing is added.
    ProjectError
        If no personal project can be written.
    """
    with open_clip(path) as clip:
        for folder in _folders():
            project = _opened(folder, at_hand)
            try:
                sample = _sample_of(project, clip)
            except BaseException:
                _close_unless(project, at_hand)
                raise
            if sample is not None:
                return project, sample.id
            _close_unless(project, at_hand)
    raise ProjectError(
        "The clip cannot be kept",
        where=str(loose_folder()),
        why="all personal projects are open in other windows",
        now="close some of them, or add the clip to a project",
    )


def _folders() -> Iterator[Path]:
    first = loose_folder()
    yield first
    for number in range(2, _MOST_WINDOWS):
        yield first.with_name(f"{first.name}-{number}")


def _opened(folder: Path, at_hand: Project | None) -> Project:
    if at_hand is not None and at_hand.folder == folder:
        return at_hand
    return Project.open(folder) if is_project(folder) else Project.create(folder, _NAME)


def _close_unless(project: Project, at_hand: Project | None) -> None:
    if project is not at_hand:
        project.close()


def _sample_of(project: Project, clip: Clip) -> Sample | None:
    """Return the sample of this clip, or None where it is not and cannot be added."""
    known = project.find_clip(clip.fingerprint) or _changed_since(project, clip)
    if known is None:
        return None if project.read_only else _added(project, clip)
    if known.clip_path != clip.path.absolute() and not project.read_only:
        project.relocate(known.id, clip.path)
    return project.sample(known.id)


def _changed_since(project: Project, clip: Clip) -> Sample | None:
    """Return the sample of a clip that was cut or encoded anew where it lay, if that is certain.

    Else it is another clip that took the place and perhaps the name of an old one.
    """
    for sample in project.samples():
        if sample.clip_path == clip.path.absolute():
            shifted = shifted_tiers(project, sample.id, clip, Patient())
            if any(one.moved.known for one in shifted.values()):
                return sample
    return None


def _added(project: Project, clip: Clip) -> Sample:
    subject = clip.path.absolute().parent.name or "clips"
    return add_clip(project, subject, _free_name(project, clip), clip)


def _free_name(project: Project, clip: Clip) -> str:
    subject, name, count = clip.path.absolute().parent.name or "clips", clip.name, 1
    while project.find_sample(subject, name) is not None:
        count += 1
        name = f"{clip.name} ({count})"
    return name
