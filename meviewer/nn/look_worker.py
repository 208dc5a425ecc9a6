"""What one worker process does for the review queue: it looks at labelled clips, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Keyframes
from meviewer.core.frames import parse_rate
from meviewer.data.clip_base import Clip
from meviewer.experiment.records import Look, LookedAt
from meviewer.motion.estimate import UNKNOWN_SD_MS, USUAL_SD_MS, Estimate, estimate
from meviewer.motion.representation import ClipMotion
from meviewer.nn.feature_worker import open_unchanged
from meviewer.nn.look_units import LookArguments
from meviewer.nn.suggest_units import ClipUnit, LabelledEvent, Search, frames_of
from meviewer.nn.suggest_worker import Part, reselect_label

Triple = tuple[float, float, float]
Floats = NDArray[np.float64]

_VISIBLE = 0.01
_CLEAR = 3
_FEWEST = 3
_MAD_TO_SD = 1.4826


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
    onset, apex, offset = USUAL_SD_MS
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
        course=_bounds(seen, span.first) if seen.has_evidence else None,
    )


def _bounds(seen: Estimate, first: int) -> tuple[int, None, int]:
    """Return where the seen course leaves its rest and where it is back, frames of the clip.

    Rest is the median before, or behind, the estimated motion; the course has left it where it
    stands out by a hundredth of its top, and by three times the noise there [ours].
    """
    top = min(max(round(float(seen.middle[1])) - seen.first, 0), len(seen.course) - 1)
    smooth = np.convolve(np.pad(seen.course, 1, "edge"), np.ones(3) / 3, "valid")
    smooth /= max(float(seen.course[max(top - 2, 0) : top + 3].max()), 1e-9)
    begin = max(int(seen.middle[0]) - seen.first - _CLEAR, _FEWEST)
    end = min(int(seen.middle[2]) - seen.first + _CLEAR + 1, len(smooth) - _FEWEST)
    before, behind = smooth[:begin], smooth[max(end, 0) :]
    left = _last_at_rest(smooth[top::-1], before, before)
    right = _last_at_rest(smooth[top:], behind, before)
    return top - left + seen.first + first, None, top + right + seen.first + first


def _last_at_rest(way: Floats, rest: Floats, still: Floats) -> int:
    """Return how many steps it is from the top until the course has come to rest."""
    noise = _MAD_TO_SD * float(np.median(np.abs(still - np.median(still))))
    level = float(np.median(rest)) + max(_VISIBLE, 3 * noise)
    low = np.flatnonzero(way <= level)
    return int(low[0]) if len(low) else len(way) - 1


def _triple(values: Floats) -> Triple:
    one, two, three = (float(value) for value in values)
    return one, two, three
