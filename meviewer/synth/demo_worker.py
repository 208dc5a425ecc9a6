"""Child process that films subjects: one JSON line in for each subject, one out for each clip.

It ends when its input ends, so that none is left when the parent is killed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from meviewer.core.errors import MeviewerError
from meviewer.synth.demo_clips import FilmedClip, film_subject
from meviewer.synth.demo_plan import SubjectPlan


class Order(msgspec.Struct, frozen=True):
    """What to film, and where."""

    folder: str
    plan: SubjectPlan


class Failure(msgspec.Struct, frozen=True, tag=True):
    """Why a subject could not be filmed."""

    text: str


Reply = FilmedClip | Failure


def replies(order: Order) -> Iterator[Reply]:
    """Film one subject; the disk's refusals become the last reply."""
    try:
        yield from film_subject(order.plan, Path(order.folder))
    except (OSError, MeviewerError) as error:
        yield Failure(str(error))


def work(orders: BinaryIO, out: BinaryIO) -> None:
    """Answer orders until there are no more."""
    for line in orders:
        for reply in replies(msgspec.json.decode(line, type=Order)):
            out.write(msgspec.json.encode(reply) + b"\n")
            out.flush()


if __name__ == "__main__":
    import cv2

    # One process for each core: threads of OpenCV's own would only get in each other's way.
    cv2.setNumThreads(1)
    work(sys.stdin.buffer, sys.stdout.buffer)
