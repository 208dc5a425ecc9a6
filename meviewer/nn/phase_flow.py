"""The optical flow of both phases of one event, small, from the feature store where it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from meviewer import __version__
from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.nn.resample import resize_flow
from meviewer.project.features import FeatureStore, Value

VERSION = 2
"""Part of the key in the store: raise it when the same input gives other numbers."""

FORMULA = (
    "flow onset to apex and apex to offset, between frames of full size;"
    " TV-L1: the functional [paper: Zach et al. 2007], its schedule and equal brightness [ours];"
    " mean over the area of each pixel of the small grid, in its pixels [ours]"
)
"""What is computed, and how sure each part is; stored with it."""


class Frames(Protocol):
    """What is needed of a clip."""

    @property
    def fingerprint(self) -> str:
        """Hash of its content."""

    @property
    def n_frames(self) -> int:
        """Number of frames."""

    def frame(self, index: int) -> NDArray[np.uint8]:
        """Return one frame, (H, W, 3) RGB."""


@dataclass(frozen=True, slots=True)
class FlowParams:
    """How motion becomes the input of a network.

    Attributes
    ----------
    method : str
        One of `meviewer.motion.flow.METHODS`.
    size_px : int
        Width and height of the result.
    """

    method: str
    size_px: int

    @classmethod
    def of(cls, representation: str, size_px: int) -> FlowParams:
        """Return the parameters of a representation such as ``"flow-tvl1"``."""
        return cls(representation.removeprefix("flow-"), size_px)


def key(fingerprint: str, keyframes: Keyframes, params: FlowParams) -> str:
    """Return the name of the flow of both phases in the store."""
    return FeatureStore.key(_parts(fingerprint, keyframes, params))


def why_unusable(keyframes: Keyframes, n_frames: int) -> str:
    """Return why an event has no flow of both phases, or nothing if it has."""
    if keyframes.offset >= n_frames:
        return f"the offset, frame {keyframes.offset}, lies outside the clip of {n_frames} frames"
    short = [name for name, span in _phases(keyframes).items() if len(span) < 2]
    if short:
        return f"the {' and the '.join(short)} has fewer than two frames"
    return ""


def stored(
    store: FeatureStore, fingerprint: str, keyframes: Keyframes, params: FlowParams
) -> NDArray[np.float32] | None:
    """Return the flow of both phases if it has been computed before; see `compute`."""
    found = store.get(key(fingerprint, keyframes, params))
    shape = (2, 2, params.size_px, params.size_px)
    if found is None or found.get("flow", np.empty(0)).shape != shape:
        return None
    return np.asarray(found["flow"], np.float32)


def put(
    store: FeatureStore,
    fingerprint: str,
    keyframes: Keyframes,
    params: FlowParams,
    flow: NDArray[np.float32],
    noted: Mapping[str, Value] | None = None,
) -> None:
    """Store the flow of both phases, with what else is to be noted about it.

    Raises
    ------
    StorageError
        If the disk refuses; the run can go on without.
    """
    meta: dict[str, Value] = {
        "representation": "flow",
        "formula": FORMULA,
        "code": __version__,
        **(noted or {}),
        **_parts(fingerprint, keyframes, params),
    }
    store.put(key(fingerprint, keyframes, params), {"flow": flow}, meta)


def compute(clip: Frames, keyframes: Keyframes, params: FlowParams) -> NDArray[np.float32]:
    """Compute the flow from onset to apex and from apex to offset.

    Returns
    -------
    ndarray, shape (2, 2, size_px, size_px), float32
        Phase (rise, fall), then component (u, v), in pixels of the small grid.

    Raises
    ------
    MotionError
        If a phase is too short or outside the clip.
    ClipError
        If a frame is damaged.
    """
    rise, fall = fields(clip, keyframes, params.method)
    return small(rise, fall, params.size_px)


def fields(
    clip: Frames, keyframes: Keyframes, method: str, threads: int | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Compute the flow of rise and fall at the size of the frames, each (H, W, 2) float32, px.

    Parameters
    ----------
    threads : int, optional
        For one pair of frames; by default one a core. It changes no value.

    Raises
    ------
    MotionError
        If a phase is too short or outside the clip.
    ClipError
        If a frame is damaged.
    """
    from meviewer.motion import flow

    reason = why_unusable(keyframes, clip.n_frames)
    if reason:
        raise MotionError("The event has no flow of both phases", why=reason)
    onset, apex, offset = (clip.frame(i) for i in _edges(keyframes))
    params = flow.make_params(method, {})
    rise = flow.compute_with(onset, apex, params, threads)
    return rise, flow.compute_with(apex, offset, params, threads)


def small(
    rise: NDArray[np.float32], fall: NDArray[np.float32], size_px: int
) -> NDArray[np.float32]:
    """Return both flows on the small grid, in its pixels: (2, 2, size_px, size_px) float32."""
    return np.stack([resize_flow(field, size_px) for field in (rise, fall)])


def flow_parameters(method: str) -> dict[str, Value]:
    """Return a method of flow with every parameter, as text, to be part of a key."""
    from meviewer.motion.flow_params import make_params, provenance

    # Every parameter of the method counts: new defaults must not meet old results.
    return {f"flow_{name}": str(v) for name, v in provenance(make_params(method, {})).items()}


def _phases(keyframes: Keyframes) -> dict[str, range]:
    return {
        "rise": range(keyframes.onset, keyframes.apex + 1),
        "fall": range(keyframes.apex, keyframes.offset + 1),
    }


def _edges(keyframes: Keyframes) -> tuple[int, int, int]:
    return keyframes.onset, keyframes.apex, keyframes.offset


def _parts(fingerprint: str, keyframes: Keyframes, params: FlowParams) -> dict[str, Value]:
    return {
        "what": "phase-flow",
        "version": VERSION,
        "fingerprint": fingerprint,
        "onset": keyframes.onset,
        "apex": keyframes.apex,
        "offset": keyframes.offset,
        "size_px": params.size_px,
        **flow_parameters(params.method),
    }
