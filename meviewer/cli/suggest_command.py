"""``meviewer suggest``: GAMDSS or our estimate on one clip, or on a whole project with a report."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli import suggest_model, suggest_project
from meviewer.cli.clips import add_keyframes, in_numbers, keyframes
from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show, table
from meviewer.core.frames import parse_rate
from meviewer.data.clip import Clip, open_clip
from meviewer.motion.gamdss import VARIANTS, Reselection
from meviewer.motion.gamdss_measures import MEASURES, Measure, reselect
from meviewer.motion.representation import ClipMotion
from meviewer.project.blind_files import refuse_hidden
from meviewer.project.loose import is_project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("path", type=Path, help="a clip, or a project")
    parser.add_argument("--fps", help="frames per second, for images that do not say it")
    add_keyframes(parser)
    parser.add_argument("--variant", choices=VARIANTS, help="full with labels, free without")
    parser.add_argument("--brightness-free", action="store_true", help="leave the lamp out")
    parser.add_argument(
        "--wrapped-uint8", action="store_true", help="wrap as the published code does: a defect"
    )
    parser.add_argument(
        "--measure", choices=MEASURES, default="l2", help="by grey levels, or by how far px moved"
    )
    parser.add_argument("--aligned", action="store_true", help="hold the head still first")
    suggest_model.add_arguments(parser)
    suggest_project.add_arguments(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Suggest keyframes and show the evidence."""
    if is_project(arguments.path):
        return suggest_project.run(arguments)
    refuse_hidden(arguments.path)
    rate = parse_rate(arguments.fps) if arguments.fps else None
    with open_clip(arguments.path, rate=rate) as clip:
        if arguments.method == "model":
            return suggest_model.run(arguments, clip)
        manual = keyframes(arguments, clip)
        found = reselect(
            ClipMotion(clip),
            manual,
            arguments.variant or ("free" if manual is None else "full"),
            Measure(arguments.measure, arguments.brightness_free, arguments.aligned),
            wrapped_uint8=arguments.wrapped_uint8,
        )
        document = _document(found, clip)
        show(document, arguments.json, lambda: _words(found, clip))
    return Outcome()


def _document(found: Reselection, clip: Clip) -> dict[str, object]:
    return {
        "variant": found.variant,
        "manual": None if found.manual is None else in_numbers(found.manual, clip),
        "suggested": in_numbers(found.keyframes, clip),
        "gain": found.gain,
        "noise_floor": found.noise_floor,
        "confidence": found.confidence,
        "verdict": found.verdict,
        "alternatives": [
            {**in_numbers(one.keyframes, clip), "distance": one.distance}
            for one in found.alternatives
        ],
        "parameters": found.parameters,
    }


def _words(found: Reselection, clip: Clip) -> str:
    suggested = in_numbers(found.keyframes, clip)
    manual = None if found.manual is None else in_numbers(found.manual, clip)
    rows = []
    for edge, number in suggested.items():
        label = "–" if manual is None else str(manual[edge])
        shift = "" if manual is None else f"{number - manual[edge]:+d}"
        rows.append((edge, label, str(number), shift))
    lines = [
        table(("", "label", "suggested", "shift"), rows),
        f"{found.variant}: gain {found.gain:+.1%}, confidence {found.confidence:.2f}",
        found.verdict,
    ]
    return "\n".join(line for line in lines if line)
