"""Which events of a project can be learnt, by tier and class scheme, and why others can not."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.core.events import Event, Keyframes
from meviewer.core.labels import OWN, Basis, ClassScheme, own_classes
from meviewer.data.schemes import find_schemes
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


def collect(project: Project, tier: str, scheme_name: str) -> LabelSet:
    """Return the events that a tier has labelled, with their classes.

    The emotion is the event's own, or that of the sample where the coder has named none; a scheme
    of objective classes looks at the event's objective class instead.

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
    samples, labels = project.samples(), project.tier(tier)
    found = [(s, event) for s in samples for event in labels.get(s.id, ())]
    classes = scheme_called(project, scheme_name, [_emotion(s, event) for s, event in found])
    labelled = {sample.id for sample, _ in found}
    skipped = [_unlabelled(sample) for sample in samples if sample.id not in labelled]
    events = []
    for sample, event in found:
        word = classes.word_of(_emotion(sample, event), event.objective)
        reason = _why_not(sample, event, word, classes)
        number = classes.class_of(word)
        if reason or number is None:
            skipped.append(_skipped(sample, reason))
        else:
            events.append(Labelled(sample, event.keyframes, number))
    return LabelSet(classes.classes, tuple(events), tuple(skipped))


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
        [e.sample.subject, e.sample.fingerprint, *_frames(e.keyframes), classes[e.class_number]]
        for e in events
    )
    return hashlib.sha256(msgspec.json.encode([list(classes), rows])).hexdigest()[:16]


def _emotion(sample: Sample, event: Event) -> str:
    return event.emotion or sample.emotion


def _why_not(sample: Sample, event: Event, word: str, classes: ClassScheme) -> str:
    what = "objective class" if classes.made_from is Basis.OBJECTIVE else "emotion"
    if not word.strip():
        return f"no {what} is chosen"
    if not event.has_apex:
        return "its apex is not set"
    if classes.class_of(word) is None:
        return f"the {what} {word!r} has no class in the scheme {classes.name!r}"
    return why_unusable(event.keyframes, sample.n_frames)


def _unlabelled(sample: Sample) -> Skipped:
    return _skipped(sample, "it has no label in this tier")


def _skipped(sample: Sample, reason: str) -> Skipped:
    return Skipped(subject=sample.subject, clip=sample.name, reason=reason, sample_id=sample.id)


def _frames(keyframes: Keyframes) -> tuple[int, int, int]:
    return keyframes.onset, keyframes.apex, keyframes.offset
