"""The work behind the agreement window; it runs off the UI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from meviewer import __version__
from meviewer.experiment.agreement_project import Disagreement, agree, disagreements
from meviewer.experiment.agreement_values import AgreementReport
from meviewer.experiment.label_sd import MIN_IOU
from meviewer.present.agreement import AgreementFacts
from meviewer.present.agreement_files import write_report
from meviewer.present.agreement_plot import agreement_plot
from meviewer.present.bias_plot import BiasPlot
from meviewer.project.project import Project


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compared: whose labels, and whether only committed ones."""

    coders: tuple[str, ...]
    finished: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A report with its plot and what the coders differ about."""

    asked: Asked
    report: AgreementReport
    plot: BiasPlot
    differences: tuple[Disagreement, ...]
    facts: AgreementFacts


def compare(project: Project, asked: Asked, durable: Callable[[], bool]) -> Found:
    """Compare labels as they stand once everything written so far is on disk."""
    durable()
    report = agree(project, asked.coders, finished=asked.finished)
    differences = tuple(one for pair in report.pairs for one in disagreements(pair))
    facts = AgreementFacts(project.name, asked.finished, MIN_IOU, f"meviewer {__version__}")
    return Found(asked, report, agreement_plot(report), differences, facts)


def write(found: Found, folder: Path) -> tuple[Path, ...]:
    """Write the files of the report into a folder."""
    return write_report(folder, found.report, found.facts)
