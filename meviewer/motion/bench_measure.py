"""How benchmarks measure: ours and the peer in turn, on the same input, in one process."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from statistics import median

_MB = 1e6


@dataclass(frozen=True, slots=True)
class Goal:
    """What is hoped for: at most so many ms, at least so many times faster than the peer."""

    ms: float | None = None
    ratio: float | None = None

    @property
    def text(self) -> str:
        """The goal in a few characters, empty where there is none."""
        words = []
        if self.ms is not None:
            words.append(f"≤ {self.ms:g} ms")
        if self.ratio is not None:
            words.append(f"≥ {self.ratio:g}×")
        return ", ".join(words)

    def met(self, ms: float, ratio: float | None) -> bool | None:
        """Say whether it is reached; None where there is no goal, or no peer to tell by."""
        if not self.text or (self.ratio is not None and ratio is None):
            return None
        fast = self.ms is None or ms <= self.ms
        return fast and (self.ratio is None or (ratio is not None and ratio >= self.ratio))


@dataclass(frozen=True, slots=True)
class Peer:
    """Another implementation of the same.

    Attributes
    ----------
    name : str
        With its version, where it is a package.
    work : callable or str
        What is timed, or why it is missing.
    share : float
        The part of the whole that ``work`` does, 0 to 1: its time is divided by this.
    """

    name: str
    work: Callable[[], object] | str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """Ours against one peer.

    Attributes
    ----------
    name : str
        What was measured, with its size.
    ours_ms, ours_best_ms : float
        Median and shortest wall time of ``runs`` runs.
    ours_mb, peer_mb : float or None
        Peak of the memory that Python and numpy took in one further run, 10^6 bytes, the input
        not counted. Buffers inside OpenCV are not seen; None where only a part of the work ran.
    peer : str
    peer_ms : float or None
        Median, taken in turns with ours; None where the peer is not installed.
    ratio : float or None
        How many times faster ours is, of the medians.
    goal : str
    met : bool or None
        Whether this run reached the goal; None where that cannot be told.
    note : str
        Errors, what was left to reckon, or why there is no peer.
    """

    name: str
    ours_ms: float
    ours_best_ms: float
    runs: int
    ours_mb: float | None
    peer: str
    peer_ms: float | None
    peer_mb: float | None
    ratio: float | None
    goal: str
    met: bool | None
    note: str


def compare(
    name: str,
    ours: Callable[[], object],
    peer: Peer,
    note: str = "",
    *,
    goal: Goal | None = None,
    runs: int = 7,
    peer_runs: int = 3,
) -> Result:
    """Time both, in turns, so that other work on the machine disturbs both alike.

    Parameters
    ----------
    name : str
    ours : callable
        Called ``runs`` times, and once more for the memory. Call it before, to compile and warm.
    peer : Peer
    note : str
    goal : Goal, optional
    runs, peer_runs : int
        1 or more.
    """
    goal = goal or Goal()
    mine: list[float] = []
    theirs: list[float] = []
    for turn in range(runs):
        mine.append(_ms(ours))
        if not isinstance(peer.work, str) and turn < peer_runs:
            theirs.append(_ms(peer.work) / peer.share)
    ours_ms = median(mine)
    peer_ms = median(theirs) if theirs else None
    ratio = None if peer_ms is None else peer_ms / ours_ms
    if isinstance(peer.work, str):
        note = "; ".join(filter(None, (note, f"{peer.name} {peer.work}")))
    return Result(
        name=name,
        ours_ms=ours_ms,
        ours_best_ms=min(mine),
        runs=runs,
        ours_mb=peak_mb(ours),
        peer=peer.name,
        peer_ms=peer_ms,
        peer_mb=None if isinstance(peer.work, str) or peer.share < 1 else peak_mb(peer.work),
        ratio=ratio,
        goal=goal.text,
        met=goal.met(ours_ms, ratio),
        note=note,
    )


def peak_mb(work: Callable[[], object]) -> float | None:
    """Return the most memory that was taken at once meanwhile, 10^6 bytes.

    None where somebody traces memory already.
    """
    if tracemalloc.is_tracing():
        return None
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / _MB
    finally:
        tracemalloc.stop()


def package(name: str, distribution: str) -> str:
    """Return a package with its version, or its name alone where it is not installed."""
    try:
        return f"{name} {version(distribution)}"
    except PackageNotFoundError:
        return name


def _ms(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3
