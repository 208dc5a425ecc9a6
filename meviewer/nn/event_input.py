"""What is computed of one event for an experiment: motion that tells clips apart, and what is seen.

Clips are told apart, and the reference scored, by the flow of both phases, whatever networks see:
so the leak guard and the reference are the same for every representation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Keyframes
from meviewer.data.clip_base import Clip
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn import phase_flow
from meviewer.nn.aligned import with_its_face
from meviewer.nn.event_features import EventMotion, Result
from meviewer.nn.motion_set import Array, Seen, of_flow
from meviewer.nn.phase_flow import FlowParams, Frames
from meviewer.nn.representations import FLOW, REFERENCE_METHOD, REFERENCE_PX, family_of
from meviewer.project.features import Arrays, FeatureStore, Value

_STORED_AS = {"dynamic": "di", "dual-dynamic": "di", "mm-cof": "mm-cof", "keyframes": "keyframes"}
"""Representations that are no flow, by their names in the feature store."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What was computed of one event.

    Attributes
    ----------
    flow : ndarray, shape (2, 2, P, P), float32
        See `phase_flow.compute`.
    also : Result or None
        What networks see; None where that is the flow.
    """

    flow: NDArray[np.float32]
    also: Result | None = None

    @property
    def parts(self) -> Arrays:
        """Arrays of what networks see; empty where that is the flow."""
        return {} if self.also is None else self.also.arrays


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an experiment wants of each event.

    Attributes
    ----------
    flow : FlowParams
        Of the flow by which clips are told apart; often that which networks see.
    family : str
        What networks see, by `meviewer.nn.families`.
    size_px : int
        Of what networks see.
    aligned : bool
        Faces are cut out first.
    """

    flow: FlowParams
    family: str
    size_px: int
    aligned: bool = False

    @classmethod
    def of(cls, spec: ExperimentSpec) -> Wanted:
        """Return what an experiment wants.

        Raises
        ------
        ExperimentError
            If its network does not take its representation.
        """
        family, aligned = family_of(spec), spec.alignment == "face"
        if spec.representation.startswith(FLOW):
            flow = FlowParams.of(spec.representation, spec.input_px)
        else:
            flow = FlowParams(REFERENCE_METHOD, REFERENCE_PX)
        return cls(flow, family, spec.input_px, aligned)

    @property
    def also(self) -> str:
        """Name in the feature store of what networks see; empty if it is the flow."""
        return _STORED_AS.get(self.family, "")

    def stored(self, store: FeatureStore, fingerprint: str, keyframes: Keyframes) -> Motion | None:
        """Return what was computed before, or None if a part of it is not there."""
        flow = phase_flow.stored(store, fingerprint, keyframes, self.flow)
        if flow is None or not self.also:
            return None if flow is None else Motion(flow)
        parts = self._event(fingerprint, keyframes).stored(store, self.also)
        return None if parts is None else Motion(flow, Result(parts, {}))

    def compute(self, store: FeatureStore, clip: Frames, keyframes: Keyframes) -> Motion:
        """Compute what is missing in the store; the flow is computed once for all that needs it.

        Raises
        ------
        MotionError
            If a phase is too short or outside the clip.
        ClipError
            If a frame is damaged.
        """
        flow = phase_flow.stored(store, clip.fingerprint, keyframes, self.flow)
        if self.also != "mm-cof":
            if flow is None:
                flow = phase_flow.compute(clip, keyframes, self.flow)
            return Motion(flow, self._result(clip, keyframes))
        fields = _Fields(*phase_flow.fields(clip, keyframes, REFERENCE_METHOD))
        flow = phase_flow.small(fields.rise, fields.fall, self.flow.size_px)
        return Motion(flow, self._result(clip, keyframes, fields))

    def put(
        self,
        store: FeatureStore,
        fingerprint: str,
        keyframes: Keyframes,
        motion: Motion,
        notes: Mapping[str, Value] | None = None,
    ) -> None:
        """Store what was computed, with what else is to be noted about it.

        Raises
        ------
        StorageError
            If the disk refuses; the run can go on without.
        """
        more = dict(notes or {})
        phase_flow.put(store, fingerprint, keyframes, self.flow, motion.flow, more)
        if motion.also is not None:
            noted = Result(motion.also.arrays, {**motion.also.meta, **more})
            self._event(fingerprint, keyframes).put(store, self.also, noted)

    def look(self, clip: Clip, keyframes: Keyframes) -> Array:
        """Compute what a network sees of one event, (1, V, 2 or 3, P, P), not normalised yet.

        Where faces are to be cut out, that of the clip is looked for.

        Raises
        ------
        MotionError, ClipError
            As `compute` says.
        FaceError, MissingExtraError
            If there is no face to be cut out, or nothing to find it with.
        """
        seen: Frames = with_its_face(clip, keyframes) if self.aligned else clip
        result = self._result(seen, keyframes)
        if result is None:
            return of_flow(phase_flow.compute(seen, keyframes, self.flow)[None], self.family)
        return self.seen([result.arrays]).whole

    def seen(self, parts: Sequence[Arrays]) -> Seen:
        """Return what networks see of some events."""
        match self.family:
            case "dynamic":
                whole, rise, fall = (
                    np.stack([one[name] for one in parts])[:, None]
                    for name in ("whole", "rise", "fall")
                )
                return Seen(whole, rise, fall)
            case "dual-dynamic":
                return Seen(np.stack([np.stack([one["rise"], one["fall"]]) for one in parts]))
            case "keyframes":
                return Seen(np.stack([one["keyframes"] for one in parts]))
            case _:
                return Seen(np.stack([one["mm_cof"] for one in parts])[:, None])

    def _result(
        self, clip: Frames, keyframes: Keyframes, fields: _Fields | None = None
    ) -> Result | None:
        if not self.also:
            return None
        event = self._event(clip.fingerprint, keyframes)
        return event.compute(clip, (self.also,), fields=fields)[self.also]

    def _event(self, fingerprint: str, keyframes: Keyframes) -> EventMotion:
        return EventMotion(fingerprint, keyframes, self.size_px)


@dataclass(frozen=True, slots=True, eq=False)
class _Fields:
    rise: NDArray[np.float32]
    fall: NDArray[np.float32]
    device: str = "CPU"
