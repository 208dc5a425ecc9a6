"""How far people agree who labelled the same clips: keyframes, events, emotions, action units.

Events are matched by their overlap first; keyframes and names are compared on matched events only,
and F1 says how many were matched. A difference is the second coder's value less the first one's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from meviewer.core.annotation import Annotation
from meviewer.core.errors import ExperimentError
from meviewer.core.events import Edge, Event
from meviewer.core.frames import frames_to_ms
from meviewer.core.labels import in_order, normalise
from meviewer.experiment.agreement_figures import (
    FEWEST,
    FEWEST_SUBJECTS,
    NO_EVENT,
    Draws,
    Figure,
    Sums,
    alpha_nominal_of,
    alpha_of,
    figure,
    icc_interval,
    icc_of,
    kappa_of,
    mean_of,
    share_of,
)
from meviewer.experiment.agreement_matching import match
from meviewer.experiment.agreement_values import (
    MEASURES,
    NO_DIRECTION,
    WITHIN_FRAMES,
    WITHIN_MS,
    Agreement,
    AgreementReport,
    ClipTiers,
    MeasureAgreement,
    NameAgreement,
    Unit,
)
from meviewer.experiment.intervals import DRAWS
from meviewer.experiment.label_sd import MIN_IOU

NO_CLIP = "undefined: no clip in common"
_NOT_DRAWN = "no interval: fewer than three subjects and fewer than five clips"
_FLOAT_MS = 1e-6  # what ms of a rate such as 29.97 may be off


def agreement_report(
    clips: Sequence[ClipTiers],
    coders: Sequence[str],
    seen: Callable[[Annotation], bool],
    *,
    min_iou: float = MIN_IOU,
    draws: int = DRAWS,
    seed: int = 0,
) -> AgreementReport:
    """Compare every pair of coders, and all of them.

    Parameters
    ----------
    clips : sequence of ClipTiers
    coders : sequence of str
        In the order of the tiers; two or more.
    seen : callable
        Whether a coder with this tier has looked at the clip.
    min_iou : float
        Least overlap of two labels of one movement.
    draws, seed : int
        Of the bootstrap; equal seeds give equal intervals.

    Raises
    ------
    ExperimentError
        If there are fewer than two coders.
    """
    names = tuple(coders)
    if len(set(names)) < 2:
        raise ExperimentError(
            "Agreement needs two coders",
            why=f"chosen: {', '.join(names) or 'nobody'}",
            now="let a second person label the same clips",
        )

    def of(chosen: Collection[int]) -> Agreement:
        part = [_only(clip, chosen) for clip in clips]
        shared = [clip for clip in part if all(map(seen, clip.tiers))]
        return _agreement(tuple(names[at] for at in chosen), shared, min_iou, draws, seed)

    pairs = tuple(of(pair) for pair in combinations(range(len(names)), 2))
    return AgreementReport(names, pairs, of(range(len(names))) if len(names) > 2 else None)


def _only(clip: ClipTiers, chosen: Collection[int]) -> ClipTiers:
    tiers = tuple(clip.tiers[at] for at in chosen)
    return ClipTiers(clip.sample_id, clip.subject, clip.clip, clip.rate, tiers)


@dataclass(frozen=True, slots=True)
class _Group:
    """What figures of one group of coders are made with."""

    k: int
    draws: Draws | None
    owner: Callable[[Unit | ClipTiers], Hashable]

    def figure(self, sums: Sums, of: Sequence[Unit | ClipTiers]) -> Figure:
        found = figure(sums, [self.owner(one) for one in of], self.draws)
        if self.draws is None and found.value is not None:
            return replace(found, note=_NOT_DRAWN)
        return found


def _agreement(
    coders: tuple[str, ...], clips: Sequence[ClipTiers], min_iou: float, draws: int, seed: int
) -> Agreement:
    units = [
        Unit(clip.sample_id, clip.subject, clip.clip, clip.rate, events)
        for clip in clips
        for events in match([tier.events for tier in clip.tiers], min_iou)
    ]
    group, drawn = _group(len(coders), clips, draws, seed)
    matched = [unit for unit in units if all(unit.events)]
    return Agreement(
        coders,
        len(clips),
        len({clip.subject for clip in clips}),
        tuple(sum(len(clip.tiers[at]) for clip in clips) for at in range(len(coders))),
        len(matched),
        drawn,
        _f1(group, units, clips),
        group.figure(mean_of(_array([_overlap(unit) for unit in matched])), matched),
        tuple(_measure(group, name, units) for name in MEASURES),
        _emotions(group, units),
        _action_units(group, units),
        tuple(units),
    )


def _group(k: int, clips: Sequence[ClipTiers], draws: int, seed: int) -> tuple[_Group, str]:
    """Decide what is drawn: events of one subject, and of one clip, are not independent."""
    subjects = [clip.subject for clip in clips]
    if len(set(subjects)) >= FEWEST_SUBJECTS:
        return _Group(k, Draws.of(subjects, draws, seed), lambda one: one.subject), "subjects"
    if len(clips) >= FEWEST:
        drawn = Draws.of([clip.sample_id for clip in clips], draws, seed)
        return _Group(k, drawn, lambda one: one.sample_id), "clips"
    return _Group(k, None, lambda one: one.subject), ""


def _f1(group: _Group, units: Sequence[Unit], clips: Sequence[ClipTiers]) -> Figure:
    pairs = list(combinations(range(group.k), 2))
    both = [sum(_has(unit, i) and _has(unit, j) for i, j in pairs) for unit in units]
    each = [sum(_has(unit, i) + _has(unit, j) for i, j in pairs) for unit in units]
    why = f"undefined: nobody marked an event on {len(clips)} clips" if clips else NO_CLIP
    return group.figure(share_of(2 * _array(both), _array(each), why), units)


def _measure(group: _Group, name: str, units: Sequence[Unit]) -> MeasureAgreement:
    frames = _array([[_frames(event, name) for event in unit.events] for unit in units], group.k)
    rates = _array([[frames_to_ms(1, unit.rate)] for unit in units], 1)
    one_rate = len({unit.rate for unit in units}) < 2
    rows = np.isfinite(frames).sum(1) > 1
    whole = np.isfinite(frames).sum(1) == group.k
    # Whole frames are exact, and ICC and alpha do not depend on the unit.
    scaled = frames if one_rate else frames * rates
    some, full = _chosen(units, rows), _chosen(units, whole)
    apart, owned = _differences(group, frames, units)
    apart_ms = apart * _array([frames_to_ms(1, unit.rate) for unit in owned])
    return MeasureAgreement(
        name,
        _bias(group, apart, owned),
        _bias(group, apart_ms, owned),
        group.figure(mean_of(np.abs(apart)), owned),
        group.figure(mean_of(np.abs(apart_ms)), owned),
        tuple(_within(group, apart, n, owned) for n in WITHIN_FRAMES),
        tuple(_within(group, apart_ms, n + _FLOAT_MS, owned) for n in WITHIN_MS),
        group.figure(icc_of(scaled[whole]), full),
        icc_interval(scaled[whole]),
        group.figure(alpha_of(scaled[rows]), some),
    )


def _differences(
    group: _Group, frames: NDArray[np.float64], units: Sequence[Unit]
) -> tuple[NDArray[np.float64], list[Unit]]:
    """Return the differences of all pairs of coders in frames, and the unit of each."""
    found, owned = [], []
    for i, j in combinations(range(group.k), 2):
        apart = frames[:, j] - frames[:, i]
        there = np.isfinite(apart)
        found.append(apart[there])
        owned += _chosen(units, there)
    return np.concatenate(found), owned


def _bias(group: _Group, apart: NDArray[np.float64], owned: Sequence[Unit]) -> Figure:
    if group.k > 2:
        return Figure(None, 0, None, NO_DIRECTION)
    return group.figure(mean_of(apart), owned)


def _within(
    group: _Group, apart: NDArray[np.float64], most: float, owned: Sequence[Unit]
) -> Figure:
    return group.figure(mean_of((np.abs(apart) <= most).astype(np.float64)), owned)


def _emotions(group: _Group, units: Sequence[Unit]) -> NameAgreement:
    words = [
        tuple(normalise(event.emotion) if event else "" for event in unit.events) for unit in units
    ]
    classes = {
        word: at for at, word in enumerate(in_order({w for row in words for w in row} - {""}))
    }
    table = _whole([[classes.get(word, -1) for word in row] for row in words], group.k)
    return _names(group, "emotion", units, table, len(classes), only=None)


def _action_units(group: _Group, units: Sequence[Unit]) -> tuple[NameAgreement, ...]:
    """Compare each action unit on the events on which every coder has listed some.

    A coder without any may have seen none, or may not have coded them: it is not known which.
    """
    coded = [unit for unit in units if all(event and event.action_units for event in unit.events)]
    listed = [
        [frozenset(au.number for au in event.action_units) for event in unit.events if event]
        for unit in coded
    ]
    found = []
    for number in sorted({number for row in listed for seen in row for number in seen}):
        table = _whole([[int(number in seen) for seen in row] for row in listed], group.k)
        found.append(_names(group, f"AU {number}", coded, table, 2, only=1))
    return tuple(found)


def _names(
    group: _Group,
    name: str,
    units: Sequence[Unit],
    table: NDArray[np.int64],
    n_classes: int,
    only: int | None,
) -> NameAgreement:
    """Compare class numbers, -1 where there is none; ``only``: what counts as seen at all."""
    rows = (table >= 0).sum(1) > 1
    part, kept = table[rows], _chosen(units, rows)
    hits, pairs = _equal(part, only)
    return NameAgreement(
        name,
        group.figure(share_of(hits, pairs, NO_EVENT), kept),
        group.figure(kappa_of(part[:, 0], part[:, 1], max(n_classes, 1)), kept)
        if group.k == 2
        else Figure(None, 0, None, NO_DIRECTION),
        group.figure(alpha_nominal_of(part, max(n_classes, 1)), kept),
    )


def _equal(
    table: NDArray[np.int64], only: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how many pairs of coders name the same in each row, of how many."""
    hits, pairs = np.zeros(len(table)), np.zeros(len(table))
    for i, j in combinations(range(table.shape[1]), 2):
        one, other = table[:, i], table[:, j]
        counts = (one >= 0) & (other >= 0)
        if only is not None:
            counts = counts & ((one == only) | (other == only))
        hits += counts & (one == other)
        pairs += counts
    return hits, pairs


def _frames(event: Event | None, name: str) -> float:
    """Return a keyframe or a length in frames; NaN where there is none."""
    if event is None or (name not in ("onset", "offset") and not event.has_apex):
        return np.nan
    if name == "rise":
        return float(event.apex - event.onset)
    if name == "fall":
        return float(event.offset - event.apex)
    return float(event.keyframes[Edge(name)])


def _overlap(unit: Unit) -> float:
    spans = [event.keyframes.span for event in unit.events if event is not None]
    return float(np.mean([one.iou(other) for one, other in combinations(spans, 2)]))


def _has(unit: Unit, at: int) -> bool:
    return unit.events[at] is not None


def _chosen(units: Sequence[Unit], which: NDArray[np.bool_]) -> list[Unit]:
    return [unit for unit, chosen in zip(units, which, strict=True) if chosen]


def _array(values: Sequence[object], width: int = 0) -> NDArray[np.float64]:
    found = np.asarray(values, np.float64)
    return found.reshape(len(values), width) if width else found


def _whole(values: Sequence[Sequence[int]], width: int) -> NDArray[np.int64]:
    return np.asarray(values, np.int64).reshape(len(values), width)
