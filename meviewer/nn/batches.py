"""From a project to the arrays that a training holds in memory: decoded, computed, resized once."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ExperimentError, MeviewerError, StorageError
from meviewer.core.events import Keyframes
from meviewer.experiment.people import Member
from meviewer.experiment.records import Preparing, Record, Skipped, Warned
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn import phase_flow
from meviewer.nn.labelled import Labelled, Labels, collect, label_hash
from meviewer.nn.phase_flow import FlowParams
from meviewer.project.features import FeatureStore
from meviewer.project.mark_rows import seen_frames
from meviewer.project.project import Project


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


_Usable: TypeAlias = tuple[Labelled, NDArray[np.float32], NDArray[np.float32] | None]
Gathering: TypeAlias = Generator[Record, None, MotionSet]
"""Says how far it is, and returns the set: nothing is done before its first record is asked for."""


def gather(project: Project, spec: ExperimentSpec) -> Gathering:
    """Compute the motion of all labelled events, saying how far it is; returns the set.

    What cannot be used is skipped with its reason: no label, a phase of fewer than two frames, a
    damaged frame, a clip that is gone or has changed.

    Raises
    ------
    ExperimentError
        If no event is left, or the tier or the class scheme is not there.
    """
    found = collect(project, Labels.of(spec), spec.class_scheme)
    yield from found.skipped
    store = FeatureStore(project.features_folder)
    params = FlowParams.of(spec.representation, spec.input_px)
    usable: list[_Usable] = []
    warned = False
    for done, event in enumerate(found.events):
        yield Preparing(done=done, total=len(found.events), text=_title(event))
        flow, trouble = _flow(store, event, event.keyframes, params)
        test: NDArray[np.float32] | None = None
        if flow is not None and event.test_keyframes is not None:
            test, trouble = _flow(store, event, event.test_keyframes, params)
        if flow is None or (event.test_keyframes is not None and test is None):
            yield _skipped(event, trouble)
            continue
        if trouble and not warned:
            yield Warned(text=trouble, where=str(store.folder))
            warned = True
        usable.append((event, flow, test))
    yield Preparing(done=len(found.events), total=len(found.events))
    looked = seen_frames(project)
    return _assembled(usable, found.classes, spec, looked)


def _flow(
    store: FeatureStore, event: Labelled, keyframes: Keyframes, params: FlowParams
) -> tuple[NDArray[np.float32] | None, str]:
    """Return the flow, or None, and what was wrong."""
    from meviewer.data.clip import open_clip

    sample = event.sample
    known = phase_flow.stored(store, sample.fingerprint, keyframes, params)
    if known is not None:
        return known, ""
    try:
        with open_clip(sample.clip_path, rate=sample.rate) as clip:
            if clip.fingerprint != sample.fingerprint:
                return None, "the clip has changed since it was added to the project"
            flow = phase_flow.compute(clip, keyframes, params)
    except MeviewerError as error:
        return None, str(error)
    try:
        phase_flow.put(store, sample.fingerprint, keyframes, params, flow)
    except StorageError as error:
        return flow, str(error)
    return flow, ""


def _assembled(
    usable: Sequence[_Usable],
    classes: tuple[str, ...],
    spec: ExperimentSpec,
    looked: Mapping[int, frozenset[bytes]],
) -> MotionSet:
    events = [event for event, _, _ in usable]
    tests = [test for _, _, test in usable if test is not None]
    if not events:
        raise ExperimentError(
            "No clip can be learnt from",
            where=f"labels by {spec.label_tier!r}",
            why="each one was skipped for the reason given with it",
            now="label emotions and keyframes, or choose another tier or class scheme",
        )
    return MotionSet(
        np.stack([flow for _, flow, _ in usable]),
        np.array([event.class_number for event in events], np.int64),
        classes,
        tuple(event.subject for event in events),
        tuple(event.sample.name for event in events),
        tuple(event.sample.fingerprint for event in events),
        tuple(event.sample.id for event in events),
        label_hash(events, classes),
        tuple(event.sample.dataset for event in events),
        tuple(looked.get(event.sample.id, frozenset()) for event in events),
        np.stack(tests) if tests else None,
    )


def _title(event: Labelled) -> str:
    return f"{event.sample.subject}/{event.sample.name}"


def _skipped(event: Labelled, reason: str) -> Skipped:
    sample = event.sample
    return Skipped(subject=sample.subject, clip=sample.name, reason=reason, sample_id=sample.id)
