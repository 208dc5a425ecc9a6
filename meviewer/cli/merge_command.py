"""``meviewer merge``: labels made in other programs into a project."""

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
from meviewer.project.project import Project


@dataclass(frozen=True, slots=True)
class Merged:
    """What ``--json`` prints."""

    format: str
    taken_over: TakenOver
    findings: tuple[Finding, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", type=Path)
    parser.add_argument("file", type=Path, help="file, or folder of files, with labels")
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
    name = arguments.format or guessed(arguments.file)
    with Project.open(arguments.project) as project:
        read = exchanges.format_named(name).read(arguments.file, document_of(project))
        reason = f"merged from {arguments.file.name} ({name})"
        done = take_over(project, read.document, reason, Conflict(arguments.on_conflict))
    merged = Merged(name, done, read.findings)
    show(merged, arguments.json, lambda: _words(merged))
    return Outcome()


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
