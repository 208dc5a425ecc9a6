"""GAMDSS: keyframes chosen anew as the most different pair of frames near the label.

arXiv 2603.04766 [paper]: change is not monotonic near the labelled keyframes, so onset and apex
are chosen together, ``(o*, a*) = argmax D(a', o')``, and then the offset from the new apex,
``f* = argmax D(a*, k)``. Ties keep the annotated frames, then the earliest [ours]. The windows of
each variant are in `gamdss_windows`, what to expect of them in `gamdss_notes`.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span
from meviewer.motion import difference, difference_light
from meviewer.motion.difference_light import Light
from meviewer.motion.difference_wrapped import wrapped
from meviewer.motion.frame_stack import Frames, read
from meviewer.motion.gamdss_choice import Distances, choose
from meviewer.motion.gamdss_evidence import Alternative, Reselection, Windows
from meviewer.motion.gamdss_windows import VARIANTS, Candidates, candidates, search_for

__all__ = [
    "VARIANTS",
    "Alternative",
    "Keyframes",
    "Reselection",
    "Windows",
    "from_matrix",
    "from_stack",
    "reselect",
    "wrapped_neighbours",
]

_PAIRS_A_FRAME = 8
"""Up to so many pairs a frame are faster one by one than by a product of all frames, which has to
copy them and to make them float32 first; both are exact, so the choice changes nothing."""


def reselect(
    frames: Frames,
    keyframes: Keyframes | None,
    variant: str = "full",
    *,
    ratio: float | None = None,
    rise_ratio: float | None = None,
    fall_ratio: float | None = None,
    wrapped_uint8: bool = False,
    brightness_free: bool = False,
    max_duration_frames: int | None = None,
) -> Reselection:
    """Choose keyframes anew.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
        The whole clip: the noise is measured outside the event.
    keyframes : Keyframes or None
        The label as indices into ``frames``; only ``free`` does without.
    variant : str
        One of `VARIANTS`.
    ratio, rise_ratio, fall_ratio : float, optional
        Width of the windows, 0 to 1, of both phases or of one; the variant's own by default.
    wrapped_uint8 : bool
        Subtract in 8 bits as the published code does, bit for bit: a defect, for replication.
    brightness_free : bool
        Leave changes of the light out of the distance.
    max_duration_frames : int, optional
        Most frames from onset to offset, for ``free``.

    Returns
    -------
    Reselection

    Raises
    ------
    MotionError
        If the label is missing or outside the clip, a parameter is out of range, or both
        ``wrapped_uint8`` and ``brightness_free`` are asked for.
    """
    return from_stack(
        read(frames),
        keyframes,
        variant,
        ratio=ratio,
        rise_ratio=rise_ratio,
        fall_ratio=fall_ratio,
        wrapped_uint8=wrapped_uint8,
        brightness_free=brightness_free,
        max_duration_frames=max_duration_frames,
    )


def from_stack(
    stack: NDArray[np.uint8],
    keyframes: Keyframes | None,
    variant: str = "full",
    *,
    ratio: float | None = None,
    rise_ratio: float | None = None,
    fall_ratio: float | None = None,
    wrapped_uint8: bool = False,
    brightness_free: bool = False,
    max_duration_frames: int | None = None,
    light: Light | None = None,
    neighbours: NDArray[np.float64] | None = None,
    damaged: Collection[int] = (),
) -> Reselection:
    """Choose keyframes anew in frames that are in memory; `reselect` says what the rest means.

    Parameters
    ----------
    light : Light, optional
        The light of the clip, where it is known already and ``brightness_free`` is asked for.
    neighbours : (T,) float64, optional
        Distances between neighbours, where they are known already.
    damaged : collection of int
        Frames that could not be read: never chosen.
    """
    if wrapped_uint8 and brightness_free:
        raise MotionError(
            "Two distances at once",
            where="wrapped_uint8 and brightness_free",
            why="the wrapped distance repeats the published code, which knows no light",
            now="choose one of them",
        )
    search = search_for(variant, ratio, rise_ratio, fall_ratio, max_duration_frames)
    choice = candidates(search, keyframes, len(stack))
    if brightness_free and light is None:
        light = difference_light.fit(stack)
    if neighbours is None:
        neighbours = _neighbours(stack, light, wrapped_uint8)
    between = _wrapped_distances if wrapped_uint8 else _true_distances
    pair, offset = between(stack, choice, light if brightness_free else None)
    pair[_among(choice.onsets, damaged)] = np.nan
    pair[:, _among(choice.apexes, damaged)] = np.nan
    offset[:, _among(choice.offsets, damaged)] = np.nan
    found = Distances(pair, offset, neighbours)
    return choose(found, choice, keyframes, wrapped=wrapped_uint8, brightness_free=brightness_free)


def from_matrix(
    distances: NDArray[np.float64],
    keyframes: Keyframes | None,
    variant: str = "full",
    *,
    ratio: float | None = None,
    rise_ratio: float | None = None,
    fall_ratio: float | None = None,
    brightness_free: bool = False,
    max_duration_frames: int | None = None,
) -> Reselection:
    """Choose keyframes anew from distances that are known, in well under a millisecond.

    Parameters
    ----------
    distances : (T, T) float64
        As `difference.matrix` returns them; not-a-number for frames that cannot be read.
    brightness_free : bool
        Whether these distances are; for the record.

    Returns
    -------
    Reselection
        What `reselect` says of the frames; its other parameters are the same.
    """
    search = search_for(variant, ratio, rise_ratio, fall_ratio, max_duration_frames)
    choice = candidates(search, keyframes, len(distances))
    apexes = _part(choice.apexes)
    found = Distances(
        distances[_part(choice.onsets), apexes],
        distances[apexes, _part(choice.offsets)],
        np.concatenate([np.zeros(1), np.diagonal(distances, 1)]),
    )
    return choose(found, choice, keyframes, wrapped=False, brightness_free=brightness_free)


def _among(span: Span, frames: Collection[int]) -> NDArray[np.bool_]:
    return np.array([frame in frames for frame in span])


def _part(span: Span) -> slice:
    return slice(span.first, span.last + 1)


def wrapped_neighbours(stack: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the wrapped distance of every frame from the one before, (T,) float64, 0 first."""
    steps = [wrapped(stack, [i], [i - 1])[0, 0] for i in range(1, len(stack))]
    return np.array([0.0, *steps])


