"""``meviewer convert``: labels from one format of other programs into another."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.merge_command import guessed
from meviewer.cli.output import add_json, show
from meviewer.core.findings import Finding
from meviewer.data import exchanges
from meviewer.data.exchange import ExchangeDocument, Loss
from meviewer.project.exchanging import document_of
from meviewer.project.project import Project


@dataclass(frozen=True, slots=True)
class Converted:
    """What ``--json`` prints."""

    clips: int
    events: int
    files: tuple[Path, ...]
    losses: tuple[Loss, ...]
    findings: tuple[Finding, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument(
        "--from", dest="given", choices=exchanges.names(), help="guessed if not given"
    )
    parser.add_argument("--to", dest="wanted", choices=exchanges.names(), required=True)
    parser.add_argument(
        "--project", type=Path, help="its clips say rate and length where the source does not"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Read one format and write another; say what was doubtful and what got lost."""
    known = ExchangeDocument(arguments.source.stem, ())
    if arguments.project is not None:
        with Project.open(arguments.project, read_only=True) as project:
            known = document_of(project, ())
    given = arguments.given or guessed(arguments.source)
    read = exchanges.format_named(given).read(arguments.source, known)
    wanted = exchanges.format_named(arguments.wanted)
    losses = wanted.losses(read.document)
    files = wanted.write(read.document, arguments.target)
    tiers = [tier for clip in read.document.clips for tier in clip.tiers.values()]
    n_events = sum(map(len, tiers))
    done = Converted(len(read.document.clips), n_events, files, losses, read.findings)
    show(done, arguments.json, lambda: _words(done))
    return Outcome()


def _words(done: Converted) -> str:
    lines = [f"{done.events} events on {done.clips} clips", *map(str, done.files)]
    lines += [f"not held: {loss.text} ({loss.n_labels})" for loss in done.losses]
    lines += [f"row {f.row}: {f.text}" if f.row else f.text for f in done.findings]
    return "\n".join(lines)
