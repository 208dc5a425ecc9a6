"""Which frames are in sight: zoom, pan and fit as functions on a frozen range."""

from __future__ import annotations

from dataclasses import dataclass

from meviewer.core.frames import Span

_LEAST_FRAMES = 6.0
_EVENT_MARGIN = 0.2


@dataclass(frozen=True, slots=True)
class Range:
    """Frames from ``low`` to ``high``; each frame takes the half on either side of its index."""

    low: float
    high: float

    @property
    def length(self) -> float:
        """How many frames are in sight."""
        return self.high - self.low

    def shows(self, frame: float) -> bool:
        """Say whether a frame is in sight."""
        return self.low <= frame <= self.high


def whole(n_frames: int) -> Range:
    """Return the range of a whole clip."""
    return Range(-0.5, max(n_frames, 1) - 0.5)


def limited(low: float, length: float, n_frames: int) -> Range:
    """Return a range within the clip that is neither too short nor too long."""
    all_frames = float(max(n_frames, 1))
    length = min(max(length, min(_LEAST_FRAMES, all_frames)), all_frames)
    low = min(max(low, -0.5), all_frames - 0.5 - length)
    return Range(low, low + length)


def zoomed(now: Range, at_frame: float, factor: float, n_frames: int) -> Range:
    """Show ``factor`` times as many frames, with ``at_frame`` staying where it is on the screen."""
    length = limited(now.low, now.length * factor, n_frames).length
    share = (at_frame - now.low) / now.length
    return limited(at_frame - share * length, length, n_frames)


def panned(now: Range, by_frames: float, n_frames: int) -> Range:
    """Move along the clip, as far as it goes."""
    return limited(now.low + by_frames, now.length, n_frames)


def around(span: Span, n_frames: int) -> Range:
    """Return a range that shows some frames with room on both sides."""
    margin = max(_EVENT_MARGIN * len(span), 4.0)
    return limited(span.first - margin, len(span) + 2 * margin, n_frames)


def following(now: Range, frame: int, n_frames: int) -> Range:
    """Return the range, moved just far enough to show a frame."""
    if now.shows(frame):
        return now
    margin = 0.1 * now.length
    low = frame - margin if frame < now.low else frame + margin - now.length
    return limited(low, now.length, n_frames)
