"""The work behind the bias report; it runs off the UI thread."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from meviewer import __version__
from meviewer.core.events import Edge
from meviewer.experiment.bias import BiasReport, bias_report
from meviewer.experiment.label_sd import LabelSd, label_sd
from meviewer.experiment.records import Preparing, Warned
from meviewer.gui.running.task import Token
from meviewer.nn.suggestions import Answer, SuggestOptions, by_project, suggest
from meviewer.present.bias import ReportFacts
from meviewer.present.bias_files import write_report
from meviewer.present.bias_plot import BiasPlot, bias_plot
from meviewer.project.project import Project


@dataclass(frozen=True, slots=True)
class Comparison:
    """Labels beside suggestions, before they are grouped.

    Attributes
    ----------
    options : SuggestOptions
        What was asked for.
    answers : tuple of Answer
    labels : tuple of LabelSd
    facts : ReportFacts
    warning : str
        What did not keep it from being computed; empty if nothing.
    """

    options: SuggestOptions
    answers: tuple[Answer, ...]
    labels: tuple[LabelSd, ...]
    facts: ReportFacts
    warning: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A report with its plot."""

    report: BiasReport
    plot: BiasPlot


def compare(project: Project, options: SuggestOptions, token: Token) -> Comparison:
    """Suggest keyframes for all labels; what was found so far is kept when it is cancelled."""
    answers: list[Answer] = []
    warning = ""
    with closing(suggest(project, options)) as said:
        for one in said:
            if token.cancelled:
                break
            if isinstance(one, Preparing):
                share = one.done / one.total if one.total else 1.0
                token.report(share, f"{one.done} of {one.total} clips")
            elif isinstance(one, Warned):
                warning = one.text
            else:
                answers.append(one)
    facts = ReportFacts(
        project.name,
        options.coders,
        msgspec.structs.asdict(options.search),
        f"meviewer {__version__}",
    )
    return Comparison(options, tuple(by_project(answers)), label_sd(project), facts, warning)


def view_of(found: Comparison, by: str, edges: tuple[Edge, ...], only_evidence: bool) -> View:
    """Group a comparison; resampling thousands of events takes a moment."""
    compared = [one.compared for one in found.answers if one.compared is not None]
    events = [one for one in compared if one.has_evidence or not only_evidence]
    out = [one.left_out() for one in found.answers if one.compared is None]
    report = bias_report(events, by, left_out=out)
    return View(report, bias_plot(report, edges))


def write(found: Comparison, view: View, folder: Path) -> tuple[Path, ...]:
    """Write the files of the report into a folder."""
    return write_report(folder, view.report, found.facts, found.labels)
