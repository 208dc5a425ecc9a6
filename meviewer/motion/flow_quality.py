"""How far a flow can be trusted: its consistency, its noise, and what stands out of that noise.

All of it is in px of the frame and per pixel. Nothing here changes a flow: an overlay may fade what
is not significant, a table may say how much there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.motion import flow as flows
from meviewer.motion.brightness import normalise_brightness
from meviewer.motion.flow_input import Frame, grey_pair
from meviewer.motion.flow_params import FlowParams, TVL1Params
from meviewer.motion.vision import cv2_or_error

Array = NDArray[np.float32]

_GRADIENT_FLOOR = 1.7
"""Grey levels per px, as in TV-L1: below it a slope is taken for noise."""

_LEAST_NOISE_PX = 0.005
"""No method of flow is better on 8-bit frames: rounding alone makes 0.29 grey levels."""


@dataclass(frozen=True, slots=True, eq=False)
class FlowQuality:
    """A flow with what is known about it.

    Attributes
    ----------
    flow : (H, W, 2) float32
        px, from the first frame to the second.
    missed : (H, W) float32
        px, see `consistency`.
    noise : (H, W) float32
        px, of one component: estimated, and at least what was measured where still frames were
        given.
    significance : (H, W) float32
        0..1.
    """

    flow: Array
    missed: Array
    noise: Array
    significance: Array


def assess(
    first: Frame,
    second: Frame,
    params: FlowParams | None = None,
    *,
    still: Sequence[tuple[Frame, Frame]] = (),
    threads: int | None = None,
) -> FlowQuality:
    """Compute a flow there and back, and how much of it is more than noise.

    Parameters
    ----------
    first, second : (H, W) or (H, W, 3) uint8 or float32
        Grey levels.
    params : FlowParams, optional
        By default those of TV-L1.
    still : sequence of two frames each
        Neighbours that hardly differ, for `still_noise_px`, besides the estimate of `noise_px`.
    threads : int, optional
        For one pair.

    Raises
    ------
    MotionError
        If frames do not fit.
    """
    params = params or TVL1Params()
    forward = flows.compute_with(first, second, params, threads)
    missed = consistency(forward, flows.compute_with(second, first, params, threads))
    noise = noise_px(*normalise_brightness(*grey_pair(first, second)), forward)
    if still:
        measured = still_noise_px([flows.compute_with(*pair, params, threads) for pair in still])
        # A method that calls small motion none, as DeepFlow does, is quiet on still frames only.
        noise = np.maximum(noise, measured)
    return FlowQuality(forward, missed, noise, significance(forward, noise, missed=missed))


def consistency(forward: Array, backward: Array) -> Array:
    """Return how far one misses the start, going with the flow and back: ``|f(x) + b(x + f(x))|``.

    Parameters
    ----------
    forward, backward : (H, W, 2) float32
        Flow from the first frame to the second, and from the second to the first, px.

    Returns
    -------
    (H, W) float32
        px; 0: both agree. NaN where the way leaves the picture, because nothing is known there.

    Raises
    ------
    MotionError
        If the flows are not (H, W, 2) of one size.
    """
    _check(forward)
    _check(backward)
    if forward.shape != backward.shape:
        raise _refused("the two directions differ in size", f"{forward.shape}, {backward.shape}")
    height, width = forward.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x += forward[..., 0]
    y += forward[..., 1]
    cv2 = cv2_or_error()
    back = cv2.remap(
        np.ascontiguousarray(backward), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    missed: Array = np.hypot(forward[..., 0] + back[..., 0], forward[..., 1] + back[..., 1])
    missed[(x < 0) | (x > width - 1) | (y < 0) | (y > height - 1)] = np.nan
    return missed


def noise_px(first: Array, second: Array, flow: Array, *, window_px: float = 4.0) -> Array:
    """Estimate the noise of a flow from what it leaves unexplained, and from the texture [ours].

    The covariance of a least-squares fit over a Gaussian window: ``r^2 / n (G + floor^2)^-1`` with
    ``r^2`` the mean square of ``second(x + flow) - first(x)``, ``G`` the mean of gradient times
    gradient, and ``n = 4 pi window^2`` the independent pixels of the window [paper, for the
    covariance: Simoncelli et al. 1991]. Given is the standard deviation of one component along the
    worse direction, so an edge that can be followed only across itself counts as uncertain.

    Parameters
    ----------
    first, second : (H, W) float32
        The grey frames that the flow was computed from, equally bright.
    flow : (H, W, 2) float32
        px.
    window_px : float
        Standard deviation of the window, 1..100: over how far the method smooths. With 4 the
        estimate lay 5-70 % above the true noise of all methods on known scenes [measured].

    Returns
    -------
    (H, W) float32
        px, at least 0.005. A model, not a measurement: `still_noise_px` measures.

    Raises
    ------
    MotionError
        If frames and flow do not fit one another.
    """
    _check(flow)
    _check_window(window_px)
    if first.shape != flow.shape[:2] or second.shape != first.shape:
        raise _refused("the frames do not fit the flow", f"{first.shape}, {flow.shape}")
    cv2 = cv2_or_error()
    height, width = first.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    warped = cv2.remap(
        second, x + flow[..., 0], y + flow[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    left = _local_mean((warped - first) ** 2, window_px)
    g_y, g_x = np.gradient((warped + first) * np.float32(0.5))
    a = _local_mean(g_x * g_x, window_px)
    b = _local_mean(g_x * g_y, window_px)
    c = _local_mean(g_y * g_y, window_px)
    weakest = (a + c) / 2 - np.sqrt(((a - c) / 2) ** 2 + b * b)
    independent = 4 * np.pi * window_px**2
    steep = np.maximum(weakest, 0) + np.float32(_GRADIENT_FLOOR**2)
    return np.maximum(np.sqrt(left / (independent * steep)), _LEAST_NOISE_PX).astype(np.float32)


def still_noise_px(of_still: Sequence[Array], *, window_px: float = 12.0) -> Array:
    """Measure the noise where next to nothing moved: in flows between neighbouring still frames.

    At 100-200 fps the frames beside a keyframe are nearly the same picture with other noise, so
    their flow is the noise of the method on this very clip [ours]. At 25-30 fps the face moves
    between neighbours: the estimate then is too large, and significance too low.

    Parameters
    ----------
    of_still : sequence of (H, W, 2) float32
        px, one or more; the median over them leaves out one that moved.
    window_px : float
        Standard deviation of the neighbourhood over which squares are averaged, 1..100.

    Returns
    -------
    (H, W) float32
        Standard deviation of one component, px, at least 0.005.

    Raises
    ------
    MotionError
        If there is no flow, or they differ in size.
    """
    _check_window(window_px)
    if not of_still:
        raise _refused("there is no flow of still frames", "0 flows")
    for flow in of_still:
        _check(flow)
        if flow.shape != of_still[0].shape:
            raise _refused("the flows differ in size", f"{flow.shape}, {of_still[0].shape}")
    squares = [_local_mean((flow**2).sum(axis=-1), window_px) for flow in of_still]
    middle = np.median(squares, axis=0)
    return np.maximum(np.sqrt(middle / 2), _LEAST_NOISE_PX).astype(np.float32)


def significance(
    flow: Array,
    noise: Array | float,
    *,
    missed: Array | None = None,
    independent_px: float = 16.0,
) -> Array:
    """Say how surely a vector is more than noise, corrected for the many places looked at [ours].

    ``(1 - exp(-m^2 / 2 s^2))^n``: if there were nothing but normal noise of standard deviation s in
    each component, the longest of n independent vectors would be shorter than this one's length m
    with that probability. n is the number of patches of ``independent_px`` in the picture, because
    the error of a smooth flow is the same within a patch. With ``missed``, s^2 grows by
    ``(missed / 2)^2``: where the ways there and back disagree, half of that is unknown.

    So 0.95 is the usual 5 % for the whole picture: noise alone passes it anywhere in one picture of
    twenty. It does not say that the motion is the face's: a moving head, a lamp that was not
    evened out and a moving shadow are significant, too.

    Parameters
    ----------
    flow : (H, W, 2) float32
        px.
    noise : (H, W) float32 or float
        Standard deviation of one component, px, above 0.
    missed : (H, W) float32, optional
        From `consistency`; where it is NaN the significance is 0.
    independent_px : float
        Side of a patch within which errors are alike, 1..1000.

    Returns
    -------
    (H, W) float32
        0..1.

    Raises
    ------
    MotionError
        If sizes or values do not fit.
    """
    _check(flow)
    if not isfinite(independent_px) or not 1 <= independent_px <= 1000:
        raise _refused(
            "it is out of range", f"independent_px = {independent_px!r}", "Give 1 to 1000 px"
        )
    for values in (noise, missed):
        if isinstance(values, np.ndarray) and values.shape != flow.shape[:2]:
            raise _refused("the noise does not fit the flow", f"{values.shape}, {flow.shape}")
    variance = np.square(np.asarray(noise, np.float64))
    if not bool((variance > 0).all()):
        raise _refused("the noise is not above 0", "noise", "Give a standard deviation in px")
    if missed is not None:
        variance = variance + np.square(missed.astype(np.float64) / 2)
    square = np.square(flow.astype(np.float64)).sum(axis=-1)
    height, width = flow.shape[:2]
    n = max(1.0, height * width / independent_px**2)
    alone = -np.expm1(-square / (2 * variance))
    sure: Array = np.nan_to_num(alone**n, nan=0.0).astype(np.float32)
    return sure


def _local_mean(values: Array, sigma_px: float) -> Array:
    cv2 = cv2_or_error()
    return np.asarray(cv2.GaussianBlur(values.astype(np.float32), (0, 0), sigma_px), np.float32)


def _check(flow: Array) -> None:
    if flow.ndim != 3 or flow.shape[2] != 2 or min(flow.shape[:2]) < 2:
        raise _refused("a flow is (H, W, 2)", f"shape {flow.shape}")


def _check_window(window_px: float) -> None:
    if not isfinite(window_px) or not 1 <= window_px <= 100:
        raise _refused("it is out of range", f"window_px = {window_px!r}", "Give 1 to 100 px")


def _refused(why: str, where: str, now: str = "") -> MotionError:
    return MotionError("The quality of this flow cannot be told", where=where, why=why, now=now)
