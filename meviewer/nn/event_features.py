"""All representations of one event at a square size, each under its key in the feature store.

They are those of `meviewer.nn.dataset_motion` and of a training: computed from frames of full size,
then averaged over the pixels of the small grid, under the keys under which a training looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from meviewer import __version__
from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span
from meviewer.motion import dynamic_image, mm_cof
from meviewer.nn import phase_flow
from meviewer.nn.aligned import Placement, fingerprint_through, seen_through
from meviewer.nn.phase_flow import FlowParams, Frames
from meviewer.nn.resample import resize_planes
from meviewer.project.features import Arrays, FeatureStore, Value

REPRESENTATIONS = ("flow", "di", "mm-cof")
"""What is computed of an event for a data set; a training may want its ``keyframes``, too."""

METHOD = "tvl1"
"""Method of the flow."""

DYNAMIC_KIND = "bilen"
DYNAMIC_VERSION = 1
DYNAMIC_FORMULA = (
    "sum of alpha_t F(t) over rise, fall and whole event [paper: arXiv 2510.15466], alpha by"
    " approximate rank pooling [paper: Bilen et al. 2016]; the apex in both phases, the fall not"
    " reversed in time [ours]; mean over the area of each pixel of the small grid [ours]"
)
MM_COF_FORMULA = (
    "M_c = theta1 N_1 + theta2 N_2 of the min-max normalised magnitudes [2nd: arXiv 2510.07810],"
    " weights, threshold modulation and direction of the difference [ours];"
    " M cos, M sin, M; mean over the area of each pixel of the small grid [ours]"
)
KEYFRAMES_VERSION = 1
KEYFRAMES_FORMULA = (
    "the frames of onset, apex and offset; mean over the area of each pixel of the small grid,"
    " rounded to 8 bits [ours]"
)

_PHASES = ("rise", "fall", "whole")


@dataclass(frozen=True, slots=True)
class Result:
    """Arrays of one representation, and where they come from.

    Attributes
    ----------
    arrays : dict of str to ndarray
        ``flow``: ``flow`` (2, 2, P, P), px of the small grid; ``di``: ``rise``, ``fall`` and
        ``whole``, each (3, P, P), weighted grey levels; ``mm-cof``: ``mm_cof`` (3, P, P), -1 to 1.
        All float32. ``keyframes``: ``keyframes`` (3, 3, P, P) uint8, onset, apex, offset in RGB.
    meta : dict
        Formula with its marks, parameters, version of the formula and of the program.
    """

    arrays: Arrays
    meta: dict[str, Value]


class PhaseFields(Protocol):
    """The flow of both phases, (H, W, 2) float32 each, and what computed it in words."""

    @property
    def rise(self) -> NDArray[np.float32]:
        """From onset to apex, px."""

    @property
    def fall(self) -> NDArray[np.float32]:
        """From apex to offset, px."""

    @property
    def device(self) -> str:
        """Such as the name of a GPU."""


@dataclass(frozen=True, slots=True)
class EventMotion:
    """One event of a clip, as the store knows it.

    Attributes
    ----------
    fingerprint : str
        Of the clip.
    keyframes : Keyframes
    size_px : int
        Width and height of everything.
    placement : Placement or None
        How its frames are aligned first; None leaves them as they are.
    """

    fingerprint: str
    keyframes: Keyframes
    size_px: int
    placement: Placement | None = None

    @property
    def seen(self) -> str:
        """Fingerprint of the frames that are looked at, aligned or not."""
        return fingerprint_through(self.fingerprint, self.placement)

    @property
    def flow_params(self) -> FlowParams:
        """How the flow is computed."""
        return FlowParams(METHOD, self.size_px)

    def key(self, representation: str) -> str:
        """Return the name of a representation in the store."""
        if representation == "flow":
            return phase_flow.key(self.seen, self.keyframes, self.flow_params)
        return FeatureStore.key(self._parts(representation))

    def stored(self, store: FeatureStore, representation: str) -> Arrays | None:
        """Return the arrays of a representation, or None if they are not there or damaged."""
        found = store.get(self.key(representation))
        if found is None:
            return None
        shapes = {name: values.shape for name, values in found.items()}
        return found if shapes == _shapes(representation, self.size_px) else None

    def put(self, store: FeatureStore, representation: str, result: Result) -> None:
        """Store a representation.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        meta = result.meta
        if self.placement is not None:
            meta = {**meta, **self.placement.notes(self.fingerprint)}
        if representation == "flow":
            flow = np.asarray(result.arrays["flow"], np.float32)
            phase_flow.put(store, self.seen, self.keyframes, self.flow_params, flow, meta)
        else:
            store.put(self.key(representation), result.arrays, meta)

    def compute(
        self,
        clip: Frames,
        wanted: Sequence[str],
        threads: int | None = None,
        fields: PhaseFields | None = None,
    ) -> dict[str, Result]:
        """Compute representations; MM-COF is made of the flow at hand, frames are read once.

        ``clip`` is not aligned yet. ``fields`` are the flows, where they have been computed
        elsewhere: the note says where.

        Raises
        ------
        MotionError
            If a phase has fewer than two frames, or lies outside the clip.
        ClipError
            If a frame is damaged.
        """
        reason = phase_flow.why_unusable(self.keyframes, clip.n_frames)
        if reason:
            raise MotionError("The event has no two phases", why=reason)
        clip = seen_through(clip, self.placement)
        made: dict[str, Result] = {}
        if {"flow", "mm-cof"} & set(wanted):
            made = self._flows(clip, wanted, threads, fields)
        if "di" in wanted:
            made["di"] = Result(self._dynamic(clip), self._meta("di", DYNAMIC_FORMULA))
        if "keyframes" in wanted:
            frames = self._keyframes(clip)
            made["keyframes"] = Result(frames, self._meta("keyframes", KEYFRAMES_FORMULA))
        return made

    def _keyframes(self, clip: Frames) -> Arrays:
        edges = (self.keyframes.onset, self.keyframes.apex, self.keyframes.offset)
        small = [resize_planes(clip.frame(index), self.size_px) for index in edges]
        return {"keyframes": np.clip(np.rint(small), 0, 255).astype(np.uint8)}

    def _flows(
        self,
        clip: Frames,
        wanted: Sequence[str],
        threads: int | None,
        fields: PhaseFields | None,
    ) -> dict[str, Result]:
        noted: dict[str, Value] = {}
        if fields is None:
            rise, fall = phase_flow.fields(clip, self.keyframes, METHOD, threads)
        else:
            rise, fall, noted = fields.rise, fields.fall, {"flow_device": fields.device}
        made = {}
        if "flow" in wanted:
            # Its note is written by `phase_flow.put`, a training's and ours alike.
            made["flow"] = Result({"flow": phase_flow.small(rise, fall, self.size_px)}, noted)
        if "mm-cof" in wanted:
            joined = mm_cof.mm_cof(rise, fall)
            planes = resize_planes(np.moveaxis(joined.channels(), 0, -1), self.size_px)
            measured = {
                name: value
                for name, value in joined.provenance.items()
                if name == "tau" or name.endswith("_px")
            }
            meta = {**self._meta("mm-cof", MM_COF_FORMULA), **measured, **noted}
            made["mm-cof"] = Result({"mm_cof": planes}, meta)
        return made

    def _dynamic(self, clip: Frames) -> Arrays:
        """Sum up frame by frame: no clip is too long for the memory."""
        spans = (self.keyframes.rise, self.keyframes.fall, self.keyframes.span)
        alphas = [_alphas(span) for span in spans]
        sums: list[NDArray[np.float32]] = []
        weighted = np.empty(0, np.float32)
        for index in self.keyframes.span:
            frame = clip.frame(index)
            if not sums:
                sums = [np.zeros(frame.shape, np.float32) for _ in spans]
                weighted = np.empty(frame.shape, np.float32)
            if frame.shape != sums[0].shape:
                raise _differ(index, frame.shape, sums[0].shape)
            grey_levels = frame.astype(np.float32)
            for total, alpha in zip(sums, alphas, strict=True):
                if index in alpha:
                    np.multiply(grey_levels, alpha[index], out=weighted)
                    np.add(total, weighted, out=total)
        return {
            name: resize_planes(total, self.size_px)
            for name, total in zip(_PHASES, sums, strict=True)
        }

    def _meta(self, representation: str, formula: str) -> dict[str, Value]:
        noted = {"representation": representation, "formula": formula, "code": __version__}
        return {**noted, **self._parts(representation)}

    def _parts(self, representation: str) -> dict[str, Value]:
        return {
            "what": representation,
            "fingerprint": self.seen,
            "onset": self.keyframes.onset,
            "apex": self.keyframes.apex,
            "offset": self.keyframes.offset,
            "size_px": self.size_px,
            **_PARAMETERS[representation](),
        }


