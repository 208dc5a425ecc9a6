"""What one worker process does for the review queue: it looks at labelled clips, one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Keyframes
from meviewer.core.frames import parse_rate
from meviewer.data.clip_base import Clip
from meviewer.experiment.records import Look, LookedAt
from meviewer.motion.estimate import UNKNOWN_SD_MS, Estimate, estimate
from meviewer.motion.representation import ClipMotion
from meviewer.motion.turning_points import turning_points
from meviewer.nn.feature_worker import open_unchanged
from meviewer.nn.look_units import LookArguments
from meviewer.nn.suggest_units import ClipUnit, LabelledEvent, Search, frames_of
from meviewer.nn.suggest_worker import Part, reselect_label

Triple = tuple[float, float, float]
Floats = NDArray[np.float64]

_OPEN_SD_MS = (100.0, 100.0, 120.0)
"""So little is the label trusted: an estimate that leans on it would not speak against it."""


def look_at_labels(arguments: LookArguments) -> Iterator[LookedAt]:
    """Look at the labels of each clip: a record each, in their order."""
    for unit in arguments.units:
        yield look_at(unit.clip, arguments.search)


def look_at(unit: ClipUnit, search: Search) -> LookedAt:
    """Look at the labels of one clip; what went wrong is said in ``reason``."""
    try:
        with open_unchanged(Path(unit.path), parse_rate(unit.rate), unit.fingerprint) as clip:
            looks = tuple(_look(clip, label, search) for label in unit.events)
    except MeviewerError as error:
        return LookedAt(sample_id=unit.sample_id, reason=str(error))
    return LookedAt(sample_id=unit.sample_id, looks=looks)


def _look(clip: Clip, label: LabelledEvent, search: Search) -> Look:
    span = frames_of(label, clip.n_frames)
    motion = ClipMotion(clip if len(span) == clip.n_frames else Part(clip, span))
    local = Keyframes(*label.keyframes).shifted(-span.first)
    onset, apex, offset = _OPEN_SD_MS
    sd_ms = (onset, apex if label.has_apex else UNKNOWN_SD_MS, offset)
    try:
        chosen = reselect_label(motion, span, label, search)
        seen = estimate(motion.stack, local, float(clip.rate), label_sd_ms=sd_ms)
    except MeviewerError as error:
        return Look(coder=label.coder, event_id=label.event_id, reason=str(error))
    found = chosen.keyframes.shifted(span.first)
    return Look(
        coder=label.coder,
        event_id=label.event_id,
        gamdss=(found.onset, found.apex, found.offset)
        if chosen.has_evidence and label.has_apex
        else None,
        middle=_triple(seen.middle + span.first) if seen.has_evidence else None,
        course=_turns(seen, span.first) if seen.has_evidence else None,
    )


def _turns(seen: Estimate, first: int) -> tuple[float | None, float | None, float | None]:
    """Return where the seen course leaves its rest, turns and comes back, frames of the clip."""
    top = float(seen.middle[1]) - seen.first
    found = turning_points(seen.course, top, float(seen.parameters["rate_hz"]))
    onset, apex, offset = (
        place + seen.first + first if math.isfinite(place) else None for place in found
    )
    return onset, apex, offset


def _triple(values: Floats) -> Triple:
    one, two, three = (float(value) for value in values)
    return one, two, three
