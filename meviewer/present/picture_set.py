"""The pictures of motion of one event: computed together, and only what is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Edge, Keyframes
from meviewer.core.frames import Span
from meviewer.motion import dynamic_image
from meviewer.motion.dynamic_image import DualPhase
from meviewer.motion.flow_params import DISParams, FlowParams
from meviewer.motion.frame_stack import read
from meviewer.motion.mm_cof import MMCOF
from meviewer.motion.representation import ClipMotion
from meviewer.present.bench_views import FALL, MAGNIFIED, MEAN, MM_COF, PHASES, RISE, dynamic_need
from meviewer.present.picture_options import PictureOptions

Frame: TypeAlias = NDArray[np.uint8]
Values: TypeAlias = NDArray[np.float32]

QUICK = "dis"
"""Flow method that follows the hand."""

_EVERY_PX = 4

OVERLAY_NEEDS = frozenset((RISE, FALL, MM_COF, dynamic_need("rise", "")))
"""What the overlays over a frame are made of."""


@dataclass(frozen=True, slots=True, eq=False)
class PictureSet:
    """Pictures of one event.

    Attributes
    ----------
    keyframes : Keyframes
        What they show.
    options : PictureOptions
        How they were computed.
    needs : frozenset of str
        What was asked for; what was not is None.
    onset, apex, offset : (H, W, 3) uint8
        Frames.
    means : mapping of str to (H, W, 3) float32
        Frames averaged around ``onset``, ``apex`` and ``offset``, if that was asked for.
    difference : (H, W) float32
        Apex less onset, in grey levels.
    images : mapping of (kind, phase) to (H, W, 3) float32
        Dynamic images of the phases that have one.
    rise, fall : (H, W, 2) float32 or None
        Flow of each phase in px; None without such a phase.
    significance : mapping of str to (H, W) float32
        For ``rise`` and ``fall``: how sure it is that the flow is more than noise, 0 to 1.
    mm_cof : MMCOF or None
    magnified : (H, W, 3) uint8 or None
        The apex with its motion since the onset magnified, for looking only.
    flow_params : FlowParams
        Of the method that was used.
    method : str
        That method.
    final : bool
        False while a quick method stands in for the chosen one.
    """

    keyframes: Keyframes
    options: PictureOptions
    needs: frozenset[str]
    onset: Frame
    apex: Frame
    offset: Frame
    difference: Values
    flow_params: FlowParams
    method: str
    final: bool
    means: Mapping[str, Values] = field(default_factory=dict)
    images: Mapping[tuple[str, str], Values] = field(default_factory=dict)
    rise: Values | None = None
    fall: Values | None = None
    significance: Mapping[str, Values] = field(default_factory=dict)
    mm_cof: MMCOF | None = None
    magnified: Frame | None = None

    @property
    def dynamic(self) -> DualPhase:
        """Dynamic images of the chosen kind."""
        keys, kind = self.keyframes, self.options.dynamic
        rise, fall, whole = (self.images.get((kind, phase)) for phase in PHASES)
        return DualPhase(rise, fall, whole, (keys.rise, keys.fall, keys.span), kind)


def picture_set(
    clip: Sequence[Frame],
    motion: ClipMotion,
    keyframes: Keyframes,
    options: PictureOptions,
    needs: frozenset[str],
    *,
    final: bool,
) -> PictureSet:
    """Compute the pictures of one event; takes tens of milliseconds with a quick flow.

    Parameters
    ----------
    clip : sequence of (H, W, 3) uint8
    motion : ClipMotion
        The same clip, decoded.
    needs : frozenset of str
        What is looked at, see `bench_views.needed`.
    final : bool
        Use the chosen flow method; else `QUICK` stands in, and no significance is computed.

    Raises
    ------
    MeviewerError
        If a frame is damaged or missing, or frames do not fit a method.
    """
    from meviewer.motion import difference

    last = len(clip) - 1
    marks = {
        "onset": keyframes.onset,
        "apex": keyframes.apex,
        "offset": min(keyframes.offset, last),
    }
    frames = {key: clip[index] for key, index in marks.items()}
    method = options.flow if final else QUICK
    means: Mapping[str, Values] = {}
    if options.average > 1 and needs & {RISE, FALL, MEAN}:
        means = _means(clip, marks, options.average)
    # The coarser preset moves by a few hundredths of a px and takes a third of the time.
    params = options.flow_params() if final else DISParams(preset="fast")
    job = _Flows(marks, {**frames, **means}, options, params, final)
    phases = [phase for phase in (RISE, FALL) if phase in needs]
    pool = _pool(final)  # the work is done outside Python's lock
    images = pool.submit(_dynamic_images, motion, keyframes, options, needs, final=final)
    flows = dict(zip(phases, pool.map(job.flow, phases), strict=True))
    rise, fall = flows.get(RISE), flows.get(FALL)
    return PictureSet(
        keyframes,
        options,
        needs,
        frames["onset"],
        frames["apex"],
        frames["offset"],
        difference.signed(frames["apex"], frames["onset"]),
        job.params,
        method,
        final,
        means,
        images.result(),
        rise,
        fall,
        job.significances(needs),
        _combined(rise, fall, options) if MM_COF in needs else None,
        _magnified(clip, marks, options) if final and MAGNIFIED in needs else None,
    )


@cache
def _pool(final: bool) -> ThreadPoolExecutor:
    """Return two threads; what follows the hand has its own, and never waits for exact flows."""
    return ThreadPoolExecutor(2, "pictures exact" if final else "pictures")


class _Flows:
    """Flows between the keyframes of one event."""

    def __init__(
        self,
        marks: Mapping[str, int],
        frames: Mapping[str, Frame | Values],
        options: PictureOptions,
        params: FlowParams,
        final: bool,
    ) -> None:
        self._marks, self._frames = marks, frames
        self._options, self.params, self._final = options, params, final
        self._raw: dict[str, Values] = {}
        self._free: dict[str, Values] = {}

    def flow(self, phase: str) -> Values | None:
        """Return the flow of a phase without the motion of the head; None without the phase."""
        from meviewer.motion import flow

        first, second = _ends(phase)
        if self._marks[first] >= self._marks[second]:
            return None
        found = flow.compute_with(self._frames[first], self._frames[second], self.params)
        free = self._without_head(found)
        self._raw[phase], self._free[phase] = found, free
        return free

    def _without_head(self, flow: Values) -> Values:
        from meviewer.motion.head_motion import remove_head_motion, stable_region

        head = self._options.head
        if head == "kept":
            return flow
        if self._final:
            return remove_head_motion(flow, head)
        # While the hand moves, every fourth px both ways tells four numbers well enough.
        few = np.zeros(flow.shape[:2], bool)
        few[::_EVERY_PX, ::_EVERY_PX] = True
        few &= stable_region((flow.shape[0], flow.shape[1]))
        return remove_head_motion(flow, head, few if few.any() else None)

    def significances(self, needs: frozenset[str]) -> dict[str, Values]:
        """Return how sure each flow is, where it is asked for: that takes a flow backwards."""
        if not self._final:
            return {}
        wanted = [
            phase for phase in self._raw if self._options.fade or f"significance {phase}" in needs
        ]
        return {phase: self._significance(phase) for phase in wanted}

    def _significance(self, phase: str) -> Values:
        from meviewer.motion import flow, flow_quality
        from meviewer.motion.brightness import normalise_brightness
        from meviewer.motion.flow_input import grey_pair

        first, second = (self._frames[key] for key in _ends(phase))
        raw, backward = self._raw[phase], flow.compute_with(second, first, self.params)
        missed = flow_quality.consistency(raw, backward)
        noise = flow_quality.noise_px(*normalise_brightness(*grey_pair(first, second)), raw)
        return flow_quality.significance(self._free[phase], noise, missed=missed)


def _means(clip: Sequence[Frame], marks: Mapping[str, int], average: int) -> dict[str, Values]:
    from meviewer.motion.keyframe_average import averaged, side

    n = len(clip)
    places = Keyframes(*(min(marks[edge.value], n - 1) for edge in Edge))
    return {
        edge.value: averaged(clip, places[edge], average, side(places, edge, n)) for edge in Edge
    }


def _dynamic_images(
    motion: ClipMotion,
    keyframes: Keyframes,
    options: PictureOptions,
    needs: frozenset[str],
    *,
    final: bool,
) -> dict[tuple[str, str], Values]:
    found: dict[tuple[str, str], Values] = {}
    spans = dict(zip(PHASES, (keyframes.rise, keyframes.fall, keyframes.span), strict=True))
    for need in sorted(needs):
        word, _, rest = need.partition(" ")
        if word != "dynamic":
            continue
        phase, _, kind = rest.partition(" ")
        key = (kind or options.dynamic, phase)
        if key not in found and len(spans[phase]) > 1:
            found[key] = _dynamic_image(motion, spans[phase], quick_kind(key[0], final=final))
    return found


def quick_kind(kind: str, *, final: bool) -> str:
    """Return the kind of dynamic image that stands in while the hand moves."""
    return kind if final or kind != "exact" else "bilen"


def _dynamic_image(motion: ClipMotion, span: Span, kind: str) -> Values:
    for index, error in motion.load().damage.items():
        if index in span:
            raise error  # a sum without that frame would be another picture
    return dynamic_image.dynamic_image(read(motion.stack, span), kind)


def _combined(rise: Values | None, fall: Values | None, options: PictureOptions) -> MMCOF | None:
    from meviewer.motion.mm_cof import mm_cof

    if rise is None or fall is None:
        return None
    return mm_cof(rise, fall, options.mm_cof)


def _magnified(clip: Sequence[Frame], marks: Mapping[str, int], options: PictureOptions) -> Frame:
    from meviewer.motion.magnify import Magnifier, MagnifyParams

    # Nothing here is filtered in time, so the rate does not matter.
    params = MagnifyParams(factor=options.magnify)
    return Magnifier(clip, marks["onset"], 1.0, params).frame(marks["apex"])


def _ends(phase: str) -> tuple[str, str]:
    return ("onset", "apex") if phase == RISE else ("apex", "offset")
