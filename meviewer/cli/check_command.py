"""``meviewer check``: look for faults in a project: journal, labels, clips."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show
from meviewer.core.findings import Finding, Severity
from meviewer.project.project import ChainReport, Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", type=Path)
    parser.add_argument("--clips", action="store_true", help="also open every clip: slower")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Report findings; the status is 1 if the journal is broken or there is an error."""
    with Project.open(arguments.project, read_only=True) as project:
        chain = project.check_chain()
        found = list(project.findings())
        if arguments.clips:
            found += list(project.shifted_clips())
    document = {"chain": chain, "findings": found}
    show(document, arguments.json, lambda: _words(chain, found))
    bad = not chain.ok or any(f.severity is Severity.ERROR for f in found)
    return Outcome(1 if bad else 0)


def _words(chain: ChainReport, found: list[Finding]) -> str:
    lines = [f"journal: {chain.text}"]
    for finding in found:
        where = f"{finding.subject}/{finding.clip}: " if finding.clip else ""
        lines.append(f"{finding.severity.value:8s} {where}{finding.text}")
    return "\n".join([*lines, f"{len(found)} finding(s)"])
