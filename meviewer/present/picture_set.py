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
from meviewer.present.phase_flows import PhaseFlows
from meviewer.present.picture_options import PictureOptions

Frame: TypeAlias = NDArray[np.uint8]
Values: TypeAlias = NDArray[np.float32]

QUICK = "dis"
"""Flow method that follows the hand."""

OVERLAY_NEEDS = frozenset((RISE, FALL, MM_COF, dynamic_need("rise", "")))
"""What the overlays over a frame are made of."""


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What need not be computed again: flows by phase, dynamic images by kind and phase."""

    flows: Mapping[str, Values] = field(default_factory=dict)
    images: Mapping[tuple[str, str], Values] = field(default_factory=dict)


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

    def lasting(self, keyframes: Keyframes, options: PictureOptions) -> _Known:
        """Return what also holds for other keyframes: of a quick set, the phases that stay."""
        if self.final or self.options.computing != options.computing:
            return _Known()
        then, now = _spans(self.keyframes), _spans(keyframes)
        stays = {phase for phase in PHASES if then[phase] == now[phase]}
        images = {key: image for key, image in self.images.items() if key[1] in stays}
        if options.average > 1:  # the mean around a keyframe may reach as far as the next one
            return _Known({}, images)
        flows = {RISE: self.rise, FALL: self.fall}
        return _Known({p: f for p, f in flows.items() if f is not None and p in stays}, images)


def picture_set(
    clip: Sequence[Frame],
    motion: ClipMotion,
    keyframes: Keyframes,
    options: PictureOptions,
    needs: frozenset[str],
    *,
    final: bool,
    before: PictureSet | None = None,
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
    before : PictureSet, optional
        What was shown last of the same clip: a quick phase that has not changed is taken over.

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
    known = _Known() if final or before is None else before.lasting(keyframes, options)
    job = PhaseFlows(marks, {**frames, **means}, options, params, known.flows, final=final)
    pool = _pool(final)  # the work is done outside Python's lock
    flows = {phase: pool.submit(job.flow, phase) for phase in (RISE, FALL) if phase in needs}
    images = {
        key: pool.submit(_dynamic_image, motion, span, quick_kind(key[0], final=final))
        for key, span in _wanted_images(keyframes, options, needs).items()
        if key not in known.images
    }
    rise, fall = (flows[phase].result() if phase in flows else None for phase in (RISE, FALL))
    # Here, while the threads are at the dynamic images: nothing else waits for both flows.
    combined = _combined(rise, fall, options) if MM_COF in needs else None
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
        {**known.images, **{key: image.result() for key, image in images.items()}},
        rise,
        fall,
        job.significances(needs),
        combined,
        _magnified(clip, marks, options) if final and MAGNIFIED in needs else None,
    )


@cache
def _pool(final: bool) -> ThreadPoolExecutor:
    """Return two threads; what follows the hand has its own, and never waits for exact flows."""
    return ThreadPoolExecutor(2, "pictures exact" if final else "pictures")


def _means(clip: Sequence[Frame], marks: Mapping[str, int], average: int) -> dict[str, Values]:
    from meviewer.motion.keyframe_average import averaged, side

    n = len(clip)
    places = Keyframes(*(min(marks[edge.value], n - 1) for edge in Edge))
    return {
        edge.value: averaged(clip, places[edge], average, side(places, edge, n)) for edge in Edge
    }


def _spans(keyframes: Keyframes) -> dict[str, Span]:
    return dict(zip(PHASES, (keyframes.rise, keyframes.fall, keyframes.span), strict=True))


def _wanted_images(
    keyframes: Keyframes, options: PictureOptions, needs: frozenset[str]
) -> dict[tuple[str, str], Span]:
    """Return kind and phase of the dynamic images that are looked at, with their frames."""
    spans = _spans(keyframes)
    parts = [need.partition(" ")[2].partition(" ") for need in needs if need.startswith("dynamic ")]
    keys = {(kind or options.dynamic, phase) for phase, _, kind in parts}
    return {key: spans[key[1]] for key in sorted(keys) if len(spans[key[1]]) > 1}


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
