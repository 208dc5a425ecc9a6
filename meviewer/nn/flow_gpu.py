"""TV-L1 optical flow of many pairs at once, on a GPU or wherever torch runs.

The numbers are those of `meviewer.motion.flow` with the same parameters, within 0.01 px: the same
brightness matching, pyramid, schedule and median. Worth it from some ten pairs on; for one pair
the compiled loops of the CPU are faster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from meviewer.core.errors import MotionError
from meviewer.motion.flow_input import LUMA, SMALLEST_PX, check_stack
from meviewer.motion.flow_params import TVL1Params
from meviewer.nn import flow_gpu_kernels as kernels
from meviewer.nn.flow_gpu_linear import Brightness, Pyramid

Frames = NDArray[np.uint8] | NDArray[np.float32]

_BYTES_PER_PX = 192
"""Of one pair at its largest: 12 pictures that stay, and about 36 that come and go."""

_CPU_BYTES = 256 << 20
_SHARE = 0.4
_MOST_PAIRS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """How pairs are worked on; it changes no value beyond rounding.

    Attributes
    ----------
    at_once : int
        Pairs at once; 0: as many as fit into a part of the device's free memory, at most 1024.
    compiled : bool
        Fuse the steps by torch.compile: takes tens of seconds once, then about a quarter of the
        memory traffic. Needs a C++ compiler, or Triton on a GPU.
    graph : bool
        Record the whole computation as a CUDA graph and replay it: no time between kernels. For
        many batches of one size on CUDA; elsewhere it is refused.
    """

    at_once: int = 0
    compiled: bool = False
    graph: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.at_once <= _MOST_PAIRS:
            raise MotionError(
                "A parameter of the batched flow is out of range",
                where=f"at_once = {self.at_once!r}",
                now=f"Give 0 to {_MOST_PAIRS} pairs",
            )


class BatchedTVL1:
    """TV-L1 between frames of one size, on one device.

    Parameters
    ----------
    shape : (H, W)
    params : TVL1Params
    device : torch.device
    batching : Batching, optional

    Raises
    ------
    MotionError
        If the frames are smaller than 16 px, or a CUDA graph is asked for on another device.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        params: TVL1Params,
        device: torch.device,
        batching: Batching | None = None,
    ) -> None:
        batching = batching or Batching()
        if batching.graph and device.type != "cuda":
            raise MotionError(
                "Only CUDA has graphs", where=f"device {device.type}", now="Leave graph out"
            )
        if min(shape) < SMALLEST_PX:
            raise MotionError(
                "The frames are too small for optical flow",
                where=f"{shape[1]}x{shape[0]} px",
                now=f"Give at least {SMALLEST_PX} px on each side",
            )
        self._params, self._device = params, device
        self.at_once = batching.at_once or pairs_that_fit(shape, device)
        self._pyramid = Pyramid(shape, params.scales, device)
        self._even = Brightness(shape, params.local_mean_px, device) if params.brightness else None
        self._steps = _compiled() if batching.compiled else Steps()
        self._graph: _Graph | None = None
        self._wants_graph = batching.graph

    @torch.no_grad()
    def __call__(self, first: Frames, second: Frames) -> NDArray[np.float32]:
        """Compute the flow of each pair.

        Parameters
        ----------
        first, second : (N, H, W) or (N, H, W, 3) uint8 or float32
            Grey or RGB, in grey levels; the n-th flow goes from the n-th of the one to the n-th
            of the other.

        Returns
        -------
        (N, H, W, 2) float32
            px, to the right and downwards.

        Raises
        ------
        MotionError
            If frames are of another size or type, or hold no grey levels.
        """
        check_stack(first, second, self._pyramid.shapes[0])
        found = np.empty((len(first), *self._pyramid.shapes[0], 2), np.float32)
        for begin in range(0, len(first), self.at_once):
            part = slice(begin, begin + self.at_once)
            flow = self.on_device(self._grey(first[part]), self._grey(second[part]))
            found[part] = flow.permute(0, 2, 3, 1).cpu().numpy()
        return found

    @torch.no_grad()
    def on_device(self, first: Tensor, second: Tensor) -> Tensor:
        """Compute the flow of pairs that are on the device already.

        Parameters
        ----------
        first, second : (B, H, W) float32
            Grey levels; B at most ``at_once``.

        Returns
        -------
        (B, 2, H, W) float32
            px. With a CUDA graph it is overwritten by the next call.
        """
        if not self._wants_graph:
            return self._solve(first, second)
        if self._graph is None:
            self._graph = _Graph(self._solve, (self.at_once, *first.shape[1:]), self._device)
        return self._graph(first, second)

    def _grey(self, frames: Frames) -> Tensor:
        # 8 bits travel: a quarter of the bytes.
        levels = torch.from_numpy(np.ascontiguousarray(frames)).to(self._device).float()
        if levels.ndim == 3:
            return levels
        return levels @ torch.from_numpy(LUMA).to(self._device)

    def _solve(self, first: Tensor, second: Tensor) -> Tensor:
        if self._even is not None:
            first, second = self._even(first, second)
        levels = list(zip(*(self._pyramid.levels(one) for one in (first, second)), strict=True))
        flow = first.new_zeros((len(first), 2, *levels[-1][0].shape[-2:]))
        for level in reversed(range(len(levels))):
            if level < len(levels) - 1:
                flow = self._pyramid.enlarge(flow, level)
            still, moved = levels[level]
            flow = self._level(still, moved, flow)
        return flow

    def _level(self, first: Tensor, second: Tensor, flow: Tensor) -> Tensor:
        params, steps = self._params, self._steps
        margin = (kernels.MARGIN_PX,) * 4
        padded = pad(second[:, None], margin, mode="replicate")[:, 0]
        state = kernels.State(flow, torch.zeros_like(flow), torch.zeros_like(flow))
        model = (params.attachment * params.theta, params.theta, params.tau / params.theta)
        for _ in range(params.warps):
            floor = params.gradient_floor**2
            data = steps.linearise(first[:, None], padded, state.flow, floor)
            for _ in range(params.iterations):
                state = steps.relax(state, data, *model)
            if params.median:
                state = state._replace(flow=steps.median(state.flow))
        return state.flow


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of the scheme, plain or compiled."""

    linearise: Callable[[Tensor, Tensor, Tensor, float], kernels.Linearised] = kernels.linearise
    relax: Callable[..., kernels.State] = kernels.relax
    median: Callable[[Tensor], Tensor] = kernels.median


def pairs_that_fit(shape: tuple[int, int], device: torch.device) -> int:
    """Return how many pairs of this size are worked on at once, 1 to 1024."""
    room = _CPU_BYTES
    if device.type == "cuda":
        room = int(_SHARE * torch.cuda.mem_get_info(device)[0])
    return max(1, min(_MOST_PAIRS, room // (shape[0] * shape[1] * _BYTES_PER_PX)))


@cache
def _compiled() -> Steps:
    # One program for all levels and batches: else each size would be compiled anew.
    return Steps(
        torch.compile(kernels.linearise, dynamic=True, fullgraph=True),
        torch.compile(kernels.relax, dynamic=True, fullgraph=True),
        torch.compile(kernels.median, dynamic=True, fullgraph=True),
    )


class _Graph:
    """A recorded computation on two inputs of one size; smaller batches are filled up."""

    def __init__(
        self,
        solve: Callable[[Tensor, Tensor], Tensor],
        shape: tuple[int, ...],
        device: torch.device,
    ) -> None:
        self._inputs = [torch.zeros(shape, device=device) for _ in range(2)]
        # What is made at the first call (compiled code, workspaces) must not be recorded.
        for _ in range(2):
            solve(*self._inputs)
        torch.cuda.synchronize(device)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._output = solve(*self._inputs)

    def __call__(self, first: Tensor, second: Tensor) -> Tensor:
        for room, values in zip(self._inputs, (first, second), strict=True):
            room[: len(values)].copy_(values)
        self._graph.replay()
        return self._output[: len(first)]
