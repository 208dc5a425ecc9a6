"""The videos that `render` knows: frames of the event or the clip with motion laid over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.cli.pictures import How, Wanted
from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span
from meviewer.data.clip import Clip
from meviewer.data.clip_writer import WrittenVideo, write_mp4
from meviewer.motion import difference, dynamic_image, mm_cof
from meviewer.motion.dynamic_image import DualPhase
from meviewer.motion.flow_params import make_params
from meviewer.motion.magnify import Magnifier, MagnifyParams
from meviewer.motion.mm_cof import MMCOF
from meviewer.present import overlay_clip
from meviewer.present.overlay_clip import OverlayClip, Style
from meviewer.present.overlays import OverlayKind

_OVERLAYS = {
    "difference": OverlayKind.DIFFERENCE,
    "flow-rise": OverlayKind.FLOW,
    "di-rise": OverlayKind.DYNAMIC,
    "mm-cof-overlay": OverlayKind.MM_COF,
}
MAGNIFIED = "magnified"
KINDS = (*_OVERLAYS, MAGNIFIED)
"""Kinds of pictures that can lie over the frames of a video."""

_FULL_PX, _OPACITY = 2.0, 0.75


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """How a video is made.

    Attributes
    ----------
    whole : bool
        All frames of the clip, not the event's alone.
    speed : Fraction
        Share of real time.
    numbered : bool
        Write number and time below each frame.
    magnify : MagnifyParams
    """

    whole: bool
    speed: Fraction
    numbered: bool
    magnify: MagnifyParams


@dataclass(frozen=True, slots=True)
class _Event:
    """The pictures of an event that an overlay needs; the others are not computed."""

    difference: NDArray[np.float32]
    dynamic: DualPhase
    rise: NDArray[np.float32] | None = None
    mm_cof: MMCOF | None = None


def write_film(
    path: Path,
    kind: str,
    clip: Clip,
    keys: Keyframes,
    how: How,
    options: FilmOptions,
    each: Callable[[int], None] | None = None,
) -> WrittenVideo:
    """Write a video, whole or not at all.

    Raises
    ------
    MotionError
        If the kind cannot lie over a clip, or the event has no such phase.
    """
    if kind not in KINDS:
        raise MotionError(
            "There is no video of this",
            where=kind,
            why="only some pictures are laid over frames",
            now="choose one of " + ", ".join(KINDS) + ", or write .png",
        )
    span = Span(0, clip.n_frames - 1) if options.whole else keys.span
    legend, mark = "", ""
    if kind == MAGNIFIED:
        magnifier = magnifier_of(clip, keys, options.magnify)
        cover, mark = overlay_clip.magnified(magnifier), overlay_clip.mark_words(magnifier)
    else:
        # With the motion of the head, as this command's pictures have it.
        params = make_params(how.method, {})
        overlay, style = _OVERLAYS[kind], Style(_OPACITY, how.ground, _FULL_PX, params, "kept")
        legend = overlay_clip.legend_words(overlay, style.full_px)
        if overlay in overlay_clip.FOLLOWING:
            cover = overlay_clip.following(overlay, clip, keys.onset, style)
        else:
            cover = overlay_clip.of_the_event(overlay, _event(overlay, clip, keys, how), style)
    shown = OverlayClip(span, options.speed, options.numbered, legend, mark)
    frames = overlay_clip.video_frames(clip, clip.numbers, clip.rate, shown, cover)
    about = {"title": f"{clip.name}: {kind}", "comment": legend or mark}
    return write_mp4(path, frames, clip.rate * options.speed, about=about, each=each)


def magnifier_of(clip: Clip, keys: Keyframes, params: MagnifyParams) -> Magnifier:
    """Return what magnifies motion since the onset."""
    return Magnifier(clip, keys.onset, float(clip.rate), params)


def _event(kind: OverlayKind, clip: Clip, keys: Keyframes, how: How) -> _Event:
    wanted = Wanted(clip, keys, how)
    change = difference.signed(clip.frame(keys.apex), clip.frame(keys.onset))
    spans = (keys.rise, keys.fall, keys.span)
    if kind is OverlayKind.MM_COF:
        both = mm_cof.mm_cof(wanted.rise.drawn, wanted.fall.drawn)
        return _Event(change, DualPhase(None, None, None, spans, "bilen"), None, both)
    frames = np.stack([clip.frame(index) for index in keys.rise])
    image = dynamic_image.dynamic_image(frames)
    return _Event(change, DualPhase(image, None, None, spans, "bilen"))
