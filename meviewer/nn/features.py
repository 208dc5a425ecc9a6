"""Fills the feature store of a project: all labelled events of a tier, in several processes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from meviewer.core.errors import ExperimentError, FaceError
from meviewer.core.events import Event
from meviewer.core.frames import rate_text
from meviewer.experiment.records import Featured, FeaturesDone, Preparing, Record
from meviewer.jobs.local import WorkerProcess
from meviewer.motion.cores import usable_cores
from meviewer.nn import extra
from meviewer.nn.aligned import Placement
from meviewer.nn.event_features import REPRESENTATIONS
from meviewer.nn.feature_worker import MOST_ON_DEVICE, EventUnit, job_of
from meviewer.nn.phase_flow import why_unusable
from meviewer.nn.worker_pool import WorkerPool, one_thread_worker
from meviewer.project.project import Project
from meviewer.project.samples import Sample

MIN_PX, MAX_PX = 8, 2048
MAX_WORKERS = 256
DEVICES = ("cpu", "auto", "cuda", "mps")
_WHAT = "The features cannot be computed"


@dataclass(frozen=True, slots=True)
class FeatureOptions:
    """What is to be computed.

    Attributes
    ----------
    representations : tuple of str
        Of `meviewer.nn.event_features.REPRESENTATIONS`.
    size_px : int
        Width and height of all of them.
    tier : str
        Whose labels.
    workers : int
        Processes at once; 0: one a core.
    device : str
        Where flow is computed: ``cpu``, or ``auto``, ``cuda`` or ``mps`` by torch, many events at
        once and in at most 4 processes. The numbers are the same within 0.01 px.
    aligned : bool
        Cut out each clip's face first, see `meviewer.nn.aligned`; clips without one are skipped.

    Raises
    ------
    ExperimentError
        If one of them is out of its range.
    """

    representations: tuple[str, ...] = REPRESENTATIONS
    size_px: int = 224
    tier: str = "A"
    workers: int = 0
    device: str = "cpu"
    aligned: bool = False

    def __post_init__(self) -> None:
        unknown = [one for one in self.representations if one not in REPRESENTATIONS]
        if unknown or not self.representations:
            why = f"there is no representation {unknown[0]!r}" if unknown else "none is asked for"
            raise ExperimentError(_WHAT, why=why, now=f"choose of {', '.join(REPRESENTATIONS)}")
        if not MIN_PX <= self.size_px <= MAX_PX:
            raise ExperimentError(
                _WHAT, where=f"size {self.size_px}", now=f"give {MIN_PX} to {MAX_PX} px"
            )
        if not 0 <= self.workers <= MAX_WORKERS:
            raise ExperimentError(
                _WHAT, where=f"{self.workers} workers", now=f"give 1 to {MAX_WORKERS}"
            )
        if self.device not in DEVICES:
            raise ExperimentError(
                _WHAT, where=f"device {self.device!r}", now=f"choose of {', '.join(DEVICES)}"
            )


class FeaturesArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `features`; fields as in `FeatureOptions`.

    Attributes
    ----------
    project : str
        Project folder.
    """

    project: str
    representations: tuple[str, ...] = REPRESENTATIONS
    size_px: int = 224
    tier: str = "A"
    workers: int = 0
    device: str = "cpu"
    aligned: bool = False


def features(arguments: FeaturesArguments) -> Iterator[Record]:
    """Fill the feature store; see `compute_features`."""
    options = FeatureOptions(
        arguments.representations,
        arguments.size_px,
        arguments.tier,
        arguments.workers,
        arguments.device,
        arguments.aligned,
    )
    with Project.open(Path(arguments.project), read_only=True) as project:
        yield from compute_features(project, options)


