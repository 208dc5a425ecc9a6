"""Keyframes for a clip that nobody has labelled: where it differs most from both its ends [ours].

A clip that is cut around one movement is at rest at its beginning and at its end. A frame that
differs from both is in the movement; one that differs from one end alone is drift of the head or of
the light. GAMDSS is no help here: without a label it takes the most different pair of the clip,
which is often its first and last frame.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.data.clip import Clip

LONGEST_S = 5
_SMOOTH_MS = 25
_SHARE = 0.25
_FEWEST = 5


def find(clip: Clip) -> Keyframes:
    """Return rough keyframes of a clip that shows one movement from rest to rest.

    Raises
    ------
    MotionError
        If the clip is too short or too long to be that, or nothing moves in it.
    ClipError
        If a frame is damaged.
    """
    from meviewer.motion import difference

    _check(clip)
    frames = np.stack([clip.frame(index) for index in range(clip.n_frames)])
    ends = (0, clip.n_frames - 1)
    distances = [difference.curve(frames, end, brightness_free=True) for end in ends]
    return from_distances(distances[0], distances[1], clip.rate)


def from_distances(
    first: NDArray[np.float64], last: NDArray[np.float64], rate: Fraction
) -> Keyframes:
    """Return the keyframes from the distances of all frames to the first and to the last one.

    Parameters
    ----------
    first, last : ndarray, shape (T,), float64
        T of at least 5.
    rate : Fraction
        Frames per second.

    Raises
    ------
    MotionError
        If nothing moves.
    """
    n = len(first)
    squares = np.minimum(first, last) ** 2
    # Camera noise alone makes two frames differ: the least different ones say by how much.
    known = np.sort(np.concatenate([first[1:], last[:-1]]) ** 2)
    noise = known[: max(n // 10, 1)].mean()
    motion = np.sqrt(np.clip(_smooth(squares, rate) - noise, 0, None))
    apex = 1 + int(motion[1:-1].argmax())
    if not motion[apex] > 0:
        raise _error("nothing moves in it")
    quiet = np.flatnonzero(motion < _SHARE * motion[apex])
    onset = max((int(i) for i in quiet if i < apex), default=0)
    offset = min((int(i) for i in quiet if i > apex), default=n - 1)
    return Keyframes(onset, apex, offset)


def _smooth(values: NDArray[np.float64], rate: Fraction) -> NDArray[np.float64]:
    reach = int(rate * _SMOOTH_MS / 2000)
    padded = np.pad(values, reach, mode="edge")
    return np.convolve(padded, np.ones(2 * reach + 1) / (2 * reach + 1), "valid")


def _check(clip: Clip) -> None:
    if clip.n_frames < _FEWEST:
        raise _error(f"it has {clip.n_frames} frames")
    if clip.n_frames > LONGEST_S * clip.rate:
        raise _error(f"it lasts longer than {LONGEST_S} s, so it may show several movements")


def _error(why: str) -> MotionError:
    return MotionError(
        "No keyframes can be found in the clip",
        why=why,
        now="give onset, apex and offset",
    )
