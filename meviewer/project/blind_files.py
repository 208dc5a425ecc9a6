"""Blind-first for a file on the command line: whether the clip belongs to somebody who judges it.

A clip is looked for in the project whose folder it lies in, in those that this user had open last,
and among this user's single clips: other projects of the machine are not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from meviewer.core.errors import LabelError, MeviewerError
from meviewer.project.blind import hidden_from_anyone, rules
from meviewer.project.loose import is_project, loose_folder
from meviewer.project.paths import PROJECT_FILE
from meviewer.project.project import Project
from meviewer.project.settings import read_settings


def refuse_hidden(path: Path) -> None:
    """Let nobody ask a machine about a clip that a coder has to judge first.

    Raises
    ------
    LabelError
        If a coder labels this clip blind and has not committed it, or it stays blind.
    MeviewerError
        If the project in whose folder the clip lies cannot be read; others are passed over.
    """
    for folder, is_around in _projects_of(path):
        try:
            coder = _hidden_from(folder, path.resolve())
        except MeviewerError:
            # Only the project that the clip lies in has a say that must not be missed.
            if is_around:
                raise
            continue
        if coder:
            raise LabelError(
                "This clip is labelled blind",
                where=str(path),
                why=f"coder {coder} has to judge it before a machine speaks, or it stays blind",
                now="commit the clip first, or end blind-first for this coder in the window",
            )


def _projects_of(path: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the projects that the clip may belong to, and whether it lies in their folders."""
    near = [folder for folder in path.resolve().parents if is_project(folder)]
    late = (Path(name) for name in read_settings().recent)
    known = [one.parent if one.name == PROJECT_FILE else one for one in late if is_project(one)]
    single = [one for one in (loose_folder(),) if is_project(one)]
    for folder in dict.fromkeys((*near, *known, *single)):
        yield folder, folder in near


def _hidden_from(folder: Path, path: Path) -> str:
    """Return who labels this clip of a project blind; empty if nobody does."""
    with Project.open(folder, read_only=True) as project:
        if not rules(project):
            return ""
        ids = {one.id for one in project.samples() if one.clip_path.resolve() == path}
        return next((who for at, who in hidden_from_anyone(project).items() if at in ids), "")
