"""Agreement between the coders of a project, and what exactly they differ about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Edge
from meviewer.core.frames import frames_to_ms
from meviewer.core.labels import normalise
from meviewer.experiment.agreement import agreement_report
from meviewer.experiment.agreement_values import Agreement, AgreementReport, ClipTiers, Unit
from meviewer.experiment.intervals import DRAWS
from meviewer.experiment.label_sd import MIN_IOU
from meviewer.project.blind import hidden, judged, tier_to_show
from meviewer.project.labels import ADJUDICATED
from meviewer.project.project import Project

_FINISHED = (Status.COMMITTED, Status.NONE_PRESENT)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What two coders differ about on one movement.

    Attributes
    ----------
    unit : Unit
        With the events of these two.
    coders : tuple of str
    what : str
        ``"event"`` (one of them marked none), ``"onset"``, ``"apex"``, ``"offset"`` or
        ``"emotion"``.
    frames, ms : float
        Second less first, for keyframes; else 0.
    """

    unit: Unit
    coders: tuple[str, str]
    what: str
    frames: float = 0.0
    ms: float = 0.0


def people(project: Project) -> tuple[str, ...]:
    """Return the coders whose labels are their own: no machine, and no adjudicated tier."""
    return tuple(
        coder
        for coder in project.coders()
        if not project.is_machine(coder) and coder != ADJUDICATED
    )


def agree(
    project: Project,
    coders: Sequence[str] = (),
    *,
    finished: bool = False,
    min_iou: float = MIN_IOU,
    draws: int = DRAWS,
    seed: int = 0,
) -> AgreementReport:
    """Compare the labels of the people of a project.

    Parameters
    ----------
    coders : sequence of str
        Whose; all people's if empty.
    finished : bool
        Only clips that every coder has committed; else also drafts. A clip that a coder has not
        touched is no word against an event in either case.
    min_iou, draws, seed
        As in `meviewer.experiment.agreement.agreement_report`.

    Raises
    ------
    ExperimentError
        If there are fewer than two coders.
    """
    names = tuple(coders) or people(project)

    def seen(tier: Annotation) -> bool:
        return tier.status in _FINISHED if finished else tier.status is not Status.UNLABELLED

    clips = clips_of(project, names)
    return agreement_report(clips, names, seen, min_iou=min_iou, draws=draws, seed=seed)


def clips_of(project: Project, coders: Sequence[str]) -> list[ClipTiers]:
    """Return all clips with the tiers of some coders; a tier that is not there is empty.

    Clips that one of them still has to judge blind are left out: what differs would tell.
    """
    tiers = [tier_to_show(project, coder) for coder in coders]
    out = {at for coder in coders for at in hidden(project, coder) - judged(project, coder)}
    return [
        ClipTiers(
            sample.id,
            sample.subject,
            sample.name,
            sample.rate,
            tuple(tier.get(sample.id, Annotation()) for tier in tiers),
        )
        for sample in project.samples()
        if sample.id not in out
    ]


def disagreements(agreement: Agreement) -> tuple[Disagreement, ...]:
    """Return what the coders differ about, missing events first, then by how far they are apart."""
    found = [
        one
        for unit in agreement.units
        for i, j in combinations(range(len(agreement.coders)), 2)
        for one in _between(unit, (agreement.coders[i], agreement.coders[j]), (i, j))
    ]
    return tuple(sorted(found, key=lambda one: (_RANK.get(one.what, 1), -abs(one.ms))))


_RANK = {"event": 0, "emotion": 2}


def _between(unit: Unit, coders: tuple[str, str], at: tuple[int, int]) -> list[Disagreement]:
    one, other = (unit.events[number] for number in at)
    pair = Unit(unit.sample_id, unit.subject, unit.clip, unit.rate, (one, other))
    if one is None or other is None:
        return [] if one is other else [Disagreement(pair, coders, "event")]
    found = []
    for edge in Edge:
        apart = other.keyframes[edge] - one.keyframes[edge]
        if apart and (edge is not Edge.APEX or (one.has_apex and other.has_apex)):
            ms = frames_to_ms(apart, unit.rate)
            found.append(Disagreement(pair, coders, edge.value, float(apart), ms))
    if normalise(one.emotion) != normalise(other.emotion):
        found.append(Disagreement(pair, coders, "emotion"))
    return found
