"""Which frames GAMDSS may choose from: the windows of each variant around the annotated keyframes.

All windows are inclusive. Marks: [code] the published program, [paper] its figure, [ours].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span

VARIANTS: tuple[str, ...] = ("narrow", "full", "apex-late", "wide-late", "two-sided", "free")
"""Names of the variants; ``full`` is the default."""

_RATIOS = {
    "narrow": (0.15, 0.0),
    "full": (0.10, 0.10),
    "apex-late": (0.0, 0.52),
    "wide-late": (0.32, 0.48),
    "two-sided": (0.10, 0.10),
    "free": (0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for.

    Attributes
    ----------
    variant : str
        One of `VARIANTS`.
    rise_ratio, fall_ratio : float
        Width of the windows as a share of ``apex - onset`` and ``offset - apex``, 0 to 1.
    max_duration_frames : int or None
        Most frames from onset to offset, for ``free`` only.
    """

    variant: str
    rise_ratio: float
    fall_ratio: float
    max_duration_frames: int | None = None

    @property
    def finds_offset(self) -> bool:
        """Whether the offset is looked for, not kept."""
        return self.variant in ("full", "two-sided", "free")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Frames to choose from.

    Attributes
    ----------
    onsets, apexes, offsets : Span
        Windows.
    allowed : (n_onsets, n_apexes) bool
        Pairs that take part.
    search : Search
    """

    onsets: Span
    apexes: Span
    offsets: Span
    allowed: NDArray[np.bool_]
    search: Search

    def offsets_after(self, onset: int, apex: int) -> list[int]:
        """Return the frames that may be the offset of this pair; none if it is kept."""
        if not self.search.finds_offset:
            return []
        first, last = max(self.offsets.first, apex), self.offsets.last
        if self.search.variant == "free":
            first = max(first, apex + 1)
            if self.search.max_duration_frames is not None:
                last = min(last, onset + self.search.max_duration_frames)
        return list(range(first, last + 1))

    @property
    def one_frame_wide(self) -> bool:
        """Whether there is nothing to choose."""
        offsets = len(self.offsets) if self.search.finds_offset else 1
        return int(self.allowed.sum()) <= 1 and offsets <= 1


def search_for(
    variant: str,
    ratio: float | None = None,
    rise_ratio: float | None = None,
    fall_ratio: float | None = None,
    max_duration_frames: int | None = None,
) -> Search:
    """Return the search of a variant with its own ratios where none are given.

    Raises
    ------
    MotionError
        If there is no such variant, a ratio is outside 0 to 1, or the duration is below 1.
    """
    if variant not in VARIANTS:
        raise MotionError(
            "No such variant of GAMDSS",
            where=repr(variant),
            why=f"there are {', '.join(VARIANTS)}",
            now="choose one of them",
        )
    rise, fall = _RATIOS[variant]
    rise = next((given for given in (rise_ratio, ratio) if given is not None), rise)
    fall = next((given for given in (fall_ratio, ratio) if given is not None), fall)
    for value in (rise, fall):
        if not 0 <= value <= 1:
            raise MotionError(
                "Window ratio out of range",
                where=f"{value}",
                why="a window is a share of the rise or of the fall",
                now="choose a ratio from 0 to 1",
            )
    if max_duration_frames is not None and max_duration_frames < 1:
        raise MotionError(
            "Maximum duration out of range",
            where=f"{max_duration_frames} frames",
            why="an event lasts one frame or more",
            now="choose a longer duration",
        )
    return Search(variant, rise, fall, max_duration_frames)


def candidates(search: Search, keyframes: Keyframes | None, n_frames: int) -> Candidates:
    """Return the frames a search may choose from.

    Parameters
    ----------
    search : Search
    keyframes : Keyframes or None
        The label; only ``free`` does without.
    n_frames : int
        Length of the clip.

    Raises
    ------
    MotionError
        If the label is missing or leaves the clip, or the clip has a single frame.
    """
    if keyframes is not None:
        _check_inside(keyframes, n_frames)
    if search.variant == "free":
        return _free(search, n_frames)
    if keyframes is None:
        raise MotionError(
            "No label to start from",
            where=f"variant {search.variant}",
            why="its windows lie around annotated keyframes",
            now="mark onset, apex and offset, or use the variant free",
        )
    onsets, apexes, offsets = _windows(search, keyframes)
    onset, apex = np.array(list(onsets))[:, None], np.array(list(apexes))[None, :]
    allowed = onset <= apex
    if search.variant == "wide-late":
        # The annotated onset goes with the annotated apex only.
        allowed = allowed & ((onset > keyframes.onset) | (apex == keyframes.apex))
    return Candidates(onsets, apexes, offsets, allowed, search)


def _windows(search: Search, keyframes: Keyframes) -> tuple[Span, Span, Span]:
    o, a, f = keyframes.onset, keyframes.apex, keyframes.offset
    r = int(search.rise_ratio * (a - o))
    q = int(search.fall_ratio * (f - a))
    if search.variant == "narrow":
        r = int(search.rise_ratio * (a - o) / 4)
        return Span(o, o + r), Span(a - r, a), Span(f, f)
    if search.variant == "full":
        return Span(o, o + r), Span(a - r, a), Span(f - q, f)
    if search.variant == "apex-late":
        return Span(o, o), Span(a, a + q), Span(f, f)
    if search.variant == "wide-late":
        return Span(o, o + r), Span(a, a + q), Span(f, f)
    return Span(o, o + r), Span(a - r, a + q), Span(f - q, f)


def _free(search: Search, n_frames: int) -> Candidates:
    if n_frames < 2:
        raise MotionError(
            "No pair of frames",
            where=f"a clip of {n_frames} frame",
            why="onset and apex are the most different pair",
            now="use a clip of two frames or more",
        )
    index = np.arange(n_frames)
    gap = index[None, :] - index[:, None]
    limit = search.max_duration_frames
    allowed = (gap > 0) & (gap <= (n_frames if limit is None else limit))
    whole = Span(0, n_frames - 1)
    return Candidates(whole, whole, whole, allowed, search)


def _check_inside(keyframes: Keyframes, n_frames: int) -> None:
    if keyframes.offset >= n_frames:
        raise MotionError(
            "Keyframes outside the clip",
            where=f"offset {keyframes.offset}",
            why=f"the clip has {n_frames} frames, counted from 0",
            now="check the three numbers, and whether they count from the data set's first frame",
        )
