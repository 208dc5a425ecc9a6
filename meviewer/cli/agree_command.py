"""``meviewer agree``: how far the coders of a project agree."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer import __version__
from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, table
from meviewer.data.atomic import write_text
from meviewer.experiment.agreement_project import agree
from meviewer.experiment.agreement_values import AgreementReport
from meviewer.experiment.label_sd import MIN_IOU
from meviewer.present.agreement import (
    EVENT_HEADS,
    KEYFRAME_HEADS,
    NAME_HEADS,
    READING,
    RELIABILITY_HEADS,
    AgreementFacts,
    event_rows,
    keyframe_rows,
    name_rows,
    reliability_rows,
    summary,
)
from meviewer.present.agreement_files import as_html, as_json, numbers_csv
from meviewer.project.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", type=Path)
    parser.add_argument(
        "--coder", action="append", default=[], help="whose labels, once each; all people's if none"
    )
    parser.add_argument(
        "--committed", action="store_true", help="only clips that all of them have committed"
    )
    parser.add_argument(
        "--overlap",
        type=float,
        default=MIN_IOU,
        help="least overlap (IoU) of two labels of one event, above 0 to 1 (%(default)s)",
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write all numbers as CSV")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a report to read")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Compare the labels; nothing is changed."""
    with Project.open(arguments.project, read_only=True) as project:
        report = agree(
            project,
            tuple(arguments.coder),
            finished=arguments.committed,
            min_iou=arguments.overlap,
        )
        name = project.name
    version = f"meviewer {__version__}"
    facts = AgreementFacts(name, arguments.committed, arguments.overlap, version)
    if arguments.csv is not None:
        write_text(arguments.csv, numbers_csv(report))
    if arguments.html is not None:
        write_text(arguments.html, as_html(report, facts))
    print(as_json(report, facts).rstrip() if arguments.json else _words(report))
    return Outcome()


def _words(report: AgreementReport) -> str:
    tables = (
        (KEYFRAME_HEADS, keyframe_rows(report)),
        (RELIABILITY_HEADS, reliability_rows(report)),
        (EVENT_HEADS, event_rows(report)),
        (NAME_HEADS, name_rows(report)),
    )
    parts = [summary(report), *(table(heads, rows) for heads, rows in tables), READING]
    return "\n\n".join(parts)
