"""The pairwise surface: every onset against every apex, with the label, the window, the choice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Keyframes
from meviewer.motion import colour
from meviewer.motion.gamdss import Reselection
from meviewer.present.overlays import Ground

SCALES: tuple[float | None, ...] = (None, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Ends of the colour scale to choose from, RMS grey levels; None is the highest of the clip."""

_UNIT = "RMS grey levels"


@dataclass(frozen=True, slots=True, eq=False)
class PairwiseState:
    """What the surface shows.

    Attributes
    ----------
    picture : (T, T, 3) uint8
        Row is the apex, column the onset; row 0 is the first frame.
    values : (T, T) float64
        Distances in RMS grey levels; not-a-number without one.
    numbers : tuple of int
        The data set's number of each frame.
    high : str
        What the brightest colour means.
    manual, suggested : Keyframes or None
    alternatives : tuple of Keyframes
        The next best choices, best first.
    window : (int, int, int, int) or None
        First and last onset, first and last apex of the search.
    preview : bool
        The values are rough, of a clip that is being read.
    role : str
        Colour of the coder whose label ``manual`` is.
    """

    picture: NDArray[np.uint8]
    values: NDArray[np.float64]
    numbers: tuple[int, ...]
    high: str
    manual: Keyframes | None
    suggested: Keyframes | None
    alternatives: tuple[Keyframes, ...]
    window: tuple[int, int, int, int] | None
    preview: bool = False
    role: str = "coder_a"

    def words(self, onset: int, apex: int) -> str:
        """Return what lies at a place: both frame numbers and how far they are apart."""
        pair = f"onset {self.numbers[onset]}, apex {self.numbers[apex]}"
        value = float(self.values[apex, onset])
        return f"{pair}: {value:.2f} {_UNIT}" if math.isfinite(value) else f"{pair}: not known"


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Distances in colours.

    Attributes
    ----------
    picture : (T, T, 3) uint8
    most : float
        Value of the brightest colour, RMS grey levels.
    """

    picture: NDArray[np.uint8]
    most: float


def coloured(matrix_rms: NDArray[np.float64], ground: Ground, top: float | None = None) -> Surface:
    """Colour a matrix; of 3000 frames that takes half a second. Parameters as `pairwise_state`."""
    # Damaged frames have no distances: they stay without a colour.
    most = top or max(float(np.nanmax(matrix_rms, initial=0.0)), 1e-9)
    return Surface(colour.apply(matrix_rms, 0.0, most, colour.sequential(ground)), most)


def pairwise_state(
    matrix_rms: NDArray[np.float64],
    numbers: tuple[int, ...],
    found: Reselection | None,
    ground: Ground,
    *,
    top: float | None = None,
    preview: bool = False,
    made: Surface | None = None,
    role: str = "coder_a",
) -> PairwiseState:
    """Place the search in the coloured matrix.

    Parameters
    ----------
    matrix_rms : (T, T) float64
        Distances in RMS grey levels.
    top : float or None
        Value of the brightest colour, the same for every clip; None is the highest of this one.
    preview : bool
        The distances are rough.
    made : Surface, optional
        This matrix, coloured before with the same ground and top.
    role : str
        Colour of the coder whose label was searched around.
    """
    shown = made or coloured(matrix_rms, ground, top)
    window = None
    if found is not None:
        onsets, apexes = found.onset_candidates, found.apex_candidates
        window = (int(onsets[0]), int(onsets[-1]), int(apexes[0]), int(apexes[-1]))
    return PairwiseState(
        shown.picture,
        matrix_rms,
        numbers,
        f"{shown.most:.1f} {_UNIT}, {'fixed' if top else 'preview' if preview else 'highest'}",
        None if found is None else found.manual,
        None if found is None else found.keyframes,
        () if found is None else tuple(other.keyframes for other in found.alternatives[:3]),
        window,
        preview,
        role,
    )
