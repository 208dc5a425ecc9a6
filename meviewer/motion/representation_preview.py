"""Distances of a clip that is still being read, from small frames: a preview, never an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.blas_threads import single_blas_thread
from meviewer.motion.frame_stack import Picture, reduced

FEWEST_FRAMES = 64
"""Clips shorter than this are measured before a preview would be seen."""

_WIDTH_PX = 160
_MOST_FRAMES = 400
_REACH = 4  # frames that a read one may stand for, on either side

Watch: TypeAlias = Callable[["Preview"], None]
"""Called in the thread that decodes, some times while frames arrive."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What is known of a clip before all of it is read.

    Attributes
    ----------
    n_frames : int
        Frames of the clip.
    read : (n,) int64
        Those that are here, ascending.
    small : (n, h, w) uint8
        One channel of each (green where there are three), area-averaged to about 160 px of width.
    """

    n_frames: int
    read: NDArray[np.int64]
    small: NDArray[np.uint8]

    def matrix_rms(self, *, brightness_free: bool = False) -> NDArray[np.float64]:
        """Return about how far all pairs of frames lie apart.

        Parameters
        ----------
        brightness_free : bool
            Take the mean of each small frame out: less than `difference_light` does.

        Returns
        -------
        (n_frames, n_frames) float64
            RMS grey levels of small frames, in which noise is averaged out. A frame that is not
            here is stood for by the nearest one that is, up to 4 frames away; further away it is
            not-a-number.
        """
        step = -(-len(self.read) // _MOST_FRAMES)
        read = self.read[::step]
        values = self.small[::step].reshape(len(read), -1).astype(np.float32)
        values -= values[0].copy()
        if brightness_free:
            values -= values.mean(axis=1, keepdims=True)
        with single_blas_thread():
            products = (values @ values.T).astype(np.float64)
        energy = np.diag(products)
        squared = np.maximum(energy[:, None] + energy - 2 * products, 0)
        np.fill_diagonal(squared, 0)
        return _spread(np.sqrt(squared / values.shape[1]), read, self.n_frames, _REACH * step)


def small_picture(frame: Picture) -> Picture:
    """Return one channel of a frame, area-averaged by a whole factor to about 160 px of width."""
    factor = max(1, round(frame.shape[1] / _WIDTH_PX))
    factor = min(factor, frame.shape[0])
    channel = frame if frame.ndim == 2 else frame[..., 1]
    try:
        import cv2
    except ImportError:
        return reduced(channel, factor)
    size = frame.shape[1] // factor, frame.shape[0] // factor
    # Taken out first: that and one channel made smaller take half as long as three made smaller.
    channel = frame if frame.ndim == 2 else cv2.extractChannel(frame, 1)
    cut = channel[: size[1] * factor, : size[0] * factor]
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)


def previewing_order(n_frames: int) -> tuple[list[int], tuple[int, ...]]:
    """Return frames in an order whose beginnings are spread over the clip, and where to look.

    Returns
    -------
    order : list of int
        Every fourth frame, then those in the middle between them, then the others.
    looks : tuple of int
        After how many frames each of these rounds ends.
    """
    rounds = [range(0, n_frames, 4), range(2, n_frames, 4), range(1, n_frames, 2)]
    order = [index for one in rounds for index in one]
    ends = np.cumsum([len(one) for one in rounds])
    return order, tuple(int(end) for end in ends)


def _spread(
    matrix: NDArray[np.float64], read: NDArray[np.int64], n_frames: int, reach: int
) -> NDArray[np.float64]:
    wanted = np.arange(n_frames)
    after = np.clip(np.searchsorted(read, wanted), 0, len(read) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(np.abs(read[before] - wanted) <= np.abs(read[after] - wanted), before, after)
    found: NDArray[np.float64] = matrix[np.ix_(nearest, nearest)]
    far = np.abs(read[nearest] - wanted) > reach
    found[far] = found[:, far] = np.nan
    return found
