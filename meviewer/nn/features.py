"""Fills the feature store of a project: all labelled events of a tier, in several processes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from meviewer.experiment.records import Featured, FeaturesDone, Preparing, Record
from meviewer.jobs.local import WorkerProcess
from meviewer.motion.cores import usable_cores
from meviewer.nn import extra
from meviewer.nn.event_features import REPRESENTATIONS
from meviewer.nn.feature_plan import EventUnit, FeatureOptions, events_of
from meviewer.nn.feature_worker import MOST_ON_DEVICE, job_of
from meviewer.nn.worker_pool import WorkerPool, one_thread_worker
from meviewer.project.project import Project


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
