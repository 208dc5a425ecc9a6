"""Parameters of the optical-flow methods, checked where they are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Literal, TypeAlias, get_args

from meviewer.core.errors import MotionError

Preset: TypeAlias = Literal["ultrafast", "fast", "medium"]


@dataclass(frozen=True, kw_only=True)
class TVL1Params:
    """TV-L1: least absolute brightness error with total variation of the flow.

    Attributes
    ----------
    tau : float
        Time step of the dual ascent, 0..0.25 (above it diverges) [paper: Zach et al. 2007].
    attachment : float
        Weight lambda of the data, per grey level: larger follows noise, smaller shrinks motion.
    theta : float
        Coupling of data and smoothness.
    scales, warps, iterations : int
        Pyramid levels, linearisations a level, and steps a linearisation: a fixed number [ours]
        instead of a stop at a small change (eps), because more of them shrinks small motions and
        a fixed number costs a known time.
    gradient_floor : float
        Grey levels per px: texture below it is taken for noise [ours].
    median : bool
        3x3 median of the flow after each warp [code].
    brightness : bool
        Make both frames equally bright first, globally and locally [ours]: 2 % of lamp flicker
        ruins TV-L1 otherwise.
    local_mean_px : float
        Standard deviation of the local mean; 0: only globally.
    """

    tau: float = 0.25
    attachment: float = 0.15
    theta: float = 0.3
    scales: int = 5
    warps: int = 5
    iterations: int = 15
    gradient_floor: float = 1.7
    median: bool = True
    brightness: bool = True
    local_mean_px: float = 24.0

    def __post_init__(self) -> None:
        _within(self, "tau", 0.001, 0.25)
        _within(self, "attachment", 0.0001, 100.0)
        _within(self, "theta", 0.001, 10.0)
        _within(self, "scales", 1, 12)
        _within(self, "warps", 1, 100)
        _within(self, "iterations", 1, 1000)
        _within(self, "gradient_floor", 0.001, 100.0)
        _within(self, "local_mean_px", 0.0, 1000.0)


@dataclass(frozen=True, kw_only=True)
class DISParams:
    """Dense inverse search with variational refinement (Kroeger et al. 2016), by OpenCV.

    Attributes
    ----------
    preset : "ultrafast", "fast" or "medium"
        OpenCV's set of parameters to begin with.
    finest_scale : int or None
        0: full resolution; None: as in the preset.
    gradient_descent, refinement : int or None
        Iterations of the patch search and of the refinement; None: as in the preset.
    brightness, local_mean_px
        As in TV-L1. Though DIS takes the mean of each patch away, 2 % of flicker raises its error
        by 20-60 % otherwise [measured].
    """

    preset: Preset = "medium"
    finest_scale: int | None = None
    gradient_descent: int | None = None
    refinement: int | None = None
    brightness: bool = True
    local_mean_px: float = 24.0

    def __post_init__(self) -> None:
        if self.preset not in get_args(Preset):
            raise _refused(self, "preset", f"one of {', '.join(get_args(Preset))}")
        _within(self, "finest_scale", 0, 10, optional=True)
        _within(self, "gradient_descent", 1, 1000, optional=True)
        _within(self, "refinement", 0, 1000, optional=True)
        _within(self, "local_mean_px", 0.0, 1000.0)


@dataclass(frozen=True, kw_only=True)
class FarnebackParams:
    """Polynomial expansion (Farnebäck 2003), by OpenCV.

    Attributes
    ----------
    pyramid_scale : float
        Size of a level relative to the finer one.
    levels, window_px, iterations, polynomial_px : int
    polynomial_sigma_px : float
    gaussian : bool
        A Gaussian window instead of a box.
    brightness, local_mean_px
        As in TV-L1; off, because flicker hardly changes what a polynomial moves by [measured].
    """

    pyramid_scale: float = 0.5
    levels: int = 3
    window_px: int = 15
    iterations: int = 3
    polynomial_px: int = 5
    polynomial_sigma_px: float = 1.2
    gaussian: bool = False
    brightness: bool = False
    local_mean_px: float = 24.0

    def __post_init__(self) -> None:
        _within(self, "pyramid_scale", 0.1, 0.95)
        _within(self, "levels", 0, 12)
        _within(self, "window_px", 3, 501)
        _within(self, "iterations", 1, 1000)
        _within(self, "polynomial_px", 3, 15)
        _within(self, "polynomial_sigma_px", 0.3, 10.0)
        _within(self, "local_mean_px", 0.0, 1000.0)


@dataclass(frozen=True, kw_only=True)
class DeepFlowParams:
    """DeepFlow (Weinzaepfel et al. 2013) without its matching, by OpenCV's contributed modules.

    OpenCV lets none of its own parameters be set. Ten times slower than our TV-L1 and cleaner
    where nothing moves.

    Attributes
    ----------
    brightness, local_mean_px
        As in TV-L1. The method compares gradients, too; without, flicker raises its error by up to
        19 % [measured].
    """

    brightness: bool = True
    local_mean_px: float = 24.0

    def __post_init__(self) -> None:
        _within(self, "local_mean_px", 0.0, 1000.0)


FlowParams: TypeAlias = TVL1Params | DISParams | FarnebackParams | DeepFlowParams

KINDS: Mapping[str, type[FlowParams]] = {
    "tvl1": TVL1Params,
    "dis": DISParams,
    "farneback": FarnebackParams,
    "deepflow": DeepFlowParams,
}


def make_params(method: str, values: Mapping[str, object]) -> FlowParams:
    """Make the parameters of a method from names and values.

    Raises
    ------
    MotionError
        If there is no such method or parameter, or a value is out of its range.
    """
    kind = KINDS.get(method)
    if kind is None:
        raise MotionError(
            "There is no such optical-flow method",
            where=repr(method),
            now=f"Choose one of {', '.join(KINDS)}",
        )
    known = [field.name for field in fields(kind)]
    for name in values:
        if name not in known:
            raise MotionError(
                f"The method {method} has no such parameter",
                where=repr(name),
                now=f"It has {', '.join(known)}",
            )
    # The values check their own types and ranges.
    make: Callable[..., FlowParams] = kind
    return make(**values)


def provenance(params: FlowParams) -> dict[str, str | float | int | bool | None]:
    """Return the method and every parameter, to be stored with a result."""
    method = next(name for name, kind in KINDS.items() if isinstance(params, kind))
    return {"method": method, **asdict(params)}


def _within(
    params: FlowParams, name: str, low: float, high: float, *, optional: bool = False
) -> None:
    value = getattr(params, name)
    if optional and value is None:
        return
    whole = isinstance(low, int)
    expected = f"{'a whole number' if whole else 'a number'} from {low:g} to {high:g}"
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise _refused(params, name, expected)
    if not isfinite(value) or not low <= value <= high:
        raise _refused(params, name, expected)


def _refused(params: FlowParams, name: str, expected: str) -> MotionError:
    return MotionError(
        "An optical-flow parameter is out of range",
        where=f"{type(params).__name__}.{name} = {getattr(params, name)!r}",
        now=f"Give {expected}",
    )
