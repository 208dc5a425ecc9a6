"""``meviewer import``: a data set into a project, or a dry run that only reports."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.import_project import write_samples
from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show
from meviewer.data import registry
from meviewer.data.dataset import ImportReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("reader", choices=registry.names())
    parser.add_argument("root", type=Path, help="folder of the data set")
    parser.add_argument("--labels", type=Path, help="label file; the reader's own place if none")
    parser.add_argument("--project", type=Path, help="project folder to make")
    parser.add_argument("--dry-run", action="store_true", help="only report what would be imported")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Read the data set; without ``--dry-run`` write the project."""
    report: ImportReport = registry.reader(arguments.reader).read(arguments.root, arguments.labels)
    if not arguments.dry_run:
        if arguments.project is None:
            raise SystemExit("meviewer import: --project is needed, or --dry-run")
        write_samples(arguments.project, arguments.root, report)
    document = {
        "samples": len(report.samples),
        "skipped": report.skipped,
        "findings": report.findings,
    }
    show(document, arguments.json, lambda: _words(report))
    return Outcome()


def _words(report: ImportReport) -> str:
    lines = [f"{len(report.samples)} samples, {len(report.skipped)} skipped"]
    lines += [f"row {one.row}: {one.clip}: {one.reason}" for one in report.skipped]
    lines += [
        f"row {one.row}: {one.text}" if one.row is not None else one.text for one in report.findings
    ]
    return "\n".join(lines)
