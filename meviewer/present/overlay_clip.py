"""A clip with a picture of motion over each frame, and what is written below it: for a video."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.frames import Span
from meviewer.motion import difference, flow
from meviewer.motion.flow_params import FlowParams, TVL1Params
from meviewer.motion.head_motion import remove_head_motion
from meviewer.motion.magnify import Magnifier, MagnifyParams, words
from meviewer.motion.vision import cv2_or_error
from meviewer.present import wording
from meviewer.present.overlays import (
    Ground,
    HasPictures,
    OverlayKind,
    difference_over,
    flow_over,
    overlay_picture,
    overlay_words,
)
from meviewer.present.picture_options import Head

RGB: TypeAlias = NDArray[np.uint8]
Cover: TypeAlias = Callable[[int, RGB], RGB]
"""From the index of a frame and the frame to what is shown of it."""

SPEEDS = tuple(Fraction(1, n) for n in (8, 4, 2, 1))
FOLLOWING = (OverlayKind.DIFFERENCE, OverlayKind.FLOW)
"""Overlays that are computed from the onset to each frame; the others belong to the event."""

_LINE_PX, _MARGIN_PX, _SIZE = 17, 6, 0.4
_INK, _GROUND = (225, 228, 232), (18, 20, 24)
_ASCII = str.maketrans({"−": "-", "→": "to", "±": "+/-", "×": "x", "–": "-", "ä": "ae"})
_WIDEST_PX = 2000


@dataclass(frozen=True, slots=True)
class Style:
    """How overlays look.

    Attributes
    ----------
    opacity : float
        0 to 1.
    ground : "dark" or "light"
    full_px : float
        Flow that is drawn in full colour.
    flow : FlowParams
        Method and parameters of the flow.
    head : {"kept", "median", "similarity"}
        Model of the head motion that is taken out of the flow.
    """

    opacity: float
    ground: Ground
    full_px: float
    flow: FlowParams = field(default_factory=TVL1Params)
    head: Head = "similarity"


@dataclass(frozen=True, slots=True)
class OverlayClip:
    """What a video shows.

    Attributes
    ----------
    span : Span
        Frames.
    speed : Fraction
        Share of real time, 1/8 to 1.
    numbered : bool
        Write frame number and time below each frame.
    legend : str
        What the colours mean, below each frame; empty for none.
    mark : str
        What has to stand there in any case: magnified motion says so.
    """

    span: Span
    speed: Fraction = Fraction(1, 8)
    numbered: bool = True
    legend: str = ""
    mark: str = ""


def video_frames(
    clip: Sequence[RGB],
    numbers: Sequence[int],
    rate: Fraction,
    options: OverlayClip,
    cover: Cover,
) -> Iterator[RGB]:
    """Yield the frames of a video, one after another.

    Parameters
    ----------
    clip : sequence of (H, W, 3) uint8
    numbers : sequence of int
        The data set's number of each frame.
    rate : Fraction
        Frames per second of the clip.
    cover : callable
        See `Cover`.

    Yields
    ------
    (H', W, 3) uint8
        With as many lines below the frame as there are words for.
    """
    for index in options.span:
        picture = cover(index, np.asarray(clip[index]))
        said = f"frame {numbers[index]}  {wording.time(index, rate)}" if options.numbered else ""
        lines = [line for line in (said, options.legend, options.mark) if line]
        yield with_lines(picture, lines)


def bare() -> Cover:
    """Return the cover that shows frames as they are."""
    return lambda _index, frame: frame


def following(kind: OverlayKind, clip: Sequence[RGB], onset: int, style: Style) -> Cover:
    """Return a cover with the change, or the flow, from the onset to each frame.

    Raises
    ------
    ValueError
        If the overlay is none of `FOLLOWING`.
    """
    first = np.asarray(clip[onset])
    opacity, ground = style.opacity, style.ground

    def changed(_index: int, frame: RGB) -> RGB:
        return difference_over(frame, difference.signed(frame, first), opacity, ground)

    def moved(_index: int, frame: RGB) -> RGB:
        found = _without_head(flow.compute_with(first, frame, style.flow), style.head)
        return flow_over(frame, found, opacity, ground, style.full_px)

    covers: dict[OverlayKind, Cover] = {OverlayKind.DIFFERENCE: changed, OverlayKind.FLOW: moved}
    if kind not in covers:
        raise ValueError(f"{kind.value} belongs to the event, not to a frame")
    return covers[kind]


def _without_head(found: NDArray[np.float32], head: Head) -> NDArray[np.float32]:
    return found if head == "kept" else remove_head_motion(found, head)


def of_the_event(kind: OverlayKind, pictures: HasPictures, style: Style) -> Cover:
    """Return a cover with one picture of the whole event over every frame."""

    def cover(_index: int, frame: RGB) -> RGB:
        return overlay_picture(kind, frame, pictures, style.opacity, style.ground, style.full_px)

    return cover


def magnified(magnifier: Magnifier) -> Cover:
    """Return a cover that shows magnified motion in place of the frame."""
    return lambda index, _frame: magnifier.frame(index)


def legend_words(kind: OverlayKind, full_px: float, head: Head = "kept") -> str:
    """Say what an overlay of a video shows."""
    said = overlay_words(kind, full_px)
    if kind is OverlayKind.FLOW and head != "kept":
        said += ", without the motion of the head"
    if kind is OverlayKind.DIFFERENCE:
        return said.replace("apex − onset", "frame − onset")
    return said.replace("onset → apex", "onset → frame")


def mark_words(magnifier: Magnifier) -> str:
    """Return what has to stand below the frames of a magnifier."""
    return words_of(magnifier.params)


def words_of(params: MagnifyParams) -> str:
    """Return what has to stand below magnified motion, with the way it was magnified."""
    way = {"flow": "along the flow", "linear": "Eulerian"}[params.method]
    band = f", {params.low_hz:g} to {params.high_hz:g} Hz" if params.against == "band" else ""
    return f"{words(params)} ({way}{band})"


def with_lines(picture: RGB, lines: Sequence[str]) -> RGB:
    """Return a picture with lines of text on a strip below it; a face is never written on."""
    if not lines:
        return picture
    cv2 = cv2_or_error()
    height, width = picture.shape[:2]
    scale = max(min(width, _WIDEST_PX) / 640, 1.0)
    line_px, margin = round(_LINE_PX * scale), round(_MARGIN_PX * scale)
    sheet = np.empty((height + line_px * len(lines) + margin, width, 3), np.uint8)
    sheet[:height] = picture
    sheet[height:] = _GROUND
    font, thick = cv2.FONT_HERSHEY_SIMPLEX, max(round(scale), 1)
    for at, line in enumerate(lines, 1):
        text = line.translate(_ASCII)
        size = _SIZE * scale
        (long, _), _ = cv2.getTextSize(text, font, size, thick)
        size *= min((width - 2 * margin) / max(long, 1), 1.0)
        place = (margin, height + at * line_px - margin // 3)
        cv2.putText(sheet, text, place, font, size, _INK, thick, cv2.LINE_AA)
    return sheet
