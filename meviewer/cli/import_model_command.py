"""``meviewer import-model``: weights of another program as a run of ours."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.core.errors import ExperimentError
from meviewer.experiment.spec_text import changed, read
from meviewer.nn import extra


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("weights", type=Path, help=".pt, .pth or .safetensors, tensors by name")
    parser.add_argument(
        "--spec", type=Path, required=True, help="experiment file: network, motion, input size"
    )
    parser.add_argument(
        "--classes", required=True, metavar="A,B,...", help="names of the classes, by number"
    )
    parser.add_argument("--out", type=Path, required=True, help="run folder to write")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        dest="changes",
        help="another value for a field of the experiment; may be given several times",
    )


def run(arguments: argparse.Namespace) -> Outcome:
    """Read tensors alone, make sure that they fit, and write them as safetensors with a card."""
    extra.require()
    from meviewer.nn.foreign import adopt

    classes = [name.strip() for name in arguments.classes.split(",")]
    if len(set(classes)) != len(classes) or not all(classes):
        raise ExperimentError(
            "The classes need names of their own",
            where=f"--classes {arguments.classes}",
            now="give each class once, with commas between",
        )
    spec = changed(read(arguments.spec), arguments.changes)
    made = adopt(arguments.weights, spec, classes, arguments.out)
    print(f"{spec.network}, {len(classes)} classes: {made.folder}")
    return Outcome()
