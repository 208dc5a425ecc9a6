"""Dynamic images: a clip summed up in one picture by weights that grow with time.

arXiv 2510.15466 [paper]; Bilen et al. 2016 for the closed form of approximate rank pooling.
``DI = sum_t alpha_t F(t)``, t = 1..N.

``bilen``
    ``alpha_t = sum_{i=t..N} (2i - N - 1) / i``; sums to 0, so the still face cancels.
``learnet``
    ``alpha_t = sum_{i=t..N} (2i - N) / i``; sums to N, so the face stays visible [code: as
    released with LEARNet].
``linear``
    ``alpha_t = 2t - N - 1``.
``exact``
    Rank pooling by a linear ranking SVR on the running means, see `dynamic_image_exact`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span
from meviewer.motion import dynamic_image_sliding
from meviewer.motion.dynamic_image_exact import rank_pooling_weights
from meviewer.motion.frame_stack import Frames, Picture, check_picture, check_same, read

KINDS: tuple[str, ...] = ("bilen", "learnet", "linear", "exact")
"""Kinds of dynamic image; ``bilen`` is the default."""

_COMPILED_FROM = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class DualPhase:
    """Dynamic images of the phases of one event.

    Rise and fall both contain the apex, and the fall is not reversed in time [ours].

    Attributes
    ----------
    rise, fall, whole : (H, W, 3) or (H, W) float32, or None
        Onset to apex, apex to offset, onset to offset; None for a phase of fewer than two frames.
    spans : tuple of Span
        Frames of the three.
    kind : str
    """

    rise: NDArray[np.float32] | None
    fall: NDArray[np.float32] | None
    whole: NDArray[np.float32] | None
    spans: tuple[Span, Span, Span]
    kind: str

    def __iter__(self) -> Iterator[NDArray[np.float32] | None]:
        return iter((self.rise, self.fall, self.whole))

    @property
    def missing(self) -> tuple[str, ...]:
        """One sentence for each phase that has no dynamic image."""
        names = ("rise", "fall", "whole event")
        return tuple(
            f"The {name} has a single frame ({span.first}): a dynamic image needs two."
            for name, span, image in zip(names, self.spans, self, strict=True)
            if image is None
        )


def weights(n: int, kind: str = "bilen") -> NDArray[np.float64]:
    """Return the weight of each of ``n`` frames.

    Parameters
    ----------
    n : int
        1 or more.
    kind : {"bilen", "learnet", "linear"}
        The weights of ``exact`` depend on the frames.

    Returns
    -------
    (n,) float64
        1 for a single frame, whatever the kind.

    Raises
    ------
    MotionError
        If there is no frame, or no closed form of this kind.
    """
    _check_kind(kind)
    if n < 1:
        raise MotionError(
            "No weights", where=f"{n} frames", why="nothing to weigh", now="take one frame or more"
        )
    if kind == "exact":
        raise MotionError(
            "No closed form",
            where="kind exact",
            why="its weights are found from the frames",
            now="call dynamic_image, or choose another kind",
        )
    if n == 1:
        return np.ones(1)
    t = np.arange(1, n + 1, dtype=np.float64)
    if kind == "linear":
        return 2 * t - n - 1
    terms = (2 * t - n - (1 if kind == "bilen" else 0)) / t
    return np.cumsum(terms[::-1])[::-1].copy()


def dynamic_image(frames: Frames, kind: str = "bilen") -> NDArray[np.float32]:
    """Return the dynamic image of frames.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
    kind : str
        One of `KINDS`.

    Returns
    -------
    (H, W, 3) or (H, W) float32
        Weighted sum in grey levels, any sign; `to_uint8` makes a picture of it.

    Raises
    ------
    MotionError
        If there is no frame or no such kind, or the frames do not fit together.
    """
    _check_kind(kind)
    stack = read(frames)
    flat = stack.reshape(len(stack), -1)
    exact = kind == "exact" and len(flat) > 1
    alpha = rank_pooling_weights(flat) if exact else weights(len(flat), _closed(kind))
    return _weighted_sum(alpha, flat).reshape(stack.shape[1:])


def sliding(frames: Frames, n: int, kind: str = "linear") -> Iterator[NDArray[np.float32]]:
    """Give the dynamic image of every window of ``n`` frames, each frame read once.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
        At most ``n + 15`` of a sequence are held at a time.
    n : int
        Length of the window, 2 to T.
    kind : {"linear", "bilen", "learnet"}
        ``linear`` costs the same for any ``n`` and is exact for a clip of any length; the others
        have no such update, see `dynamic_image_sliding`, and cost O(n) a frame.

    Yields
    ------
    (H, W, 3) or (H, W) float32
        T - n + 1 images; the k-th is that of the frames k .. k + n - 1.

    Raises
    ------
    MotionError
        At once if there is no such kind or window, at its frame if one does not fit.
    """
    alpha = weights(n, kind)
    if not 2 <= n <= len(frames):
        raise MotionError(
            "No such window",
            where=f"{n} of {len(frames)} frames",
            why="a dynamic image needs two frames, all of them in the clip",
            now="choose a length from 2 to the length of the clip",
        )
    if kind == "linear":
        return dynamic_image_sliding.linear(_each(frames), n)
    return dynamic_image_sliding.weighted(_each(frames), alpha)


def to_uint8(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a picture with **one** minimum and maximum over all channels.

    Parameters
    ----------
    image : float32, any shape

    Returns
    -------
    uint8, same shape
        0 at the minimum, 255 at the maximum; 128 everywhere for a flat image [ours].
    """
    low, high = float(image.min()), float(image.max())
    if not high > low:
        return np.full(image.shape, 128, np.uint8)
    scaled = (image - np.float32(low)) * np.float32(255 / (high - low))
    picture: NDArray[np.uint8] = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return picture