def _differ(index: int, one: tuple[int, ...], other: tuple[int, ...]) -> MotionError:
    return MotionError(
        "The frames of the event differ",
        where=f"frame {index}, counted from 0",
        why=f"its shape is {one}, that of the first one {other}",
        now="bring all frames to one size",
    )


def _alphas(span: Span) -> dict[int, np.float32]:
    weights = dynamic_image.weights(len(span), DYNAMIC_KIND)
    return {index: np.float32(alpha) for index, alpha in zip(span, weights, strict=True)}


def _dynamic_parameters() -> dict[str, Value]:
    return {"version": DYNAMIC_VERSION, "kind": DYNAMIC_KIND}


def _keyframe_parameters() -> dict[str, Value]:
    return {"version": KEYFRAMES_VERSION}


def _mm_cof_parameters() -> dict[str, Value]:
    own = {f"mm_cof_{name}": str(value) for name, value in asdict(mm_cof.MMCOFParams()).items()}
    return {
        "version": mm_cof.VERSION,
        "flow_version": phase_flow.VERSION,
        **own,
        **phase_flow.flow_parameters(METHOD),
    }


_PARAMETERS: Mapping[str, Callable[[], dict[str, Value]]] = {
    "di": _dynamic_parameters,
    "keyframes": _keyframe_parameters,
    "mm-cof": _mm_cof_parameters,
}


def _shapes(representation: str, size_px: int) -> dict[str, tuple[int, ...]]:
    grid = (size_px, size_px)
    if representation == "flow":
        return {"flow": (2, 2, *grid)}
    if representation == "mm-cof":
        return {"mm_cof": (3, *grid)}
    if representation == "keyframes":
        return {"keyframes": (3, 3, *grid)}
    return dict.fromkeys(_PHASES, (3, *grid))
