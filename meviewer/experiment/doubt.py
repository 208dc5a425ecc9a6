"""Which labels to look at again first, and why: all that speaks against one in one currency.

The currency is the gross error that is expected, in ms: of the keyframes by `doubt_model`, and so
many ms for a broken rule, or for a network that has not seen the clip and names another emotion
[ours].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import numpy as np

from meviewer.core.events import Edge, Event
from meviewer.core.findings import Finding, Severity
from meviewer.core.frames import frames_to_ms
from meviewer.experiment.doubt_model import Verdict, Witness, weigh
from meviewer.experiment.records import Look

RULE_MS = {Severity.ERROR: 200.0, Severity.WARNING: 40.0, Severity.INFO: 0.0}
"""What a broken rule counts as."""

_EMOTION_MS = 15.0  # for each factor of e by which another class is likelier
_MOST_EMOTION_MS = 60.0
_USUAL_MS = {Edge.ONSET: 35.0, Edge.APEX: 40.0, Edge.OFFSET: 60.0}
_GAMDSS = 0.2  # it looks near the label only, so it is no witness against a gross error
_ALONE, _SHARED = 1.0, 0.5  # estimate and course see the same pixels
_EDGES = tuple(Edge)


class Sign(StrEnum):
    """What speaks against a label."""

    ESTIMATE = "estimate"
    CURVE = "curve"
    GAMDSS = "gamdss"
    CODER = "coder"
    MODEL = "model"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Told:
    """What a network that was not trained on the clip says of its emotion.

    Attributes
    ----------
    run : str
        Name of the training.
    predicted, own : str
        The class that it names, and the class of the label.
    chance, own_chance : float
        Their probabilities.
    """

    run: str
    predicted: str
    chance: float
    own: str
    own_chance: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One label with everything that speaks about it.

    Attributes
    ----------
    sample_id : int
    event : Event
    rate : Fraction
    look : Look or None
        What the frames say; None until they were looked at.
    others : mapping of str to Event
        The same event by other people.
    told : Told or None
    findings : tuple of Finding
        Rules that it breaks.
    """

    sample_id: int
    event: Event
    rate: Fraction
    look: Look | None = None
    others: Mapping[str, Event] = field(default_factory=dict)
    told: Told | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks against a label.

    Attributes
    ----------
    sign : Sign
    ms : float
        Its part of the doubt.
    edge : Edge or None
        The keyframe concerned.
    who : str
        Coder or run, where it has a name.
    frames, usual_frames : float
        From the label to the sign, here and usually.
    text : str
        Of a rule or a prediction, in words.
    """

    sign: Sign
    ms: float
    edge: Edge | None = None
    who: str = ""
    frames: float = 0.0
    usual_frames: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """How doubtful one label is.

    Attributes
    ----------
    sample_id, event_id : int
    ms : float
        The gross error that is expected, all told.
    edge : Edge or None
        The keyframe that is expected to be off most; None if nothing speaks about any.
    reasons : tuple of Reason
        The largest first.
    """

    sample_id: int
    event_id: int
    ms: float
    edge: Edge | None
    reasons: tuple[Reason, ...]

    def shares(self) -> tuple[float, ...]:
        """Return the part of each reason in all of them, 0 to 1."""
        whole = sum(reason.ms for reason in self.reasons)
        return tuple(reason.ms / whole for reason in self.reasons) if whole else ()


def doubts(judged: Sequence[Judged]) -> tuple[Doubt, ...]:
    """Return the doubt about each label, the most doubtful first; of equals the earlier sample."""
    if not judged:
        return ()
    verdicts = {}
    for edge in _EDGES:
        witnesses = _witnesses(judged, edge)
        verdicts[edge] = (witnesses, weigh(witnesses, len(judged)))
    found = [_doubt(at, one, verdicts) for at, one in enumerate(judged)]
    return tuple(sorted(found, key=lambda one: (-one.ms, one.sample_id, one.event_id)))


_Verdicts = Mapping[Edge, tuple[Mapping[str, Witness], Verdict]]


def _doubt(at: int, one: Judged, verdicts: _Verdicts) -> Doubt:
    expected = {edge: float(verdict.expected_ms[at]) for edge, (_w, verdict) in verdicts.items()}
    reasons = [
        reason
        for edge, (witnesses, verdict) in verdicts.items()
        for name, witness in witnesses.items()
        if (reason := _reason(name, at, one, edge, witness, verdict)) is not None
    ]
    others = [*_rules(one.findings), *_emotion(one.told), *_gamdss(one)]
    reasons += others
    reasons.sort(key=lambda reason: -reason.ms)
    worst = max(_EDGES, key=lambda edge: expected[edge])
    return Doubt(
        one.sample_id,
        one.event.id,
        sum(expected.values()) + sum(reason.ms for reason in others),
        worst if expected[worst] else None,
        tuple(reasons),
    )


def _reason(
    name: str, at: int, one: Judged, edge: Edge, witness: Witness, verdict: Verdict
) -> Reason | None:
    due = verdict.due_ms.get(name)
    if due is None or due[at] < 1 or not math.isfinite(witness.gaps_ms[at]):
        return None
    sign, _, who = name.partition(":")
    frame_ms = frames_to_ms(1, one.rate)
    return Reason(
        Sign(sign),
        float(due[at]),
        edge,
        who,
        float(witness.gaps_ms[at]) / frame_ms,
        verdict.usual_ms[name] / frame_ms,
    )


def _rules(findings: Sequence[Finding]) -> list[Reason]:
    return [
        Reason(Sign.RULE, RULE_MS[one.severity], text=one.text)
        for one in findings
        if RULE_MS[one.severity]
    ]


def _gamdss(one: Judged) -> list[Reason]:
    """Return the keyframe that GAMDSS moves most."""
    moved = None if one.look is None else one.look.gamdss
    if moved is None:
        return []
    gaps = [_gap(one, edge, place) for edge, place in zip(_EDGES, moved, strict=True)]
    at = max(range(len(gaps)), key=lambda k: abs(gaps[k]))
    ms = _GAMDSS * abs(gaps[at])
    frames = gaps[at] / frames_to_ms(1, one.rate)
    return [Reason(Sign.GAMDSS, ms, _EDGES[at], frames=frames)] if ms >= 1 else []


def _emotion(told: Told | None) -> list[Reason]:
    if told is None or told.predicted == told.own:
        return []
    times = math.log(max(told.chance, 1e-6) / max(told.own_chance, 1e-6))
    ms = min(max(times, 0.0) * _EMOTION_MS, _MOST_EMOTION_MS)
    text = f"says {told.predicted} ({told.chance:.0%}), not {told.own} ({told.own_chance:.0%})"
    return [Reason(Sign.MODEL, ms, who=told.run, text=text)] if ms else []


def _witnesses(judged: Sequence[Judged], edge: Edge) -> dict[str, Witness]:
    """Return what each source says of one keyframe, by ``sign`` or ``coder:name``."""
    at = _EDGES.index(edge)
    found = {
        Sign.ESTIMATE.value: _of_looks(judged, edge, lambda look: _part(look.middle, at), _SHARED),
        Sign.CURVE.value: _of_looks(judged, edge, lambda look: _part(look.course, at), _SHARED),
    }
    for who in sorted({who for one in judged for who in one.others}):
        gaps = np.array([_coder_gap(one, one.others.get(who), edge) for one in judged])
        found[f"{Sign.CODER.value}:{who}"] = Witness(gaps, _ALONE, _USUAL_MS[edge])
    return found


def _of_looks(
    judged: Sequence[Judged], edge: Edge, place: Callable[[Look], float], weight: float
) -> Witness:
    gaps = [_gap(one, edge, math.nan if one.look is None else place(one.look)) for one in judged]
    return Witness(np.array(gaps), weight, _USUAL_MS[edge])


def _part(values: Sequence[float | None] | None, at: int) -> float:
    value = None if values is None else values[at]
    return math.nan if value is None else float(value)


def _gap(one: Judged, edge: Edge, place: float) -> float:
    if edge is Edge.APEX and not one.event.has_apex:
        return math.nan
    return (place - one.event.keyframes[edge]) * frames_to_ms(1, one.rate)


def _coder_gap(one: Judged, other: Event | None, edge: Edge) -> float:
    if other is None or (edge is Edge.APEX and not other.has_apex):
        return math.nan
    return _gap(one, edge, other.keyframes[edge])
