"""What one worker process does for a bias report: GAMDSS on clips, one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span, parse_rate
from meviewer.data.clip_base import Clip, Frame
from meviewer.experiment.records import Suggested, SuggestedEvent
from meviewer.motion.gamdss import Reselection
from meviewer.motion.gamdss_measures import Measure, reselect
from meviewer.motion.representation import ClipMotion
from meviewer.nn.feature_worker import open_unchanged
from meviewer.nn.suggest_units import (
    ClipUnit,
    LabelledEvent,
    Search,
    SuggestClipsArguments,
    frames_of,
)


def suggest_clips(arguments: SuggestClipsArguments) -> Iterator[Suggested]:
    """Suggest keyframes for the labels of each clip: a record each, in their order."""
    for unit in arguments.clips:
        yield suggest_clip(unit, arguments.search)


def suggest_clip(unit: ClipUnit, search: Search) -> Suggested:
    """Suggest keyframes for the labels of one clip; what went wrong is said in ``reason``."""
    started = time.monotonic()
    try:
        with open_unchanged(Path(unit.path), parse_rate(unit.rate), unit.fingerprint) as clip:
            events = tuple(_suggested(clip, unit.events, search))
    except MeviewerError as error:
        return unit.said((), str(error), time.monotonic() - started)
    return unit.said(events, seconds=time.monotonic() - started)


class Part(Sequence[Frame]):
    """A run of frames of a clip as frames of their own."""

    def __init__(self, clip: Clip, span: Span) -> None:
        self._clip, self._span = clip, span

    def __len__(self) -> int:
        return len(self._span)

    @overload
    def __getitem__(self, index: int) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Frame, ...]: ...
    def __getitem__(self, index: int | slice) -> Frame | tuple[Frame, ...]:
        places = range(self._span.first, self._span.last + 1)[index]
        return (
            self._clip.frame(places)
            if isinstance(places, int)
            else tuple(map(self._clip.frame, places))
        )


def _suggested(
    clip: Clip, labels: Sequence[LabelledEvent], search: Search
) -> Iterator[SuggestedEvent]:
    """Answer label by label; labels on the same frames share them."""
    motion: ClipMotion | None = None
    at_hand: Span | None = None
    for label in sorted(labels, key=lambda label: label.keyframes):
        span = frames_of(label, clip.n_frames)
        if motion is None or span != at_hand:
            motion, at_hand = (
                ClipMotion(clip if len(span) == clip.n_frames else Part(clip, span)),
                span,
            )
        try:
            yield _found(label, reselect_label(motion, span, label, search), span.first)
        except MeviewerError as error:
            yield SuggestedEvent(coder=label.coder, event_id=label.event_id, reason=str(error))


def reselect_label(
    motion: ClipMotion, span: Span, label: LabelledEvent, search: Search
) -> Reselection:
    """Choose the keyframes of a label anew; ``span`` says where in its clip ``motion`` begins."""
    start = Keyframes(*label.keyframes).shifted(-span.first) if label.has_apex else None
    return reselect(
        motion,
        start,
        search.variant if label.has_apex else "free",
        Measure(search.measure, search.brightness_free, search.aligned),
        ratio=search.ratio if label.has_apex else None,
        wrapped_uint8=search.wrapped_uint8,
    )


def _found(label: LabelledEvent, found: Reselection, first: int) -> SuggestedEvent:
    moved = found.keyframes.shifted(first)
    return SuggestedEvent(
        coder=label.coder,
        event_id=label.event_id,
        keyframes=(moved.onset, moved.apex, moved.offset),
        gain=found.gain,
        confidence=found.confidence,
        has_evidence=found.has_evidence,
        is_noop=found.is_noop,
        verdict=found.verdict,
    )
