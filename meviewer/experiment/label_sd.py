"""How far two coders lie apart on the same events: what a label is worth.

Two coders who err alike and independently differ by sqrt(2) of what one of them errs, so
``sd = sd(difference) / sqrt(2)`` [ours]. What they differ by on the average is no noise: it is left
out of the sd and told beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from meviewer.core.annotation import Annotation
from meviewer.core.events import Edge, Event
from meviewer.core.frames import frames_to_ms
from meviewer.project.labels import ADJUDICATED
from meviewer.project.project import Project
from meviewer.project.samples import Sample

MIN_IOU = 0.5
"""Least overlap of two labels that are one event, as in spotting."""

FEWEST = 5
"""Fewest double labels for an sd [ours]."""


@dataclass(frozen=True, slots=True)
class LabelSd:
    """How well one keyframe is labelled in one data set.

    Attributes
    ----------
    data_set : str
        Empty for clips of one's own.
    coders : tuple of str
        The two people, by name.
    edge : Edge
    n : int
        Events that both have labelled.
    sd_frames, sd_ms : float or None
        Standard deviation of one coder's label; None for fewer than `FEWEST` events.
    shift_ms : float or None
        Mean of the second coder's label less the first one's; None where there is no event.
    note : str
        Why there is no number; empty if there is one.
    """

    data_set: str
    coders: tuple[str, str]
    edge: Edge
    n: int
    sd_frames: float | None
    sd_ms: float | None
    shift_ms: float | None
    note: str = ""


def label_sd(project: Project) -> tuple[LabelSd, ...]:
    """Return the sd of labels of each keyframe, data set and pair of people.

    Machines are no coders here. Pairs that share no clip are left out.
    """
    people = [
        coder
        for coder in project.coders()
        if not project.is_machine(coder) and coder != ADJUDICATED
    ]
    tiers = {coder: project.tier(coder) for coder in people}
    samples = project.samples()
    found: list[LabelSd] = []
    for first, second in combinations(people, 2):
        shared = [one for one in samples if one.id in tiers[first] and one.id in tiers[second]]
        for name in sorted({one.dataset for one in shared}):
            part = [one for one in shared if one.dataset == name]
            matched = list(_matched(part, tiers[first], tiers[second]))
            found += [_sd(name, (first, second), edge, matched) for edge in Edge]
    return tuple(found)


def pairs_of(first: Iterable[Event], second: Iterable[Event]) -> list[tuple[Event, Event]]:
    """Return events of two coders that are one: at most one to one, the best overlap first."""
    overlaps = sorted(
        (
            (one.keyframes.span.iou(other.keyframes.span), one.id, other.id, one, other)
            for one in first
            for other in second
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    taken: set[tuple[str, int]] = set()
    found = []
    for iou, one_id, other_id, one, other in overlaps:
        names = {("first", one_id), ("second", other_id)}
        if iou >= MIN_IOU and not taken & names:
            taken |= names
            found.append((one, other))
    return found


def _matched(
    samples: Sequence[Sample], first: dict[int, Annotation], second: dict[int, Annotation]
) -> Iterable[tuple[Sample, Event, Event]]:
    for sample in samples:
        for one, other in pairs_of(first[sample.id], second[sample.id]):
            yield sample, one, other


def _sd(
    data_set: str,
    coders: tuple[str, str],
    edge: Edge,
    matched: Sequence[tuple[Sample, Event, Event]],
) -> LabelSd:
    usable = [
        (sample, other.keyframes[edge] - one.keyframes[edge])
        for sample, one, other in matched
        if edge is not Edge.APEX or (one.has_apex and other.has_apex)
    ]
    frames = np.array([by for _sample, by in usable], np.float64)
    ms = np.array([frames_to_ms(by, sample.rate) for sample, by in usable], np.float64)
    n = len(usable)
    if not n:
        return LabelSd(data_set, coders, edge, 0, None, None, None, "no event in common")
    shift = float(ms.mean())
    if n < FEWEST:
        words = "one event only" if n == 1 else f"{n} events only"
        return LabelSd(data_set, coders, edge, n, None, None, shift, words)
    sd_frames, sd_ms = (float(values.std(ddof=1)) / math.sqrt(2) for values in (frames, ms))
    return LabelSd(data_set, coders, edge, n, sd_frames, sd_ms, shift)
