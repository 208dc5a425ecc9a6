"""``meviewer face``: the face of each clip of a project, found and stored."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import msgspec

from meviewer.cli.main import Outcome
from meviewer.cli.output import Progress
from meviewer.core.errors import FaceError
from meviewer.data.face.finder import N_FRAMES
from meviewer.project.finding_faces import FaceOptions, FaceRecord, find_all
from meviewer.project.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", type=Path)
    parser.add_argument(
        "--reference",
        choices=("median", "onset"),
        default="median",
        help="landmarks: median over the frames, or those of the first event's onset",
    )
    parser.add_argument(
        "--frames",
        type=int,
        default=N_FRAMES,
        metavar="N",
        help=f"frames to look at beside the keyframes; {N_FRAMES} if not given",
    )
    parser.add_argument(
        "--again", action="store_true", help="look on clips too where models have looked already"
    )
    parser.add_argument("--json", action="store_true", help="records as JSON lines")


def run(arguments: argparse.Namespace) -> Outcome:
    """Look clip by clip; the status is 1 if a clip could not be read.

    Each face is stored at once, so that the next run goes on where this one was stopped. Faces
    that a person set stay.
    """
    if arguments.frames < 1:
        raise FaceError("Too few frames to look at", where="--frames", now="give 1 or more")
    options = FaceOptions(arguments.reference, arguments.frames, arguments.again)
    progress, outcomes = Progress(), Counter[str]()
    with Project.open(arguments.project) as project:
        for record in find_all(project, options):
            outcomes[record.outcome] += 1
            progress.say(f"{record.done} of {record.total} clips")
            _tell(record, arguments.json, progress)
    progress.end()
    if not arguments.json:
        print(", ".join(f"{n} {outcome}" for outcome, n in outcomes.items()) or "no clips")
    return Outcome(1 if outcomes["failed"] else 0)


def _tell(record: FaceRecord, as_json: bool, progress: Progress) -> None:
    if as_json:
        print(msgspec.json.encode(asdict(record)).decode())
    elif record.outcome in ("failed", "not found"):
        progress.end()
        reason = f": {record.reason}" if record.reason else ""
        print(f"{record.outcome}: {record.subject}/{record.clip}{reason}")
    sys.stdout.flush()
