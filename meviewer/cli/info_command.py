"""``meviewer info``: what a clip or a project holds."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.clips import in_numbers
from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show
from meviewer.core.events import Edge
from meviewer.core.frames import parse_rate, rate_text
from meviewer.data.clip import Clip, open_clip
from meviewer.project.blind import hidden_from_anyone
from meviewer.project.loose import is_project
from meviewer.project.project import Project, Sample

_TIERS = ("truth", "A")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("path", type=Path, help="project, folder of images, video or HDF5 file")
    parser.add_argument("--fps", help="frames per second, for images that do not say it")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Say what lies there."""
    if is_project(arguments.path):
        with Project.open(arguments.path, read_only=True) as project:
            found = _project(project)
        show(found, arguments.json, lambda: _project_words(found))
        return Outcome()
    rate = parse_rate(arguments.fps) if arguments.fps else None
    with open_clip(arguments.path, rate=rate) as clip:
        facts = _clip(clip)
        show(facts, arguments.json, lambda: _clip_words(clip))
    return Outcome()


def _clip(clip: Clip) -> dict[str, object]:
    height, width = clip.size
    return {
        "path": clip.path,
        "kind": clip.kind,
        "n_frames": clip.n_frames,
        "rate": rate_text(clip.rate),
        "rate_known": clip.rate_known,
        "width": width,
        "height": height,
        "first_number": clip.first_number,
        "numbers": clip.numbers,
        "gaps": clip.gaps,
        "fingerprint": clip.fingerprint,
        "findings": [{"kind": f.kind, "text": f.text} for f in clip.findings],
    }


def _clip_words(clip: Clip) -> str:
    height, width = clip.size
    rate = f"{float(clip.rate):g} fps"
    if not clip.rate_known:
        rate += " (assumed: say it with --fps)"
    lines = [
        f"{clip.path}",
        f"  {clip.kind}, {clip.n_frames} frames, {width}×{height}, {rate}",
        f"  numbered {clip.numbers[0]} to {clip.numbers[-1]}, {len(clip.gaps)} gap(s)",
    ]
    return "\n".join(lines + [f"  {finding.text}" for finding in clip.findings])


def _project(project: Project) -> dict[str, object]:
    out = hidden_from_anyone(project)
    return {
        "path": project.folder,
        "name": project.name,
        "counts": project.counts(),
        "coders": project.coders(),
        "samples": [_sample(project, sample, sample.id in out) for sample in project.samples()],
    }


def _sample(project: Project, sample: Sample, hidden: bool) -> dict[str, object]:
    """Describe a sample with the first label found: the truth of a demo, else a coder's.

    A machine's labels of a clip that somebody labels blind are not told.
    """
    found: dict[str, object] = {
        "id": sample.id,
        "subject": sample.subject,
        "name": sample.name,
        "path": sample.clip_path,
        "n_frames": sample.n_frames,
    }
    tiers = project.annotations(sample.id)
    if hidden:
        tiers = {name: one for name, one in tiers.items() if not project.is_machine(name)}
    order = [name for name in (*_TIERS, *sorted(tiers)) if name in tiers and tiers[name].events]
    if order:
        event = tiers[order[0]].events[0]
        keys: dict[str, int | None] = {edge.value: event.keyframes[edge] for edge in Edge}
        if sample.clip_path.exists():
            with open_clip(sample.clip_path, rate=sample.rate) as clip:
                keys = {**in_numbers(event.keyframes, clip)}
        if not event.has_apex:
            keys[Edge.APEX.value] = None
        found |= {"tier": order[0], "keyframes": keys, "emotion": event.emotion}
    return found


def _project_words(found: dict[str, object]) -> str:
    counts = found["counts"]
    assert isinstance(counts, dict)
    coders = found["coders"]
    assert isinstance(coders, tuple)
    words = ", ".join(f"{number} {name}" for name, number in counts.items())
    return f"{found['name']} at {found['path']}\n  {words}\n  coders: {', '.join(coders)}"
