"""``meviewer difference``: difference curves and the pairwise matrix of a clip."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np

from meviewer.cli.clips import add_clip, opened
from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show, table
from meviewer.data.atomic import write_bytes
from meviewer.motion import difference
from meviewer.motion.representation import ClipMotion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_clip(parser)
    parser.add_argument(
        "--reference", type=int, metavar="N", help="frame number; the first if none"
    )
    parser.add_argument("--matrix", type=Path, metavar="OUT.npy", help="write the pairwise matrix")
    parser.add_argument(
        "--brightness-free", action="store_true", help="leave changes of the lamp out"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Compute and print or write."""
    free = arguments.brightness_free
    with opened(arguments) as clip:
        number = clip.first_number if arguments.reference is None else arguments.reference
        reference = clip.index_of(number)
        motion = ClipMotion(clip)
        neighbours = motion.rms(motion.consecutive(brightness_free=free))
        document = {
            "reference": number,
            "numbers": clip.numbers,
            "unit": "RMS grey levels",
            "from_reference": motion.rms(motion.curve(reference, brightness_free=free)),
            "neighbours": neighbours,
            "noise_floor": difference.noise_floor(neighbours),
            "scale": motion.scale,
        }
        if arguments.matrix is not None:
            buffer = io.BytesIO()
            np.save(buffer, motion.matrix(brightness_free=free))
            write_bytes(arguments.matrix, buffer.getvalue())
            document["matrix"] = arguments.matrix
    show(document, arguments.json, lambda: _words(document))
    return Outcome()


def _words(document: dict[str, object]) -> str:
    numbers = document["numbers"]
    assert isinstance(numbers, tuple)
    first, second = document["from_reference"], document["neighbours"]
    assert isinstance(first, np.ndarray)
    assert isinstance(second, np.ndarray)
    rows = [
        (str(number), f"{a:.3f}", f"{b:.3f}")
        for number, a, b in zip(numbers, first, second, strict=True)
    ]
    heads = ("frame", f"from {document['reference']}", "neighbours")
    return table(heads, rows) + f"\nRMS grey levels; noise floor {document['noise_floor']:.3f}"
