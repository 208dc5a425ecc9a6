"""GAMDSS over a whole project: the suggestion tier, and how far it lies from the labels."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from meviewer import __version__
from meviewer.cli.main import Outcome
from meviewer.cli.output import Progress, show, table
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Source
from meviewer.experiment.bias import BiasReport, bias_report
from meviewer.experiment.bias_events import GROUPINGS
from meviewer.experiment.label_sd import LabelSd, label_sd
from meviewer.experiment.records import Preparing, Warned
from meviewer.nn.suggest_units import Search
from meviewer.nn.suggestions import Answer, SuggestOptions, by_project, suggest
from meviewer.present.bias import (
    LABEL_HEADS,
    PHASE_HEADS,
    SHIFT_HEADS,
    ReportFacts,
    label_rows,
    phase_rows,
    reach_words,
    shift_rows,
    summary,
)
from meviewer.present.bias_files import as_document, write_report
from meviewer.project.project import Project

TIER = "gamdss"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what only a project knows."""
    group = parser.add_argument_group("of a project")
    group.add_argument(
        "--coder", action="append", help="whose labels to start from; may be repeated; A"
    )
    group.add_argument("--by", choices=GROUPINGS, default="data set", help="how to group events")
    group.add_argument("--report", type=Path, metavar="DIR", help="write the report there")
    group.add_argument(
        "--workers", type=int, default=0, metavar="N", help="processes at once; one a core"
    )


def run(arguments: argparse.Namespace) -> Outcome:
    """Suggest keyframes for all labels of a project, keep them as a tier, and sum them up."""
    search = Search(
        variant=arguments.variant or "two-sided",
        measure=arguments.measure,
        brightness_free=not arguments.wrapped_uint8,
        aligned=arguments.aligned,
        wrapped_uint8=arguments.wrapped_uint8,
    )
    coders = tuple(dict.fromkeys(arguments.coder or ("A",)))
    options = SuggestOptions(coders, search, arguments.workers)
    with Project.open(arguments.path) as project:
        answers = _suggested(project, options)
        if not project.read_only:
            _write_tier(project, answers, coders[0], search.variant)
        labels = label_sd(project)
        facts = ReportFacts(
            project.name, coders, msgspec.structs.asdict(search), f"meviewer {__version__}"
        )
    report = bias_report(
        [one.compared for one in answers if one.compared is not None],
        arguments.by,
        left_out=[one.left_out() for one in answers if one.compared is None],
    )
    if arguments.report is not None:
        write_report(arguments.report, report, facts, labels)
    show(
        as_document(report, facts, labels),
        arguments.json,
        lambda: _words(report, labels, search.variant),
    )
    return Outcome()


def _suggested(project: Project, options: SuggestOptions) -> list[Answer]:
    progress = Progress()
    answers: list[Answer] = []
    for said in suggest(project, options):
        if isinstance(said, Preparing):
            progress.say(f"{said.done} of {said.total} clips")
        elif isinstance(said, Warned):
            progress.end()
            print(said.text, file=sys.stderr)
        else:
            answers.append(said)
    progress.end()
    return by_project(answers)


def _write_tier(project: Project, answers: Sequence[Answer], coder: str, variant: str) -> None:
    """Put the suggestions for one coder's labels into the tier, all of them or none."""
    tiers: dict[int, list[Event]] = {}
    for one in answers:
        if one.coder == coder and one.suggested is not None:
            event = Event(one.event.id, one.suggested, source=Source.GAMDSS)
            tiers.setdefault(one.sample.id, []).append(event)
    with project.bulk():
        project.add_coder(TIER, machine=True)
        for sample_id, events in tiers.items():
            made = Annotation(tuple(events), Status.DRAFT)
            project.set_tier(sample_id, TIER, made, f"suggested, {variant}, from coder {coder}")


def _words(report: BiasReport, labels: tuple[LabelSd, ...], variant: str) -> str:
    parts = [f"{summary(report)}. {reach_words(variant)}"]
    if report.whole is not None:
        parts.append(table(SHIFT_HEADS, shift_rows(report)))
        parts.append(table(PHASE_HEADS, phase_rows(report)))
    if labels:
        parts.append(table(LABEL_HEADS, label_rows(labels)))
    parts += [f"left out: {one.subject}/{one.clip}: {one.reason}" for one in report.left_out]
    return "\n\n".join(parts)
