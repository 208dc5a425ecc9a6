"""What a worker is told of the clips that keyframes are to be suggested for."""

from __future__ import annotations

import msgspec

from meviewer.core.frames import Span
from meviewer.experiment.records import AnyRecord, Suggested, SuggestedEvent

WHOLE = 600
"""A clip of up to so many frames is read whole. Of a longer one the event is read, and what lies
around it: as much as it is long, `MARGIN` frames at least, on either side."""

MARGIN = 100
"""Enough neighbours to tell the noise outside the motion."""


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How keyframes are looked for; see `meviewer.motion.gamdss_measures.reselect`."""

    variant: str = "two-sided"
    ratio: float | None = None
    measure: str = "l2"
    brightness_free: bool = True
    aligned: bool = False
    wrapped_uint8: bool = False


class LabelledEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label to start from.

    Attributes
    ----------
    coder : str
    event_id : int
    keyframes : tuple of int
        Onset, apex, offset as frame indices.
    has_apex : bool
        Without an apex it is looked for between onset and offset.
    """

    coder: str
    event_id: int
    keyframes: tuple[int, int, int]
    has_apex: bool = True


class ClipUnit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One clip, the unit of work: it is opened once for all of its labels.

    Attributes
    ----------
    sample_id : int
    subject, clip : str
        Names, for people.
    path, rate, fingerprint : str
        As in `meviewer.nn.feature_worker.EventUnit`.
    n_frames : int
        By which work is shared.
    events : tuple of LabelledEvent
    """

    sample_id: int
    subject: str
    clip: str
    path: str
    rate: str
    fingerprint: str
    n_frames: int
    events: tuple[LabelledEvent, ...]

    def answer(self, record: AnyRecord) -> Suggested | None:
        """Return the record if it is about this clip."""
        if isinstance(record, Suggested) and record.sample_id == self.sample_id:
            return record
        return None

    def given_up(self, reason: str) -> Suggested:
        """Return the record of a clip that no worker survives."""
        return self.said((), reason)

    def said(
        self, events: tuple[SuggestedEvent, ...], reason: str = "", seconds: float = 0.0
    ) -> Suggested:
        """Return the record of what was found."""
        return Suggested(
            sample_id=self.sample_id,
            subject=self.subject,
            clip=self.clip,
            events=events,
            reason=reason,
            seconds=seconds,
        )


class SuggestClipsArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `suggest_clips`."""

    clips: tuple[ClipUnit, ...]
    search: Search = Search()


def frames_of(label: LabelledEvent, n_frames: int) -> Span:
    """Return the frames of a clip that have to be read for one label."""
    onset, _apex, offset = label.keyframes
    last = n_frames - 1
    if offset > last:
        return Span(0, last)  # whoever looks there says that the label leaves the clip
    if not label.has_apex:
        return Span(onset, offset)
    if n_frames <= WHOLE:
        return Span(0, last)
    margin = max(MARGIN, offset - onset + 1)
    return Span(max(0, onset - margin), min(last, offset + margin))
