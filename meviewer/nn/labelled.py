"""Which events of a project can be learnt, by tier and class scheme, and why others can not."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.core.events import Event, Keyframes
from meviewer.core.labels import SCHEMES, ClassScheme, scheme
from meviewer.experiment.records import Skipped
from meviewer.experiment.spec import WHAT
from meviewer.nn.phase_flow import why_unusable
from meviewer.project.project import Project
from meviewer.project.samples import Sample


@dataclass(frozen=True, slots=True)
class Labelled:
    """One event with its class; a sample has one a labelled event."""

    sample: Sample
    keyframes: Keyframes
    class_number: int

    @property
    def subject(self) -> str:
        """Name of the subject."""
        return self.sample.subject


@dataclass(frozen=True, slots=True)
class LabelSet:
    """All events of an experiment.

    Attributes
    ----------
    classes : tuple of str
    events : tuple of Labelled
    skipped : tuple of Skipped
        Samples and events that cannot be used, and why.
    """

    classes: tuple[str, ...]
    events: tuple[Labelled, ...]
    skipped: tuple[Skipped, ...]


def collect(project: Project, tier: str, scheme_name: str) -> LabelSet:
    """Return the events that a tier has labelled, with their classes.

    The emotion is the event's own, or that of the sample where the coder has named none.

    Raises
    ------
    ExperimentError
        If there is no such tier or scheme, or nothing in it can be learnt.
    """
    if tier not in project.coders():
        raise ExperimentError(
            WHAT,
            where="label_tier",
            why=f"the project has no labels by {tier!r}",
            now="the tiers are " + (", ".join(project.coders()) or "none: label some clips first"),
        )
    found = [
        (sample, event, event.emotion or sample.emotion)
        for sample in project.samples()
        for event in project.annotation(sample.id, tier)
    ]
    classes = _scheme(scheme_name, [emotion for _, _, emotion in found])
    skipped = [_unlabelled(s) for s in project.samples() if s.id not in {s.id for s, _, _ in found}]
    events = []
    for sample, event, emotion in found:
        reason = _why_not(sample, event, emotion, classes)
        number = classes.class_of(emotion)
        if reason or number is None:
            skipped.append(_skipped(sample, reason))
        else:
            events.append(Labelled(sample, event.keyframes, number))
    return LabelSet(classes.classes, tuple(events), tuple(skipped))


def label_hash(events: Sequence[Labelled], classes: Sequence[str]) -> str:
    """Return 16 hexadecimal digits that equal label sets share, in whatever order."""
    rows = sorted(
        [e.sample.subject, e.sample.fingerprint, *_frames(e.keyframes), classes[e.class_number]]
        for e in events
    )
    return hashlib.sha256(msgspec.json.encode([list(classes), rows])).hexdigest()[:16]


def _scheme(name: str, emotions: list[str]) -> ClassScheme:
    try:
        return scheme(name, emotions)
    except KeyError as error:
        raise ExperimentError(
            WHAT,
            where="class_scheme",
            why=f"there is no class scheme called {name!r}",
            now="the schemes are own, " + ", ".join(SCHEMES),
        ) from error


def _why_not(sample: Sample, event: Event, emotion: str, classes: ClassScheme) -> str:
    if not emotion.strip():
        return "no emotion is chosen"
    if not event.has_apex:
        return "its apex is not set"
    if classes.class_of(emotion) is None:
        return f"the emotion {emotion!r} has no class in the scheme {classes.name!r}"
    return why_unusable(event.keyframes, sample.n_frames)


def _unlabelled(sample: Sample) -> Skipped:
    return _skipped(sample, "it has no label in this tier")


def _skipped(sample: Sample, reason: str) -> Skipped:
    return Skipped(subject=sample.subject, clip=sample.name, reason=reason, sample_id=sample.id)


def _frames(keyframes: Keyframes) -> tuple[int, int, int]:
    return keyframes.onset, keyframes.apex, keyframes.offset
