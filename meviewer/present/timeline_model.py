"""The lane of our own estimate: intervals, the course it saw, and plain words about its worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from meviewer.core.events import Edge, Keyframes
from meviewer.present.timeline import Band, Lane, LaneEvent, LaneModel

if TYPE_CHECKING:
    from meviewer.motion.estimate import Estimate

_ROLE = "prediction"
_MAP = "Small picture: where in the frame this movement was seen."


def model_lane(
    found: Estimate | None, refused: Sequence[Keyframes], numbers: Sequence[int], worth: str
) -> Lane:
    """Return the lane of the estimate.

    Parameters
    ----------
    found : Estimate or None
        None while it is computed.
    refused : sequence of Keyframes
        What the coder has refused for this event: not shown again.
    numbers : sequence of int
        The data set's number of each frame.
    worth : str
        What is known of its errors, for the tip.
    """
    if found is None:
        return Lane("Model", _ROLE, (), machine=True, model=LaneModel(waiting="estimating…"))
    course = np.clip(found.course, -0.1, 1.3)
    if not found.has_evidence or found.refused(refused):
        waiting = "refused" if found.has_evidence else "no evidence against the label"
        model = LaneModel((), found.first, course, waiting, f"{found.verdict}\n{worth}")
        return Lane("Model", _ROLE, (), machine=True, model=model)
    marks, again = found.keyframes, found.suggested()
    cells = found.cells if found.cells.size > 1 else np.zeros((0, 0))
    bands = tuple(
        Band(edge, float(low), float(at), float(high), edge in again)
        for edge, low, at, high in zip(Edge, found.low, found.middle, found.high, strict=True)
    )
    said = (_intervals(bands, numbers), found.verdict, *found.notes)
    words = "\n".join((*said, *((_MAP,) if cells.size else ()), worth))
    event = LaneEvent(1, marks.onset, marks.apex, marks.offset)
    model = LaneModel(bands, found.first, course, "", words, cells)
    return Lane("Model", _ROLE, (event,), machine=True, model=model)


def _intervals(bands: Sequence[Band], numbers: Sequence[int]) -> str:
    frames = np.arange(len(numbers))
    said = []
    for band in bands:
        low, high = np.interp((band.low, band.high), frames, numbers)
        said.append(f"{band.edge.value} {low:.0f}–{high:.0f}")
    return "5–95 %: " + ", ".join(said)
