"""``meviewer suggest CLIP --method model``: our own estimate, with its intervals."""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from meviewer.cli.clips import in_numbers, keyframes
from meviewer.cli.main import Outcome
from meviewer.cli.output import show, table
from meviewer.core.errors import LabelError, MeviewerError
from meviewer.core.events import Edge
from meviewer.data.clip import Clip
from meviewer.motion.estimate import SIMULATED, USUAL_SD_MS, Estimate, PerKeyframe, estimate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--method", choices=("gamdss", "model"), default="gamdss", help="model: our own estimate"
    )
    parser.add_argument(
        "--label-sd-ms",
        metavar="ON,AP,OFF",
        help="of the model: how far off the coder usually is, ms; 35,40,60 if unknown",
    )


def run(arguments: argparse.Namespace, clip: Clip) -> Outcome:
    """Estimate the keyframes of the open clip and show them with their intervals."""
    label = keyframes(arguments, clip)
    if label is None:
        raise LabelError(
            "The model needs a label to start from",
            why="it estimates how far a label is off",
            now="give --onset, --apex and --offset",
        )
    found = estimate(clip, label, float(clip.rate), label_sd_ms=_sd(arguments.label_sd_ms))
    show(_document(found, clip), arguments.json, lambda: _words(found, clip))
    return Outcome()


def _sd(text: str | None) -> PerKeyframe:
    if text is None:
        return USUAL_SD_MS
    try:
        onset, apex, offset = (float(part) for part in text.split(","))
    except ValueError as error:
        raise MeviewerError(
            "Not three standard deviations",
            where=text,
            now="write milliseconds for onset, apex and offset: 10,15,25",
        ) from error
    return onset, apex, offset


def _document(found: Estimate, clip: Clip) -> dict[str, object]:
    low, middle, high = (_numbered(at, clip) for at in (found.low, found.middle, found.high))
    return {
        "method": "model",
        "manual": in_numbers(found.label, clip),
        "suggested": in_numbers(found.keyframes, clip),
        "intervals": {
            edge.value: {"low": low[at], "middle": middle[at], "high": high[at]}
            for at, edge in enumerate(Edge)
        },
        "look_again": [edge.value for edge in found.suggested()],
        "has_evidence": found.has_evidence,
        "verdict": found.verdict,
        "notes": list(found.notes),
        "course_from": clip.numbers[found.first],
        "course": [round(float(value), 4) for value in found.course],
        "parameters": dict(found.parameters),
    }


def _numbered(frames: NDArray[np.float64], clip: Clip) -> list[float]:
    """Return places in the clip as the data set's numbers, with fractions, within the clip."""
    return [float(at) for at in np.interp(frames, np.arange(clip.n_frames), clip.numbers)]


def _words(found: Estimate, clip: Clip) -> str:
    label, suggested = in_numbers(found.label, clip), in_numbers(found.keyframes, clip)
    bounds = zip(_numbered(found.low, clip), _numbered(found.high, clip), strict=True)
    again = found.suggested()
    rows = [
        (
            edge.value,
            str(label[edge]),
            str(suggested[edge]),
            f"{suggested[edge] - label[edge]:+d}",
            f"{low:.1f} – {high:.1f}",
            "look again" if edge in again else "",
        )
        for edge, (low, high) in zip(Edge, bounds, strict=True)
    ]
    heads = ("", "label", "model", "shift", "5–95 %", "")
    return "\n".join((table(heads, rows), found.verdict, *found.notes, SIMULATED))
