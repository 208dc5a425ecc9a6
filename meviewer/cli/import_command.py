"""``meviewer import``: a data set into a project, or a dry run that only reports."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show
from meviewer.core.errors import LabelError
from meviewer.data import registry
from meviewer.data.dataset import ImportReport
from meviewer.data.reader import ReadOptions
from meviewer.project.importing import ApexPolicy, ImportOptions, create_project

_GUESS = "auto"
_HDF5 = "hdf5"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "reader",
        choices=(*registry.names(), _GUESS, _HDF5),
        metavar="READER",
        help=f"one of {', '.join(registry.names())}; {_GUESS}: the one that knows the folder;"
        f" {_HDF5}: a file that 'meviewer export --format hdf5' has written",
    )
    parser.add_argument("root", type=Path, help="folder of the data set, or the HDF5 file")
    parser.add_argument("--labels", type=Path, help="label file; the reader's own place if none")
    parser.add_argument("--project", type=Path, help="project folder to make")
    parser.add_argument("--dry-run", action="store_true", help="only report what would be imported")
    parser.add_argument(
        "--fix", action="append", default=[], metavar="NAME", help="apply a fix of the report"
    )
    parser.add_argument("--tree", default="", help="which set of pictures, where there are several")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="for the generic table: which column of the sheet is subject, clip, onset, …",
    )
    parser.add_argument(
        "--apex",
        choices=[policy.value for policy in ApexPolicy],
        default=ApexPolicy.NONE.value,
        help="where the sheet has none: leave it unset, take the middle, or search for it",
    )
    parser.add_argument(
        "--coder", default="A", help="whose labels they are, if the sheet is silent"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Read the data set; without ``--dry-run`` write the project."""
    root: Path = arguments.root
    if arguments.reader == _HDF5:
        return _from_hdf5(arguments)
    fixes = frozenset(arguments.fix)
    name = _guessed(root) if arguments.reader == _GUESS else arguments.reader
    options = ReadOptions(fixes, arguments.tree, _columns(arguments.column))
    report = registry.reader(name).read(root, arguments.labels, options)
    _check_fixes(report, fixes)
    if not arguments.dry_run:
        create_project(_needed_project(arguments), root, report, _import_options(arguments, fixes))
    show(report.as_json(), arguments.json, lambda: _words(report))
    return Outcome()


def _from_hdf5(arguments: argparse.Namespace) -> Outcome:
    from meviewer.project.dataset_hdf5_import import import_dataset
    from meviewer.project.dataset_hdf5_reading import read_dataset

    if arguments.dry_run:
        stored = read_dataset(arguments.root)
        n_events = sum(map(len, stored.labels.values()))
        words = f"{n_events} labels on {len(stored.samples)} samples"
        document: object = {"samples": len(stored.samples), "events": n_events, "what": stored.what}
    else:
        done = import_dataset(arguments.root, _needed_project(arguments))
        words = f"{done.n_events} labels on {done.n_samples} samples, {done.n_clips} clips"
        document = done
    show(document, arguments.json, lambda: words)
    return Outcome()


def _needed_project(arguments: argparse.Namespace) -> Path:
    project: Path | None = arguments.project
    if project is None:
        raise SystemExit("meviewer import: --project is needed, or --dry-run")
    return project


def _import_options(arguments: argparse.Namespace, fixes: frozenset[str]) -> ImportOptions:
    from meviewer.motion.apex_search import free_apex

    policy = ApexPolicy(arguments.apex)
    return ImportOptions(arguments.coder, policy, free_apex, fixes)


def _guessed(root: Path) -> str:
    claims = registry.claims(root)
    if len(claims) == 1:
        return claims[0].reader
    why = "; ".join(f"{claim.reader}: {claim.why}" for claim in claims)
    raise LabelError(
        "Several readers know this folder" if claims else "No reader knows this folder",
        where=str(root),
        why=why or "neither its label file nor its folders are those of a known data set",
        now=f"name the reader: one of {', '.join(registry.names())}",
    )


def _columns(texts: list[str]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for text in texts:
        name, sign, column = text.partition("=")
        if not sign or not name.strip() or not column.strip():
            raise LabelError(
                "Not a column", where=text, why="it is no NAME=COLUMN", now="write onset=OnsetF"
            )
        pairs.append((name.strip(), column.strip()))
    return tuple(pairs)


def _check_fixes(report: ImportReport, wished: frozenset[str]) -> None:
    unknown = sorted(wished - {fix.name for fix in report.fixes})
    if unknown:
        raise LabelError(
            "No such fix for these rows",
            where=", ".join(unknown),
            why="it concerns no row of this sheet",
            now=f"on offer: {', '.join(fix.name for fix in report.fixes) or 'none'}",
        )


def _words(report: ImportReport) -> str:
    lines = [f"{len(report.samples)} samples, {len(report.skipped)} skipped"]
    lines += [f"row {one.row}: {one.clip}: {one.reason}" for one in report.skipped]
    lines += [
        f"row {one.row}: {one.text}" if one.row is not None else one.text for one in report.findings
    ]
    lines += [
        f"fix {fix.name}{' (applied)' if fix.applied else ''}: {fix.title}; {len(fix.rows)} row(s);"
        f" {fix.source}"
        for fix in report.fixes
    ]
    return "\n".join(lines)
