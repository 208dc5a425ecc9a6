"""Which events of several coders are one and the same movement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from meviewer.core.events import Event
from meviewer.experiment.label_sd import MIN_IOU

Matched = tuple[Event | None, ...]
"""One movement: the event of each coder, None of those who did not mark it."""


def match(tiers: Sequence[Sequence[Event]], min_iou: float = MIN_IOU) -> list[Matched]:
    """Return all movements of a clip in order of time, each event in exactly one of them.

    The pairs that overlap most are taken for one first. Of three coders each two have to overlap:
    an event between two others does not tie them together. For two coders this is
    `meviewer.experiment.label_sd.pairs_of`.

    Parameters
    ----------
    tiers : sequence of sequence of Event
        The events of each coder.
    min_iou : float
        Least overlap (intersection over union) of two labels of one movement, above 0 to 1.
    """
    overlaps = _overlaps(tiers)
    close = {(one, other) for iou, one, other in overlaps if iou >= min_iou}
    group_of = {
        (coder, at): [(coder, at)]
        for coder, events in enumerate(tiers)
        for at in range(len(events))
    }
    for iou, one, other in overlaps:
        first, second = group_of[one], group_of[other]
        if iou < min_iou or first is second or not _may_join(first, second, close):
            continue
        joined = sorted(first + second)
        for member in joined:
            group_of[member] = joined
    groups = {tuple(group): group for group in group_of.values()}
    found = [_as_matched(group, tiers) for group in groups.values()]
    return sorted(found, key=_place)


def _overlaps(
    tiers: Sequence[Sequence[Event]],
) -> list[tuple[float, tuple[int, int], tuple[int, int]]]:
    """Return every pair of events of two coders, the largest overlap first, then by identity."""
    pairs = [
        (one.keyframes.span.iou(other.keyframes.span), one.id, other.id, (i, at), (j, to))
        for (i, first), (j, second) in combinations(enumerate(tiers), 2)
        for at, one in enumerate(first)
        for to, other in enumerate(second)
    ]
    ordered = sorted(pairs, key=lambda pair: (-pair[0], *pair[1:]))
    return [(iou, one, other) for iou, _id, _other, one, other in ordered]


def _may_join(
    first: Sequence[tuple[int, int]],
    second: Sequence[tuple[int, int]],
    close: set[tuple[tuple[int, int], tuple[int, int]]],
) -> bool:
    """Whether two groups are of different coders and overlap throughout."""
    return all(
        one[0] != other[0] and (min(one, other), max(one, other)) in close
        for one in first
        for other in second
    )


def _as_matched(group: Sequence[tuple[int, int]], tiers: Sequence[Sequence[Event]]) -> Matched:
    at = dict(group)
    return tuple(events[at[coder]] if coder in at else None for coder, events in enumerate(tiers))


def _place(matched: Matched) -> tuple[int, int]:
    events = [event for event in matched if event is not None]
    return min(event.onset for event in events), min(event.offset for event in events)
