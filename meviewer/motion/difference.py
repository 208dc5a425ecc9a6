"""How much frames differ: curves, the pairwise matrix, pictures, and the noise in them.

``D(i, j) = ||F(i) - F(j)||_2`` over all values of a frame, in whole numbers wide enough: in 8 bits
-1 would become 255 [paper: the definition; code: the wrap, see `difference_wrapped`].

With ``brightness_free=True`` the light of each frame is first brought to that of the clip: a gain
and a shift per channel, found over the pixels that do not move [ours, see `difference_light`].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.frames import Span
from meviewer.motion import difference_gram, difference_light
from meviewer.motion.difference_light import Light
from meviewer.motion.frame_stack import Frames, Picture, check_index, check_picture, read

_MAD_TO_SD = 1.4826
_MIN_NEIGHBOURS = 8
_Q90 = 1.2816  # of a Gaussian, in standard deviations
_SHARE_OF_MAD = 0.37  # of the values, that a median absolute deviation is as sure as
_SHARE_WITH_TAIL = 0.4  # the same where the highest tenth also counts [ours, by simulation]
_ROW = 256  # 256 squares of at most 255^2 stay below 2^24: exact in float32


@dataclass(frozen=True, slots=True)
class Noise:
    """How far distances scatter without any motion.

    Attributes
    ----------
    spread : float
        Standard deviation.
    freedom : float
        As how many independent values it is as sure as; 1 or more.
    """

    spread: float
    freedom: float


def curve(frames: Frames, reference: int, *, brightness_free: bool = False) -> NDArray[np.float64]:
    """Return the distance of every frame from one of them.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
    reference : int
        Index of the frame to compare with.
    brightness_free : bool
        Leave a change of the light out.

    Returns
    -------
    (T,) float64
        L2 over all values, 0 at ``reference``; `rms` turns it into grey levels.

    Raises
    ------
    MotionError
        If there is no such frame, or the frames do not fit together.
    """
    stack = read(frames)
    check_index(reference, len(stack))
    light = difference_light.fit(stack) if brightness_free else None
    return pairs(stack, [(index, reference) for index in range(len(stack))], light)


def consecutive(frames: Frames, *, brightness_free: bool = False) -> NDArray[np.float64]:
    """Return the distance of every frame from the one before it.

    Returns
    -------
    (T,) float64
        L2 over all values; 0 for the first frame.
    """
    stack = read(frames)
    light = difference_light.fit(stack) if brightness_free else None
    later = [(index, index - 1) for index in range(1, len(stack))]
    return np.concatenate([np.zeros(1), pairs(stack, later, light)])


def matrix(frames: Frames, *, brightness_free: bool = False) -> NDArray[np.float64]:
    """Return the distances of all pairs of frames.

    Returns
    -------
    (T, T) float64
        L2 over all values, symmetric, 0 on the diagonal. Exact; with ``brightness_free`` to
        about 1e-6.
    """
    stack = read(frames)
    light = difference_light.fit(stack) if brightness_free else None
    return matrix_of(stack, light)


def matrix_of(stack: NDArray[np.uint8], light: Light | None) -> NDArray[np.float64]:
    """Return the distances of all pairs under a light that is known already."""
    if light is None:
        squared = difference_gram.squared_distances_of_frames(stack)
    else:
        squared = difference_light.squared_distances(stack, light)
    np.fill_diagonal(squared, 0)
    return np.sqrt(squared, out=squared)


def pairs(
    stack: NDArray[np.uint8], wanted: list[tuple[int, int]], light: Light | None
) -> NDArray[np.float64]:
    """Return the distances of some pairs of frames, (len(wanted),) float64."""
    if light is None:
        norm = _squared_norm()
        return np.sqrt([norm(stack[i], stack[j]) for i, j in wanted])
    corrected: dict[int, NDArray[np.float32]] = {}
    found = np.empty(len(wanted))
    for place, pair in enumerate(wanted):
        corrected = {
            index: corrected[index] if index in corrected else light.correct(stack[index], index)
            for index in pair
        }
        found[place] = math.sqrt(difference_light.squared_norm(*(corrected[i] for i in pair)))
    return found


def rms(distance: NDArray[np.float64] | float, frame_shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return distances as root mean square grey levels, ``D / sqrt(H * W * 3)``.

    Parameters
    ----------
    distance : float64, any shape
        L2 distances.
    frame_shape : (H, W, 3) or (H, W)
        Shape of the frames that were compared.
    """
    return np.asarray(distance, np.float64) / math.sqrt(math.prod(frame_shape))


def noise_floor(neighbours: NDArray[np.float64], motion: Span | None = None) -> float:
    """Return the spread of the distances between neighbours outside the motion, see `noise`."""
    return noise(neighbours, motion).spread


