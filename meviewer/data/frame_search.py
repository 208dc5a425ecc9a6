"""Finding the frames of a labelled clip in the clip that is in its place now.

Frames that are equal in every bit come first, at the likely places before all others; then the
pictures of all marks together. Of a long clip only some frames are looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import isfinite

import numpy as np

from meviewer.data import frame_moves
from meviewer.data.clip_base import Clip
from meviewer.data.frame_identity import Look, Mark, MarkedClip, Watcher, sound_look
from meviewer.data.frame_match import (
    LEAST_LOYAL,
    LEAST_MARGIN,
    LEAST_MARGIN_OF_VIDEO,
    Film,
    Fit,
    best_fit,
    correlation,
    least_loyal,
    standardised,
    weigh,
)
from meviewer.data.frame_moves import Moved
from meviewer.data.frame_placement import LEAST_MARKS, Ints, Placement, placements

RATES_HZ = (Fraction(24), Fraction(25), Fraction(30000, 1001), *map(Fraction, (30, 50, 60, 100)))
RATES_HZ += tuple(map(Fraction, (120, 200, 240)))
_WHOLE_FRAMES = 4096
_TWINS = (-2, -1, 1, 2)
_LEAST_EXACT = 3
_STILL = 0.999
_SAME_CORRELATION = 0.6
_SAME_MARGIN = -0.3
_LAG = 6
_COARSE_TRIED = 3


def recognise(old: MarkedClip, clip: Clip, watcher: Watcher) -> Moved | None:
    """Say where the frames of a labelled clip are in the clip that is there now.

    Parameters
    ----------
    old : MarkedClip
        With at least one mark.
    clip : Clip
        Open; frames are decoded through its cache.
    watcher : Watcher

    Returns
    -------
    Moved or None
        None if nobody waits any more.

    Raises
    ------
    ClipError
        If the clip is closed meanwhile.
    """
    try:
        return _Search(old, clip, watcher).found()
    except _Stopped:
        return None


class _Stopped(Exception):  # noqa: N818 - that somebody went away is no error
    pass


class _Search:
    """One search; keeps the looks it has taken."""

    def __init__(self, old: MarkedClip, clip: Clip, watcher: Watcher) -> None:
        self._old, self._clip, self._watcher = old, clip, watcher
        self._marks = old.marks
        self._labels = old.labels or old.anchors
        self._frames: Ints = np.array([mark.frame for mark in self._marks], dtype=np.int64)
        self._pictures = standardised([mark.look.picture for mark in self._marks])
        self._looks: dict[int, Look | None] = {}

    def found(self) -> Moved:
        if self._holds(Placement()):
            return self._exactly(Placement())
        return self._at_a_guess() or self._anywhere()

    # Looking

    def _look(self, frame: int) -> Look | None:
        if self._watcher.cancelled:
            raise _Stopped
        if frame not in self._looks:
            self._looks[frame] = sound_look(self._clip, frame)
        return self._looks[frame]

    def _look_at_all(self, frames: Iterable[int]) -> None:
        wanted = [frame for frame in frames if frame not in self._looks]
        for n_done, frame in enumerate(wanted):
            self._watcher.report(n_done / len(wanted), "Looking for the label frames")
            self._look(frame)

    def _patiently(self, among: Iterable[Placement]) -> Iterator[Placement]:
        """Yield places while somebody waits."""
        for placement in among:
            if self._watcher.cancelled:
                raise _Stopped
            yield placement

    def _equal(self, marks: Iterable[Mark], placement: Placement) -> int:
        """Count the marks that have their very frame at a place."""
        return sum(self._is_at(mark, placement(mark.frame)) for mark in marks)

    def _is_at(self, mark: Mark, place: int) -> bool:
        if not 0 <= place < self._clip.n_frames:
            return False
        look = self._look(place)
        return look is not None and look.hash == mark.look.hash

    # Frames that are equal in every bit

    def _at_a_guess(self) -> Moved | None:
        for placement in self._guesses():
            if self._holds(placement) and not any(
                self._holds(Placement(placement.ratio, placement.shift + by)) for by in _TWINS
            ):
                return self._exactly(placement)
        return None

    def _guesses(self) -> Iterator[Placement]:
        """Yield likely places: the numbers of the data set still fit, or only the front is gone."""
        index = {number: at for at, number in enumerate(self._clip.numbers)}
        by = Counter(index[m.number] - m.frame for m in self._marks if m.number in index)
        likely = [shift for shift, _count in by.most_common(1)]
        likely.append(self._clip.n_frames - self._old.n_frames)
        yield from (Placement(shift=Fraction(shift)) for shift in dict.fromkeys(likely) if shift)

    def _holds(self, placement: Placement) -> bool:
        """Whether every label frame is there in every bit."""
        return all(self._is_at(mark, placement(mark.frame)) for mark in self._labels)

    def _exactly(self, placement: Placement) -> Moved:
        n_equal = self._equal(self._labels, placement)
        if placement == Placement():
            return frame_moves.in_place(self._old, self._clip, n_equal)
        return frame_moves.found_exactly(self._old, self._clip, placement, n_equal)

    def _exact_places(self) -> tuple[list[Placement], int]:
        """Return the places that equal frames speak for, and how many label frames have one."""
        at: dict[bytes, list[int]] = defaultdict(list)
        for frame, look in self._looks.items():
            if look is not None:
                at[look.hash].append(frame)
        pairs = [(mark, frame) for mark in self._marks for frame in at[mark.look.hash]]
        n_labels = sum(bool(at[mark.look.hash]) for mark in self._labels)
        wanted = self._labels if n_labels else self._marks
        still_there = [mark for mark in wanted if at[mark.look.hash]]
        found = {
            Placement(ratio, frame - ratio * mark.frame)
            for ratio, (mark, frame) in product(self._ratios(), pairs)
        }
        return [p for p in found if self._speak_for(p, still_there)], n_labels

    def _speak_for(self, placement: Placement, still_there: Sequence[Mark]) -> bool:
        """Whether every frame that is still there lies at its place."""
        if not still_there or self._equal(still_there, placement) < len(still_there):
            return False
        inside = [m for m in self._marks if 0 <= placement(m.frame) < self._clip.n_frames]
        if placement.ratio == 1:
            # Anchors alone speak only for a cut that took all label frames away.
            labels = {mark.frame for mark in self._labels}
            return any(m.frame in labels for m in still_there) or not any(
                m.frame in labels for m in inside
            )
        # Of frames that were left out there is nothing to be found.
        share = min(float(placement.ratio), 1.0) / 2
        return self._equal(inside, placement) >= max(_LEAST_EXACT, share * len(inside))

    def _one_of(self, places: list[Placement]) -> Placement | None:
        """Return the place meant, or None if label frames would lie on different ones."""
        if not places:
            return None
        marks = Counter({p: self._equal(self._marks, p) for p in places})
        most = max(marks.values())
        best = [placement for placement in places if marks[placement] == most]
        if best[0].ratio != 1 and len({placement.ratio for placement in best}) == 1:
            return min(best, key=lambda p: (abs(p.shift), p.shift))
        return best[0] if len(best) == 1 else None

    # Frames with other pixels

    def _anywhere(self) -> Moved:
        n_now = self._clip.n_frames
        stride = -(-n_now // _WHOLE_FRAMES)
        self._look_at_all(range(0, n_now, stride))
        among = placements(self._frames, n_now, self._ratios(), stride)
        if stride > 1:
            among = self._closer(among, stride)
        places, n_labels = self._exact_places()
        place = self._one_of(places)
        if place is not None:
            return self._exactly(place)
        if n_labels:
            return frame_moves.not_found(self._old, 1.0, n_labels)
        return self._by_pictures(among)

    def _closer(self, among: list[Placement], stride: int) -> list[Placement]:
        """Look at the frames around the best of some coarse places; return the fine ones there."""
        film = self._film(stride)
        fine: dict[Placement, None] = {}
        for _ in range(_COARSE_TRIED):
            fit = best_fit(self._frames, self._pictures, film, self._patiently(among))
            if fit is None:
                break
            ratio, shift = fit.placement.ratio, fit.placement.shift
            near = [Placement(ratio, shift + by) for by in range(-2 * stride, 2 * stride + 1)]
            self._look_at_all(
                place
                for placement in (near[0], near[-1])
                for mark in self._marks
                for place in range(placement(mark.frame), near[-1](mark.frame) + 1)
                if 0 <= place < self._clip.n_frames
            )
            fine.update(dict.fromkeys(near))
            among = [p for p in among if p.ratio != ratio or abs(p.shift - shift) > 2 * stride]
        return list(fine)

    def _by_pictures(self, among: list[Placement]) -> Moved:
        film = self._film()
        alike = correlation(self._pictures.mean(axis=0), film.pictures.mean(axis=0))
        if len(self._marks) < LEAST_MARKS:
            return self._few(film, alike)
        fit = best_fit(self._frames, self._pictures, film, self._patiently(among))
        if fit is None:
            return frame_moves.not_found(self._old, alike)
        least = LEAST_MARGIN if self._clip.path.is_dir() else LEAST_MARGIN_OF_VIDEO
        loyal = least_loyal(self._frames, self._pictures, film, fit.placement)
        if fit.clear(least) and loyal >= LEAST_LOYAL:
            return self._pictured(fit.placement, fit.margin, fit.n_inside)
        if self._is_in_place(film, fit):
            return self._pictured(Placement(), 0.0, fit.n_inside)
        return frame_moves.not_found(self._old, alike)

    def _is_in_place(self, film: Film, fit: Fit) -> bool:
        """Whether a clip of as many frames was only encoded anew.

        A video encoder lets a still face lag by some frames, so that the best place of a clip
        that was never cut is not quite its own.
        """
        if self._clip.n_frames != self._old.n_frames:
            return False
        if fit.placement.ratio != 1 or abs(fit.placement.shift) > _LAG:
            return False
        here = Placement()
        found, margin = weigh(self._frames, self._pictures, film, here, fit.placement)
        return found >= _SAME_CORRELATION and margin >= _SAME_MARGIN

    def _few(self, film: Film, alike: float) -> Moved:
        """Judge a clip of a few frames, in which nothing moves that could be followed."""
        rows = film.rows[np.minimum(self._frames, film.n_frames - 1)]
        if self._clip.n_frames == self._old.n_frames == len(self._marks) and all(
            correlation(mark, film.pictures[row]) >= _STILL
            for mark, row in zip(self._pictures, rows, strict=True)
        ):
            return self._pictured(Placement(), 0.0, len(self._marks))
        return frame_moves.not_found(self._old, alike)

    def _pictured(self, placement: Placement, margin: float, n_inside: int) -> Moved:
        n_now = self._clip.n_frames
        n_labels = sum(0 <= placement(mark.frame) < n_now for mark in self._labels)
        confidence = min(margin / (1 + margin), 0.999) if isfinite(margin) else 0.999
        return frame_moves.found_by_pictures(self._old, placement, confidence, n_inside, n_labels)

    def _film(self, stride: int = 0) -> Film:
        """Return the pictures of the frames looked at; with a stride, each for those near it."""
        looked = sorted(frame for frame, look in self._looks.items() if look is not None)
        pictures = [look.picture for frame in looked if (look := self._looks[frame]) is not None]
        rows = np.full(self._clip.n_frames, -1, dtype=np.int64)
        for row, frame in enumerate(looked):
            rows[max(frame - stride // 2, 0) : frame + stride // 2 + 1] = row
        return Film(rows, standardised(pictures))

    def _ratios(self) -> tuple[Fraction, ...]:
        """Return the ratios of frames that are worth trying, that of an unchanged rate first."""
        then, now = self._old, self._clip
        likely = [Fraction(1), Fraction(1, 2), Fraction(2)]
        if now.rate_known:
            likely.append(now.rate / then.rate)
        for rate in RATES_HZ:
            ratio = rate / then.rate
            if abs(now.n_frames - ratio * then.n_frames) <= 2:
                likely.append(ratio)
        return tuple(dict.fromkeys(likely))
