"""What of a project belongs into a data set: its samples with the events of the chosen tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event
from meviewer.core.labels import ClassScheme
from meviewer.data.exchange import TimeBase
from meviewer.experiment.records import Skipped
from meviewer.nn.labelled import scheme_called
from meviewer.project.blind import tier_to_show
from meviewer.project.dataset_hdf5 import NOTHING, EventRow
from meviewer.project.project import Project
from meviewer.project.samples import Sample


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before its sample has a row."""

    row: EventRow

    def on(self, sample: int) -> EventRow:
        """Return the row of the event on a sample's row."""
        return replace(self.row, sample=sample)


@dataclass(frozen=True, slots=True)
class GatheredSample:
    """A sample, its events by tier, and how far each coder has come with it."""

    sample: Sample
    events: tuple[NewEvent, ...]
    statuses: tuple[tuple[str, Status], ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that may go into the file.

    Attributes
    ----------
    scheme : ClassScheme
    tiers : tuple of str
    samples : tuple of GatheredSample
    skipped : tuple of Skipped
        Events that lie outside their clip.
    """

    scheme: ClassScheme
    tiers: tuple[str, ...]
    samples: tuple[GatheredSample, ...]
    skipped: tuple[Skipped, ...]

    def word(self, sample: Sample, event: Event) -> str:
        """Return what the scheme looks up of an event, in one spelling."""
        word = self.scheme.word_of(event.emotion or sample.emotion, event.objective)
        return self.scheme.normalise(word)


def gather(project: Project, tiers: Sequence[str], scheme_name: str) -> Gathered:
    """Return samples and events of a project; no clip is opened.

    Raises
    ------
    ExperimentError
        If there is no such scheme.
    """
    chosen = tuple(tiers) or project.coders()
    labels = {tier: tier_to_show(project, tier) for tier in chosen}
    samples = project.samples()
    emotions = [
        event.emotion or sample.emotion
        for sample in samples
        for tier in chosen
        for event in labels[tier].get(sample.id, ())
    ]
    scheme = scheme_called(project, scheme_name, emotions)
    made, skipped = [], []
    for sample in samples:
        given = {tier: labels[tier][sample.id] for tier in chosen if sample.id in labels[tier]}
        events, outside = _events(sample, given, scheme, project.time_base(sample.id))
        skipped += outside
        statuses = tuple((tier, one.status) for tier, one in given.items())
        made.append(GatheredSample(sample, tuple(events), statuses))
    return Gathered(scheme, chosen, tuple(made), tuple(skipped))


def _events(
    sample: Sample, given: dict[str, Annotation], scheme: ClassScheme, time: TimeBase
) -> tuple[list[NewEvent], list[Skipped]]:
    events, outside = [], []
    for tier, annotation in given.items():
        for event in annotation:
            if event.offset >= sample.n_frames:
                reason = (
                    f"an event by {tier} ends at frame {event.offset},"
                    f" outside the clip of {sample.n_frames} frames"
                )
                outside.append(skipped_sample(sample, reason))
                continue
            word = scheme.word_of(event.emotion or sample.emotion, event.objective)
            number = scheme.class_of(word)
            row = EventRow(
                NOTHING, tier, event, _numbers(event, time), NOTHING if number is None else number
            )
            events.append(NewEvent(row))
    return events, outside


def skipped_sample(sample: Sample, reason: str) -> Skipped:
    """Return the record of what is left out of a sample, or of all of it."""
    return Skipped(subject=sample.subject, clip=sample.name, reason=reason, sample_id=sample.id)


def _numbers(event: Event, time: TimeBase) -> tuple[int, int, int]:
    onset, apex, offset = (int(time.numbers[at]) for at in (event.onset, event.apex, event.offset))
    return onset, apex if event.has_apex else NOTHING, offset
