"""``meviewer compare``: finished runs against one another, clip by clip and subject by subject."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show
from meviewer.data.atomic import write_text
from meviewer.experiment.comparison import compare
from meviewer.experiment.runs import RunFolder
from meviewer.present import comparison as words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run folder")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write all numbers as CSV")
    parser.add_argument("--latex", type=Path, metavar="FILE", help="write tables for a paper")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Compare the runs; the first one is what the others are measured against."""
    found = compare(
        list(zip(names_of(arguments.runs), map(RunFolder.open, arguments.runs), strict=True))
    )
    if arguments.csv is not None:
        write_text(arguments.csv, words.to_csv(found))
    if arguments.latex is not None:
        write_text(arguments.latex, words.to_latex(found))
    show(found, arguments.json, lambda: words.told(found))
    return Outcome()


def names_of(paths: list[Path]) -> list[str]:
    """Return a name a run: that of its folder, with what is above it where two would be equal."""
    plain = [path.resolve().name for path in paths]
    counts = Counter(plain)
    return [
        f"{path.resolve().parent.name}/{name}" if counts[name] > 1 else name
        for path, name in zip(paths, plain, strict=True)
    ]
