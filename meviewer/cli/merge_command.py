"""``meviewer merge``: labels of other programs, or of another person's project, into a project."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show
from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding
from meviewer.data import exchanges
from meviewer.project.exchanging import Conflict, TakenOver, document_of, take_over
from meviewer.project.loose import is_project
from meviewer.project.merging import Choice, merge, plan
from meviewer.project.merging import Merged as MergedProject
from meviewer.project.project import Project


@dataclass(frozen=True, slots=True)
class Merged:
    """What ``--json`` prints."""

    format: str
    taken_over: TakenOver
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ProjectMerged:
    """What ``--json`` prints for a project."""

    project: str
    merged: MergedProject
    same: int
    conflicts: tuple[str, ...]
    unknown: tuple[str, ...]
    doubtful: tuple[str, ...]


_CHOICES = {
    Conflict.BESIDE: Choice.BOTH,
    Conflict.KEEP: Choice.KEEP,
    Conflict.REPLACE: Choice.TAKE,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", type=Path)
    parser.add_argument(
        "file", type=Path, help="file, or folder of files, with labels; or a project"
    )
    parser.add_argument("--format", choices=exchanges.names(), help="guessed if not given")
    parser.add_argument(
        "--on-conflict",
        choices=[one.value for one in Conflict],
        default=Conflict.BESIDE.value,
        help="where a coder has other labels already: put these beside, keep the old, or replace",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Read the labels and put them into the project; nothing is overwritten unless asked for."""
    if is_project(arguments.file):
        return _merge_project(arguments)
    name = arguments.format or guessed(arguments.file)
    with Project.open(arguments.project) as project:
        read = exchanges.format_named(name).read(arguments.file, document_of(project))
        reason = f"merged from {arguments.file.name} ({name})"
        done = take_over(project, read.document, reason, Conflict(arguments.on_conflict))
    merged = Merged(name, done, read.findings)
    show(merged, arguments.json, lambda: _words(merged))
    return Outcome()


def _merge_project(arguments: argparse.Namespace) -> Outcome:
    """Put the labels of another person's project into this one, clips told by their content."""
    choice = _CHOICES[Conflict(arguments.on_conflict)]
    with Project.open(arguments.project) as project:
        found = plan(project, arguments.file)
        done = merge(project, found, {}, choice)
    told = ProjectMerged(
        found.name,
        done,
        found.same,
        tuple(f"{one.clip}: {one.coder}" for one in found.conflicts),
        found.unknown,
        found.doubtful,
    )
    show(told, arguments.json, lambda: _project_words(told))
    return Outcome()


def _project_words(told: ProjectMerged) -> str:
    done = told.merged
    lines = [
        f"{done.n_events} events in {done.n_tiers} tiers merged from {told.project}, "
        f"{told.same} were there already"
    ]
    lines += [f"other labels stood there: {one}" for one in told.conflicts]
    lines += [f"no such clip in the project: {one}" for one in told.unknown]
    lines += [f"other frames under the same name, left out: {one}" for one in told.doubtful]
    return "\n".join(lines)


def guessed(path: Path) -> str:
    """Return the one format that a file can be.

    Raises
    ------
    LabelError
        If it can be none, or several.
    """
    found = exchanges.guess(path)
    if len(found) == 1:
        return found[0]
    raise LabelError(
        "The format is not clear" if found else "No format fits this file",
        where=str(path),
        why=f"it could be {', '.join(found)}" if found else "neither its ending nor its content",
        now=f"name the format: {', '.join(found or exchanges.names())}",
    )


def _words(merged: Merged) -> str:
    done = merged.taken_over
    lines = [
        f"{done.n_events} events in {done.n_tiers} tiers taken over, {done.same} were there already"
    ]
    lines += [f"other labels stood there: {one}" for one in done.conflicts]
    lines += [f"no such clip in the project: {one}" for one in done.unknown]
    lines += [f"row {f.row}: {f.text}" if f.row else f.text for f in merged.findings]
    return "\n".join(lines)