def dual_phase(frames: Frames, keyframes: Keyframes, kind: str = "bilen") -> DualPhase:
    """Return the dynamic images of rise, fall and whole event.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
        The clip; only frames from onset to offset are read.
    keyframes : Keyframes
        Indices into ``frames``.
    kind : str
        One of `KINDS`.

    Raises
    ------
    MotionError
        If the keyframes leave the clip.
    """
    _check_kind(kind)
    part = read(frames, keyframes.span)

    def image(span: Span) -> NDArray[np.float32] | None:
        first, last = span.first - keyframes.onset, span.last - keyframes.onset
        return dynamic_image(part[first : last + 1], kind) if len(span) > 1 else None

    spans = (keyframes.rise, keyframes.fall, keyframes.span)
    rise, fall, whole = (image(span) for span in spans)
    return DualPhase(rise, fall, whole, spans, kind)


def _each(frames: Frames) -> Iterator[Picture]:
    """Give the frames one by one, checked against the first."""
    first = frames[0]
    check_picture(first)
    for index in range(len(frames)):
        frame = frames[index] if index else first
        check_same(frame, first, index)
        yield frame


def _weighted_sum(alpha: NDArray[np.float64], flat: NDArray[np.uint8]) -> NDArray[np.float32]:
    # Both ways read the bytes once, without a float copy of the frames. The compiled one is three
    # times as fast; for a short or small clip that is not worth loading the compiler.
    narrow = alpha.astype(np.float32)
    if flat.size < _COMPILED_FROM:
        summed: NDArray[np.float32] = np.einsum("n,np->p", narrow, flat)
        return summed
    # By name: whoever draws a dynamic image does not depend on the compiler of its sums.
    kernel = import_module("meviewer.motion.dynamic_image_kernel")
    total = np.zeros(flat.shape[1], np.float32)
    for start in range(0, total.size, kernel.BLOCK_PX):
        kernel.add_weighted(narrow, flat, start, total[start : start + kernel.BLOCK_PX])
    return total


def _closed(kind: str) -> str:
    return "bilen" if kind == "exact" else kind


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise MotionError(
            "No such kind of dynamic image",
            where=repr(kind),
            why=f"there are {', '.join(KINDS)}",
            now="choose one of them",
        )
