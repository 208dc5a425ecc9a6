"""The choice of GAMDSS itself: the most different pair, its offset, and how much speaks for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer import __version__
from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span
from meviewer.motion import difference
from meviewer.motion.gamdss_evidence import (
    CONFIDENT,
    Alternative,
    Reselection,
    Windows,
    confidence,
    peaks,
    relative_gain,
    verdict,
)
from meviewer.motion.gamdss_windows import Candidates


@dataclass(frozen=True, slots=True)
class Distances:
    """What the choice rests on.

    Attributes
    ----------
    pair : (n_onsets, n_apexes) float64
        L2 of each pair of candidates.
    offset : (n_apexes, n_offsets) float64
    neighbours : (T,) float64
        L2 between neighbours over the whole clip.
    """

    pair: NDArray[np.float64]
    offset: NDArray[np.float64]
    neighbours: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Ending:
    """The offset that goes with one apex."""

    offset: int
    candidates: list[int]
    curve: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Gain:
    """How much better the choice is than the label, in L2."""

    distance: float
    reference: float
    offset_best: float
    offset_reference: float

    @property
    def larger(self) -> float:
        return max(self.distance - self.reference, self.offset_best - self.offset_reference, 0.0)

    def over(self, noise: float) -> float:
        if noise > 0:
            return self.larger / noise
        return math.inf if self.larger > 0 else 0.0


def choose(
    found: Distances,
    choice: Candidates,
    manual: Keyframes | None,
    *,
    wrapped: bool,
    brightness_free: bool,
) -> Reselection:
    """Return the most different pair among the candidates, with its evidence.

    Raises
    ------
    MotionError
        If none of the candidate frames can be read.
    """
    surface = np.where(choice.allowed, found.pair, np.nan)
    place = _best(surface, _label_place(choice, manual))
    ending = _ending(place, found, choice, manual)
    chosen = _keyframes(place, ending, choice)
    gain = _gain(place, ending, found, choice, manual)
    noise = difference.noise(found.neighbours, (manual or chosen).span)
    ratio, relative = gain.over(noise.spread), relative_gain(gain.distance, gain.reference)
    is_noop = choice.one_frame_wide
    n_choices = int(choice.allowed.sum()) - 1 + max(len(ending.candidates) - 1, 0)
    sure = 0.0 if is_noop else confidence(gain.larger, noise.spread, n_choices, noise.freedom)
    return Reselection(
        variant=choice.search.variant,
        manual=manual,
        keyframes=chosen,
        gain=relative,
        offset_gain=relative_gain(gain.offset_best, gain.offset_reference),
        distance=gain.distance,
        reference_distance=gain.reference,
        noise_floor=noise.spread,
        confidence=sure,
        surface=surface,
        onset_candidates=_indices(choice.onsets),
        apex_candidates=_indices(choice.apexes),
        offset_candidates=np.array(ending.candidates, np.int64),
        offset_curve=ending.curve,
        alternatives=_alternatives(surface, place, found, choice, manual),
        windows=_windows(choice),
        is_noop=is_noop,
        has_evidence=chosen != manual and sure >= CONFIDENT,
        verdict=verdict(
            manual, chosen, ratio, gain=relative, sure=sure, is_noop=is_noop, wrapped=wrapped
        ),
        parameters=_parameters(choice, wrapped, brightness_free),
    )


def _label_place(choice: Candidates, manual: Keyframes | None) -> tuple[int, int] | None:
    """Return the place of the labelled pair on the surface."""
    if manual is None:
        return None
    return manual.onset - choice.onsets.first, manual.apex - choice.apexes.first


def _best(surface: NDArray[np.float64], label: tuple[int, int] | None) -> tuple[int, int]:
    if not np.isfinite(surface).any():
        raise MotionError(
            "No pair of readable frames",
            where="the windows of onset and apex",
            why="every candidate frame is damaged, or none is allowed",
            now="widen the windows, or repair the clip",
        )
    top = np.nanmax(surface)
    if label is not None and surface[label] == top:
        return label
    row, column = np.unravel_index(int(np.nanargmax(surface)), surface.shape)
    return int(row), int(column)


def _ending(
    place: tuple[int, int], found: Distances, choice: Candidates, manual: Keyframes | None
) -> _Ending:
    """Return the offset most different from the apex; the label's where it is kept."""
    onset, apex = choice.onsets.first + place[0], choice.apexes.first + place[1]
    frames = choice.offsets_after(onset, apex)
    columns = [frame - choice.offsets.first for frame in frames]
    curve = found.offset[place[1], columns] if columns else np.empty(0)
    if not np.isfinite(curve).any():
        return _Ending(apex if manual is None else max(manual.offset, apex), frames, curve)
    top = np.nanmax(curve)
    labelled = -1 if manual is None else manual.offset
    if labelled in frames and curve[frames.index(labelled)] == top:
        return _Ending(labelled, frames, curve)
    return _Ending(frames[int(np.nanargmax(curve))], frames, curve)


def _keyframes(place: tuple[int, int], ending: _Ending, choice: Candidates) -> Keyframes:
    return Keyframes(choice.onsets.first + place[0], choice.apexes.first + place[1], ending.offset)


def _gain(
    place: tuple[int, int],
    ending: _Ending,
    found: Distances,
    choice: Candidates,
    manual: Keyframes | None,
) -> _Gain:
    distance = float(found.pair[place])
    label = _label_place(choice, manual)
    if label is None:
        reference = float(np.median(found.pair[choice.allowed & np.isfinite(found.pair)]))
    else:
        reference = float(found.pair[label])
    # A damaged labelled frame has no distance: then there is nothing to gain over.
    reference = reference if math.isfinite(reference) else distance
    if manual is None or not np.isfinite(ending.curve).any():
        return _Gain(distance, reference, 0.0, 0.0)
    best = float(np.nanmax(ending.curve))
    labelled = float(found.offset[place[1], manual.offset - choice.offsets.first])
    return _Gain(distance, reference, best, labelled if math.isfinite(labelled) else best)


def _alternatives(
    surface: NDArray[np.float64],
    place: tuple[int, int],
    found: Distances,
    choice: Candidates,
    manual: Keyframes | None,
) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(
            _keyframes(peak, _ending(peak, found, choice, manual), choice), float(surface[peak])
        )
        for peak in peaks(surface, place)
    )


def _windows(choice: Candidates) -> Windows:
    late_onset = choice.search.variant == "apex-late"
    return Windows(
        None if late_onset else choice.onsets,
        choice.apexes,
        choice.offsets if choice.search.finds_offset else None,
    )


def _indices(span: Span) -> NDArray[np.int64]:
    return np.arange(span.first, span.last + 1, dtype=np.int64)


def _parameters(
    choice: Candidates, wrapped: bool, brightness_free: bool
) -> dict[str, str | int | float | bool]:
    search = choice.search
    named: dict[str, str | int | float | bool] = {
        "method": "gamdss",
        "variant": search.variant,
        "rise_ratio": search.rise_ratio,
        "fall_ratio": search.fall_ratio,
        "wrapped_uint8": wrapped,
        "brightness_free": brightness_free,
        "version": __version__,
    }
    if search.max_duration_frames is not None:
        named["max_duration_frames"] = search.max_duration_frames
    return named
