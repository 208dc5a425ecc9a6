"""What a re-selection of keyframes rests on: the surface, the gain, the noise, the alternatives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Keyframes
from meviewer.core.frames import Span

CONFIDENT = 0.95
"""Confidence from which a suggestion counts as evidence [ours]."""

_WRAPPED_WORDS = "; distances wrap at 8 bits as in the published code, which is a defect"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another choice that is really another one, not the neighbour of a better one.

    Attributes
    ----------
    keyframes : Keyframes
    distance : float
        L2 between its onset and its apex.
    """

    keyframes: Keyframes
    distance: float


@dataclass(frozen=True, slots=True)
class Windows:
    """Frames that could be chosen; None for a keyframe that is kept."""

    onset: Span | None
    apex: Span | None
    offset: Span | None


@dataclass(frozen=True, slots=True, eq=False)
class Reselection:
    """Keyframes chosen by the most different pair, with the evidence for them.

    Attributes
    ----------
    variant : str
    manual : Keyframes or None
        The label it started from.
    keyframes : Keyframes
        The choice of the variant, also where nothing speaks for it: see ``verdict``.
    gain : float
        ``D(chosen) / D(label) - 1`` of the pair onset and apex, for instance 0.09. Without a label
        over the median pair. 1 where the labelled pair is one and the same picture.
    offset_gain : float
        The same for the pair apex and offset: chosen against labelled offset; 0 if kept.
    distance, reference_distance : float
        L2 of the chosen pair, and of the pair that the gain is over.
    noise_floor : float
        Spread of L2 between neighbours outside the motion.
    confidence : float
        0 to 1: how sure it is that noise alone does not bring this gain about.
    surface : (n_onsets, n_apexes) float64
        L2 of each pair; not-a-number for pairs that do not take part.
    onset_candidates, apex_candidates, offset_candidates : (n,) int64
        Frames along the axes; no offsets if it is kept.
    offset_curve : (n_offsets,) float64
        L2 between the chosen apex and each offset.
    alternatives : tuple of Alternative
        Up to three, best first.
    windows : Windows
    is_noop : bool
        The windows are one frame wide: nothing could be chosen.
    has_evidence : bool
        The choice is another one than the label, its gain is above the noise floor, and noise
        alone would bring it about in fewer than 5 of 100 labels.
    verdict : str
        The same in words.
    parameters : mapping
        Everything needed to repeat it, and the version.
    """

    variant: str
    manual: Keyframes | None
    keyframes: Keyframes
    gain: float
    offset_gain: float
    distance: float
    reference_distance: float
    noise_floor: float
    confidence: float
    surface: NDArray[np.float64]
    onset_candidates: NDArray[np.int64]
    apex_candidates: NDArray[np.int64]
    offset_candidates: NDArray[np.int64]
    offset_curve: NDArray[np.float64]
    alternatives: tuple[Alternative, ...]
    windows: Windows
    is_noop: bool
    has_evidence: bool
    verdict: str
    parameters: Mapping[str, str | int | float | bool]


def relative_gain(chosen: float, reference: float) -> float:
    """Return ``chosen / reference - 1``; 1 over a reference of 0, 0 if both are."""
    if reference > 0:
        return chosen / reference - 1
    return 1.0 if chosen > 0 else 0.0


def confidence(gain: float, noise_floor: float, n_choices: int, freedom: float = math.inf) -> float:
    """Return how sure it is that the best of several choices is no work of noise, 0 to 1 [ours].

    Parameters
    ----------
    gain : float
        L2 gained over the label.
    noise_floor : float
        Standard deviation of an L2.
    n_choices : int
        Choices that could have won.
    freedom : float
        As how many independent values the noise floor is as sure as.

    Notes
    -----
    ``t(gain / (sqrt(2) noise)) ** n``, with Student's distribution: a gain is the difference of
    two distances, the best of n independent ones is meant to be larger by chance alone, and the
    noise itself is known from few frames only. Choices that share a frame are not independent, so
    this errs on the side of doubt. It is one minus a p-value: without any motion it takes every
    value alike, so only what is near 1 says something.
    """
    if gain <= 0:
        return 0.0
    if noise_floor <= 0:
        return 1.0
    score = _as_gaussian(gain / noise_floor / math.sqrt(2), freedom)
    single = 0.5 * (1 + math.erf(score / math.sqrt(2)))
    return float(single ** max(n_choices, 1))


