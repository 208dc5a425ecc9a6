"""``meviewer demo``: write the synthetic demo project and open it."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.main import Outcome, Window
from meviewer.cli.output import Progress
from meviewer.synth import demo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", nargs="?", type=Path, default=Path("meviewer-demo"))
    parser.add_argument("--subjects", type=int, default=12, metavar="N")
    parser.add_argument("--clips", type=int, default=6, metavar="N", help="clips a subject")
    parser.add_argument("--seed", type=int, default=0, help="other expressions of the same people")
    parser.add_argument("--no-window", action="store_true", help="write the project and end")


def run(arguments: argparse.Namespace) -> Outcome:
    """Write the project, saying how far it is."""
    progress = Progress()
    records = demo.write_demo(
        arguments.folder, arguments.subjects, arguments.clips, seed=arguments.seed
    )
    for record in records:
        if isinstance(record, demo.ClipWritten):
            progress.say(f"{record.done} of {record.n_clips} clips")
        elif isinstance(record, demo.DemoWritten):
            progress.end()
            print(
                f"{record.folder}: {record.n_clips} clips, {record.n_frames} frames, "
                f"{record.seconds:.0f} s"
            )
    return Outcome() if arguments.no_window else Outcome(window=Window(arguments.folder))