def _neighbours(
    stack: NDArray[np.uint8], light: Light | None, is_wrapped: bool
) -> NDArray[np.float64]:
    if is_wrapped:
        return wrapped_neighbours(stack)
    later = [(i, i - 1) for i in range(1, len(stack))]
    return np.concatenate([np.zeros(1), difference.pairs(stack, later, light)])


def _true_distances(
    stack: NDArray[np.uint8], choice: Candidates, light: Light | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    onsets, apexes, offsets = (list(s) for s in (choice.onsets, choice.apexes, choice.offsets))
    frames = sorted({*onsets, *apexes, *offsets})
    n_pairs = len(onsets) * len(apexes) + len(apexes) * len(offsets)
    if light is None and n_pairs <= _PAIRS_A_FRAME * len(frames):
        return _one_by_one(stack, onsets, apexes), _one_by_one(stack, apexes, offsets)
    all_of_them = len(frames) == len(stack)
    part = stack if all_of_them else stack[frames]
    square = difference.matrix_of(part, None if light is None else light.of(frames))
    rows, middles, columns = (
        [frames.index(frame) for frame in some] for some in (onsets, apexes, offsets)
    )
    return square[np.ix_(rows, middles)], square[np.ix_(middles, columns)]


def _one_by_one(
    stack: NDArray[np.uint8], first: list[int], second: list[int]
) -> NDArray[np.float64]:
    wanted = [(i, j) for i in first for j in second]
    return difference.pairs(stack, wanted, None).reshape(len(first), len(second))


def _wrapped_distances(
    stack: NDArray[np.uint8], choice: Candidates, _light: Light | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    onsets, apexes = list(choice.onsets), list(choice.apexes)
    # The published code subtracts the onset, and the offset, from the apex.
    pair = wrapped(stack, apexes, onsets).T
    return pair, wrapped(stack, apexes, list(choice.offsets))
