"""What commands on one clip share: the clip, its rate, and keyframes in the data set's numbers."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.events import Edge, Keyframes
from meviewer.core.frames import parse_rate
from meviewer.data.clip import Clip, open_clip


def add_clip(parser: argparse.ArgumentParser) -> None:
    """Declare the clip argument."""
    parser.add_argument("clip", type=Path, help="folder of numbered images, video or HDF5 file")
    parser.add_argument(
        "--fps", help="frames per second, for images that do not say it: 200, 29.97"
    )


def add_keyframes(parser: argparse.ArgumentParser) -> None:
    """Declare the three keyframes."""
    for edge in Edge:
        parser.add_argument(
            f"--{edge.value}", type=int, metavar="N", help="frame number of the data set"
        )


def opened(arguments: argparse.Namespace) -> Clip:
    """Open the clip that the arguments name."""
    rate = parse_rate(arguments.fps) if arguments.fps else None
    return open_clip(arguments.clip, rate=rate)


def keyframes(arguments: argparse.Namespace, clip: Clip) -> Keyframes | None:
    """Return the keyframes as indices, or None if none was given.

    Raises
    ------
    LabelError
        If only some were given, one is outside the clip, or their order is wrong.
    """
    given = {edge: getattr(arguments, edge.value) for edge in Edge}
    missing = [edge.value for edge, number in given.items() if number is None]
    if len(missing) == len(given):
        return None
    if missing:
        raise LabelError(
            "A keyframe is missing",
            where=", ".join(missing),
            why="onset, apex and offset belong together",
            now="give all three, or none",
        )
    in_order = given[Edge.ONSET] <= given[Edge.APEX] <= given[Edge.OFFSET]
    if not in_order:
        raise LabelError(
            "Keyframes out of order",
            where=", ".join(f"{edge.value} {number}" for edge, number in given.items()),
            why="a micro-expression rises from its onset to its apex and falls to its offset",
            now="check the three numbers",
        )
    return Keyframes(*(clip.index_of(number) for number in given.values()))


def in_numbers(keys: Keyframes, clip: Clip) -> dict[str, int]:
    """Return keyframes as frame numbers of the data set."""
    return {edge.value: clip.numbers[keys[edge]] for edge in Edge}
