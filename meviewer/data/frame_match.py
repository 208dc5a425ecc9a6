"""Where marked pictures lie in a clip: one place for all of them together, or none.

A nearly still face looks the same in every frame, so what is compared is the change between the
marked frames. A place counts only if every other one, the neighbours first, is clearly worse:
a false answer would move labels. Decision 14 has the measurements behind the limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from meviewer.data.frame_placement import LEAST_MARKS, Ints, Placement, least_inside

Floats = NDArray[np.float32]

LEAST_LIKENESS = 0.95
LEAST_CORRELATION = 0.7
LEAST_MARGIN = 0.1
LEAST_MARGIN_OF_VIDEO = 0.3
LEAST_VOTES = 0.75
MOST_LEAN = 0.25
LEAST_LOYAL = 0.9
_MANY_MARKS = 10
_RIVALS = 200
_CLIMBS = 20
_NEAR = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
_EPS = 1e-9


@dataclass(frozen=True, slots=True)
class Film:
    """Pictures of a clip, of all frames or of some.

    Attributes
    ----------
    rows : ndarray
        (n_frames,) int64: row in ``pictures`` that stands for each frame; -1 where none does.
    pictures : ndarray
        (n, cells) float32, each of mean 0 and standard deviation 1.
    """

    rows: Ints
    pictures: Floats

    @property
    def n_frames(self) -> int:
        """Frames of the clip."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well marks lie at a place, and how much worse at any other.

    Attributes
    ----------
    placement : Placement
    n_inside : int
        Marks that lie inside the clip.
    correlation : float
        Of the changes between the marks with those of the frames found, -1 to 1.
    margin : float
        By how much the residual of the next best place is larger, relative to that of this one.
    votes : float
        Share of the marks that like this place better than its closest rival, 0 to 1.
    lean : float
        How much better the place before is than the place behind, -1 to 1. Video encoders lag
        behind a still face; a place found between two frames leans to one of them.
    likeness : float
        Correlation of what stands still in the marks and in the frames found, -1 to 1: another
        scene may move alike.
    """

    placement: Placement
    n_inside: int
    correlation: float
    margin: float
    votes: float
    lean: float
    likeness: float

    def clear(self, least_margin: float = LEAST_MARGIN) -> bool:
        """Whether no other place can be meant; of few marks more is asked."""
        least_margin *= max(1.0, _MANY_MARKS / max(self.n_inside, 1))
        return (
            self.likeness >= LEAST_LIKENESS
            and self.correlation >= LEAST_CORRELATION
            and self.margin >= least_margin
            and self.votes >= LEAST_VOTES
            and abs(self.lean) <= MOST_LEAN
        )


def standardised(pictures: Sequence[NDArray[np.uint16]]) -> Floats:
    """Return pictures as rows of mean 0 and standard deviation 1: exposure and gain are gone."""
    flat = np.array(pictures, dtype=np.float32).reshape(len(pictures), -1)
    flat -= flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / (flat.std(axis=1, keepdims=True) + _EPS), dtype=np.float32)


def correlation(one: Floats, other: Floats) -> float:
    """Return how alike two pictures are that have a mean of 0, -1 to 1."""
    return float(one @ other) / (float(np.linalg.norm(one) * np.linalg.norm(other)) + _EPS)


def best_fit(frames: Ints, marks: Floats, film: Film, among: Iterable[Placement]) -> Fit | None:
    """Return the place that no other one beats, with how clearly; None if there is none.

    Parameters
    ----------
    frames : ndarray
        (k,) int64, indices of the marks in the labelled clip.
    marks : ndarray
        (k, cells) float32, their pictures, standardised.
    """
    court = _Court(frames, marks, film)
    explained = {placement: court.explained(placement) for placement in among}
    ranked = sorted(explained, key=lambda p: -explained[p])[:_RIVALS]
    if not ranked or not isfinite(explained[ranked[0]]):
        return None
    best = ranked[0]
    for _ in range(_CLIMBS):
        rivals = [(court.margin(best, rival), rival) for rival in ranked if rival != best]
        if not rivals or min(rivals, key=lambda r: r[0])[0] >= 0:
            break
        best = min(rivals, key=lambda r: r[0])[1]
    return court.fit(best, ranked)


def weigh(
    frames: Ints, marks: Floats, film: Film, placement: Placement, rival: Placement
) -> tuple[float, float]:
    """Return correlation at a place, and by how much its rival is worse; negative if better.

    The correlation is -1 where the scene is another one.
    """
    court = _Court(frames, marks, film)
    found = court.correlation(placement) if court.likeness(placement) >= LEAST_LIKENESS else -1.0
    return found, court.margin(placement, rival)


def least_loyal(frames: Ints, marks: Floats, film: Film, placement: Placement) -> float:
    """Return how well a single mark fits a neighbour of its frame instead, at worst.

    Returns
    -------
    float
        Residual there over residual here, of the mark for which it is smallest; far below 1 where
        frames were taken out between the marks, so that no one place holds for all of them.
    """
    return _Court(frames, marks, film).least_loyal(placement)


class _Court:
    """Compares places on the marks that both of them have."""

    def __init__(self, frames: Ints, marks: Floats, film: Film) -> None:
        self._frames, self._marks, self._film = frames, marks, film
        self._rows: dict[Placement, Ints] = {}

    def rows(self, placement: Placement) -> Ints:
        """Row of the film at the place of each mark; -1 where there is none."""
        if placement not in self._rows:
            self._rows[placement] = self._find(placement)
        return self._rows[placement]

    def _find(self, placement: Placement) -> Ints:
        places = placement.of(self._frames)
        inside = (places >= 0) & (places < self._film.n_frames) & placement.hits(self._frames)
        found = self._film.rows[np.where(inside, places, 0)]
        return np.where(inside, found, -1)

    def explained(self, placement: Placement) -> float:
        """Share of the marks' change that the frames at the place show too, at most 1."""
        rows = self.rows(placement)
        mine = rows >= 0
        if np.count_nonzero(mine) < least_inside(len(rows)):
            return -inf
        marks = _centred(self._marks[mine])
        residual = _centred(self._film.pictures[rows[mine]]) - marks
        return 1.0 - float(_energy(residual)) / (float(_energy(marks)) + _EPS)

    def correlation(self, placement: Placement) -> float:
        """Of the changes between the marks with those between the frames at the place."""
        rows = self.rows(placement)
        marks = _centred(self._marks[rows >= 0])
        found = _centred(self._film.pictures[rows[rows >= 0]])
        apart = float(np.sqrt(_energy(marks) * _energy(found)))
        return float((marks * found).sum()) / (apart + _EPS)

    def likeness(self, placement: Placement) -> float:
        """Of what stands still in the marks and in the frames at the place."""
        rows = self.rows(placement)
        still = (
            self._marks[rows >= 0].mean(axis=0),
            self._film.pictures[rows[rows >= 0]].mean(axis=0),
        )
        return correlation(*still)

    def margin(self, one: Placement, other: Placement) -> float:
        """By how much the other place's residual is larger, relative to this one's."""
        mine, theirs = self._residuals(one, other)
        if len(mine):
            return float(theirs.sum() / (mine.sum() + _EPS) - 1)
        # Too few marks in common: each is judged by what it explains of its own.
        return (1 - self.explained(other)) / (1 - self.explained(one) + _EPS) - 1

    def least_loyal(self, placement: Placement) -> float:
        """Residual of a mark at its best neighbour over that at its place, at worst."""
        rows = self.rows(placement)
        inside = np.flatnonzero(rows >= 0)
        still = (self._film.pictures[rows[inside]] - self._marks[inside]).mean(axis=0)
        places = placement.of(self._frames)
        worst = inf
        for k in inside:
            here = self._alone(int(k), int(places[k]), still)
            near = (self._alone(int(k), int(places[k]) + by, still) for by in _NEAR)
            worst = min(worst, min(near) / (here + _EPS))
        return worst

    def _alone(self, mark: int, place: int, still: Floats) -> float:
        if not 0 <= place < self._film.n_frames or self._film.rows[place] < 0:
            return inf
        picture = self._film.pictures[self._film.rows[place]]
        return float(_energy(np.asarray(picture - self._marks[mark] - still)))

    def fit(self, best: Placement, rivals: Iterable[Placement]) -> Fit:
        margins = {rival: self.margin(best, rival) for rival in rivals if rival != best}
        margins = {rival: margin for rival, margin in margins.items() if _differ(best, rival)}
        closest = min(margins, key=lambda rival: margins[rival], default=None)
        return Fit(
            best,
            int(np.count_nonzero(self.rows(best) >= 0)),
            self.correlation(best),
            inf if closest is None else margins[closest],
            1.0 if closest is None else self._votes(best, closest),
            self._lean(best),
            self.likeness(best),
        )

    def _votes(self, one: Placement, other: Placement) -> float:
        mine, theirs = self._residuals(one, other)
        return float((theirs >= mine).mean()) if len(mine) else 1.0

    def _lean(self, best: Placement) -> float:
        before, behind = (
            self.margin(best, Placement(best.ratio, best.shift + step)) for step in (-1, 1)
        )
        if not isfinite(before) or not isfinite(behind) or before + behind <= _EPS:
            return 1.0  # at an end of what may be compared nobody can tell
        return (behind - before) / (before + behind)

    def _residuals(self, one: Placement, other: Placement) -> tuple[Floats, Floats]:
        """Energy of the residual of each mark that lies inside the clip at both places."""
        mine, theirs = self.rows(one), self.rows(other)
        both = (mine >= 0) & (theirs >= 0)
        if np.count_nonzero(both) < LEAST_MARKS:
            return np.empty(0, np.float32), np.empty(0, np.float32)
        marks = _centred(self._marks[both])
        first = _centred(self._film.pictures[mine[both]]) - marks
        second = _centred(self._film.pictures[theirs[both]]) - marks
        return _energy(first, axis=1), _energy(second, axis=1)


def _differ(one: Placement, other: Placement) -> bool:
    """Whether two places are more than half a frame apart: at other rates, nearer ones are one."""
    return one.ratio != other.ratio or abs(one.shift - other.shift) >= 1


def _centred(pictures: Floats) -> Floats:
    return np.asarray(pictures - pictures.mean(axis=0), dtype=np.float32)


def _energy(residual: Floats, axis: int | None = None) -> Floats:
    return np.asarray(np.square(residual).sum(axis=axis, dtype=np.float64), dtype=np.float32)
