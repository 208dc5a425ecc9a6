"""MM-COF: the motion of both phases in one picture (arXiv 2510.07810).

1. ``M1 = |rise|``, ``M2 = |fall|`` [2nd].
2. ``N_p = (M_p - min) / (max - min)`` over the pixels of its own phase, 0 where max - min < 1e-6
   [2nd]; ``M_c = theta1 N_1 + theta2 N_2`` [2nd], both 0.5 [ours].
3. ``tau = mean(M_c)``; ``M = clip(alpha M_c, 0, 1)`` where ``M_c >= tau``, else ``beta M_c``
   [2nd: "threshold-based"; ours: the formula, alpha 1.5, beta 0.5].
4. Direction: the angle of ``theta1 rise - theta2 fall``, because the fall roughly reverses the rise
   and their sum would cancel [ours].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError

Array = NDArray[np.float32]

Modulation: TypeAlias = Literal["threshold", "smooth"]
Normalisation: TypeAlias = Literal["min-max", "percentile"]
Direction: TypeAlias = Literal["difference", "rise"]

VERSION = 1
"""Part of the provenance: raised when the same input gives other numbers."""

_DEGENERATE_PX = 1e-6


@dataclass(frozen=True, kw_only=True)
class MMCOFParams:
    """Parameters of MM-COF.

    Attributes
    ----------
    theta1, theta2 : float
        Weights of rise and fall, 0..1, not both 0.
    alpha, beta : float
        Gain above and below the threshold: ``beta <= alpha``.
    modulation : "threshold" or "smooth"
        ``M_c (beta + (alpha - beta) sigmoid(k (M_c - tau)))`` is the smooth twin.
    k : float
        Steepness of the smooth twin.
    normalisation : "min-max" or "percentile"
        By the extremes, or by percentiles, so that one outlier pixel does not set the scale.
    low_percentile, high_percentile : float
    direction : "difference" or "rise"
        Of ``theta1 rise - theta2 fall``, or of the rise alone.
    """

    theta1: float = 0.5
    theta2: float = 0.5
    alpha: float = 1.5
    beta: float = 0.5
    modulation: Modulation = "threshold"
    k: float = 10.0
    normalisation: Normalisation = "min-max"
    low_percentile: float = 1.0
    high_percentile: float = 99.0
    direction: Direction = "difference"

    def __post_init__(self) -> None:
        kinds = {"modulation": Modulation, "normalisation": Normalisation, "direction": Direction}
        for name, kind in kinds.items():
            if getattr(self, name) not in get_args(kind):
                where = f"{name} = {getattr(self, name)!r}"
                raise _refused(where, f"Choose one of {', '.join(get_args(kind))}")
        _within("theta1", self.theta1, 0.0, 1.0)
        _within("theta2", self.theta2, 0.0, 1.0)
        _within("alpha", self.alpha, 0.0, 100.0)
        _within("beta", self.beta, 0.0, self.alpha)
        _within("k", self.k, 0.0, 10000.0)
        _within("low_percentile", self.low_percentile, 0.0, 100.0)
        _within("high_percentile", self.high_percentile, self.low_percentile, 100.0)
        if self.theta1 + self.theta2 == 0:
            raise _refused("theta1 = theta2 = 0", "Give at least one phase a weight")


@dataclass(frozen=True, eq=False)
class MMCOF:
    """The motion of both phases.

    Attributes
    ----------
    combined : (H, W) float32
        ``M_c``, before modulation, 0..theta1 + theta2.
    magnitude : (H, W) float32
        ``M``, after modulation, 0..1.
    angle : (H, W) float32
        rad, -pi..pi: 0 right, pi / 2 downwards.
    tau : float
        The threshold.
    scales_px : tuple of two (low, high)
        What became 0 and 1 in rise and fall.
    params : MMCOFParams
    """

    combined: Array
    magnitude: Array
    angle: Array
    tau: float
    scales_px: tuple[tuple[float, float], tuple[float, float]]
    params: MMCOFParams

    @property
    def image(self) -> NDArray[np.uint8]:
        """RGB of HSV with the angle as hue (0 red), full saturation, M as value: (H, W, 3)."""
        return _hsv_picture(self.angle, self.magnitude)

    @property
    def provenance(self) -> Mapping[str, str | float | int]:
        """All parameters, the threshold and the version, to be stored with the result."""
        (low1, high1), (low2, high2) = self.scales_px
        return {
            "representation": "mm-cof",
            "version": VERSION,
            "tau": self.tau,
            "rise_low_px": low1,
            "rise_high_px": high1,
            "fall_low_px": low2,
            "fall_high_px": high2,
            **asdict(self.params),
        }

    def channels(self) -> Array:
        """Return ``(M cos, M sin, M)`` for networks: (3, H, W) float32 in -1..1."""
        m, angle = self.magnitude, self.angle
        return np.stack((m * np.cos(angle), m * np.sin(angle), m)).astype(np.float32)


def mm_cof(rise: Array, fall: Array, params: MMCOFParams | None = None) -> MMCOF:
    """Join the flows of both phases.

    Parameters
    ----------
    rise, fall : (H, W, 2) float32
        Flow from onset to apex and from apex to offset, px.
    params : MMCOFParams, optional

    Returns
    -------
    MMCOF

    Raises
    ------
    MotionError
        If the flows are not (H, W, 2), differ in size, or hold values that are not finite.
    """
    params = params or MMCOFParams()
    _check(rise, fall)
    from meviewer.motion.mm_cof_kernels import weigh

    flows = [np.asarray(flow, np.float32) for flow in (rise, fall)]
    (one, scale1), (other, scale2) = (_lengths(flow, params) for flow in flows)
    combined = np.empty_like(one)
    weights = params.theta1, params.theta2
    scales = _counted(scale1), _counted(scale2)
    total = weigh(one.ravel(), other.ravel(), scales, weights, combined.ravel())
    tau = float(total) / combined.size
    return MMCOF(
        combined,
        modulate(combined, tau, params),
        _angle(flows[0], flows[1], params),
        tau,
        (scale1, scale2),
        params,
    )


def modulate(combined: Array, tau: float, params: MMCOFParams) -> Array:
    """Raise what reaches the threshold, lower the rest; the result is 0..1, float32."""
    if params.modulation == "smooth":
        # As tanh, because the exponential of a large negative number overflows.
        sigmoid = 0.5 * (1 + np.tanh(0.5 * params.k * (combined - tau)))
        gain = params.beta + (params.alpha - params.beta) * sigmoid
        return np.asarray(np.clip(gain * combined, 0.0, 1.0), np.float32)
    from meviewer.motion.mm_cof_kernels import raise_above

    values = np.ascontiguousarray(combined, np.float32)
    raised = np.empty_like(values)
    raise_above(values.ravel(), tau, params.alpha, params.beta, raised.ravel())
    return raised


def _lengths(flow: Array, params: MMCOFParams) -> tuple[Array, tuple[float, float]]:
    """Return the length of each vector in px, and what shall become 0 and 1."""
    from meviewer.motion.mm_cof_kernels import lengths

    values = np.empty(flow.shape[:2], np.float32)
    low, high = lengths(flow, values)
    if params.normalisation == "percentile":
        ends = np.percentile(
            values.astype(np.float64), (params.low_percentile, params.high_percentile)
        )
        low, high = float(ends[0]), float(ends[1])
    return values, (low, high)


def _counted(scale: tuple[float, float]) -> tuple[float, float]:
    """Return a scale on which a phase without motion adds nothing."""
    low, high = scale
    return (low, low) if high - low < _DEGENERATE_PX else scale


def _angle(rise: Array, fall: Array, params: MMCOFParams) -> Array:
    from meviewer.motion.mm_cof_kernels import angles

    both = params.direction == "difference"
    weights = (params.theta1, params.theta2) if both else (1.0, 0.0)
    found = np.empty(rise.shape[:2], np.float32)
    angles(rise, fall, weights, found)
    return found


def _hsv_picture(angle: Array, value: Array) -> NDArray[np.uint8]:
    sector = np.mod(angle / (2 * np.pi), 1.0)[..., None] * 6
    # Distance of the hue from red, green and blue, each a sixth of the circle wide.
    red, green, blue = (
        np.abs(sector - 3) - 1,
        2 - np.abs(sector - 2),
        2 - np.abs(sector - 4),
    )
    colour = np.clip(np.concatenate((red, green, blue), axis=-1), 0, 1) * value[..., None]
    return np.asarray(colour * 255 + 0.5).astype(np.uint8)


def _check(rise: Array, fall: Array) -> None:
    for name, flow in (("rise", rise), ("fall", fall)):
        if flow.ndim != 3 or flow.shape[2] != 2 or 0 in flow.shape:
            raise MotionError(
                "There is no MM-COF of these flows",
                where=name,
                why=f"its shape is {flow.shape}",
                now="Give (H, W, 2)",
            )
        if not bool(np.isfinite(flow).all()):
            raise MotionError(
                "There is no MM-COF of these flows", where=name, why="it holds infinite values"
            )
    if rise.shape != fall.shape:
        raise MotionError(
            "There is no MM-COF of these flows",
            why=f"the rise is {rise.shape}, the fall {fall.shape}",
            now="Compute both from frames of one size",
        )


def _within(name: str, value: float, low: float, high: float) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not isfinite(value) or not low <= value <= high:
        raise _refused(f"{name} = {value!r}", f"Give a number from {low:g} to {high:g}")


def _refused(where: str, now: str) -> MotionError:
    return MotionError("A parameter of MM-COF is out of range", where=where, now=now)
