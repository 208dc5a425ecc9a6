"""Representations of one event as a network takes them, for a data set that leaves the program."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MeviewerError, MotionError, StorageError
from meviewer.core.events import Keyframes
from meviewer.core.frames import Span
from meviewer.data.clip_base import Clip
from meviewer.data.hdf5_file import NewHdf5
from meviewer.experiment.records import Skipped
from meviewer.motion import dynamic_image, mm_cof
from meviewer.nn import phase_flow
from meviewer.nn.dataset_frames import open_unchanged
from meviewer.nn.dataset_rows import GatheredSample, NewEvent, skipped_sample
from meviewer.nn.event_features import EventMotion
from meviewer.nn.phase_flow import FlowParams
from meviewer.nn.resample import resize_planes
from meviewer.project.dataset_hdf5 import What
from meviewer.project.features import FeatureStore
from meviewer.project.project import Project

SHAPES: dict[str, tuple[int, ...]] = {"di": (2, 3), "flow": (2, 2), "mm-cof": (3,)}
"""Axes before height and width."""

MEANINGS = {
    "di": "phase (rise, fall), channel (R, G, B), row, column; weighted grey levels",
    "flow": "phase (rise, fall), component (right, down), row, column; px of the small grid",
    "mm-cof": "M cos(angle), M sin(angle), M; row, column; -1 to 1",
}
"""What the axes are, and the unit."""


def compute(
    clip: Clip,
    keyframes: Keyframes,
    what: What,
    params: FlowParams,
    store: FeatureStore | None = None,
) -> NDArray[np.float32]:
    """Compute the representation of an event at ``params.size_px``.

    Parameters
    ----------
    store : FeatureStore, optional
        Where small flow is kept that may be needed again.

    Returns
    -------
    ndarray, shape (*SHAPES[what], size_px, size_px), float32

    Raises
    ------
    MotionError
        If a phase has fewer than two frames, or lies outside the clip.
    ClipError
        If a frame is damaged.
    """
    reason = phase_flow.why_unusable(keyframes, clip.n_frames)
    if reason:
        raise MotionError("The event has no two phases", why=reason)
    if what == "flow":
        return _flow(clip, keyframes, params, store)
    known = _known(clip, keyframes, what, params, store)
    if known is not None:
        return known
    if what == "mm-cof":
        return _mm_cof(clip, keyframes, params)
    phases = (keyframes.rise, keyframes.fall)
    return np.stack([_dynamic(clip, phase, params.size_px) for phase in phases])


def _flow(
    clip: Clip, keyframes: Keyframes, params: FlowParams, store: FeatureStore | None
) -> NDArray[np.float32]:
    if store is None:
        return phase_flow.compute(clip, keyframes, params)
    known = phase_flow.stored(store, clip.fingerprint, keyframes, params)
    if known is not None:
        return known
    flow = phase_flow.compute(clip, keyframes, params)
    with suppress(StorageError):  # computed again when it is needed again
        phase_flow.put(store, clip.fingerprint, keyframes, params, flow)
    return flow


def _known(
    clip: Clip, keyframes: Keyframes, what: What, params: FlowParams, store: FeatureStore | None
) -> NDArray[np.float32] | None:
    """Return what ``meviewer features`` has computed before, if it is the same."""
    motion = EventMotion(clip.fingerprint, keyframes, params.size_px)
    if store is None or params != motion.flow_params:
        return None
    found = motion.stored(store, what)
    if found is None:
        return None
    if what == "mm-cof":
        return np.asarray(found["mm_cof"], np.float32)
    return np.asarray(np.stack([found["rise"], found["fall"]]), np.float32)


def _mm_cof(clip: Clip, keyframes: Keyframes, params: FlowParams) -> NDArray[np.float32]:
    from meviewer.motion import flow

    onset, apex, offset = (
        clip.frame(at) for at in (keyframes.onset, keyframes.apex, keyframes.offset)
    )
    rise = flow.compute(onset, apex, params.method)
    fall = flow.compute(apex, offset, params.method)
    channels = mm_cof.mm_cof(rise, fall).channels()
    return resize_planes(np.moveaxis(channels, 0, -1), params.size_px)


def _dynamic(clip: Clip, span: Span, size_px: int) -> NDArray[np.float32]:
    """Sum up averaged frames: the same as averaging the sum, and one frame in memory at a time."""
    total = np.zeros((3, size_px, size_px))
    for index, weight in zip(span, dynamic_image.weights(len(span)), strict=True):
        total += weight * resize_planes(clip.frame(index), size_px)
    return total.astype(np.float32)


def store_of(project: Project) -> FeatureStore | None:
    """Return where motion is kept; nowhere for a project that is open for reading only."""
    return None if project.read_only else FeatureStore(project.features_folder)


class Stacked:
    """The array ``/x`` with one representation an event, growing.

    Parameters
    ----------
    new : NewHdf5
    what : str
    size_px : int
    method : str
        Of the flow.
    """

    def __init__(self, new: NewHdf5, what: What, size_px: int, method: str) -> None:
        self._new, self._what = new, what
        self._params = FlowParams(method, size_px)
        shape = (*SHAPES[what], size_px, size_px)
        self._n = 0
        self._x: Any = new.root.create_dataset(
            "x", (0, *shape), np.float32, chunks=(1, *shape), maxshape=(None, *shape)
        )

    def add(
        self, row: GatheredSample, store: FeatureStore | None, check_wanted: Callable[[], None]
    ) -> tuple[list[NewEvent], list[Skipped]]:
        """Compute and store the events of one sample; what cannot be computed is returned too.

        Raises
        ------
        OSError
            If the disk refuses.
        """
        done: list[NewEvent] = []
        skipped: list[Skipped] = []
        if not row.events:
            return done, skipped
        try:
            clip = open_unchanged(row.sample)
        except MeviewerError as error:
            return done, [skipped_sample(row.sample, str(error))]
        with clip:
            for one in row.events:
                check_wanted()
                reason = self._put(clip, one, store)
                if reason:
                    skipped.append(skipped_sample(row.sample, reason))
                else:
                    done.append(one)
        return done, skipped

    def finish(self) -> None:
        """Note what the axes are and how it was computed."""
        self._x.attrs["axes"] = f"event, {MEANINGS[self._what]}"
        if self._what != "di":
            self._x.attrs["flow_method"] = self._params.method

    def _put(self, clip: Clip, one: NewEvent, store: FeatureStore | None) -> str:
        event = one.row.event
        if not event.has_apex:
            return f"the event by {one.row.tier} has no apex"
        try:
            x = compute(clip, event.keyframes, self._what, self._params, store)
        except MeviewerError as error:
            return str(error)
        self._x.resize(self._n + 1, axis=0)
        self._x[self._n] = x
        self._n += 1
        self._new.check()
        return ""
