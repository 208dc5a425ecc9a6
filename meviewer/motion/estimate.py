"""Our own estimate of the keyframes, with its uncertainty: beside GAMDSS, never instead of a coder.

Light and head are taken out, one time course is read off the cells that move with the label, and
every plausible rise, peak and fall is weighed by the course and by the label [ours]. The result is
a median and a 5-95 % interval for each keyframe, or no evidence against the label. Simulated clips
say how good it is (decision 0020, ``meviewer bench --only estimate``); real faces are harder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meviewer import __version__
from meviewer.core.blas_threads import single_blas_thread
from meviewer.core.errors import MotionError
from meviewer.core.events import Edge, Keyframes
from meviewer.core.frames import Span
from meviewer.motion.frame_stack import Frames, check_index, read
from meviewer.motion.stabilise import working_factor

if TYPE_CHECKING:
    from meviewer.motion.estimate_course import Seen
    from meviewer.motion.estimate_fit import EstimateParams, Posterior

Floats = NDArray[np.float64]
PerKeyframe = tuple[float, float, float]

USUAL_SD_MS: PerKeyframe = (35.0, 40.0, 60.0)
"""How far off labels of onset, apex and offset are, ms, where nothing is known about the coder.

No data set has published it; these are the errors that the simulated coders make.
"""

UNKNOWN_SD_MS = 1000.0
"""For a keyframe that nobody has labelled."""

SIMULATED = (
    "Our estimate, never instead of the coder. Simulated clips of 200 fps, held out: mean error "
    "1.1, 2.2 and 2.6 frames for onset, apex and offset, labels 6.1, 4.8 and 8.8. "
    "Real faces are harder."
)
"""What is known about it, in a sentence for the window."""

_ROUNDING_FRAMES = 0.3
_AROUND_MS = 600.0
_FEWEST_FRAMES = 8
_LEAST_PX = 16
_Z_90 = 1.645
_EDGES = (Edge.ONSET, Edge.APEX, Edge.OFFSET)


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Where the keyframes are, how sure that is, and what it rests on.

    Attributes
    ----------
    label : Keyframes
        It started from it.
    middle, low, high : (3,) float64
        Median and 5-95 % interval of onset, apex and offset, frames with fractions. Without
        evidence the label and what its own sd leaves open.
    course : (T,) float64
        The time course that was seen: about 0 at rest and 1 at the apex; zeros if there is none.
    cells : (rows, columns) float64
        Share of each 8 x 8 cell of the shrunk picture in the course, in sum 1.
    has_evidence : bool
        False: nothing speaks against the label, and nothing for it.
    notes : tuple of str
        Why there is none, or what to keep in mind.
    parameters : mapping
        Everything needed to repeat it, and the version.
    first : int
        Frame of the clip with which the course begins.
    """

    label: Keyframes
    middle: Floats
    low: Floats
    high: Floats
    course: Floats
    cells: Floats
    has_evidence: bool
    notes: tuple[str, ...]
    parameters: Mapping[str, str | int | float | bool]
    first: int = 0

    @property
    def keyframes(self) -> Keyframes:
        """The medians as whole frames, in order."""
        onset, apex, offset = (round(float(at)) for at in np.sort(self.middle))
        last = self.first + len(self.course) - 1
        return Keyframes(*(min(max(at, self.first), last) for at in (onset, apex, offset)))

    def suggested(self, label: Keyframes | None = None) -> tuple[Edge, ...]:
        """Return the keyframes that a label should look at again.

        Those that lie further from the median than half the width of the interval.

        Parameters
        ----------
        label : Keyframes, optional
            The one that was started from, by default.
        """
        label = label or self.label
        if not self.has_evidence:
            return ()
        halves = (self.high - self.low) / 2
        return tuple(
            edge
            for edge, at, half in zip(_EDGES, self.middle, halves, strict=True)
            if abs(label[edge] - at) > half
        )

    def suggests(self, label: Keyframes | None = None) -> bool:
        """Say whether any keyframe of a label should be looked at again."""
        return bool(self.suggested(label))

    def refused(self, refusals: Iterable[Keyframes]) -> bool:
        """Say whether one of the answers that a coder has refused is as good as this one.

        Another label leads to another estimate, often a frame away: it says nothing new unless a
        keyframe lies further from the refused one than half the width of the interval.
        """
        return self.has_evidence and any(
            one == self.keyframes or not self.suggests(one) for one in refusals
        )

    @property
    def verdict(self) -> str:
        """The same in words."""
        if not self.has_evidence:
            return "no evidence against the label: " + "; ".join(self.notes)
        edges = self.suggested()
        if not edges:
            return "no evidence against the label: it lies within the interval's reach"
        found = self.keyframes
        moves = (f"{edge.value} {found[edge] - self.label[edge]:+d}" for edge in edges)
        return ", ".join(moves) + " frames"


