"""``meviewer compile``: compile the loops of a new installation ahead."""

from __future__ import annotations

import argparse
import os
import time

from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show, table
from meviewer.motion.compiled_note import note
from meviewer.motion.compiling import STEPS

_GENTLY = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--gently", action="store_true", help="let every other program go first, where that works"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Compile one after the other; what is compiled already is only loaded."""
    if arguments.gently and hasattr(os, "nice"):
        os.nice(_GENTLY)
    seconds: dict[str, float] = {}
    for name, step in STEPS.items():
        began = time.perf_counter()
        step()
        seconds[name] = round(time.perf_counter() - began, 2)
    note()
    rows = [(name, f"{value:.2f} s") for name, value in seconds.items()]
    show({"seconds": seconds}, arguments.json, lambda: table(("ready", "after"), rows))
    return Outcome()
