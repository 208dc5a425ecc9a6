"""Flows of many events at once, on a device, before the events are looked at one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from meviewer.motion.flow_params import TVL1Params
from meviewer.nn.device import describe
from meviewer.nn.flow_gpu import BatchedTVL1, Batching, pairs_that_fit

Picture = NDArray[np.uint8]
Keyframe = tuple[Picture, Picture, Picture]
"""The frames of onset, apex and offset, (H, W, 3) RGB."""

_SIZES_KEPT = 8


@dataclass(frozen=True, slots=True, eq=False)
class PhaseFields:
    """The flow of both phases at the size of the frames.

    Attributes
    ----------
    rise, fall : (H, W, 2) float32
        px.
    device : str
        What computed them, in words.
    """

    rise: NDArray[np.float32]
    fall: NDArray[np.float32]
    device: str


class FlowAhead:
    """Computes TV-L1 of rise and fall of many events; frames of one size go together.

    Parameters
    ----------
    device : torch.device
    sharing : int
        Processes that use it at once: each takes its part of the free memory.
    """

    def __init__(self, device: torch.device, sharing: int = 1) -> None:
        self._device, self._sharing = device, sharing
        self._solvers: dict[tuple[int, int], BatchedTVL1] = {}

    def fields(self, events: Sequence[Keyframe]) -> list[PhaseFields]:
        """Compute the flows of events, in their order.

        Parameters
        ----------
        events : sequence of three frames each
            The three of one event have one size; events may differ.

        Raises
        ------
        MotionError
            If frames are too small.
        """
        together: dict[tuple[int, ...], list[int]] = {}
        for place, frames in enumerate(events):
            together.setdefault(frames[0].shape, []).append(place)
        found: dict[int, PhaseFields] = {}
        for places in together.values():
            first, second = (
                np.stack([events[at][n + which] for at in places for n in (0, 1)])
                for which in (0, 1)
            )
            flows = self._solver(first.shape[1:3])(first, second)
            for n, at in enumerate(places):
                found[at] = PhaseFields(flows[2 * n], flows[2 * n + 1], describe(self._device))
        return [found[at] for at in range(len(events))]

    def _solver(self, shape: tuple[int, int]) -> BatchedTVL1:
        if shape not in self._solvers:
            while len(self._solvers) >= _SIZES_KEPT:
                del self._solvers[next(iter(self._solvers))]
            at_once = max(1, pairs_that_fit(shape, self._device) // self._sharing)
            batching = Batching(at_once=at_once)
            self._solvers[shape] = BatchedTVL1(shape, TVL1Params(), self._device, batching)
        return self._solvers[shape]
