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
from meviewer.core.annotation import Annotation
from meviewer.core.errors import StorageError
from meviewer.core.events import Event
from meviewer.core.frames import rate_text
from meviewer.experiment.records import Look, LookedAt, Preparing, Warned
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Job
from meviewer.nn.look_worker import LookUnit
from meviewer.nn.suggest_units import ClipUnit, LabelledEvent
from meviewer.nn.worker_pool import WorkerPool, one_thread_worker
from meviewer.project.blind import hidden
from meviewer.project.project import Project
from meviewer.project.result_log import ResultLog
from meviewer.project.samples import Sample

LOG = "looks.jsonl"
"""File of the feature folder that keeps what was seen."""

_VERSION = 1

Looks = dict[tuple[int, int], Look]
"""By sample and event."""


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
    tier, out = project.tier(coder), hidden(project, coder)
    samples = [one for one in project.samples() if one.id in tier and one.id not in out]
    found, units = _known(samples, tier, log)
    keys = {(s.id, event.id): key_of(s, event) for s in samples for event in tier[s.id]}
    yield Preparing(done=0, total=len(units))
    pool = WorkerPool[LookedAt]([units] if units else [], _job, make_worker)
    done, writable = 0, not project.read_only
    for said in pool.records():
        if said is not None:
            done += 1
            for look in said.looks:
                found[said.sample_id, look.event_id] = look
                try:
                    if writable and not look.reason:
                        log.add(keys[said.sample_id, look.event_id], look)
                except StorageError as error:
                    writable = False
                    yield Warned(text=str(error))
        yield Preparing(done=done, total=len(units))
    return found


def key_of(sample: Sample, event: Event) -> str:
    """Return what an answer is kept under: content, label and program."""
    place = event.keyframes
    parts = (
        (_VERSION, __version__, sample.fingerprint, rate_text(sample.rate)),
        (place.onset, place.apex, place.offset, event.has_apex),
    )
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _known(
    samples: Sequence[Sample], tier: Mapping[int, Annotation], log: ResultLog[Look]
) -> tuple[Looks, list[LookUnit]]:
    """Look up what was seen before, and return the clips with labels that were not."""
    found: Looks = {}
    units = []
    for sample in samples:
        missing = []
        for event in tier[sample.id]:
            kept = log.get(key_of(sample, event))
            if kept is not None:
                found[sample.id, event.id] = kept
            elif event.onset < event.offset:
                missing.append(event)
        if missing and sample.clip_path.exists():
            units.append(_unit(sample, missing))
    return found, units


def _unit(sample: Sample, events: Sequence[Event]) -> LookUnit:
    labels = tuple(LabelledEvent("", e.id, (e.onset, e.apex, e.offset), e.has_apex) for e in events)
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
