"""How far off a coder usually is, for an estimate that begins at the coder's label."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from meviewer.core.events import Edge
from meviewer.experiment.label_sd import LabelSd, label_sd
from meviewer.motion.estimate import USUAL_SD_MS, PerKeyframe
from meviewer.project.project import Project

PRIOR_EVENTS = 4
"""As if the usual sd were known from so many events more: a handful of labels proves little."""


def worth_in(folder: Path, coder: str, data_set: str) -> PerKeyframe:
    """Return what `worth` says of a project on disk.

    Raises
    ------
    MeviewerError
        If the project cannot be read.
    """
    with Project.open(folder, read_only=True) as project:
        return worth(label_sd(project), coder, data_set)


def worth(found: Iterable[LabelSd], coder: str, data_set: str) -> PerKeyframe:
    """Return the sd of a coder's labels in ms for onset, apex and offset.

    Parameters
    ----------
    found : iterable of LabelSd
        Of the pairs that the coder is in, the one with most events speaks.
    coder, data_set : str

    Returns
    -------
    (onset, apex, offset)
        ``sqrt((n sd^2 + 4 usual^2) / (n + 4))`` [ours]; the usual sd where nobody else has
        labelled the same events.
    """
    usual = dict(zip((Edge.ONSET, Edge.APEX, Edge.OFFSET), USUAL_SD_MS, strict=True))
    known: dict[Edge, tuple[int, float]] = {}
    for one in found:
        if one.sd_ms is None or coder not in one.coders or one.data_set != data_set:
            continue
        if one.n > known.get(one.edge, (0, 0.0))[0]:
            known[one.edge] = one.n, one.sd_ms
    onset, apex, offset = (_drawn(*known.get(edge, (0, 0.0)), usual[edge]) for edge in usual)
    return onset, apex, offset


def _drawn(n: int, sd_ms: float, usual_ms: float) -> float:
    if not n:
        return usual_ms  # to the last bit, so that nothing is estimated twice
    squares = n * sd_ms**2 + PRIOR_EVENTS * usual_ms**2
    return math.sqrt(squares / (n + PRIOR_EVENTS))