def compute_features(
    project: Project,
    options: FeatureOptions,
    make_worker: Callable[[], WorkerProcess] = one_thread_worker,
) -> Iterator[Featured | FeaturesDone | Preparing]:
    """Compute what is missing in the store: a `Featured` an event, then a `FeaturesDone`.

    Between them comes a `Preparing` with how far it is, at least twice a second: there a listener
    may close the iterator, which stops the workers. What they have finished is kept, and the next
    run goes on from there. Two runs at once compute some of it twice and spoil nothing.

    Parameters
    ----------
    project : Project
        May be open for reading only.
    options : FeatureOptions
    make_worker : callable, optional
        Makes a process that has not been started.

    Raises
    ------
    ExperimentError
        If the project has no such tier, or the machine no such device.
    MissingExtraError
        If a device is asked for, and torch is not installed.
    StorageError
        If the disk refuses.
    JobError
        If the workers cannot be started, or die whatever they are given.
    """
    started = time.monotonic()
    device = _device(options.device)
    units, skipped = events_of(project, options.tier, aligned=options.aligned)
    states: Counter[str] = Counter({"skipped": len(skipped)})
    yield from skipped
    total = len(units)
    yield Preparing(done=0, total=total)
    n_workers = min(options.workers or usable_cores(), total)
    n_workers = n_workers if device == "cpu" else min(n_workers, MOST_ON_DEVICE)
    job = job_of(str(project.features_folder), options.representations, options.size_px, device)
    pool = WorkerPool[Featured](shares(units, n_workers), job, make_worker)
    at_hand = ""
    for said in pool.records():
        if said is not None:
            states[said.state] += 1
            at_hand = f"{said.subject}/{said.clip}"
            yield said
        done = sum(states.values()) - len(skipped)
        yield Preparing(done=done, total=total, text=at_hand)
    yield FeaturesDone(
        folder=str(project.features_folder),
        n_events=total + len(skipped),
        computed=states["computed"],
        known=states["known"],
        skipped=states["skipped"],
        failed=states["failed"],
        workers=n_workers,
        seconds=time.monotonic() - started,
    )


def events_of(
    project: Project, tier: str, *, aligned: bool = False
) -> tuple[list[EventUnit], list[Featured]]:
    """Return the events of a tier that something can be computed of, and records of the others.

    Raises
    ------
    ExperimentError
        If there is no such tier.
    """
    if tier not in project.coders():
        raise ExperimentError(
            _WHAT,
            where=str(project.folder),
            why=f"the project has no labels by {tier!r}",
            now="the tiers are " + (", ".join(project.coders()) or "none: label some clips first"),
        )
    labels = project.tier(tier)
    found = [(one, event) for one in project.samples() for event in labels.get(one.id, ())]
    units, skipped = [], []
    for sample, event in found:
        unit, reason = _unit(sample, event), _why_not(sample, event)
        if aligned and not reason:
            unit, reason = _placed(project, unit)
        if reason:
            skipped.append(unit.said("skipped", reason=reason))
        else:
            units.append(unit)
    return units, skipped


def shares(units: Sequence[EventUnit], n: int) -> list[list[EventUnit]]:
    """Share events among ``n`` workers so that all have about as many frames to read.

    Events of one clip stay together; within a share they are in the order of the project.
    """
    clips: dict[str, list[int]] = {}
    for place, unit in enumerate(units):
        clips.setdefault(unit.path, []).append(place)
    costs = {path: sum(_cost(units[at]) for at in places) for path, places in clips.items()}
    loads, places = [0] * n, [list[int]() for _ in range(n)]
    for path in sorted(clips, key=lambda one: -costs[one]):
        least = loads.index(min(loads))
        loads[least] += costs[path]
        places[least] += clips[path]
    return [[units[at] for at in sorted(share)] for share in places]


def _device(name: str) -> str:
    """Return the device by its own name; one that is the CPU needs no torch."""
    if name == "cpu":
        return name
    extra.require()
    from meviewer.nn.device import pick

    return pick(name).type


def _cost(unit: EventUnit) -> int:
    """Return the frames of an event, and as many as two flows are worth."""
    onset, _apex, offset = unit.keyframes
    return offset - onset + 40


def _why_not(sample: Sample, event: Event) -> str:
    if not event.has_apex:
        return "its apex is not set"
    return why_unusable(event.keyframes, sample.n_frames)


def _placed(project: Project, unit: EventUnit) -> tuple[EventUnit, str]:
    """Return an event with its face in place, and why it cannot be."""
    try:
        placement = Placement.of(project.face(unit.sample_id))
    except FaceError as error:
        return unit, f"{error.what}: {error.why}" if error.why else error.what
    return msgspec.structs.replace(unit, placement=placement), ""


def _unit(sample: Sample, event: Event) -> EventUnit:
    return EventUnit(
        sample_id=sample.id,
        event_id=event.id,
        subject=sample.subject,
        clip=sample.name,
        path=str(sample.clip_path),
        rate=rate_text(sample.rate),
        fingerprint=sample.fingerprint,
        keyframes=(event.onset, event.apex, event.offset),
    )
