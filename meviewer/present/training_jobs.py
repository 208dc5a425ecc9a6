"""What the worker process is asked for, and the same as a command for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from meviewer.core.errors import ExperimentError
from meviewer.core.events import Keyframes
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_text import from_toml, to_toml
from meviewer.jobs.protocol import Job


def train_job(project: Path, spec: ExperimentSpec, out: Path, *, resume: bool = False) -> Job:
    """Return the job that trains an experiment into a run folder."""
    arguments: dict[str, object] = {
        "project": str(project),
        "spec": to_toml(spec),
        "out": str(out),
        "resume": resume,
    }
    return Job("train", arguments)


def predict_job(
    run: Path, clip: Path, keyframes: Keyframes | None, subject: str, maps: Path | None = None
) -> Job:
    """Return the job that recognises one clip with a trained run; ``maps``: a folder for them."""
    return predict_clips_job(run, [(clip, keyframes, subject)], maps)


def predict_clips_job(
    run: Path,
    clips: Sequence[tuple[Path, Keyframes | None, str]],
    maps: Path | None = None,
) -> Job:
    """Return the job that recognises clips: each with its keyframes, if known, and its subject."""
    asked = [
        {
            "path": str(path),
            "keyframes": None if keys is None else (keys.onset, keys.apex, keys.offset),
            "subject": subject,
        }
        for path, keys, subject in clips
    ]
    return Job("predict", {"run": str(run), "clips": asked, "maps": str(maps or "")})


def onnx_job(run: Path, out: Path) -> Job:
    """Return the job that writes the final model of a run as ONNX."""
    return Job("export-onnx", {"run": str(run), "out": str(out)})


def devices_job() -> Job:
    """Return the job that says what a training can run on."""
    return Job("devices")


def train_command(spec_file: Path, project: Path, out: Path, *, resume: bool = False) -> str:
    """Return the command that does the same in a terminal, quoted for a shell."""
    words = ["meviewer", "train", str(spec_file), "--project", str(project), "--out", str(out)]
    return shlex.join([*words, "--resume"] if resume else words)


def has_final_model(job: Job) -> bool:
    """Whether a training trains a network on all subjects after its folds."""
    text = job.arguments.get("spec")
    try:
        return not isinstance(text, str) or from_toml(text).final_model
    except ExperimentError:
        return False
