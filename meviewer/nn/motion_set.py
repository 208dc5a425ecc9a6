"""The data of an experiment in memory: motion, what networks see of it, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.experiment.people import Member
from meviewer.motion.strain import strain

Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What networks see of events, where it is no flow.

    Attributes
    ----------
    whole : ndarray, shape (n, V, 3, P, P)
        float32: dynamic images in weighted grey levels, MM-COF from -1 to 1; uint8: frames, RGB.
    rise, fall : ndarray or None
        As ``whole``, the dynamic images of the phases alone.
    """

    whole: Array
    rise: Array | None = None
    fall: Array | None = None

    def samples(self, indices: Sequence[int], *, dual_phase: bool) -> Array:
        """Return some events; with their phases all wholes come first, then rises, then falls."""
        chosen = list(indices)
        if not dual_phase:
            return self.whole[chosen]
        parts = [part for part in (self.whole, self.rise, self.fall) if part is not None]
        return np.concatenate([part[chosen] for part in parts])


@dataclass(frozen=True, slots=True)
class MotionSet:
    """The data of an experiment, one entry an event.

    Attributes
    ----------
    flow : ndarray, shape (n, 2, 2, P, P), float32
        Phase (rise, fall), component (u, v), in pixels of the small grid. Of ready pictures
        (n, 1, 3, P, P): the rise alone, with the strain, in whatever unit.
    truth : ndarray, shape (n,), int64
        Class numbers.
    classes : tuple of str
    subjects, names, fingerprints : tuple of str
    sample_ids : tuple of int
    labels : str
        Hash of the label set.
    datasets : tuple of str
        Data set of each clip; empty if none is known of any.
    frames : tuple of frozenset of bytes
        Content of frames of each clip that was looked at; empty if none was.
    test_flow : ndarray or None
        As ``flow``, of the keyframes with which clips are tested; None: the same.
    seen : Seen or None
        What networks see; None: the flow. The flow is there all the same: by it clips are told
        apart, and the reference sees it.
    test_seen : Seen or None
        As ``seen``, of the keyframes with which clips are tested; None: the same.
    """

    flow: NDArray[np.float32]
    truth: NDArray[np.int64]
    classes: tuple[str, ...]
    subjects: tuple[str, ...]
    names: tuple[str, ...]
    fingerprints: tuple[str, ...]
    sample_ids: tuple[int, ...]
    labels: str
    datasets: tuple[str, ...] = ()
    frames: tuple[frozenset[bytes], ...] = ()
    test_flow: NDArray[np.float32] | None = None
    seen: Seen | None = None
    test_seen: Seen | None = None

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def tested(self) -> NDArray[np.float32]:
        """The flow with which clips are tested."""
        return self.flow if self.test_flow is None else self.test_flow

    @property
    def members(self) -> tuple[Member, ...]:
        """Whose clip each one is, and its class."""
        datasets = self.datasets or ("",) * len(self)
        rows = zip(self.subjects, datasets, self.truth.tolist(), strict=True)
        return tuple(Member(*row) for row in rows)

    def learnt(self, indices: Sequence[int], family: str, *, dual_phase: bool = False) -> Array:
        """Return what networks of a family learn of some events, not normalised yet.

        Returns
        -------
        ndarray, shape (n, V, 2 or 3, P, P)
            With ``dual_phase`` (3 n, ...): all whole events, then their rises, then their falls.
        """
        if self.seen is not None:
            return self.seen.samples(indices, dual_phase=dual_phase)
        return of_flow(self.flow[list(indices)], family)

    def asked(self, indices: Sequence[int], family: str) -> Array:
        """Return what networks are tested on, of some events; see `learnt`."""
        found = self._asked
        if found is not None:
            return found.samples(indices, dual_phase=False)
        return of_flow(self.tested[list(indices)], family)

    def phases(self, indices: Sequence[int]) -> tuple[Array, Array] | None:
        """Return rise and fall of some test events as dynamic images; None if there are none."""
        found = self._asked
        if found is None or found.rise is None or found.fall is None:
            return None
        return found.rise[list(indices)], found.fall[list(indices)]

    @property
    def _asked(self) -> Seen | None:
        return self.seen if self.test_seen is None else self.test_seen


def of_flow(flow: NDArray[np.float32], family: str) -> NDArray[np.float32]:
    """Return flow for a family: both phases, or the rise alone with its strain."""
    if family != "flow" or flow.shape[2] == 3:
        return flow
    rise = np.moveaxis(flow[:, 0], 1, -1)
    strains = np.stack([strain(np.ascontiguousarray(one)) for one in rise])
    return np.concatenate([flow[:, :1], strains[:, None, None]], 2)
