"""From a project to the arrays that a training holds in memory: decoded, computed, resized once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from meviewer.core.errors import ExperimentError, FaceError, MeviewerError, StorageError
from meviewer.core.events import Keyframes
from meviewer.experiment.records import Preparing, Record, Skipped, Warned
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.aligned import Placement, fingerprint_through, seen_through
from meviewer.nn.event_input import Motion, Wanted
from meviewer.nn.labelled import Labelled, Labels, collect, label_hash
from meviewer.nn.motion_set import MotionSet, Seen
from meviewer.project.features import FeatureStore
from meviewer.project.mark_rows import seen_frames
from meviewer.project.project import Project

__all__ = ["Gathering", "MotionSet", "gather"]

_Usable: TypeAlias = tuple[Labelled, Motion, Motion | None]
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
    wanted = Wanted.of(spec)
    usable: list[_Usable] = []
    reasons = Counter(one.reason for one in found.skipped)
    warned = False
    for done, event in enumerate(found.events):
        yield Preparing(done=done, total=len(found.events), text=_title(event))
        placement, trouble = _placement(project, event, wanted)
        if trouble:
            reasons[trouble] += 1
            yield _skipped(event, trouble)
            continue
        motion, trouble = _motion(store, event, event.keyframes, wanted, placement)
        test: Motion | None = None
        if motion is not None and event.test_keyframes is not None:
            test, trouble = _motion(store, event, event.test_keyframes, wanted, placement)
        if motion is None or (event.test_keyframes is not None and test is None):
            reasons[trouble] += 1
            yield _skipped(event, trouble)
            continue
        if trouble and not warned:
            yield Warned(text=trouble, where=str(store.folder))
            warned = True
        usable.append((event, motion, test))
    yield Preparing(done=len(found.events), total=len(found.events))
    if not usable:
        raise _nothing_left(spec, reasons)
    looked = seen_frames(project)
    return _assembled(usable, found.classes, spec, looked)


def _nothing_left(spec: ExperimentSpec, reasons: Counter[str]) -> ExperimentError:
    why = "the project has no clip"
    for commonest, n in reasons.most_common(1):
        why = f"{n} of {reasons.total()} were left out because of this: {commonest}"
    return ExperimentError(
        "No clip can be learnt from",
        where=f"labels by {spec.label_tier!r}",
        why=why,
        now="mend that, or choose other labels or another class scheme",
    )


def _placement(project: Project, event: Labelled, wanted: Wanted) -> tuple[Placement | None, str]:
    """Return where the face of a clip is, if that is wanted, or why it cannot be known."""
    if not wanted.aligned:
        return None, ""
    try:
        return Placement.of(project.face(event.sample.id)), ""
    except FaceError as error:
        return None, str(error)


def _motion(
    store: FeatureStore,
    event: Labelled,
    keyframes: Keyframes,
    wanted: Wanted,
    placement: Placement | None,
) -> tuple[Motion | None, str]:
    """Return the motion, or None, and what was wrong."""
    from meviewer.data.clip import open_clip

    sample = event.sample
    seen = fingerprint_through(sample.fingerprint, placement)
    known = wanted.stored(store, seen, keyframes)
    if known is not None:
        return known, ""
    try:
        with open_clip(sample.clip_path, rate=sample.rate) as clip:
            if clip.fingerprint != sample.fingerprint:
                return None, "the clip has changed since it was added to the project"
            motion = wanted.compute(store, seen_through(clip, placement), keyframes)
    except MeviewerError as error:
        return None, str(error)
    try:
        notes = placement.notes(sample.fingerprint) if placement is not None else {}
        wanted.put(store, seen, keyframes, motion, notes)
    except StorageError as error:
        return motion, str(error)
    return motion, ""


def _assembled(
    usable: Sequence[_Usable],
    classes: tuple[str, ...],
    spec: ExperimentSpec,
    looked: Mapping[int, frozenset[bytes]],
) -> MotionSet:
    events = [event for event, _, _ in usable]
    motions = [motion for _, motion, _ in usable]
    tests = [test for _, _, test in usable if test is not None]
    return MotionSet(
        np.stack([motion.flow for motion in motions]),
        np.array([event.class_number for event in events], np.int64),
        classes,
        tuple(event.subject for event in events),
        tuple(event.sample.name for event in events),
        tuple(event.sample.fingerprint for event in events),
        tuple(event.sample.id for event in events),
        label_hash(events, classes),
        tuple(event.sample.dataset for event in events),
        tuple(looked.get(event.sample.id, frozenset()) for event in events),
        np.stack([test.flow for test in tests]) if tests else None,
        _seen(motions, spec),
        _seen(tests, spec),
    )


def _seen(motions: Sequence[Motion], spec: ExperimentSpec) -> Seen | None:
    """Return what networks see where that is no flow."""
    parts = [motion.parts for motion in motions]
    return Wanted.of(spec).seen(parts) if any(parts) else None


def _title(event: Labelled) -> str:
    return f"{event.sample.subject}/{event.sample.name}"


def _skipped(event: Labelled, reason: str) -> Skipped:
    sample = event.sample
    return Skipped(subject=sample.subject, clip=sample.name, reason=reason, sample_id=sample.id)