def estimate(
    frames: Frames,
    label: Keyframes,
    rate_hz: float,
    *,
    label_sd_ms: PerKeyframe = USUAL_SD_MS,
    hidden: NDArray[np.bool_] | None = None,
    params: EstimateParams | None = None,
) -> Estimate:
    """Estimate the keyframes of one event.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
        The clip; what is more than 0.6 s away from the label is not read.
    label : Keyframes
        Indices into ``frames``.
    rate_hz : float
    label_sd_ms : (onset, apex, offset)
        How far off the coder usually is: from double labels (`present.label_worth.worth`), or
        `USUAL_SD_MS`. Good labels are made worse by a value that is too large.
    hidden : (H, W) bool, optional
        Pixels that have no say: the eyes, because of blinks.
    params : EstimateParams, optional

    Returns
    -------
    Estimate

    Raises
    ------
    MotionError
        If the label leaves the clip, or a rate, an sd or a mask is impossible.
    """
    _check(len(frames), label, rate_hz, label_sd_ms)
    around = round(_AROUND_MS / 1000 * rate_hz)
    near = Span(max(label.onset - around, 0), min(label.offset + around, len(frames) - 1))
    stack = read(frames, near)
    if hidden is not None and hidden.shape != stack.shape[1:3]:
        raise MotionError(
            "The hidden region does not fit the frames",
            where=f"{hidden.shape} for frames of {stack.shape[1:3]}",
            why="it differs in size",
            now="give a mask of the size of the frames",
        )
    local = label.shifted(-near.first)
    found = _estimated(stack, local, rate_hz, label_sd_ms, hidden, params)
    return replace(
        found,
        label=label,
        middle=found.middle + near.first,
        low=found.low + near.first,
        high=found.high + near.first,
        first=near.first,
    )


@single_blas_thread()  # the products are small: threads would only wait for one another
def _estimated(
    stack: NDArray[np.uint8],
    label: Keyframes,
    rate_hz: float,
    label_sd_ms: PerKeyframe,
    hidden: NDArray[np.bool_] | None,
    params: EstimateParams | None,
) -> Estimate:
    """Estimate the keyframes in the frames about a label, whose indices are into them."""
    if len(stack) < _FEWEST_FRAMES or min(stack.shape[1:3]) < _LEAST_PX:
        return _kept(len(stack), label, rate_hz, label_sd_ms, "the clip is too short or small")
    from meviewer.motion import estimate_fit

    params = params or estimate_fit.EstimateParams()
    marks = _marks(label)
    seen = _seen(stack, rate_hz, marks, hidden)
    if not np.ptp(seen.course) > 0:
        return _kept(len(stack), label, rate_hz, label_sd_ms, "nothing moves")
    found = estimate_fit.infer(seen.course, rate_hz, marks, _frames(label_sd_ms, rate_hz), params)
    note = _doubt(found, params)
    if note:
        kept = _kept(len(stack), label, rate_hz, label_sd_ms, note)
        return replace(kept, course=found.course, cells=seen.cells)
    return Estimate(
        label=label,
        middle=found.middle,
        low=found.low,
        high=found.high,
        course=found.course,
        cells=seen.cells,
        has_evidence=True,
        notes=_notes(rate_hz, found, len(stack)),
        parameters={**_parameters(rate_hz, label_sd_ms), **asdict(params)},
    )


