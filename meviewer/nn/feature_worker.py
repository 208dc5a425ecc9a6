"""What one worker process does for the feature store: events one after the other, on one thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError, MeviewerError, StorageError
from meviewer.core.events import Keyframes
from meviewer.core.frames import parse_rate
from meviewer.data.clip import open_clip
from meviewer.data.clip_base import Clip
from meviewer.data.frame_cache import FrameCache
from meviewer.experiment.records import Featured
from meviewer.jobs.protocol import Job
from meviewer.motion.flow_input import SMALLEST_PX
from meviewer.nn.aligned import seen_through
from meviewer.nn.event_features import EventMotion, PhaseFields
from meviewer.nn.feature_plan import EventUnit
from meviewer.nn.phase_flow import why_unusable
from meviewer.project.features import FeatureStore

# Onset to offset is read once and in order; onset, apex and offset once more before that.
_CACHE_BYTES = 64 << 20

_GROUP = 32
"""Events whose flows are computed at once on a device: their frames are in memory together."""

MOST_ON_DEVICE = 4
"""Processes that share one device; each of them takes a part of its memory."""

_OF_FLOW = ("flow", "mm-cof")

Keyframe: TypeAlias = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]


class EventFeaturesArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `event_features`.

    Attributes
    ----------
    store : str
        Folder of the feature store.
    representations : tuple of str
    size_px : int
    events : tuple of EventUnit
    device : str
        ``cpu``: each pair by the compiled loops; else flows of many events at once, there.
    """

    store: str
    representations: tuple[str, ...]
    size_px: int
    events: tuple[EventUnit, ...]
    device: str = "cpu"


def event_features(arguments: EventFeaturesArguments) -> Iterator[Featured]:
    """Compute what is missing of each event: a record each, in their order.

    Raises
    ------
    StorageError
        If the disk refuses: it would refuse the next one, too.
    """
    store = FeatureStore(Path(arguments.store))
    wanted, size_px = arguments.representations, arguments.size_px
    if arguments.device == "cpu":
        for unit in arguments.events:
            yield fill(store, unit, wanted, size_px)
        return
    from meviewer.nn.device import pick
    from meviewer.nn.flow_ahead import FlowAhead

    ahead = FlowAhead(pick(arguments.device), MOST_ON_DEVICE)
    for begin in range(0, len(arguments.events), _GROUP):
        group = arguments.events[begin : begin + _GROUP]
        lacking = [unit for unit in group if _lacks_flow(store, unit, wanted, size_px)]
        read = {unit: frames for unit in lacking if (frames := _keyframes(unit)) is not None}
        fields = dict(zip(read, ahead.fields(list(read.values())), strict=True))
        for unit in group:
            yield fill(store, unit, wanted, size_px, fields.get(unit))


def _lacks_flow(store: FeatureStore, unit: EventUnit, wanted: Sequence[str], size_px: int) -> bool:
    motion = unit.motion(size_px)
    return any(what in wanted and motion.stored(store, what) is None for what in _OF_FLOW)


def _keyframes(unit: EventUnit) -> Keyframe | None:
    """Read the three frames of an event; None if they give no flow: `fill` then says why."""
    try:
        with open_unchanged(Path(unit.path), parse_rate(unit.rate), unit.fingerprint) as clip:
            if why_unusable(Keyframes(*unit.keyframes), clip.n_frames):
                return None
            seen = seen_through(clip, unit.placement)
            onset, apex, offset = (seen.frame(index) for index in unit.keyframes)
    except MeviewerError:
        return None
    fits = onset.shape == apex.shape == offset.shape and min(onset.shape[:2]) >= SMALLEST_PX
    return (onset, apex, offset) if fits else None


def fill(
    store: FeatureStore,
    unit: EventUnit,
    representations: Sequence[str],
    size_px: int,
    fields: PhaseFields | None = None,
) -> Featured:
    """Compute and store what is missing of one event; ``fields`` are its flows, where known.

    A representation that cannot be computed does not keep the others from being stored.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    started = time.monotonic()
    motion = unit.motion(size_px)
    missing = [what for what in representations if motion.stored(store, what) is None]
    made: tuple[str, ...] = ()
    reason = ""
    if missing:
        try:
            with open_unchanged(Path(unit.path), parse_rate(unit.rate), unit.fingerprint) as clip:
                made, reason = _compute(store, clip, motion, missing, fields)
        except StorageError:
            raise
        except MeviewerError as error:
            reason = str(error)
    there = [what for what in representations if what not in missing or what in made]
    return unit.said(
        "failed" if reason else "computed" if made else "known",
        keys={what: motion.key(what) for what in there},
        computed=made,
        reason=reason,
        seconds=time.monotonic() - started,
    )


def _compute(
    store: FeatureStore,
    clip: Clip,
    motion: EventMotion,
    missing: Sequence[str],
    fields: PhaseFields | None,
) -> tuple[tuple[str, ...], str]:
    """Return what was stored, and why the rest was not."""
    made: list[str] = []
    reasons: list[str] = []
    # Flow needs three frames, dynamic images all of them: a damaged one need not take both away.
    for group in (_OF_FLOW, ("di",)):
        wanted = [what for what in group if what in missing]
        try:
            for what, result in motion.compute(clip, wanted, 1, fields).items():
                motion.put(store, what, result)
                made.append(what)
        except StorageError:
            raise
        except MeviewerError as error:
            reasons.append(f"no {' and no '.join(wanted)}: {error}")
    return tuple(made), "; ".join(reasons)


def open_unchanged(path: Path, rate: Fraction, fingerprint: str) -> Clip:
    """Open a clip to read its frames once.

    Raises
    ------
    ClipError
        If it cannot be read, or has another content than when it came into the project.
    """
    clip = open_clip(path, rate, FrameCache(_CACHE_BYTES))
    if clip.fingerprint != fingerprint:
        clip.close()
        raise ClipError(
            "The clip has changed since it was added to the project",
            where=str(path),
            now="run meviewer check --clips",
        )
    return clip


def job_of(
    store: str, representations: Sequence[str], size_px: int, device: str = "cpu"
) -> Callable[[Sequence[object]], Job]:
    """Return what makes the job of a worker from its events."""
    return partial(_job, store, tuple(representations), size_px, device)


def _job(
    store: str,
    representations: tuple[str, ...],
    size_px: int,
    device: str,
    events: Sequence[object],
) -> Job:
    arguments: dict[str, object] = {
        "store": store,
        "representations": representations,
        "size_px": size_px,
        "events": msgspec.to_builtins(events),
        "device": device,
    }
    return Job("event-features", arguments)
