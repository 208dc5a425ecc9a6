"""What the frames say of the labels of a project, for the review queue: looked up, or looked at.

It is kept in the project's feature folder under the clip's fingerprint and the label, so that after
an edit one clip is looked at and no more. Clips that somebody labels blind are looked at only after
they are committed: before, there must be nothing that could show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Mapping, Sequence

import msgspec

from meviewer import __version__
from meviewer.core.errors import StorageError
from meviewer.core.events import Event
from meviewer.core.frames import rate_text
from meviewer.experiment.anchoring import before
from meviewer.experiment.records import Look, LookedAt, Preparing, Warned
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Job
from meviewer.nn.look_units import LookUnit
from meviewer.nn.suggest_units import ClipUnit, LabelledEvent
from meviewer.nn.worker_pool import WorkerPool, one_thread_worker
from meviewer.project.blind import hidden, judged, rules
from meviewer.project.project import Project
from meviewer.project.result_log import ResultLog
from meviewer.project.samples import Sample

LOG = "looks.jsonl"
"""File of the feature folder that keeps what was seen."""

_VERSION = 2

Looks = dict[tuple[int, int], Look]
"""By sample and event."""

_Label = tuple[Sample, Event]


def looks(
    project: Project,
    coder: str,
    make_worker: Callable[[], WorkerProcess] = one_thread_worker,
) -> Generator[Preparing | Warned, None, Looks]:
    """Look at all labels of a coder that were not looked at before; return what is known of all.

    One worker does it, so that the machine stays with the person who sits before it. Closing the
    generator stops the worker; what it has finished is kept.
    """
    log = ResultLog(project.features_folder / LOG, Look)
    out = hidden(project, coder) - judged(project, coder)
    samples = {one.id: one for one in project.samples() if one.id not in out}
    tier = project.tier(coder)
    labels = {
        key_of(samples[at], event): (samples[at], event)
        for at, annotation in tier.items()
        if at in samples
        for event in annotation
    }
    asked = labels | _first_labels(project, coder)
    known = {key: kept for key in asked if (kept := log.get(key)) is not None}
    units = _units({key: label for key, label in asked.items() if key not in known})
    yield Preparing(done=0, total=len(units))
    pool = WorkerPool[LookedAt]([units] if units else [], _job, make_worker)
    done, writable = 0, not project.read_only
    for said in pool.records():
        fresh = () if said is None else said.looks
        done += said is not None
        known |= {look.coder: look for look in fresh}
        try:
            for look in fresh if writable else ():
                if not look.reason:
                    log.add(look.coder, look)
        except StorageError as error:
            writable = False
            yield Warned(text=str(error))
        yield Preparing(done=done, total=len(units))
    return {
        (sample.id, event.id): known[key] for key, (sample, event) in labels.items() if key in known
    }


def known_suggestions(project: Project, coder: str) -> dict[tuple[int, int], tuple[int, int, int]]:
    """Return what GAMDSS suggests for labels as they were committed first, by sample and event.

    Of a label that was not looked at yet nothing is known: the review queue looks at it.
    """
    log = ResultLog(project.features_folder / LOG, Look)
    found = {}
    for one in before(project, coder):
        kept = log.get(key_of(one.sample, Event(one.event_id, one.keyframes)))
        if kept is not None and kept.gamdss is not None:
            found[one.sample.id, one.event_id] = kept.gamdss
    return found


def key_of(sample: Sample, event: Event) -> str:
    """Return what an answer is kept under: content, label and program."""
    place = event.keyframes
    parts = (
        (_VERSION, __version__, sample.fingerprint, rate_text(sample.rate)),
        (place.onset, place.apex, place.offset, event.has_apex),
    )
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _first_labels(project: Project, coder: str) -> dict[str, _Label]:
    """Return labels as they were committed blind: the report on anchoring compares with them."""
    if coder not in rules(project):
        return {}
    firsts = ((one.sample, Event(one.event_id, one.keyframes)) for one in before(project, coder))
    return {key_of(sample, event): (sample, event) for sample, event in firsts}


def _units(labels: Mapping[str, _Label]) -> list[LookUnit]:
    """Return the clips that can be looked at, with their labels called by their keys."""
    by_clip: dict[int, list[LabelledEvent]] = {}
    samples: dict[int, Sample] = {}
    for key, (sample, event) in labels.items():
        if event.onset < event.offset and sample.clip_path.exists():
            place = (event.onset, event.apex, event.offset)
            label = LabelledEvent(key, event.id, place, event.has_apex)
            by_clip.setdefault(sample.id, []).append(label)
            samples[sample.id] = sample
    return [_unit(samples[at], tuple(events)) for at, events in by_clip.items()]


def _unit(sample: Sample, labels: tuple[LabelledEvent, ...]) -> LookUnit:
    return LookUnit(
        ClipUnit(
            sample.id,
            sample.subject,
            sample.name,
            str(sample.clip_path),
            rate_text(sample.rate),
            sample.fingerprint,
            sample.n_frames,
            labels,
        )
    )


def _job(units: Sequence[object]) -> Job:
    return Job("look-at-labels", {"units": msgspec.to_builtins(units)})
