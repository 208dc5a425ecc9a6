"""Which events of a project can be learnt, by tier and class scheme, and why others can not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from meviewer.core.annotation import Annotation
from meviewer.core.errors import ExperimentError
from meviewer.core.events import Event, Keyframes
from meviewer.core.labels import OWN, Basis, ClassScheme, own_classes
from meviewer.data.schemes import find_schemes
from meviewer.experiment.records import Skipped
from meviewer.experiment.spec import WHAT, ExperimentSpec
from meviewer.nn.phase_flow import why_unusable
from meviewer.project.project import Project
from meviewer.project.samples import Sample


@dataclass(frozen=True, slots=True)
class Labelled:
    """One event with its class; a sample has one a labelled event.

    Attributes
    ----------
    sample : Sample
    keyframes : Keyframes
    class_number : int
    test_keyframes : Keyframes or None
        Those with which it is tested; None: the same.
    """

    sample: Sample
    keyframes: Keyframes
    class_number: int
    test_keyframes: Keyframes | None = None

    @property
    def subject(self) -> str:
        """Name of the subject."""
        return self.sample.subject

    @property
    def dataset(self) -> str:
        """Name of the data set it was imported from; empty for clips of one's own."""
        return self.sample.dataset


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


@dataclass(frozen=True, slots=True)
class Labels:
    """Which labels of a project are learnt.

    Attributes
    ----------
    tier : str
        Whose keyframes.
    emotions : str
        Whose emotions; empty: those of the tier, or of the sample.
    test : str
        Whose keyframes the test clips have; empty: the tier's.
    """

    tier: str
    emotions: str = ""
    test: str = ""

    @classmethod
    def of(cls, spec: ExperimentSpec) -> Labels:
        """Return the labels of an experiment."""
        return cls(spec.label_tier, spec.emotion_tier, spec.test_tier)


def collect(project: Project, labels: Labels | str, scheme_name: str) -> LabelSet:
    """Return the events that a tier has labelled, with their classes.

    Events of two tiers are partners if they have the same number, as re-selected keyframes have,
    or else overlap most.

    The emotion is the event's own, or that of the sample where the coder has named none; a scheme
    of objective classes looks at the event's objective class instead.

    Raises
    ------
    ExperimentError
        If there is no such tier or scheme, or nothing in it can be learnt.
    """
    wanted = labels if isinstance(labels, Labels) else Labels(labels)
    tiers = {
        name: _tier(project, name) for name in {wanted.tier, wanted.emotions, wanted.test} if name
    }
    found = [
        _Found.of(sample, event, wanted, tiers)
        for sample in project.samples()
        for event in tiers[wanted.tier].get(sample.id, ())
    ]
    classes = scheme_called(project, scheme_name, [one.emotion for one in found])
    labelled = {one.sample.id for one in found}
    skipped = [_unlabelled(sample) for sample in project.samples() if sample.id not in labelled]
    events = []
    for one in found:
        word = classes.word_of(one.emotion, one.objective)
        reason = _why_not(one, word, classes)
        number = classes.class_of(word)
        if reason or number is None:
            skipped.append(_skipped(one.sample, reason))
        else:
            test = one.test.keyframes if one.test is not None else None
            events.append(Labelled(one.sample, one.event.keyframes, number, test))
    return LabelSet(classes.classes, tuple(events), tuple(skipped))


@dataclass(frozen=True, slots=True)
class _Found:
    """An event with its words and, where asked for, its partner in the labels of the test."""

    sample: Sample
    event: Event
    emotion: str
    objective: str
    test: Event | None
    lacks: str

    @classmethod
    def of(
        cls,
        sample: Sample,
        event: Event,
        wanted: Labels,
        tiers: Mapping[str, Mapping[int, Annotation]],
    ) -> _Found:
        named, lacks = event, ""
        if wanted.emotions:
            partner = _partner(event, tiers[wanted.emotions].get(sample.id, ()))
            named = partner or event
        test = None
        if wanted.test:
            test = _partner(event, tiers[wanted.test].get(sample.id, ()))
            lacks = "" if test else f"{wanted.test!r} has no label of it to test with"
        emotion = named.emotion or event.emotion or sample.emotion
        return cls(sample, event, emotion, named.objective or event.objective, test, lacks)


