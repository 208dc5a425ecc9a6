"""Motion made larger, for looking only: what comes out is no measurement and is never stored.

Two ways.
*Linear* (Eulerian) adds the change of each pixel's brightness several times, in the bands of a
spatial pyramid [paper: Wu et al. 2012]. What moves further than an eighth of its own wavelength
after magnification turns into ghosts; fine patterns are therefore magnified less.
*Flow* takes each pixel several times as far as optical flow says it went [ours; Liu et al. 2005 do
so with tracked points]. It keeps edges sharp and needs texture that can be followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.motion.brightness import brightness_change
from meviewer.motion.flow_opencv import dis
from meviewer.motion.flow_params import DISParams
from meviewer.motion.frame_stack import Picture, check_index, check_picture, check_same
from meviewer.motion.head_motion import estimate_head_motion
from meviewer.motion.temporal_band import mean_around, sigma_frames
from meviewer.motion.vision import cv2_or_error

Array: TypeAlias = NDArray[np.float32]
Method: TypeAlias = Literal["flow", "linear"]
Against: TypeAlias = Literal["onset", "band"]

LEAST, MOST = 1.0, 30.0
"""Range of the factor."""

_EXACT, _QUICK = DISParams(), DISParams(preset="fast", finest_scale=1, refinement=0)
_SMOOTH_PX = 3.0
_ROUNDS = 2
_QUICK_SIDE_PX = 240
_HEAD_SAMPLES = 3000
_SLOW_SAMPLES, _FAST_SAMPLES = 17, 7
_LEAST_SIDE_PX = 4


@dataclass(frozen=True, kw_only=True)
class MagnifyParams:
    """How motion is magnified.

    Attributes
    ----------
    factor : float
        How many times as far everything moves, 1..30; Wu's alpha is ``factor - 1``.
    method : "flow" or "linear"
    against : "onset" or "band"
        What is magnified: all change since the reference frame, or, linear only, what changes with
        a frequency between `low_hz` and `high_hz`.
    low_hz, high_hz : float
        Ends of the temporal band.
    shortest_px : float
        Linear: patterns with a shorter wavelength are magnified less [paper: lambda_c].
    light : bool
        Bring each frame to the light of the reference first: a flickering lamp would be magnified
        as well [ours].
    head : bool
        Magnify the motion of the head, too; without it, flow only, the head moves as it did.
    """

    factor: float = 5.0
    method: Method = "flow"
    against: Against = "onset"
    low_hz: float = 0.5
    high_hz: float = 10.0
    shortest_px: float = 16.0
    light: bool = True
    head: bool = True

    def __post_init__(self) -> None:
        _one_of(self, "method", get_args(Method))
        _one_of(self, "against", get_args(Against))
        for name, low, high in (
            ("factor", LEAST, MOST),
            ("low_hz", 0.01, 500.0),
            ("high_hz", 0.02, 1000.0),
            ("shortest_px", 2.0, 1000.0),
        ):
            value = getattr(self, name)
            if not isfinite(value) or not low <= value <= high:
                raise _refused(self, name, f"a number from {low:g} to {high:g}")
        if self.low_hz >= self.high_hz:
            raise _refused(self, "low_hz", f"less than high_hz, {self.high_hz:g}")
        if self.method == "flow" and self.against == "band":
            raise _refused(self, "against", "onset: a flow leads from one frame to another")


def words(params: MagnifyParams) -> str:
    """Return what has to stand on every picture of magnified motion."""
    return f"magnified ×{params.factor:g}, for looking only"


class Magnifier:
    """Magnifies the frames of one clip against one of them. For one thread at a time.

    Parameters
    ----------
    frames : sequence of (H, W) or (H, W, 3) uint8
        Such as a clip.
    reference : int
        Frame that stays as it is, usually the onset.
    rate_hz : float
        Frames per second; only a temporal band needs it.
    params : MagnifyParams

    Raises
    ------
    MotionError
        If there is no such frame.
    MissingExtraError
        If OpenCV is not installed.
    """

    def __init__(
        self,
        frames: Sequence[Picture],
        reference: int,
        rate_hz: float,
        params: MagnifyParams,
    ) -> None:
        check_index(reference, len(frames))
        self._cv2 = cv2_or_error()
        self._frames, self._rate_hz, self.params = frames, rate_hz, params
        self._reference = np.asarray(frames[reference])
        check_picture(self._reference)
        self._grey = self._as_grey(self._reference)
        self._slow: tuple[int, Array] | None = None
        self._grids: dict[tuple[int, int], Array] = {}

    def frame(self, index: int, *, quick: bool = False) -> Picture:
        """Return one frame with magnified motion.

        Parameters
        ----------
        index : int
        quick : bool
            Coarser flow and shorter means, for playing.

        Returns
        -------
        (H, W) or (H, W, 3) uint8
        """
        check_index(index, len(self._frames))
        frame = np.asarray(self._frames[index])
        check_same(frame, self._reference, index)
        if self.params.factor == 1.0:
            return frame
        if self.params.method == "flow":
            return self._moved(frame, quick=quick)
        if self.params.against == "band":
            return self._added(frame, self._band(index, quick=quick))
        gain, offset = self._light(frame, self._as_grey(frame))
        change = self._cv2.addWeighted(
            frame, 1 / gain, self._reference, -1.0, -offset / gain, dtype=self._cv2.CV_32F
        )
        return self._added(frame, change)

    def _as_grey(self, frame: Picture) -> Picture:
        if frame.ndim == 2:
            return frame
        return np.asarray(self._cv2.cvtColor(frame, self._cv2.COLOR_RGB2GRAY), np.uint8)

    def _light(self, frame: Picture, grey: Picture) -> tuple[float, float]:
        """Return gain and offset of the lamp from the reference to a frame."""
        if not self.params.light:
            return 1.0, 0.0
        return brightness_change(self._grey.astype(np.float32), grey.astype(np.float32))

    # Linear

    def _band(self, index: int, *, quick: bool) -> Array:
        """Return the difference of a short and a long mean over time."""
        params, rate = self.params, self._rate_hz
        slow_sigma = sigma_frames(params.low_hz, rate)
        # The long mean hardly changes from frame to frame: a near one will do.
        step = max(int(slow_sigma / 4), 1) if quick else 1
        middle = index // step * step
        if self._slow is None or self._slow[0] != middle:
            slow = mean_around(self._frames, middle, slow_sigma, _SLOW_SAMPLES)
            self._slow = (middle, slow)
        samples = 3 if quick else _FAST_SAMPLES
        fast = mean_around(self._frames, index, sigma_frames(params.high_hz, rate), samples)
        slow = self._slow[1]
        if params.light:
            # The lamp changes the whole picture alike; a mean over the picture knows it.
            fast += np.float32(slow.mean() - fast.mean())
        fast -= slow
        return fast

    def _added(self, frame: Picture, change: Array) -> Picture:
        """Add the change to a frame, magnified in each band of a pyramid."""
        cv2, shapes, levels = self._cv2, list[tuple[int, int]](), list[Array]()
        now = change
        while min(now.shape[:2]) >= 2 * _LEAST_SIDE_PX:
            shapes.append((now.shape[1], now.shape[0]))
            levels.append(now)
            now = cv2.pyrDown(now)
        total: Array | None = None
        for level in reversed(range(len(levels))):
            below = now if level == len(levels) - 1 else levels[level + 1]
            gain = self._gain(level)
            if total is None:
                total = np.zeros_like(now)  # what is coarser is light, not motion
            # The band is the level less the next coarser one; total runs from coarse to fine.
            carried = cv2.pyrUp(total - np.float32(gain) * below, dstsize=shapes[level])
            total = cv2.addWeighted(carried, 1.0, levels[level], gain, 0.0)
        if total is None:
            total = np.zeros_like(change)
        return np.asarray(cv2.add(frame, total, dtype=cv2.CV_8U), np.uint8)

    def _gain(self, level: int) -> float:
        """Return alpha of a pyramid level, whose longest wavelength is ``4 * 2**level`` px."""
        share = 4.0 * 2.0**level / self.params.shortest_px
        return min(max(self.params.factor * share - 1.0, 0.0), self.params.factor - 1.0)

    # Along the flow

    def _moved(self, frame: Picture, *, quick: bool) -> Picture:
        """Take each pixel ``factor`` times as far.

        A point of the reference at ``p`` lies at ``p + u(p)`` in the frame and shall be shown at
        ``q = p + u(p) + (k - 1) m(p)``, where ``m`` is ``u`` without the head. So ``q`` shows the
        frame at ``q - (k - 1) m(p)``, with ``p`` found by a few rounds of substitution.
        """
        k = np.float32(self.params.factor)
        flow, motion = self._flow(frame, quick=quick)
        whole = flow * k if motion is flow else flow + (k - 1) * motion
        grid = self._grid(whole.shape)
        found = whole
        for _ in range(_ROUNDS):
            found = self._sampled(whole, grid - found)
        if motion is flow:
            further = found * ((k - 1) / k)
        else:
            further = (k - 1) * self._sampled(motion, grid - found)
        if further.shape[:2] != frame.shape[:2]:
            further, grid = self._enlarged(further, frame.shape), self._grid(frame.shape)
        return np.asarray(self._sampled(frame, grid - further), frame.dtype)

    def _enlarged(self, flow: Array, shape: tuple[int, ...]) -> Array:
        height, width = shape[:2]
        longer = np.array((width / flow.shape[1], height / flow.shape[0]), np.float32)
        return np.asarray(self._cv2.resize(flow * longer, (width, height)), np.float32)

    def _flow(self, frame: Picture, *, quick: bool) -> tuple[Array, Array]:
        """Return the flow from the reference, and the part of it that is magnified."""
        cv2 = self._cv2
        one = self._grey.astype(np.float32)
        two = self._as_grey(frame).astype(np.float32)
        if self.params.light:
            gain, offset = brightness_change(one, two)
            two = (two - np.float32(offset)) / np.float32(gain)
        side = min(one.shape)
        share = min(_QUICK_SIDE_PX / side, 1.0) if quick else 1.0
        if share < 1.0:
            size = (round(one.shape[1] * share), round(one.shape[0] * share))
            one, two = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (one, two))
        flow = dis(one, two, _QUICK if quick else _EXACT)
        flow = np.asarray(cv2.GaussianBlur(flow, (0, 0), _SMOOTH_PX * share), np.float32)
        return flow, flow if self.params.head else flow - self._head(flow)

    def _head(self, flow: Array) -> Array:
        """Return the part of a flow that is the head's: it is smooth, so some of the px will do."""
        step = max(round((flow.size / 2 / _HEAD_SAMPLES) ** 0.5), 1)
        coarse = np.ascontiguousarray(flow[::step, ::step])
        head = estimate_head_motion(coarse).flow((coarse.shape[0], coarse.shape[1]))
        return np.asarray(self._cv2.resize(head, (flow.shape[1], flow.shape[0])), np.float32)

    def _grid(self, shape: tuple[int, ...]) -> Array:
        """Return where each px is, (H, W, 2); made once a size."""
        size = (shape[0], shape[1])
        if size not in self._grids:
            self._grids[size] = _grid(size)
        return self._grids[size]

    def _sampled(self, values: NDArray[np.generic], at: Array) -> Array:
        cv2 = self._cv2
        return np.asarray(
            cv2.remap(values, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        )


def provenance(params: MagnifyParams) -> dict[str, str | float | bool]:
    """Return every parameter, to be said beside a picture."""
    return asdict(params)


def _grid(size: tuple[int, int]) -> Array:
    height, width = size
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.stack((x, y), axis=-1)


def _one_of(params: MagnifyParams, name: str, known: tuple[str, ...]) -> None:
    if getattr(params, name) not in known:
        raise _refused(params, name, f"one of {', '.join(known)}")


def _refused(params: MagnifyParams, name: str, expected: str) -> MotionError:
    return MotionError(
        "A parameter of the magnification is out of range",
        where=f"{name} = {getattr(params, name)!r}",
        now=f"Give {expected}",
    )
