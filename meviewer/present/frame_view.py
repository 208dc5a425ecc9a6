"""What is said about the frame on show: numbers, time, and where it lies among the keyframes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from meviewer.core.events import Edge, Event, Keyframes
from meviewer.core.frames import frames_to_ms


@dataclass(frozen=True, slots=True)
class FrameNote:
    """The status line of a frame.

    Attributes
    ----------
    index, number, time : str
        Frame index, the data set's frame number, and the time from the first frame.
    place : str
        Where the frame lies among the keyframes, in words.
    edge : Edge or None
        The keyframe that ``place`` speaks of first.
    source : str
        Size, rate and decoder.
    """

    index: str
    number: str
    time: str
    place: str
    edge: Edge | None
    source: str


def frame_note(
    frame: int,
    numbers: tuple[int, ...],
    rate: Fraction,
    *,
    rate_known: bool,
    size: tuple[int, int],
    kind: str,
    event: Event | None,
    suggested: Keyframes | None,
) -> FrameNote:
    """Put the facts of a frame into words."""
    edge, place = _place(frame, event, suggested)
    height, width = size
    assumed = "" if rate_known else " assumed"
    return FrameNote(
        index=f"Frame {frame}",
        number=f"data set {numbers[frame]}",
        time=f"{frames_to_ms(frame, rate):.1f} ms",
        place=place,
        edge=edge,
        source=f"{width}×{height} · {float(rate):g} fps{assumed} · {kind}",
    )


def _place(frame: int, event: Event | None, suggested: Keyframes | None) -> tuple[Edge | None, str]:
    if event is None:
        return None, ""
    there = [edge for edge in Edge if edge is not Edge.APEX or event.has_apex]
    nearest = min(
        there, key=lambda edge: (abs(frame - event.keyframes[edge]), list(Edge).index(edge))
    )
    words = [_distance(frame - event.keyframes[nearest], nearest.value)]
    if suggested is not None and suggested[nearest] != event.keyframes[nearest]:
        words.append(_distance(frame - suggested[nearest], "suggestion"))
    return nearest, ", ".join(words)


def _distance(by: int, name: str) -> str:
    if by == 0:
        return f"at the {name}"
    return f"{abs(by)} {'after' if by > 0 else 'before'} the {name}"