def noise(neighbours: NDArray[np.float64], motion: Span | None = None) -> Noise:
    """Measure the spread of the distances between neighbours outside the motion.

    Parameters
    ----------
    neighbours : (T,) float64
        As `consecutive` returns them; not-a-numbers are left out.
    motion : Span, optional
        Frames in which the face moves; left out where eight others remain.

    Notes
    -----
    Standard deviation [ours]: the larger of that by the median absolute deviation and of that by
    the highest tenth, ``(q90 - median) / 1.28``; the noise of a lamp has a long upper tail, which
    the first does not see, and it is the upper tail that passes for a gain. Where motion cannot
    be left out the lower half takes the place of the absolute deviations, since motion only makes
    distances larger. 0 where fewer than three are known.
    """
    values = np.asarray(neighbours, np.float64)[1:]
    if motion is not None:
        arrivals = np.arange(1, len(values) + 1)
        still = values[(arrivals <= motion.first) | (arrivals > motion.last)]
        still = still[np.isfinite(still)]
        if still.size >= _MIN_NEIGHBOURS:
            middle = float(np.median(still))
            return _spread(still, np.abs(still - middle), _SHARE_WITH_TAIL * still.size)
    values = values[np.isfinite(values)]
    if values.size < 3:
        return Noise(0.0, 1.0)
    middle = float(np.median(values))
    low = middle - values[values <= middle]
    return _spread(values, low, _SHARE_OF_MAD * low.size)


def _spread(values: NDArray[np.float64], off: NDArray[np.float64], freedom: float) -> Noise:
    middle, high = np.quantile(values, (0.5, 0.9))
    by_tail = float(high - middle) / _Q90
    return Noise(max(_MAD_TO_SD * float(np.median(off)), by_tail), max(1.0, freedom))


def signed(
    frame: Picture, reference: Picture, *, brightness_free: bool = False
) -> NDArray[np.float32]:
    """Return ``frame - reference`` in grey levels, mean of the channels.

    Returns
    -------
    (H, W) float32
        -255 to 255; positive where the frame is brighter.

    Raises
    ------
    MotionError
        If the frames differ in size.
    """
    rest = _difference(frame, reference, brightness_free)
    return _mean_of_channels(rest)


def absolute(
    frame: Picture, reference: Picture, *, brightness_free: bool = False
) -> NDArray[np.float32]:
    """Return ``|frame - reference|`` in grey levels, mean of the channels.

    Taken per channel before the mean, so a change of colour alone shows as well.

    Returns
    -------
    (H, W) float32
        0 to 255.
    """
    rest = np.abs(_difference(frame, reference, brightness_free))
    return _mean_of_channels(rest)


def _mean_of_channels(rest: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean over a last axis, if there is one; as a product, in a tenth of the time."""
    if rest.ndim == 2:
        return rest
    ones = np.ones(rest.shape[2], np.float32)
    mean: NDArray[np.float32] = (rest @ ones) / np.float32(rest.shape[2])
    return mean


def _difference(frame: Picture, reference: Picture, brightness_free: bool) -> NDArray[np.float32]:
    check_picture(frame)
    check_picture(reference, "reference")
    if frame.shape != reference.shape:
        raise MotionError(
            "Frames differ in size",
            where=f"{frame.shape} against {reference.shape}",
            why="a difference needs two frames of one size",
            now="take both from one clip",
        )
    if not brightness_free:
        return np.subtract(frame, reference, dtype=np.float32)
    both = np.stack([reference, frame])
    light = difference_light.fit(both)
    rest = light.correct(frame, 1) - light.correct(reference, 0)
    return rest.reshape(frame.shape)


@cache
def _squared_norm() -> Callable[[Picture, Picture], float]:
    """Return an exact ``||a - b||^2`` of two uint8 frames; OpenCV's is 15 times faster."""
    try:
        import cv2
    except ImportError:
        return exact_squared_norm
    kind = cv2.NORM_L2SQR

    def norm(a: Picture, b: Picture) -> float:
        return float(cv2.norm(np.ascontiguousarray(a), np.ascontiguousarray(b), kind))

    return norm


def exact_squared_norm(a: Picture, b: Picture) -> float:
    """Return ``||a - b||^2`` of two uint8 frames with numpy alone, exact."""
    return squared_sum(np.subtract(a, b, dtype=np.float32))


def squared_sum(values: NDArray[np.float32]) -> float:
    """Return the sum of squares of whole numbers from -255 to 255, exact."""
    flat = values.reshape(-1)
    cut = flat.size - flat.size % _ROW
    rows = flat[:cut].reshape(-1, _ROW)
    exact = float(np.einsum("ij,ij->i", rows, rows).sum(dtype=np.float64))
    return exact + float(np.square(flat[cut:], dtype=np.float64).sum())
