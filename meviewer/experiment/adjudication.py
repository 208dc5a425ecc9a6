"""Blind adjudication: which clips need a third opinion, and what may be seen of the first two."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from meviewer.core import edits
from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ExperimentError
from meviewer.core.events import Event, Keyframes, Source
from meviewer.core.labels import normalise
from meviewer.experiment.agreement_matching import Matched, match
from meviewer.experiment.agreement_project import clips_of
from meviewer.project.labels import ADJUDICATED
from meviewer.project.project import Project

USUAL_TOLERANCE = 3
"""Frames that keyframes may lie apart without a third opinion [ours]."""

NAMES = ("1", "2")
"""What the coders are called while they are not to be known."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be decided, and by whom.

    Attributes
    ----------
    judge : str
        Who decides; neither of the two.
    coders : tuple of str
        The two whose labels differ.
    sample_ids : tuple of int
        Clips to be decided, the widest apart first.
    """

    judge: str
    coders: tuple[str, str]
    sample_ids: tuple[int, ...]


def plan(
    project: Project,
    judge: str,
    coders: Sequence[str],
    *,
    tolerance: int = USUAL_TOLERANCE,
    also_agreed: bool = False,
) -> Plan:
    """Return the clips that two coders differ about and that nobody has decided yet.

    Parameters
    ----------
    tolerance : int
        Frames that keyframes may lie apart.
    also_agreed : bool
        Take also the clips on which they agree, so that the tier becomes complete.

    Raises
    ------
    ExperimentError
        If there are not two coders, or the judge is none or one of them.
    """
    first, second = _two(coders)
    if not judge.strip() or judge in (first, second, ADJUDICATED):
        raise ExperimentError(
            "A third person has to decide",
            why=f"{judge} labelled these clips" if judge.strip() else "there is no name",
            now="enter the name of somebody who did not label them",
        )
    done = project.tier(ADJUDICATED)
    wide: list[tuple[float, int]] = []
    for clip in clips_of(project, (first, second)):
        decided = done.get(clip.sample_id, Annotation()).status is Status.ADJUDICATED
        if decided or any(tier.status is Status.UNLABELLED for tier in clip.tiers):
            continue
        apart = max(map(distance, match([tier.events for tier in clip.tiers])), default=0)
        if apart > tolerance or (also_agreed and any(tier.events for tier in clip.tiers)):
            wide.append((-apart, clip.sample_id))
    return Plan(judge.strip(), (first, second), tuple(sample for _apart, sample in sorted(wide)))


def distance(matched: Matched) -> float:
    """Return how far two labels lie apart in frames; infinite where only one marked it.

    Another emotion is a difference that no tolerance allows for, too.
    """
    one, other = matched
    if one is None or other is None or normalise(one.emotion) != normalise(other.emotion):
        return float("inf")
    pairs = [(one.onset, other.onset), (one.offset, other.offset)]
    if one.has_apex and other.has_apex:
        pairs.append((one.apex, other.apex))
    return max(abs(first - second) for first, second in pairs)


def drawn_order(coders: tuple[str, str], rng: random.Random) -> tuple[str, str]:
    """Return who is 1 and who is 2 on a clip, by chance."""
    return coders if rng.random() < 0.5 else (coders[1], coders[0])


def veiled(tiers: Mapping[str, Annotation], order: Sequence[str]) -> dict[str, Annotation]:
    """Return the labels of two coders without their names or anything that gives them away.

    Notes and confidence are a coder's own words; what was refused and where keyframes came from
    would show a suggestion.
    """
    return {
        name: _plain(tiers.get(coder, Annotation()))
        for name, coder in zip(NAMES, order, strict=True)
    }


def take(annotation: Annotation, keyframes: Event, at: int | None) -> Annotation:
    """Put one coder's event into the decided labels.

    Parameters
    ----------
    keyframes : Event
        As veiled.
    at : int or None
        Id of the decided event that it replaces; a new one if None.
    """
    number = annotation.next_id() if at is None else at
    taken = replace(_bare(keyframes), id=number)
    if annotation.find(number) == taken:
        return annotation
    return edits.set_status(annotation.with_event(taken), Status.DRAFT)


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
    who = ", ".join(f"{name} was {coder}" for name, coder in zip(NAMES, order, strict=True))
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


def _two(coders: Sequence[str]) -> tuple[str, str]:
    if len(set(coders)) != 2:
        raise ExperimentError(
            "Adjudication is between two coders",
            why=f"chosen: {', '.join(coders) or 'nobody'}",
            now="choose two",
        )
    return coders[0], coders[1]
