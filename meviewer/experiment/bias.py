"""The bias report: how far suggested keyframes lie from the labels of a whole data set.

A shift is suggested less labelled; above 0 the suggestion is later. Shifts that a method cannot
make (GAMDSS never moves an onset earlier) are no finding: `meviewer.present.bias` says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from meviewer.core.events import Edge, Keyframes
from meviewer.experiment.bias_events import (
    PUBLISHED_MS,
    Compared,
    LeftOut,
    fall_ms,
    grouped,
    rise_ms,
)
from meviewer.experiment.intervals import DRAWS, Interval, of_median

FEWEST = 5
"""Fewest events for an interval [ours]: of fewer, drawing again gives back their range."""

_FEWEST_SUBJECTS = 3


@dataclass(frozen=True, slots=True)
class Spread:
    """Where values lie: number, mean, median and quartiles."""

    n: int
    mean: float
    median: float
    q1: float
    q3: float

    @classmethod
    def of(cls, values: ArrayLike) -> Self:
        """Return the spread of one value or more; quartiles are interpolated linearly."""
        found = np.asarray(values, np.float64)
        q1, median, q3 = np.percentile(found, (25, 50, 75))
        return cls(len(found), float(found.mean()), float(median), float(q1), float(q3))

    @property
    def iqr(self) -> float:
        """Interquartile range."""
        return self.q3 - self.q1


@dataclass(frozen=True, slots=True)
class EdgeBias:
    """Shift of one keyframe in a group.

    Attributes
    ----------
    edge : Edge
    frames, ms : Spread
        Signed shifts.
    moved : float
        Share of events whose keyframe was moved, 0 to 1.
    evidence : float
        Share of events whose keyframe was moved with evidence, 0 to 1.
    interval_ms : Interval or None
        95 % bootstrap interval of the median shift; None for fewer than `FEWEST` events.
    note : str
        What is to be known of these numbers; empty if nothing.
    """

    edge: Edge
    frames: Spread
    ms: Spread
    moved: float
    evidence: float
    interval_ms: Interval | None
    note: str


@dataclass(frozen=True, slots=True)
class PhaseLength:
    """Length of a phase, in ms.

    Attributes
    ----------
    before, after : Spread
        As labelled, and as suggested.
    published_ms : int or None
        Measured median of the data set's labels, where the group is a data set that is known.
    """

    before: Spread
    after: Spread
    published_ms: int | None


@dataclass(frozen=True, slots=True)
class GroupBias:
    """One group of events.

    Attributes
    ----------
    name : str
    n_events, n_clips, n_subjects : int
    edges : tuple of EdgeBias
        Onset, apex, offset.
    rise, fall : PhaseLength
    note : str
        What is to be known of the group; empty if nothing.
    """

    name: str
    n_events: int
    n_clips: int
    n_subjects: int
    edges: tuple[EdgeBias, ...]
    rise: PhaseLength
    fall: PhaseLength
    note: str

    def edge(self, edge: Edge) -> EdgeBias:
        """Return the numbers of one keyframe."""
        return next(one for one in self.edges if one.edge is edge)


@dataclass(frozen=True, slots=True)
class BiasReport:
    """Shifts of a whole project.

    Attributes
    ----------
    by : str
        What the groups are made by.
    whole : GroupBias or None
        All events; None if there are none.
    groups : tuple of GroupBias
    events : tuple of Compared
    left_out : tuple of LeftOut
    """

    by: str
    whole: GroupBias | None
    groups: tuple[GroupBias, ...]
    events: tuple[Compared, ...]
    left_out: tuple[LeftOut, ...] = ()


def bias_report(
    events: Iterable[Compared],
    by: str = "data set",
    *,
    left_out: Sequence[LeftOut] = (),
    draws: int = DRAWS,
    seed: int = 0,
) -> BiasReport:
    """Sum up shifts and lengths, over all events and by group.

    Parameters
    ----------
    events : iterable of Compared
    by : str
        One of `meviewer.experiment.bias_events.GROUPINGS`.
    left_out : sequence of LeftOut
        For the record.
    draws, seed : int
        Of the bootstrap; equal seeds give equal intervals.

    Raises
    ------
    ExperimentError
        If there is no such grouping.
    """
    found = tuple(events)
    groups = tuple(
        _group(name, part, draws, seed, PUBLISHED_MS.get(name) if by == "data set" else None)
        for name, part in grouped(found, by).items()
    )
    whole = _group("all", found, draws, seed, _published(found)) if found else None
    return BiasReport(by, whole, groups, found, tuple(left_out))


def _published(events: Sequence[Compared]) -> tuple[int, int] | None:
    names = {event.data_set for event in events}
    return PUBLISHED_MS.get(names.pop()) if len(names) == 1 else None


def _group(
    name: str,
    events: Sequence[Compared],
    draws: int,
    seed: int,
    published: tuple[int, int] | None,
) -> GroupBias:
    rise, fall = published or (None, None)
    subjects = [event.subject for event in events]
    return GroupBias(
        name,
        len(events),
        len({event.sample_id for event in events}),
        len(set(subjects)),
        tuple(_edge(edge, events, subjects, draws, seed) for edge in Edge),
        _phase(events, rise_ms, rise),
        _phase(events, fall_ms, fall),
        _group_note(events),
    )


def _edge(
    edge: Edge, events: Sequence[Compared], subjects: Sequence[str], draws: int, seed: int
) -> EdgeBias:
    frames = [event.shift_frames(edge) for event in events]
    ms = [event.shift_ms(edge) for event in events]
    interval, note = None, _too_few(len(events))
    if not note:
        # Events of one subject are not independent: whole subjects are drawn where there are some.
        drawn = subjects if len(set(subjects)) >= _FEWEST_SUBJECTS else None
        interval = of_median(ms, drawn, draws=draws, seed=seed)
        note = _edge_note(frames, drawn is None)
    return EdgeBias(
        edge,
        Spread.of(frames),
        Spread.of(ms),
        float(np.mean([by != 0 for by in frames])),
        float(np.mean([by != 0 and e.has_evidence for by, e in zip(frames, events, strict=True)])),
        interval,
        note,
    )


def _phase(
    events: Sequence[Compared],
    length_ms: Callable[[Keyframes, Fraction], float],
    published_ms: int | None,
) -> PhaseLength:
    return PhaseLength(
        Spread.of([length_ms(event.label, event.rate) for event in events]),
        Spread.of([length_ms(event.suggested, event.rate) for event in events]),
        published_ms,
    )


def _too_few(n_events: int) -> str:
    if n_events == 1:
        return "one event only"
    return f"{n_events} events: too few for an interval" if n_events < FEWEST else ""


def _edge_note(frames: Sequence[int], events_drawn: bool) -> str:
    if not any(frames):
        return "never moved"
    if len(set(frames)) == 1:
        return "moved by the same everywhere"
    return "interval over events: fewer than three subjects" if events_drawn else ""


def _group_note(events: Sequence[Compared]) -> str:
    n_noop = sum(event.is_noop for event in events)
    if n_noop == len(events):
        return "nothing could be chosen: windows are one frame wide at this rate"
    if n_noop:
        return f"nothing could be chosen for {n_noop} of {len(events)}: windows one frame wide"
    return ""
