"""``meviewer export``: the labels of a project in a format of other programs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from meviewer.cli.main import Outcome
from meviewer.cli.output import Progress, add_json, show
from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding
from meviewer.data import exchanges
from meviewer.data.exchange import Loss
from meviewer.project import sheet_copy
from meviewer.project.exchanging import document_of
from meviewer.project.project import Project

if TYPE_CHECKING:
    from meviewer.nn.dataset_export import DatasetSummary

SHEET = "sheet"
HDF5 = "hdf5"


@dataclass(frozen=True, slots=True)
class Exported:
    """What ``--json`` prints."""

    format: str
    clips: int
    events: int
    files: Sequence[Path]
    losses: Sequence[Loss]
    findings: Sequence[Finding] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", type=Path)
    parser.add_argument(
        "--format",
        required=True,
        choices=(*exchanges.names(), SHEET, HDF5),
        help=f"{SHEET}: a copy of the data set's own sheet with the corrected labels;"
        f" {HDF5}: frames or motion with labels and splits, for training code",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="file; a folder where each clip has its own file"
    )
    parser.add_argument(
        "--coder", action="append", help="whose labels; all people's if not given; may be repeated"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what the format cannot hold"
    )
    hdf5 = parser.add_argument_group("HDF5")
    hdf5.add_argument(
        "--what", choices=("frames", "di", "flow", "mm-cof"), default="frames", help="what to store"
    )
    hdf5.add_argument("--size", type=int, metavar="PX", help="width and height of what is stored")
    hdf5.add_argument("--scheme", default="own", help="class scheme, by name")
    hdf5.add_argument("--method", default="tvl1", help="method of the flow")
    hdf5.add_argument("--compress", action="store_true", help="smaller, and slower to read")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Write the labels, and say what the format could not hold."""
    with Project.open(arguments.project, read_only=True) as project:
        _check_coders(project, arguments.coder)
        if arguments.format == HDF5:
            return _hdf5(project, arguments)
        write = _write_sheet if arguments.format == SHEET else _write
        done = write(project, arguments)
    show(done, arguments.json, lambda: _words(done))
    return Outcome()


def _write(project: Project, arguments: argparse.Namespace) -> Exported:
    chosen = exchanges.format_named(arguments.format)
    document = document_of(project, arguments.coder)
    losses = chosen.losses(document)
    files = () if arguments.dry_run else chosen.write(document, arguments.out)
    tiers = [tier for clip in document.clips for tier in clip.tiers.values()]
    n_clips = sum(1 for clip in document.clips if clip.tiers)
    return Exported(chosen.name, n_clips, sum(map(len, tiers)), files, losses)


def _write_sheet(project: Project, arguments: argparse.Namespace) -> Exported:
    sources = project.sources()
    if not sources:
        raise LabelError(
            "There is no sheet to copy",
            where=str(project.folder),
            why="the project was not imported from a data set",
            now="export the labels as csv",
        )
    plan = sheet_copy.plan(project, sources[-1])
    files = []
    if not arguments.dry_run:
        sheet_copy.write(plan, arguments.out)
        files = [sheet_copy.target_of(plan, arguments.out)]
    rows = {(edit.sheet, edit.row) for edit in plan.edits}
    return Exported(SHEET, len(rows), len(plan.edits), files, (), plan.findings)


def _hdf5(project: Project, arguments: argparse.Namespace) -> Outcome:
    from meviewer.nn.dataset_export import DatasetOptions, write_dataset

    options = DatasetOptions(
        what=arguments.what,
        size_px=arguments.size,
        tiers=tuple(arguments.coder or ()),
        scheme=arguments.scheme,
        method=arguments.method,
        compression="gzip" if arguments.compress else "none",
    )
    progress = Progress()
    try:
        done = write_dataset(
            project, arguments.out, options, lambda share, clip: progress.say(f"{share:.0%} {clip}")
        )
    finally:
        progress.end()
    show(done, arguments.json, lambda: _hdf5_words(done))
    return Outcome()


def _hdf5_words(done: DatasetSummary) -> str:
    head = f"{done.n_events} events of {done.n_samples} samples in {done.n_folds} folds"
    lines = [f"{head}, {done.n_bytes / 1e6:.1f} MB", str(done.path)]
    lines += [f"{name}: {n}" for name, n in done.counts]
    lines += [f"maps to nothing: {name} ({n})" for name, n in done.unmapped]
    lines += [f"left out: {one.subject}/{one.clip}: {one.reason}" for one in done.skipped]
    return "\n".join(lines)


def _check_coders(project: Project, wished: Sequence[str] | None) -> None:
    known = project.coders()
    unknown = [coder for coder in wished or () if coder not in known]
    if unknown:
        raise LabelError(
            "No labels by this coder",
            where=", ".join(unknown),
            why="the project has none",
            now=f"choose among {', '.join(known) or 'nobody: there are no labels yet'}",
        )


def _words(done: Exported) -> str:
    if done.format == SHEET:
        head = f"{done.events} cells in {done.clips} rows differ from the sheet"
    else:
        head = f"{done.events} events on {done.clips} clips"
    lines = [head, *(str(path) for path in done.files[:20])]
    if len(done.files) > 20:
        lines.append(f"and {len(done.files) - 20} more files")
    lines += [f"not held: {loss.text} ({loss.n_labels})" for loss in done.losses]
    lines += [f"row {f.row}: {f.text}" if f.row else f.text for f in done.findings]
    return "\n".join(lines)
