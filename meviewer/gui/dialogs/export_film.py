"""What a video of the frame view shows, and the work behind it; it runs off the UI thread."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path

from meviewer.core.errors import MotionError
from meviewer.core.events import Event
from meviewer.core.frames import Span
from meviewer.data.clip import Clip
from meviewer.data.clip_writer import WrittenVideo, write_mp4
from meviewer.gui.running.task import Token
from meviewer.motion.magnify import Magnifier, MagnifyParams
from meviewer.motion.representation import ClipMotion
from meviewer.present import overlay_clip, wording
from meviewer.present.overlay_clip import Cover, OverlayClip, Style
from meviewer.present.overlays import Ground, OverlayKind
from meviewer.present.picture_options import PictureOptions
from meviewer.present.picture_set import OVERLAY_NEEDS, PictureSet, picture_set


class Look(Enum):
    """What is seen in each frame of a video."""

    BARE = "The frames alone"
    DIFFERENCE = "Difference from the onset"
    FLOW = "Optical flow from the onset"
    DYNAMIC = "Dynamic image of the rise"
    MM_COF = "MM-COF"
    MAGNIFIED = "Magnified motion"


OVERLAYS = {
    Look.DIFFERENCE: OverlayKind.DIFFERENCE,
    Look.FLOW: OverlayKind.FLOW,
    Look.DYNAMIC: OverlayKind.DYNAMIC,
    Look.MM_COF: OverlayKind.MM_COF,
}


@dataclass(frozen=True, slots=True)
class Film:
    """A video that is wanted.

    Attributes
    ----------
    clip : Clip
    motion : ClipMotion or None
        The same clip, decoded; a dynamic image needs it.
    event : Event or None
    look : Look
    whole : bool
        All frames of the clip, not the event's alone.
    speed : Fraction
    numbered : bool
    opacity : float
    ground : Ground
    options : PictureOptions
    magnify : MagnifyParams
    title, comment : str
        Written into the file.
    """

    clip: Clip
    motion: ClipMotion | None
    event: Event | None
    look: Look
    whole: bool
    speed: Fraction
    numbered: bool
    opacity: float
    ground: Ground
    options: PictureOptions
    magnify: MagnifyParams
    title: str = ""
    comment: str = ""

    @property
    def span(self) -> Span:
        """Frames that it shows."""
        last = self.clip.n_frames - 1
        if self.whole or self.event is None:
            return Span(0, last)
        return Span(min(self.event.onset, last), min(self.event.offset, last))

    @property
    def words(self) -> str:
        """How long it is."""
        n, rate = len(self.span), self.clip.rate * self.speed
        return f"{wording.counted(n, 'frame')}, {float(n / rate):.1f} s at {float(rate):.4g} fps"


def can_show(look: Look, event: Event | None, motion: ClipMotion | None) -> bool:
    """Return whether there is what a look needs: some belong to an event with an apex."""
    if look in (Look.DYNAMIC, Look.MM_COF):
        return event is not None and event.has_apex and motion is not None
    return True


def write_film(film: Film, path: Path, token: Token) -> WrittenVideo:
    """Write a video, whole or not at all."""
    token.report(0.0, "preparing")
    span, clip = film.span, film.clip
    cover, legend, mark = _shown(film)
    options = OverlayClip(span, film.speed, film.numbered, legend, mark)
    frames = overlay_clip.video_frames(clip, clip.numbers, clip.rate, options, cover)
    return write_mp4(
        path,
        frames,
        clip.rate * film.speed,
        about={"title": film.title, "comment": film.comment},
        each=lambda n: token.report(n / len(span), f"{n} of {len(span)} frames"),
        cancelled=lambda: token.cancelled,
    )


def _shown(film: Film) -> tuple[Cover, str, str]:
    """Return the cover of the frames, its legend, and the mark it has to carry."""
    onset = min(film.event.onset, film.clip.n_frames - 1) if film.event is not None else 0
    if film.look is Look.BARE:
        return overlay_clip.bare(), "", ""
    if film.look is Look.MAGNIFIED:
        magnifier = Magnifier(film.clip, onset, float(film.clip.rate), film.magnify)
        return overlay_clip.magnified(magnifier), "", overlay_clip.mark_words(magnifier)
    kind, options = OVERLAYS[film.look], film.options
    style = Style(film.opacity, film.ground, options.full_px, options.flow_params(), options.head)
    legend = overlay_clip.legend_words(kind, style.full_px, options.head)
    if kind in overlay_clip.FOLLOWING:
        return overlay_clip.following(kind, film.clip, onset, style), legend, ""
    return overlay_clip.of_the_event(kind, _pictures(film), style), legend, ""


def _pictures(film: Film) -> PictureSet:
    if film.event is None or not film.event.has_apex or film.motion is None:
        raise MotionError(
            "There is nothing to lay over the frames",
            where=film.look.value,
            why="it belongs to an event with onset, apex and offset",
            now="select such an event, or choose another overlay",
        )
    keys, options = film.event.keyframes, film.options
    return picture_set(film.clip, film.motion, keys, options, OVERLAY_NEEDS, final=True)
