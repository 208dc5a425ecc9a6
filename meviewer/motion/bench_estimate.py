"""How good our estimate of keyframes is, on simulated clips whose truth is known."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Keyframes
from meviewer.motion.bench_courses import careful_label
from meviewer.motion.bench_measure import Goal, Peer, Result, compare
from meviewer.motion.bench_moving_face import Condition, SimulatedClip, simulated_clip
from meviewer.motion.estimate import USUAL_SD_MS, Estimate, PerKeyframe, estimate

Coder = Literal["usual", "careful"]

_CAREFUL_FRAMES = 2.0
_FAMILY = "held-out-4"
_USUAL_FRAMES = 110
_GOAL = Goal(ms=100)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Errors over some clips; each array is (n, 3) for onset, apex, offset, in frames.

    Attributes
    ----------
    label_error, error : float64
        How late the label and the estimate are; any apex on a plateau is right.
    covered : bool
        Whether the 5-95 % interval holds the truth.
    width : float64
    suggested : bool
        Whether the label is far enough off to be worth a second look.
    ms : (n,) float64
        Wall time of an estimate in a process that has made one before.
    n_frames : (n,) int
        Of the clips.
    """

    label_error: NDArray[np.float64]
    error: NDArray[np.float64]
    covered: NDArray[np.bool_]
    width: NDArray[np.float64]
    suggested: NDArray[np.bool_]
    ms: NDArray[np.float64]
    n_frames: NDArray[np.int_]

    @property
    def label_mae(self) -> NDArray[np.float64]:
        """Mean absolute error of the label, frames, (3,)."""
        return np.asarray(np.abs(self.label_error).mean(axis=0))

    @property
    def mae(self) -> NDArray[np.float64]:
        """Mean absolute error of the estimate, frames, (3,)."""
        return np.asarray(np.abs(self.error).mean(axis=0))

    @property
    def coverage(self) -> NDArray[np.float64]:
        """Share of intervals that hold the truth, (3,)."""
        return np.asarray(self.covered.mean(axis=0))

    @property
    def bettered(self) -> float:
        """Share of suggestions that are nearer the truth than the label; 1 where there is none."""
        nearer = np.abs(self.error) < np.abs(self.label_error)
        return float(nearer[self.suggested].mean()) if self.suggested.any() else 1.0

    @property
    def words(self) -> str:
        """The figures in a line."""
        return (
            f"error {_three(self.mae, '.1f')} frames for onset, apex, offset, labels "
            f"{_three(self.label_mae, '.1f')}; 90 % intervals hold the truth in "
            f"{_three(self.coverage, '.2f')}, width {_three(np.median(self.width, axis=0), '.0f')}"
            f"; {self.bettered:.0%} of suggestions improve the label"
        )


def judged(
    family: str,
    seeds: Iterable[int],
    *,
    coder: Coder = "usual",
    size: int | None = None,
    condition: Condition | None = None,
) -> Judged:
    """Estimate the keyframes of simulated clips.

    Parameters
    ----------
    family : str
        Key of `bench_courses.FAMILIES`.
    seeds : iterable of int
        One a clip.
    coder : "usual" or "careful"
        Labels to start from: as in published data sets, or with an sd of 2 frames that is known.
    size : int, optional
        Width of the frames, px.
    condition : Condition, optional
        200 fps, noise 2, flicker 1 %, slow drift by default.
    """
    rows = [_row(simulated_clip(family, seed, condition, size=size), coder, seed) for seed in seeds]
    label, error, covered, width, suggested, ms, n_frames = zip(*rows, strict=True)
    return Judged(
        np.array(label),
        np.array(error),
        np.array(covered, bool),
        np.array(width),
        np.array(suggested, bool),
        np.array(ms),
        np.array(n_frames),
    )


def estimates(n_clips: int = 6) -> tuple[Result, ...]:
    """Time the estimate of a usual clip, and judge it on clips that no setting was chosen on.

    Parameters
    ----------
    n_clips : int
        1 or more; a clip takes about a second.
    """
    return (_usual_clip(), *(_held_out(n_clips, coder) for coder in ("usual", "careful")))


def _usual_clip() -> Result:
    """Time one clip over and over: what a coder waits for after a change of the label."""
    clip = simulated_clip(_FAMILY, 0, size=280)
    spare = _USUAL_FRAMES - (clip.label[2] - clip.label[0])
    first = max(clip.label[0] - spare // 2, 0)
    frames = np.ascontiguousarray(clip.frames[first : first + _USUAL_FRAMES])
    label = Keyframes(*clip.label).shifted(-first)

    def ours() -> Estimate:
        return estimate(frames, label, clip.rate_hz)

    ours()  # compiles
    shape = f"{frames.shape[2]} x {frames.shape[1]}"
    name = f"keyframe estimate, a clip of {len(frames)} frames, {shape} px"
    return compare(name, ours, Peer("none", "is known to us"), goal=_GOAL, runs=15)


def _held_out(n_clips: int, coder: Coder) -> Result:
    these = judged(_FAMILY, range(n_clips), coder=coder)
    ms = float(np.median(these.ms))
    frames = f"{these.n_frames.min()}-{these.n_frames.max()}"
    return Result(
        name=f"keyframe estimate, {n_clips} held-out clips of {frames} frames, {coder} labels",
        ours_ms=ms,
        ours_best_ms=float(these.ms.min()),
        runs=n_clips,
        ours_mb=None,
        peer="label",
        peer_ms=None,
        peer_mb=None,
        ratio=None,
        goal=_GOAL.text,
        met=_GOAL.met(ms, None),
        note=these.words,
    )


_Row = tuple[
    tuple[float, ...],
    tuple[float, ...],
    list[bool],
    NDArray[np.float64],
    list[bool],
    float,
    int,
]


def _row(clip: SimulatedClip, coder: Coder, seed: int) -> _Row:
    marks, sd_ms = clip.label, USUAL_SD_MS
    if coder == "careful":
        marks = careful_label(clip.course, _CAREFUL_FRAMES, np.random.default_rng(seed))
        known = _CAREFUL_FRAMES * 1000 / clip.rate_hz
        sd_ms = (known, known, known)
    label = Keyframes(*marks)
    found, ms = _timed(clip, label, sd_ms)
    course = clip.course
    covered = [
        bool(low <= last and first <= high)
        for low, high, first, last in zip(
            found.low,
            found.high,
            (course.onset, course.apex_first, course.offset),
            (course.onset, course.apex_last, course.offset),
            strict=True,
        )
    ]
    onset, apex, offset = (float(at) for at in found.middle)
    again = found.suggested()
    return (
        course.error(*(float(mark) for mark in marks)),
        course.error(onset, apex, offset),
        covered,
        found.high - found.low,
        [edge in again for edge in ("onset", "apex", "offset")],
        ms,
        len(clip.frames),
    )


def _timed(clip: SimulatedClip, label: Keyframes, sd_ms: PerKeyframe) -> tuple[Estimate, float]:
    begin = time.perf_counter()
    found = estimate(clip.frames, label, clip.rate_hz, label_sd_ms=sd_ms)
    return found, (time.perf_counter() - begin) * 1e3


def _three(values: NDArray[np.float64], form: str) -> str:
    return "/".join(format(float(value), form) for value in values)
