"""What a format can hold, as a value, and what of a document it would lose.

A format says what it has a place for; `losses` looks which labels need more than that. A part that
no label uses is no loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Source
from meviewer.data.exchange import ExchangeDocument, Loss, TimeBase


class Part(StrEnum):
    """What a label may have beside its onset and offset; the value names it for a person."""

    APEX = "the apex"
    CODER = "the coder"
    EMOTION = "the emotion"
    ACTION_UNITS = "the action units"
    CONFIDENCE = "the confidence"
    NOTES = "the notes"
    KIND = "the kind of expression"
    OBJECTIVE = "the objective class"
    SOURCE = "where the keyframes came from"
    REJECTED = "the suggestions that were refused"
    STATUS = "how far the coder has come with a clip"
    NOTHING_PRESENT = "clips on which a coder found nothing"


ALL = frozenset(Part)
"""A format that loses nothing."""


@dataclass(frozen=True, slots=True)
class Holds:
    """What a format has a place for.

    Attributes
    ----------
    parts : frozenset of Part
    step_ms : Fraction or None
        Times are rounded to multiples of this, and frames are known from the times alone. None:
        the frames themselves are written, or times that tell all frames apart.
    """

    parts: frozenset[Part] = ALL
    step_ms: Fraction | None = None


def losses(document: ExchangeDocument, holds: Holds) -> tuple[Loss, ...]:
    """Say what of a document a format cannot hold, one loss for each part that labels use."""
    found = []
    for part in Part:
        count = 0 if part in holds.parts else _count(document, part)
        if count:
            found.append(Loss(part.value, count, f"The format has no place for {part.value}."))
    shifted = 0 if holds.step_ms is None else _shifted(document, holds.step_ms)
    if shifted and holds.step_ms is not None:
        step = f"{float(holds.step_ms):g} ms"
        text = (
            f"Times are rounded to {step}, too coarse to tell these frames from their neighbours."
        )
        found.append(Loss("the exact frame", shifted, text))
    return tuple(found)


def count_labels(document: ExchangeDocument, wanted: Callable[[Event], bool]) -> int:
    """Return how many labels fulfil a condition, for losses that only one format has."""
    return sum(wanted(event) for _time, _coder, tier in _tiers(document) for event in tier)


_USES: dict[Part, Callable[[Event], bool]] = {
    Part.APEX: lambda event: event.has_apex,
    Part.EMOTION: lambda event: bool(event.emotion),
    Part.ACTION_UNITS: lambda event: bool(event.action_units),
    Part.CONFIDENCE: lambda event: event.confidence is not None,
    Part.NOTES: lambda event: bool(event.notes),
    Part.KIND: lambda event: bool(event.kind),
    Part.OBJECTIVE: lambda event: bool(event.objective),
    Part.SOURCE: lambda event: (
        event.source is not Source.MANUAL or event.apex_source not in (None, Source.NONE)
    ),
    Part.REJECTED: lambda event: bool(event.rejected),
}


def _count(document: ExchangeDocument, part: Part) -> int:
    if part in _USES:
        return count_labels(document, _USES[part])
    tiers = [(coder, tier) for _time, coder, tier in _tiers(document)]
    if part is Part.CODER:
        return sum(len(tier) for coder, tier in tiers if coder)
    if part is Part.STATUS:
        # Labels come back as a draft, which says nothing.
        return sum(len(tier) for _coder, tier in tiers if tier.status is not Status.DRAFT)
    return sum(not tier.events and tier.status is not Status.UNLABELLED for _coder, tier in tiers)


def _shifted(document: ExchangeDocument, step_ms: Fraction) -> int:
    return sum(
        not _comes_back(event, time, step_ms)
        for time, _coder, tier in _tiers(document)
        for event in tier
    )


def _comes_back(event: Event, time: TimeBase, step_ms: Fraction) -> bool:
    def rounded(ms: Fraction) -> Fraction:
        return floor(ms / step_ms + Fraction(1, 2)) * step_ms

    edges = [(event.onset, time.index_at(rounded(time.start_ms(event.onset))))]
    edges.append((event.offset, time.last_before(rounded(time.end_ms(event.offset)))))
    if event.has_apex:
        edges.append((event.apex, time.index_at(rounded(time.start_ms(event.apex)))))
    return all(frame == back for frame, back in edges)


def _tiers(document: ExchangeDocument) -> Iterator[tuple[TimeBase, str, Annotation]]:
    for clip in document.clips:
        for coder, tier in clip.tiers.items():
            yield clip.time, coder, tier
