"""``meviewer export-model``: a trained network as ONNX, checked against torch."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show
from meviewer.core.errors import ExperimentError
from meviewer.experiment.people import Member
from meviewer.experiment.runs import RunFolder
from meviewer.nn import extra


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write")
    parser.add_argument(
        "--subject", default="", help="the fold that holds this subject out, not the final model"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Write the file once its answers are those of torch."""
    extra.require()
    from meviewer.nn.onnx_export import export

    folder = RunFolder.open(arguments.run)
    fold = _fold(folder, arguments.subject) if arguments.subject else None
    found = export(folder, arguments.out, fold)
    document = {
        "file": str(found.path),
        "model": found.model,
        "input": list(found.shape),
        "classes": list(found.classes),
        "largest_difference": found.difference,
        "checked_with": found.checked_with,
    }
    size = " x ".join(map(str, found.shape))
    words = (
        f"{found.model}: input batch x {size}, {len(found.classes)} classes\n"
        f"checked with {found.checked_with}: probabilities differ from torch by at most "
        f"{found.difference:.1g}\n{found.path}"
    )
    show(document, arguments.json, lambda: words)
    return Outcome()


def _fold(run: RunFolder, subject: str) -> int:
    wanted = Member(subject).person
    for number in range(run.n_folds):
        if any(Member(name).person == wanted for name in run.card.people_of(number)):
            return number
    raise ExperimentError(
        "No fold of the run holds this subject out",
        where=f"{run.folder}, subject {subject}",
        now="choose one of " + ", ".join(run.card.subjects),
    )
