"""What ``dev.py run`` shows: the window on the demo project, or the same job without a window."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from environment import ROOT, answer, program, say

WORK = ROOT / "build"
DEMO = WORK / "demo"
PRESET = ROOT / "resources" / "presets" / "short.toml"
PICTURES = ("difference", "di-rise", "di-fall", "flow-rise", "flow-fall", "mm-cof-overlay")
PERSPECTIVES = ("annotate", "inspect", "train")


class Sample(NamedTuple):
    """A labelled clip as the commands take it."""

    path: str
    subject: str
    keyframes: list[str]


def run(*, with_window: bool) -> int:
    """Write the demo project if it is not there, then open it or work through it."""
    if not (DEMO / "project.meviewer").exists():
        say("writing the demo project: synthetic faces with known truth")
        status = program("demo", str(DEMO), "--no-window")
        if status:
            return status
    if with_window:
        return program(str(DEMO))
    say("no display: doing the main job without a window")
    return without_window()


def without_window() -> int:
    """Suggestions against labels, pictures, a short training, a recognition, the window drawn."""
    sample = first_sample(json.loads(answer("info", str(DEMO), "--json")))
    run_folder = WORK / f"run-{time.strftime('%Y%m%d-%H%M%S')}"
    steps = (
        ("suggested keyframes against coder A's", suggest),
        ("pictures of one clip", lambda: draw(sample)),
        ("FMANet-light, leave one subject out", lambda: train(run_folder)),
        ("that clip, recognised by a network that never saw its subject",
         lambda: recognise(sample, run_folder)),
        ("the window, drawn without a display", draw_window),
    )  # fmt: skip
    for number, (words, step) in enumerate(steps, 1):
        say(f"{number}/{len(steps)} {words}")
        status = step()
        if status:
            return status
    say(f"everything lies in {WORK}")
    return 0


def suggest() -> int:
    """Write the suggestion tier and the report on how far it lies from the labels."""
    return program("suggest", str(DEMO), "--coder", "A")


def draw(sample: Sample) -> int:
    """Draw each kind of picture of one clip."""
    for kind in PICTURES:
        out = WORK / f"{kind}.png"
        status = program("render", kind, sample.path, *sample.keyframes, "--out", str(out))
        if status:
            return status
    return 0


def train(run_folder: Path) -> int:
    """Train and evaluate as the preset says, and say what it came to."""
    status = program("train", str(PRESET), "--project", str(DEMO), "--out", str(run_folder))
    if not status:
        print(said(json.loads((run_folder / "scores.json").read_text())))
    return status


def recognise(sample: Sample, run_folder: Path) -> int:
    """Recognise a clip by the fold that held its subject out."""
    words = ("--subject", sample.subject, *sample.keyframes)
    return program("predict", str(run_folder), sample.path, *words)


def draw_window() -> int:
    """Draw each perspective of the window."""
    for perspective in PERSPECTIVES:
        out = WORK / f"window-{perspective}.png"
        words = ("--perspective", perspective, "--snapshot", str(out))
        status = program(str(DEMO), *words, offscreen=True)
        if status:
            return status
        print(f"    {out}")
    return 0


def first_sample(project: dict[str, Any]) -> Sample:
    """Return the first labelled clip of what ``meviewer info --json`` says of a project."""
    found = next(one for one in project["samples"] if "keyframes" in one)
    keys = [f"--{edge}={found['keyframes'][edge]}" for edge in ("onset", "apex", "offset")]
    return Sample(found["path"], found["subject"], keys)


def said(scores: dict[str, Any]) -> str:
    """Return in a line what a training came to."""
    return (
        f"    {scores['n_samples']} clips in {scores['n_folds']} folds, "
        f"{scores['seconds']:.0f} s on {scores['device']}"
    )
