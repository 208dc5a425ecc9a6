"""``meviewer relink``: find clips that were moved, and labels that are on other frames now."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.output import Progress, add_json, show
from meviewer.core.errors import MeviewerError
from meviewer.project import relink, repair
from meviewer.project.project import Project, Sample
from meviewer.project.relink import RelinkPlan


@dataclass(frozen=True, slots=True)
class Relinked:
    """A clip that was found again, or might be."""

    clip: str
    path: Path | None
    state: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """What happened to a clip under a coder's labels, and what was done."""

    clip: str
    coder: str
    kind: str
    shift: float
    ratio: str
    confidence: float
    n_matched: int
    n_marks: int
    text: str
    moved: bool
    exceptions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What ``--json`` prints."""

    looked: bool
    n_clips: int
    n_relinked: int
    complete: bool
    clips: tuple[Relinked, ...]
    labels: tuple[Repaired, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", type=Path)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--root", type=Path, help="folder that the clips' folder has become")
    where.add_argument("--search", type=Path, help="folder to look through for missing clips")
    parser.add_argument(
        "--repair", action="store_true", help="move labels with their frames in changed clips"
    )
    parser.add_argument("--dry-run", action="store_true", help="only report, change nothing")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Relink, then repair; the status is 1 if clips stay missing or labels in doubt."""
    with Project.open(arguments.project, read_only=arguments.dry_run) as project:
        plan = _plan(project, arguments)
        wanted = arguments.root or arguments.search
        n_done = relink.apply(project, plan) if wanted and not arguments.dry_run else 0
        labels = _repair_all(project, arguments.dry_run) if arguments.repair else ()
    report = Report(bool(wanted), plan.n_clips, n_done, plan.complete, _clips(plan), labels)
    show(report, arguments.json, lambda: _words(report))
    bad = plan.missing or plan.doubtful or any(one.kind == "other" for one in labels)
    return Outcome(1 if bad else 0)


class _Watcher:
    """Shows on stderr how far it is; Ctrl+C ends the program as a whole."""

    cancelled = False

    def __init__(self) -> None:
        self._progress = Progress()

    def report(self, share: float, text: str = "") -> None:
        self._progress.say(f"{share:4.0%} {text}")

    def end(self) -> None:
        self._progress.end()


def _plan(project: Project, arguments: argparse.Namespace) -> RelinkPlan:
    watcher = _Watcher()
    try:
        if arguments.root is not None:
            return relink.by_root(project, arguments.root, watcher)
        if arguments.search is not None:
            return relink.by_search(project, arguments.search, watcher)
    finally:
        watcher.end()
    clips = relink.clips_of(project)
    missing = tuple(clip for clip in clips if not clip.path.exists())
    return RelinkPlan(len(clips), missing=missing)


def _repair_all(project: Project, dry_run: bool) -> tuple[Repaired, ...]:
    done: list[Repaired] = []
    for sample in project.samples():
        if sample.clip_path.exists():
            done += _repair(project, sample, dry_run)
    return tuple(done)


def _repair(project: Project, sample: Sample, dry_run: bool) -> list[Repaired]:
    name, found = f"{sample.subject}/{sample.name}", []
    watcher = _Watcher()
    try:
        with repair.reopened(sample) as clip:
            for coder, shifted in repair.shifted_tiers(project, sample.id, clip, watcher).items():
                moved = shifted.moved
                before = project.annotation(sample.id, coder)
                after = shifted.repaired(before, clip.n_frames)
                found.append(
                    Repaired(
                        name,
                        coder,
                        moved.kind,
                        float(moved.shift),
                        str(moved.ratio),
                        round(moved.confidence, 3),
                        moved.n_matched,
                        moved.n_marks,
                        moved.text,
                        moved.moves and after.annotation != before and not dry_run,
                        (*after.cut, *after.gone, *after.later) if moved.moves else (),
                    )
                )
                if moved.known and not dry_run:
                    repair.repair(project, sample.id, coder, clip, shifted)
    except MeviewerError as error:
        found.append(Repaired(name, "", "other", 0.0, "1", 0.0, 0, 0, str(error), moved=False))
    finally:
        watcher.end()
    return found


def _clips(plan: RelinkPlan) -> tuple[Relinked, ...]:
    found = [
        Relinked(place.clip.name, place.path, "same" if place.same else "changed")
        for place in plan.found
    ]
    found += [
        Relinked(doubt.clip.name, path, "doubtful")
        for doubt in plan.doubtful
        for path in doubt.paths
    ]
    found += [Relinked(clip.name, None, "missing") for clip in plan.missing]
    return tuple(found)


def _words(report: Report) -> str:
    lines = [
        f"{one.state:8s}  {one.clip}" + (f": {one.path}" if one.path else "")
        for one in report.clips
        if one.state != "same"
    ]
    lines += [
        f"{one.kind:10s}  {one.clip}, labels of {one.coder}: {one.text}"
        + (" Labels moved." if one.moved else "")
        for one in report.labels
    ]
    states = [one.state for one in report.clips]
    if report.looked:
        n_doubtful = len({one.clip for one in report.clips if one.state == "doubtful"})
        n_found = states.count("same") + states.count("changed")
        lines.append(
            f"{report.n_clips} clips looked for: {n_found} found, {n_doubtful} doubtful, "
            f"{states.count('missing')} missing; {report.n_relinked} relinked"
        )
    else:
        lines.append(f"{report.n_clips} clips, {states.count('missing')} missing")
    return "\n".join(lines)
