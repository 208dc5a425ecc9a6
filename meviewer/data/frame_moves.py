"""What happened to a clip since it was labelled, in values and in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from meviewer.core.frames import rate_text
from meviewer.data.clip_base import Clip
from meviewer.data.frame_identity import MarkedClip
from meviewer.data.frame_placement import Placement

Kind = Literal["same", "renumbered", "trimmed", "re-encoded", "resampled", "other"]

NOWHERE = Placement()
_ALIKE = 0.98


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the frames of a labelled clip lie in the one that is in its place now.

    Attributes
    ----------
    kind : str
        ``same``: all label frames are where they were, in every bit. ``renumbered``: so they are,
        under other numbers of the data set. ``trimmed``: the same frames, cut or prolonged.
        ``re-encoded``: other pixels, found by their pictures. ``resampled``: another number of
        frames a second. ``other``: another clip, or one of which nothing certain can be said.
    placement : Placement
        Means nothing for ``other``.
    confidence : float
        0 to 1: 1 for frames that are equal in every bit, else the share by which the next best
        place is worse.
    n_matched, n_marks : int
        Label frames found again, of how many.
    text : str
        What happened, for a person.
    """

    kind: Kind
    placement: Placement
    confidence: float
    n_matched: int
    n_marks: int
    text: str

    @property
    def shift(self) -> Fraction:
        """Index now of the frame that had index 0; negative if the clip begins later."""
        return self.placement.shift

    @property
    def ratio(self) -> Fraction:
        """Frames now for one frame then."""
        return self.placement.ratio

    @property
    def known(self) -> bool:
        """Whether it is certain where the label frames are."""
        return self.kind != "other"

    @property
    def moves(self) -> bool:
        """Whether labels have to move to stay on their frames."""
        return self.known and self.placement != Placement()

    @property
    def exact(self) -> bool:
        """Whether the frames were found by equality in every bit."""
        return self.known and self.confidence == 1.0


def in_place(old: MarkedClip, clip: Clip, n_equal: int) -> Moved:
    """Return that the label frames are where they were, in every bit."""
    n_marks = len(old.labels) or len(old.anchors)
    away = [m for m in old.marks if m.frame < clip.n_frames and m.number != clip.numbers[m.frame]]
    if clip.n_frames != old.n_frames:
        kind: Kind = "trimmed"
        text = f"{_ends(old, clip)}; the labels are on the same frames."
    elif away:
        kind = "renumbered"
        first = away[0]
        text = (
            f"The frames are the same but numbered anew: {first.number} is now "
            f"{clip.numbers[first.frame]}. The labels are on the same frames."
        )
    else:
        kind = "same"
        text = "The file is another one, the frames are the same."
    return Moved(kind, Placement(), 1.0, n_equal, n_marks, text)


def found_exactly(old: MarkedClip, clip: Clip, placement: Placement, n_equal: int) -> Moved:
    """Return that frames equal in every bit were found at a place."""
    n_marks = len(old.labels) or len(old.anchors)
    count = f"{n_equal} of {n_marks} label frames found again exactly"
    if placement.ratio != 1:
        text = f"{_resampled(old, placement)}{_begins(placement, ', and it')}: {count}."
        return Moved("resampled", placement, 1.0, n_equal, n_marks, text)
    text = f"The clip {_begins(placement) or 'was cut'} than when it was labelled: {count}."
    return Moved("trimmed", placement, 1.0, n_equal, n_marks, text)


def found_by_pictures(
    old: MarkedClip, placement: Placement, confidence: float, n_inside: int, n_labels: int
) -> Moved:
    """Return that frames with other pixels were found at a place by their pictures."""
    n_marks = len(old.labels) or len(old.anchors)
    count = f"its {n_inside} remembered pictures fit there and nowhere else"
    if placement.ratio != 1:
        text = f"{_resampled(old, placement)}{_begins(placement, ', and it')}: {count}."
        return Moved("resampled", placement, confidence, n_labels, n_marks, text)
    begins = _begins(placement, " and ")
    text = (
        f"The clip was encoded anew{begins} than when it was labelled: {count}."
        if begins
        else "The clip was encoded anew; the labels are on the same frames."
    )
    return Moved("re-encoded", placement, confidence, n_labels, n_marks, text)


def not_found(old: MarkedClip, alike: float, n_equal: int = 0) -> Moved:
    """Return that nothing certain can be said, and why."""
    n_marks = len(old.labels) or len(old.anchors)
    if n_equal:
        text = (
            f"Frames were taken out of the clip or put into it: {n_equal} label frame(s) are still "
            "there, but they do not all lie in one row. The labels have to be checked by hand."
        )
    elif alike >= _ALIKE:
        text = (
            "The clip looks like the labelled one, but its frames cannot be told apart well enough "
            "to say where they are now. The labels have to be checked by hand."
        )
    else:
        text = "This is another clip than the one that was labelled: its frames are not in it."
    return Moved("other", NOWHERE, 0.0, n_equal, n_marks, text)


def never_looked_at(old: MarkedClip) -> Moved:
    """Return that nobody remembers what the labelled frames looked like."""
    text = (
        "The clip has changed since it was labelled, and what its frames looked like then was not "
        "kept. The labels have to be checked by hand."
    )
    return Moved("other", NOWHERE, 0.0, 0, len(old.labels), text)


def _begins(placement: Placement, joint: str = "") -> str:
    """Say where the clip begins now; empty if that is where it began."""
    by = round(placement.shift / placement.ratio)
    if by == 0:
        return ""
    n_frames = f"{abs(by)} frame{'s' * (abs(by) != 1)}"
    return (
        f"{joint}{' ' * joint.endswith('it')}begins {n_frames} {'later' if by < 0 else 'earlier'}"
    )


def _ends(old: MarkedClip, clip: Clip) -> str:
    by = clip.n_frames - old.n_frames
    n_frames = f"{abs(by)} frame{'s' * (abs(by) != 1)}"
    return f"The clip ends {n_frames} {'later' if by > 0 else 'earlier'} than when it was labelled"


def _resampled(old: MarkedClip, placement: Placement) -> str:
    now = rate_text(old.rate * placement.ratio).removesuffix("/1")
    then = rate_text(old.rate).removesuffix("/1")
    return f"The clip has {now} frames a second instead of {then}"
