"""Blind adjudication: which clips need a judge, and what may be seen of those who labelled them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from meviewer.core import edits
from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ExperimentError
from meviewer.core.events import Event, Keyframes, Source
from meviewer.core.frames import Span
from meviewer.core.labels import normalise
from meviewer.experiment.agreement_matching import Matched, match
from meviewer.experiment.agreement_project import clips_of
from meviewer.project.labels import ADJUDICATED
from meviewer.project.project import Project

USUAL_TOLERANCE = 3
"""Frames that keyframes may lie apart without a judge [ours]."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be decided, and by whom.

    Attributes
    ----------
    judge : str
        Who decides; none of the coders.
    coders : tuple of str
        Between whom.
    sample_ids : tuple of int
        Clips to be decided, the widest apart first.
    labelled : tuple of tuple of str
        Who has given a word on each of these clips, two coders at least.
    """

    judge: str
    coders: tuple[str, ...]
    sample_ids: tuple[int, ...]
    labelled: tuple[tuple[str, ...], ...]


def plan(
    project: Project,
    judge: str,
    coders: Sequence[str],
    *,
    tolerance: int = USUAL_TOLERANCE,
    also_agreed: bool = False,
) -> Plan:
    """Return the clips that coders differ about and that nobody has decided yet.

    A clip that some of them have not touched is between the others.

    Parameters
    ----------
    tolerance : int
        Frames that keyframes may lie apart.
    also_agreed : bool
        Take also the clips on which they agree, so that the tier becomes complete.

    Raises
    ------
    ExperimentError
        If there are not two coders or more, or the judge is none or one of them.
    """
    chosen = _several(coders)
    judge = judge.strip()
    if not judge or judge in (*chosen, ADJUDICATED):
        raise ExperimentError(
            "Somebody else has to decide",
            why=f"{judge} labelled these clips" if judge else "there is no name",
            now="enter the name of somebody who did not label them",
        )
    done = project.tier(ADJUDICATED)
    wide: list[tuple[float, int, tuple[str, ...]]] = []
    for clip in clips_of(project, chosen):
        tiers = {
            coder: tier
            for coder, tier in zip(chosen, clip.tiers, strict=True)
            if tier.status is not Status.UNLABELLED
        }
        decided = done.get(clip.sample_id, Annotation()).status is Status.ADJUDICATED
        if decided or len(tiers) < 2:
            continue
        apart = max(map(distance, match([tier.events for tier in tiers.values()])), default=0)
        if apart > tolerance or (also_agreed and any(tier.events for tier in tiers.values())):
            wide.append((-apart, clip.sample_id, tuple(tiers)))
    wide.sort()
    sample_ids = tuple(sample for _apart, sample, _who in wide)
    return Plan(judge, chosen, sample_ids, tuple(who for _apart, _sample, who in wide))


def distance(matched: Matched) -> float:
    """Return how far the labels of a movement lie apart in frames, of those two that differ most.

    It is infinite where not all have marked it, or another emotion: no tolerance allows for that.
    """
    events = [event for event in matched if event is not None]
    if len(events) < len(matched) or len({normalise(event.emotion) for event in events}) > 1:
        return float("inf")
    return max((_apart(one, other) for one, other in combinations(events, 2)), default=0)


def names(n_coders: int) -> tuple[str, ...]:
    """Return what coders are called while they are not to be known: 1, 2, and so on."""
    return tuple(str(number) for number in range(1, n_coders + 1))


def drawn_order(coders: Sequence[str], rng: random.Random) -> tuple[str, ...]:
    """Return who is 1, who is 2, and so on, on a clip, by chance."""
    return tuple(rng.sample(list(coders), len(coders)))


def veiled(tiers: Mapping[str, Annotation], order: Sequence[str]) -> dict[str, Annotation]:
    """Return the labels of some coders without their names or anything that gives them away.

    Notes and confidence are a coder's own words; what was refused and where keyframes came from
    would show a suggestion.
    """
    return {
        name: _plain(tiers.get(coder, Annotation()))
        for name, coder in zip(names(len(order)), order, strict=True)
    }


def take(annotation: Annotation, matched: Matched, number: int) -> Annotation:
    """Put what coder ``number`` (from 1) says of a movement into the decided labels.

    It replaces what was decided before; a coder who marked nothing says that there is no event.
    """
    event = matched[number - 1]
    if event is None:
        return take_none(annotation, matched)
    before = decided_for(annotation, matched)
    taken = replace(_bare(event), id=annotation.next_id() if before is None else before.id)
    cleared = edits.unsay_no_event(annotation, _hull(matched))
    if cleared.find(taken.id) == taken:
        return cleared
    return edits.set_status(cleared.with_event(taken), Status.DRAFT)


def take_none(annotation: Annotation, matched: Matched) -> Annotation:
    """Decide that a movement is no event, whatever was decided before."""
    before = decided_for(annotation, matched)
    left = annotation if before is None else edits.remove_event(annotation, before.id)
    return edits.say_no_event(left, _hull(matched))


def is_none(annotation: Annotation, matched: Matched) -> bool:
    """Return whether it was decided that a movement is no event."""
    if decided_for(annotation, matched) is not None:
        return False
    # Decisions of an earlier release are known by the clip being decided as a whole.
    return annotation.status is Status.ADJUDICATED or _hull(matched) in annotation.no_event


def decided_for(annotation: Annotation, matched: Matched) -> Event | None:
    """Return the decided event of a movement: the one that overlaps its labels most."""
    spans = [event.keyframes.span for event in matched if event is not None]
    overlaps = [
        (max(span.iou(event.keyframes.span) for span in spans), -event.id, event)
        for event in annotation
    ]
    best = max(overlaps, key=lambda one: one[:2], default=None)
    return None if best is None or best[0] == 0 else best[2]


def reason_words(reason: str, judge: str, order: Sequence[str]) -> str:
    """Return what the journal keeps of a decision: why, by whom, and who was who."""
    pairs = zip(names(len(order)), order, strict=True)
    who = ", ".join(f"{name} was {coder}" for name, coder in pairs)
    return f"{reason.strip()} (decided by {judge}; {who})"


def _plain(tier: Annotation) -> Annotation:
    status = Status.DRAFT if tier.events else tier.status
    return Annotation(tuple(_bare(event) for event in tier), status)


def _bare(event: Event) -> Event:
    apex_source = None if event.has_apex else Source.NONE
    keyframes = Keyframes(event.onset, event.apex, event.offset)
    return Event(
        event.id,
        keyframes,
        event.emotion,
        event.action_units,
        kind=event.kind,
        objective=event.objective,
        apex_source=apex_source,
    )


def _hull(matched: Matched) -> Span:
    """Return the frames that anybody has marked as this movement."""
    events = [event for event in matched if event is not None]
    return Span(min(event.onset for event in events), max(event.offset for event in events))


def _apart(one: Event, other: Event) -> int:
    pairs = [(one.onset, other.onset), (one.offset, other.offset)]
    if one.has_apex and other.has_apex:
        pairs.append((one.apex, other.apex))
    return max(abs(first - second) for first, second in pairs)


def _several(coders: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(coders))
    if len(chosen) < 2:
        raise ExperimentError(
            "Adjudication is between coders",
            why=f"chosen: {', '.join(chosen) or 'nobody'}",
            now="choose two or more",
        )
    return chosen
