"""The pairwise surface: every onset against every apex, with the label, the window, the choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Keyframes
from meviewer.motion import colour
from meviewer.motion.gamdss import Reselection
from meviewer.present.overlays import Ground


@dataclass(frozen=True, slots=True)
class PairwiseState:
    """What the surface shows.

    Attributes
    ----------
    picture : (T, T, 3) uint8
        Row is the apex, column the onset; row 0 is the first frame.
    numbers : tuple of int
        The data set's number of each frame.
    high : str
        What the brightest colour means.
    manual, suggested : Keyframes or None
    window : (int, int, int, int) or None
        First and last onset, first and last apex of the search.
    """

    picture: NDArray[np.uint8]
    numbers: tuple[int, ...]
    high: str
    manual: Keyframes | None
    suggested: Keyframes | None
    window: tuple[int, int, int, int] | None


def pairwise_state(
    matrix_rms: NDArray[np.float64],
    numbers: tuple[int, ...],
    found: Reselection | None,
    ground: Ground,
) -> PairwiseState:
    """Colour the matrix and place the search in it.

    Parameters
    ----------
    matrix_rms : (T, T) float64
        Distances in RMS grey levels.
    """
    # Damaged frames have no distances: they stay without a colour.
    most = max(float(np.nanmax(matrix_rms, initial=0.0)), 1e-9)
    picture = colour.apply(matrix_rms, 0.0, most, colour.sequential(ground))
    window = None
    if found is not None:
        onsets, apexes = found.onset_candidates, found.apex_candidates
        window = (int(onsets[0]), int(onsets[-1]), int(apexes[0]), int(apexes[-1]))
    return PairwiseState(
        picture,
        numbers,
        f"{most:.1f} RMS grey levels",
        None if found is None else found.manual,
        None if found is None else found.keyframes,
        window,
    )