def _seen(
    stack: NDArray[np.uint8], rate_hz: float, marks: PerKeyframe, hidden: NDArray[np.bool_] | None
) -> Seen:
    """Return the course of the movement, with the head held still and light left out."""
    from meviewer.motion import estimate_course, stabilise_fit

    factor = working_factor((stack.shape[1], stack.shape[2]))
    small = stabilise_fit.working_frames(stack, factor)
    inside = stabilise_fit.inner((small.shape[1], small.shape[2]))
    if hidden is not None:
        inside *= ~_shrunk(hidden, factor, inside.shape)
    signals, grid = estimate_course.cell_signals(stabilise_fit.fit(small, inside, light=True))
    return estimate_course.seen(signals, grid, rate_hz, marks)


def _marks(label: Keyframes) -> PerKeyframe:
    """Return the label with at least a frame between its keyframes."""
    apex = max(label.apex, label.onset + 1)
    return float(label.onset), float(apex), float(max(label.offset, apex + 1))


def _frames(sd_ms: PerKeyframe, rate_hz: float) -> PerKeyframe:
    onset, apex, offset = (float(np.hypot(sd * rate_hz / 1000, _ROUNDING_FRAMES)) for sd in sd_ms)
    return onset, apex, offset


def _doubt(found: Posterior, params: EstimateParams) -> str:
    if not np.isfinite(found.middle).all() or found.evidence < params.least_evidence:
        return "the motion does not stand out from the noise"
    if found.likeness < params.least_likeness:
        return "what moves does not look like the labelled event"
    return ""


def _notes(rate_hz: float, found: Posterior, n_frames: int) -> tuple[str, ...]:
    notes = []
    if rate_hz < 60:
        notes.append("few frames a second: an interval of a frame says little")
    if found.low[0] <= 0 or found.high[2] >= n_frames - 1:
        notes.append("the clip may begin or end within the event")
    return tuple(notes)


def _kept(
    n_frames: int, label: Keyframes, rate_hz: float, sd_ms: PerKeyframe, why: str
) -> Estimate:
    middle = np.array([float(label[edge]) for edge in _EDGES])
    reach = _Z_90 * np.array(_frames(sd_ms, rate_hz))
    none = np.zeros(n_frames)
    return Estimate(
        label, middle, middle - reach, middle + reach, none, np.zeros((1, 1)), False,
        (why,), _parameters(rate_hz, sd_ms),
    )  # fmt: skip


def _parameters(rate_hz: float, sd_ms: PerKeyframe) -> dict[str, str | int | float | bool]:
    names = ("onset_sd_ms", "apex_sd_ms", "offset_sd_ms")
    return {"version": __version__, "rate_hz": rate_hz, **dict(zip(names, sd_ms, strict=True))}


def _shrunk(hidden: NDArray[np.bool_], factor: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return the mask at the working size: a pixel that is hidden in part is hidden."""
    cut = hidden[: shape[0] * factor, : shape[1] * factor]
    blocks = cut.reshape(shape[0], factor, shape[1], factor)
    return np.asarray(blocks.any(axis=(1, 3)))


def _check(n_frames: int, label: Keyframes, rate_hz: float, sd_ms: PerKeyframe) -> None:
    check_index(label.onset, n_frames)
    check_index(label.offset, n_frames)
    if not 0 < rate_hz < np.inf or not all(0 <= sd < np.inf for sd in sd_ms):
        raise MotionError(
            "A setting of the estimate is out of range",
            where=f"rate {rate_hz} Hz, label sd {sd_ms} ms",
            now="give a rate above 0 and three standard deviations of 0 or more",
        )