def _as_gaussian(t: float, freedom: float) -> float:
    """Return the Gaussian score as likely as a Student's t, to 0.01 (Wallace 1959)."""
    if math.isinf(freedom):
        return t
    stretch = (8 * freedom + 1) / (8 * freedom + 3)
    return stretch * math.sqrt(freedom * math.log1p(t * t / freedom))


def peaks(
    surface: NDArray[np.float64], chosen: tuple[int, int], count: int = 3
) -> list[tuple[int, int]]:
    """Return the best places of a surface that lie apart from the chosen one and one another.

    Parameters
    ----------
    surface : (n, m) float64
        Not-a-numbers are no places.
    chosen : (int, int)
    count : int

    Returns
    -------
    list of (int, int)
        Best first, at least a quarter of the larger window (10 frames at most) from one another.
    """
    apart = max(1, min(10, math.ceil(max(surface.shape) / 4)))
    left = surface.copy()
    found: list[tuple[int, int]] = []
    _clear(left, chosen, apart)
    while len(found) < count and np.isfinite(left).any():
        place = np.unravel_index(int(np.nanargmax(left)), left.shape)
        found.append((int(place[0]), int(place[1])))
        _clear(left, found[-1], apart)
    return found


def _clear(surface: NDArray[np.float64], place: tuple[int, int], apart: int) -> None:
    row, column = place
    rows = slice(max(0, row - apart + 1), row + apart)
    surface[rows, max(0, column - apart + 1) : column + apart] = np.nan


def verdict(
    manual: Keyframes | None,
    chosen: Keyframes,
    gain_over_noise: float,
    *,
    gain: float,
    sure: float,
    is_noop: bool,
    wrapped: bool,
) -> str:
    """Return in words what the evidence says.

    Parameters
    ----------
    manual, chosen : Keyframes
    gain_over_noise : float
        The larger of both gains in units of the noise floor.
    gain : float
        Relative gain of the pair.
    sure : float
        Confidence, 0 to 1.
    is_noop, wrapped : bool
    """
    tail = _WRAPPED_WORDS if wrapped else ""
    if is_noop:
        return _noop_words(manual) + tail
    if manual is None:
        doubt = "" if sure >= CONFIDENT else ", and it does not stand out from the noise"
        return f"most different pair of the clip, without a label{doubt}{tail}"
    if chosen == manual:
        return f"the label is the most different choice already{tail}"
    if gain_over_noise <= 1:
        return f"no evidence against the label: the gain is below the noise floor{tail}"
    if sure < CONFIDENT:
        often = f"in {round(100 * (1 - sure))} of 100 labels"
        return f"no evidence against the label: noise alone gains as much {often}{tail}"
    moves = zip(("onset", "apex", "offset"), (*_moves(manual, chosen),), strict=True)
    moved = ", ".join(f"{name} {by:+d}" for name, by in moves if by)
    noise = "" if math.isinf(gain_over_noise) else f", {gain_over_noise:.1f} times the noise floor"
    return f"{moved} frames; gain {gain:.1%}{noise}{tail}"


def _moves(manual: Keyframes, chosen: Keyframes) -> tuple[int, int, int]:
    return (
        chosen.onset - manual.onset,
        chosen.apex - manual.apex,
        chosen.offset - manual.offset,
    )


def _noop_words(manual: Keyframes | None) -> str:
    if manual is None:
        return "nothing to choose: one pair of frames"
    rise, fall = manual.apex - manual.onset, manual.offset - manual.apex
    return (
        "nothing to choose: windows are one frame wide at this rate "
        f"(rise {rise} frames, fall {fall} frames)"
    )