def _partner(event: Event, others: Iterable[Event]) -> Event | None:
    """Return the same event in other labels."""
    span = event.keyframes.span
    overlaps = [(other.id == event.id, span.iou(other.keyframes.span), other) for other in others]
    same = [one for one in overlaps if one[0] or one[1] > 0]
    return max(same, key=lambda one: one[:2])[2] if same else None


def _tier(project: Project, name: str) -> dict[int, Annotation]:
    if name not in project.coders():
        raise ExperimentError(
            WHAT,
            where="label_tier",
            why=f"the project has no labels by {name!r}",
            now="the tiers are " + (", ".join(project.coders()) or "none: label some clips first"),
        )
    return project.tier(name)


def scheme_called(project: Project, name: str, emotions: Sequence[str]) -> ClassScheme:
    """Return the class scheme of a name; ``"own"`` is made from the emotions that occur.

    Raises
    ------
    ExperimentError
        If there is none; the message names those there are, and files that cannot be read.
    """
    return scheme_in(project.folder, name, emotions)


def scheme_in(folder: Path | None, name: str, emotions: Sequence[str]) -> ClassScheme:
    """Return the class scheme of a name, looked for in a project's folder too if there is one.

    Raises
    ------
    ExperimentError
        As `scheme_called` says.
    """
    if name == OWN:
        return own_classes(emotions)
    shelf = find_schemes(folder)
    found = shelf.find(name)
    if found is not None:
        return found.scheme
    unread = [one.text for one in shelf.findings if one.kind == "scheme-unreadable"]
    raise ExperimentError(
        WHAT,
        where="class_scheme",
        why=" ".join((f"there is no class scheme called {name!r}.", *unread)),
        now=f"the schemes are {OWN}, " + ", ".join(one.name for one in shelf.schemes),
    )


def label_hash(events: Sequence[Labelled], classes: Sequence[str]) -> str:
    """Return 16 hexadecimal digits that equal label sets share, in whatever order."""
    rows = sorted(
        [
            *(e.sample.subject, e.sample.fingerprint, *_frames(e.keyframes)),
            *(_frames(e.test_keyframes) if e.test_keyframes else ()),
            classes[e.class_number],
        ]
        for e in events
    )
    return hashlib.sha256(msgspec.json.encode([list(classes), rows])).hexdigest()[:16]


def _why_not(one: _Found, word: str, classes: ClassScheme) -> str:
    what = "objective class" if classes.made_from is Basis.OBJECTIVE else "emotion"
    if not word.strip():
        return f"no {what} is chosen"
    if not one.event.has_apex:
        return "its apex is not set"
    if classes.class_of(word) is None:
        return f"the {what} {word!r} has no class in the scheme {classes.name!r}"
    if one.lacks:
        return one.lacks
    if one.test is not None and not one.test.has_apex:
        return "its apex is not set in the labels of the test"
    every = [one.event.keyframes] + ([one.test.keyframes] if one.test is not None else [])
    reasons = (why_unusable(keyframes, one.sample.n_frames) for keyframes in every)
    return next(filter(None, reasons), "")


def _unlabelled(sample: Sample) -> Skipped:
    return _skipped(sample, "it has no label in this tier")


def _skipped(sample: Sample, reason: str) -> Skipped:
    return Skipped(subject=sample.subject, clip=sample.name, reason=reason, sample_id=sample.id)


def _frames(keyframes: Keyframes) -> tuple[int, int, int]:
    return keyframes.onset, keyframes.apex, keyframes.offset
