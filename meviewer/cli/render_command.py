"""``meviewer render``: one picture of motion as PNG, or its raw values as NPY or HDF5."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.clips import add_clip, add_keyframes, in_numbers, keyframes, opened
from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show
from meviewer.cli.picture_file import check_name, write_picture
from meviewer.cli.pictures import KINDS, Drawn, draw
from meviewer.core.errors import LabelError
from meviewer.motion.flow import METHODS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("kind", choices=tuple(KINDS))
    add_clip(parser)
    add_keyframes(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=".png; .npy or .h5: the raw values"
    )
    parser.add_argument("--method", choices=METHODS, default="tvl1", help="optical flow")
    parser.add_argument("--ground", choices=("dark", "light"), default="dark")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Draw and write."""
    check_name(arguments.out)
    with opened(arguments) as clip:
        keys = keyframes(arguments, clip)
        if keys is None:
            raise LabelError(
                "Keyframes are needed",
                where=arguments.kind,
                why="a picture of motion lies between two frames",
                now="give --onset, --apex and --offset; `meviewer suggest` finds them",
            )
        drawn: Drawn = draw(arguments.kind, clip, keys, arguments.method, arguments.ground)
        numbers = in_numbers(keys, clip)
    about = {"kind": arguments.kind, "keyframes": numbers, "unit": drawn.unit, **drawn.parameters}
    write_picture(arguments.out, drawn, about)
    show(
        {"out": arguments.out, "shape": drawn.values.shape, **about},
        arguments.json,
        lambda: f"{arguments.out}: {drawn.words}",
    )
    return Outcome()
