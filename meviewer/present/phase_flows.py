"""Flows between the keyframes of one event, without the motion of the head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.flow_params import FlowParams
from meviewer.present.bench_views import RISE
from meviewer.present.picture_options import PictureOptions

Frame: TypeAlias = NDArray[np.uint8]
Values: TypeAlias = NDArray[np.float32]

_EVERY_PX = 8


class PhaseFlows:
    """Flows between the keyframes of one event; each phase may be asked for in its own thread.

    Parameters
    ----------
    marks : mapping of str to int
        Frame indices of ``onset``, ``apex`` and ``offset``.
    frames : mapping of str to (H, W, 3) uint8 or float32
        What is seen there.
    options : PictureOptions
    params : FlowParams
        Of the method to use.
    known : mapping of str to (H, W, 2) float32
        Flows of phases that have been computed before, in px.
    final : bool
        Whether the head is looked for with all that is known, and not for a moment only.
    """

    def __init__(
        self,
        marks: Mapping[str, int],
        frames: Mapping[str, Frame | Values],
        options: PictureOptions,
        params: FlowParams,
        known: Mapping[str, Values],
        *,
        final: bool,
    ) -> None:
        self._known = known
        self._marks, self._frames = marks, frames
        self._options, self.params, self._final = options, params, final
        self._raw: dict[str, Values] = {}
        self._free: dict[str, Values] = {}

    def flow(self, phase: str) -> Values | None:
        """Return the flow of a phase without the motion of the head; None without the phase."""
        from meviewer.motion import flow

        first, second = _ends(phase)
        if self._marks[first] >= self._marks[second]:
            return None
        if phase in self._known:
            return self._known[phase]
        found = flow.compute_with(self._frames[first], self._frames[second], self.params)
        free = self._without_head(found)
        self._raw[phase], self._free[phase] = found, free
        return free

    def _without_head(self, flow: Values) -> Values:
        from meviewer.motion.head_motion import remove_head_motion

        head = self._options.head
        if head == "kept":
            return flow
        if self._final:
            return remove_head_motion(flow, head)
        # While the hand moves, every eighth px both ways tells four numbers well enough: the quick
        # flow has patches of that size.
        return remove_head_motion(flow, head, every_px=_EVERY_PX)

    def significances(self, needs: frozenset[str]) -> dict[str, Values]:
        """Return how sure each flow is, where it is asked for: that takes a flow backwards."""
        if not self._final:
            return {}
        wanted = [
            phase for phase in self._raw if self._options.fade or f"significance {phase}" in needs
        ]
        return {phase: self._significance(phase) for phase in wanted}

    def _significance(self, phase: str) -> Values:
        from meviewer.motion import flow, flow_quality
        from meviewer.motion.brightness import normalise_brightness
        from meviewer.motion.flow_input import grey_pair

        first, second = (self._frames[key] for key in _ends(phase))
        raw, backward = self._raw[phase], flow.compute_with(second, first, self.params)
        missed = flow_quality.consistency(raw, backward)
        noise = flow_quality.noise_px(*normalise_brightness(*grey_pair(first, second)), raw)
        return flow_quality.significance(self._free[phase], noise, missed=missed)


def _ends(phase: str) -> tuple[str, str]:
    return ("onset", "apex") if phase == RISE else ("apex", "offset")
