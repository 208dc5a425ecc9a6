"""From a folder of ready flow pictures to the arrays that a training holds in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ExperimentError
from meviewer.core.labels import ClassScheme
from meviewer.data.flow_pictures import (
    FlowPicture,
    LeftOut,
    ListedPicture,
    list_pictures,
    read_pictures,
)
from meviewer.experiment.people import Member
from meviewer.experiment.records import Preparing, Skipped
from meviewer.experiment.spec import WHAT, ExperimentSpec
from meviewer.nn import registry
from meviewer.nn.batches import Gathering
from meviewer.nn.labelled import scheme_in
from meviewer.nn.motion_set import MotionSet
from meviewer.nn.resample import resize_planes

ONE_PHASE = "Ready pictures hold one phase: the network sees onset to apex alone"
BACKWARDS = "strain-v-u"
_EVERY = 50


def on_pictures(spec: ExperimentSpec) -> ExperimentSpec:
    """Return the experiment as it runs on ready pictures: on one phase.

    Raises
    ------
    ExperimentError
        If its network needs both phases, or its normalisation true flow.
    """
    if spec.normalisation != "sample":
        raise ExperimentError(
            WHAT,
            where=f"normalisation = {spec.normalisation}",
            why="ready pictures were scaled one by one: they have no scale in common",
            now="choose 'sample'",
        )
    return registry.on_one_phase(spec)


@dataclass(frozen=True, slots=True)
class PictureSet:
    """What a folder of pictures holds, before one is read.

    Attributes
    ----------
    classes : tuple of str
    events : tuple of Member
        One a usable picture.
    skipped : tuple of Skipped
    """

    classes: tuple[str, ...]
    events: tuple[Member, ...]
    skipped: tuple[Skipped, ...]


def look(spec: ExperimentSpec) -> PictureSet:
    """Return what can be learnt from the pictures of an experiment; none is read.

    Raises
    ------
    LabelError, ExperimentError
        As `gather_pictures` says.
    """
    on_pictures(spec)
    if not spec.pictures:
        raise ExperimentError(
            "No folder of flow pictures is chosen",
            now="choose one with a picture of u, v and strain for each sample",
        )
    every = list_pictures(
        Path(spec.pictures), pattern=spec.pictures_pattern, table=spec.pictures_table
    )
    found = [one for one in every if isinstance(one, ListedPicture)]
    skipped = [
        Skipped(subject="", clip=one.name, reason=one.reason)
        for one in every
        if isinstance(one, LeftOut)
    ]
    scheme = scheme_in(None, spec.class_scheme, [one.label for one in found])
    events = []
    for one in found:
        number = scheme.class_of(one.label)
        if number is None:
            skipped.append(_without_class(one, scheme))
        else:
            events.append(Member(one.subject, one.dataset, number))
    return PictureSet(scheme.classes, tuple(events), tuple(skipped))


def gather_pictures(spec: ExperimentSpec) -> Gathering:
    """Read the pictures of an experiment, saying how far it is; returns the set, of one phase.

    What cannot be used is skipped with its reason.

    Raises
    ------
    LabelError
        If the folder, its pattern or its table cannot be read.
    ExperimentError
        If no picture is left, or there is no such class scheme.
    """
    found: list[FlowPicture] = []
    folder, backwards = Path(spec.pictures), spec.pictures_channels == BACKWARDS
    pattern, table = spec.pictures_pattern, spec.pictures_table
    for one in read_pictures(folder, pattern=pattern, table=table, backwards=backwards):
        if not isinstance(one, FlowPicture):
            yield Skipped(subject="", clip=one.name, reason=one.reason)
            continue
        found.append(one)
        if len(found) % _EVERY == 1:
            yield Preparing(done=len(found) - 1, total=len(found), text=one.name)
    yield Preparing(done=len(found), total=len(found))
    scheme = scheme_in(None, spec.class_scheme, [one.label for one in found])
    usable: list[FlowPicture] = []
    for picture in found:
        if scheme.class_of(picture.label) is None:
            yield _without_class(picture, scheme)
        else:
            usable.append(picture)
    return _assembled(usable, scheme, spec)


def _without_class(one: FlowPicture | ListedPicture, scheme: ClassScheme) -> Skipped:
    reason = f"{one.label!r} has no class in the scheme {scheme.name!r}"
    return Skipped(subject=one.subject, clip=one.name, reason=reason)


def _assembled(
    usable: Sequence[FlowPicture], scheme: ClassScheme, spec: ExperimentSpec
) -> MotionSet:
    if not usable:
        raise ExperimentError(
            "No picture can be learnt from",
            where=spec.pictures,
            why="each one was skipped for the reason given with it",
            now="check the pattern or the table, and the class scheme",
        )
    numbers = [scheme.class_of(one.label) or 0 for one in usable]
    values = np.stack([_fitted(one.values, spec.input_px) for one in usable])
    return MotionSet(
        values[:, None],
        np.array(numbers, np.int64),
        scheme.classes,
        tuple(one.subject for one in usable),
        tuple(one.name for one in usable),
        tuple(one.fingerprint for one in usable),
        tuple(range(1, len(usable) + 1)),
        _label_hash(usable, scheme.classes, numbers),
        tuple(one.dataset for one in usable),
    )


def _fitted(values: NDArray[np.float32], size_px: int) -> NDArray[np.float32]:
    """Return a picture of the experiment's size: averaged, or as it is."""
    if values.shape[1:] == (size_px, size_px):
        return values
    return resize_planes(np.moveaxis(values, 0, -1), size_px)


def _label_hash(
    usable: Sequence[FlowPicture], classes: tuple[str, ...], numbers: Sequence[int]
) -> str:
    pairs = zip(usable, numbers, strict=True)
    rows = sorted([one.dataset, one.subject, one.fingerprint, classes[n]] for one, n in pairs)
    return hashlib.sha256(msgspec.json.encode([list(classes), rows])).hexdigest()[:16]
