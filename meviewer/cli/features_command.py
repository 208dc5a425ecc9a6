"""``meviewer features``: motion of all labelled events into the feature store of a project."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.output import Progress
from meviewer.experiment import records
from meviewer.experiment.records import Featured, FeaturesDone, Preparing
from meviewer.nn.event_features import REPRESENTATIONS
from meviewer.nn.feature_plan import DEVICES, FeatureOptions
from meviewer.nn.features import compute_features
from meviewer.project.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", type=Path)
    parser.add_argument(
        "--representation",
        action="append",
        choices=REPRESENTATIONS,
        help="what to compute; all of them if not given; may be repeated",
    )
    parser.add_argument("--size", type=int, default=224, metavar="PX", help="width and height")
    parser.add_argument("--tier", default="A", help="whose labels")
    parser.add_argument(
        "--workers", type=_count, default=0, metavar="N", help="processes at once; one a core"
    )
    parser.add_argument(
        "--device",
        choices=DEVICES,
        default="cpu",
        help="where flow is computed; auto: a GPU, if any",
    )
    parser.add_argument(
        "--aligned",
        action="store_true",
        help="cut out each clip's face first; clips without a face are skipped",
    )
    parser.add_argument("--json", action="store_true", help="records as JSON lines")


def run(arguments: argparse.Namespace) -> Outcome:
    """Fill the store; the status is 1 if something is missing that should be there.

    Ctrl+C leaves whole files; the next run goes on from there.
    """
    chosen = tuple(dict.fromkeys(arguments.representation or REPRESENTATIONS))
    options = FeatureOptions(
        chosen,
        arguments.size,
        arguments.tier,
        arguments.workers,
        arguments.device,
        arguments.aligned,
    )
    progress = Progress()
    failed = 0
    with Project.open(arguments.project, read_only=True) as project:
        for record in compute_features(project, options):
            if isinstance(record, Preparing):
                progress.say(f"{record.done} of {record.total} events")
                continue
            progress.end()
            if isinstance(record, FeaturesDone):
                failed = record.failed
            _tell(record, arguments.json)
    return Outcome(1 if failed else 0)


def _tell(record: Featured | FeaturesDone, as_json: bool) -> None:
    if as_json:
        print(records.encode(record).decode())
    elif isinstance(record, FeaturesDone):
        print(_words(record))
    elif record.reason:
        print(f"{record.state}: {record.subject}/{record.clip}: {record.reason}")
    sys.stdout.flush()


def _words(done: FeaturesDone) -> str:
    parts = [f"{done.computed} events computed", f"{done.known} there already"]
    parts += [f"{done.skipped} skipped"] if done.skipped else []
    parts += [f"{done.failed} failed"] if done.failed else []
    return f"{', '.join(parts)}, {done.seconds:.1f} s\n{done.folder}"


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give 1 or more")
    return number
