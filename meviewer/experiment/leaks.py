"""The leak guard: what one side of a split knows of the other is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ExperimentError
from meviewer.experiment.motion_input import mirror, normalise
from meviewer.experiment.people import Member
from meviewer.experiment.splits import Fold, check_people

SAME_FRAMES = 2
"""Equal frames that two clips of different people cannot have by chance [ours]."""

TWIN = 0.98
"""Cosine of normalised motion from which one clip is made from the other [ours]."""

_GRID_PX = 14
_MOST_NAMED = 5
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Evidence:
    """What can tell that two clips are one.

    Attributes
    ----------
    members : sequence of Member
    names, fingerprints : sequence of str
        Of each clip.
    flow : ndarray, shape (n, phases, 2 or 3, P, P), float32
        Its motion.
    frames : sequence of frozenset of bytes
        Content hashes of some of its frames; may be empty.
    """

    members: Sequence[Member]
    names: Sequence[str]
    fingerprints: Sequence[str]
    flow: NDArray[np.float32]
    frames: Sequence[frozenset[bytes]] = ()

    def title(self, number: int) -> str:
        """Return subject and clip."""
        return f"{self.members[number].spelt}/{self.names[number]}"


def check_leaks(evidence: Evidence, folds: Sequence[Fold]) -> None:
    """Make sure that no fold tests on what it was trained on.

    Refused are a person, a clip's content, frames of it, or its motion, also mirrored, on both
    sides of a fold. A twin with other changes, such as a large rotation, is not known again.

    Raises
    ------
    ExperimentError
        Naming what is on both sides.
    """
    members = evidence.members
    for fold in folds:
        check_people([members[i] for i in fold.train], [members[i] for i in fold.test])
    pairs = _crossing(folds, len(members))
    for find, why, now in (
        (_same_content, "they have the same pictures", "remove the copy, or correct its subject"),
        (_same_frames, "they share frames", "remove the copy, or correct its subject"),
        (
            _same_motion,
            "their motion is the same, as it is or mirrored: one was made from the other",
            "leave augmented clips out: training makes its own, on the training side alone",
        ),
    ):
        found = [pair for pair in find(evidence) if pairs[pair]]
        if found:
            raise _leak(evidence, found, why, now)


def _crossing(folds: Sequence[Fold], n: int) -> NDArray[np.bool_]:
    """Return which pairs are on different sides of any fold, (n, n)."""
    crossing = np.zeros((n, n), bool)
    for fold in folds:
        crossing[np.ix_(fold.train, fold.test)] = True
    return crossing | crossing.T


def _same_content(evidence: Evidence) -> Iterator[tuple[int, int]]:
    groups: dict[str, list[int]] = {}
    for number, fingerprint in enumerate(evidence.fingerprints):
        groups.setdefault(fingerprint, []).append(number)
    yield from _pairs(groups.values())


def _same_frames(evidence: Evidence) -> Iterator[tuple[int, int]]:
    owners: dict[bytes, list[int]] = {}
    for number, frames in enumerate(evidence.frames):
        for frame in frames:
            owners.setdefault(frame, []).append(number)
    shared: dict[tuple[int, int], int] = {}
    for pair in _pairs(owners.values()):
        shared[pair] = shared.get(pair, 0) + 1
    yield from (pair for pair, n in sorted(shared.items()) if n >= SAME_FRAMES)


def _same_motion(evidence: Evidence) -> Iterator[tuple[int, int]]:
    x = normalise(evidence.flow)
    plain, mirrored = _directions(x), _directions(mirror(x))
    for start in range(0, len(plain), _AT_ONCE):
        block = plain[start : start + _AT_ONCE]
        alike = np.maximum(block @ plain.T, block @ mirrored.T) >= TWIN
        for row, column in np.argwhere(alike).tolist():
            if start + row < column:
                yield start + row, column


def _directions(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return u and v on a small grid as unit vectors; a clip without motion has no direction."""
    step = max(x.shape[-1] // _GRID_PX, 1)
    side = x.shape[-1] // step * step
    vectors = x[:, :, :2, :side, :side]
    shape = (*vectors.shape[:3], side // step, step, side // step, step)
    flat = vectors.reshape(shape).mean((4, 6)).reshape(len(x), -1)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.asarray(np.where(length > 0, flat / np.maximum(length, 1e-12), 0), np.float32)


def _pairs(groups: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for group in groups:
        yield from combinations(group, 2)


def _leak(
    evidence: Evidence, found: Sequence[tuple[int, int]], why: str, now: str
) -> ExperimentError:
    named = [f"{evidence.title(a)} = {evidence.title(b)}" for a, b in found[:_MOST_NAMED]]
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ExperimentError(
        "A clip is on both sides of the split", where="; ".join(named) + more, why=why, now=now
    )
