"""Samples and labels of a data set in one HDF5 file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from meviewer.core import action_units
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes, Source
from meviewer.core.frames import parse_rate
from meviewer.project.dataset_columns import Columns, DatasetFile, open_dataset
from meviewer.project.dataset_hdf5 import NOTHING, rejected_of


@dataclass(frozen=True, slots=True)
class StoredSample:
    """A sample of the file; fields as in `Sample`, and the number of its clip or `NOTHING`."""

    subject: str
    name: str
    dataset: str
    emotion: str
    rate: Fraction
    n_frames: int
    clip: int


@dataclass(frozen=True, slots=True)
class StoredDataset:
    """What a file holds apart from frames and motion.

    Attributes
    ----------
    title, what, scheme : str
    classes : tuple of str
    samples : tuple of StoredSample
    labels : mapping of (int, str) to Annotation
        By row of the sample and tier.
    machines : mapping of str to bool
        The tiers, and whether each is a machine.
    """

    title: str
    what: str
    scheme: str
    classes: tuple[str, ...]
    samples: tuple[StoredSample, ...]
    labels: Mapping[tuple[int, str], Annotation]
    machines: Mapping[str, bool]


def read_dataset(path: Path) -> StoredDataset:
    """Read samples and labels.

    Raises
    ------
    LabelError
        If it is no such file, or a table of it is not as it has to be; the message names it.
    """
    with open_dataset(path) as file:
        return read_open(file)


def read_open(file: DatasetFile) -> StoredDataset:
    """Read samples and labels of a file that is open; as `read_dataset`."""
    samples = _samples(file.columns("samples"))
    tiers = file.columns("tiers")
    names = tiers.text("name")
    machines = dict(zip(names, map(bool, tiers.whole("machine")), strict=True))
    labels = _labels(file, len(samples), machines)
    classes = tuple(file.columns("classes").text("name"))
    texts = (file.text_attribute(name) for name in ("title", "what", "scheme"))
    title, what, scheme = texts
    return StoredDataset(title, what, scheme, classes, samples, labels, machines)


def _samples(table: Columns) -> tuple[StoredSample, ...]:
    n_frames = table.whole("n_frames")
    clips = table.whole("clip", default=NOTHING)
    datasets, emotions = table.text("dataset", default=""), table.text("emotion", default="")
    made = []
    named = zip(table.text("subject"), table.text("name"), table.text("rate"), strict=True)
    for row, (subject, name, rate) in enumerate(named):
        if not subject.strip() or not name.strip() or n_frames[row] < 1:
            raise table.refuse("subject", row, "a subject, a name, or the frames are missing")
        with table.explaining("rate", row):
            known = parse_rate(rate)
        facts = (datasets[row], emotions[row], known, n_frames[row], clips[row])
        made.append(StoredSample(subject, name, *facts))
    if len({(one.subject, one.name) for one in made}) < len(made):
        raise table.refuse("name", None, "two samples of one subject have the same name")
    return tuple(made)


def _labels(
    file: DatasetFile, n_samples: int, tiers: Mapping[str, bool]
) -> dict[tuple[int, str], Annotation]:
    table, found = file.columns("annotations"), {}
    for row, key in enumerate(_keys(table, n_samples, tiers)):
        with table.explaining("status", row):
            found[key] = Annotation((), Status(table.text("status")[row]))
    table = file.columns("events")
    for row, key in enumerate(_keys(table, n_samples, tiers)):
        before = found.get(key, Annotation((), Status.DRAFT))
        with table.explaining("onset", row):
            event = _event(table, row, before)
            found[key] = before.with_event(event)
    return found


def _keys(table: Columns, n_samples: int, tiers: Mapping[str, bool]) -> Iterator[tuple[int, str]]:
    for row, key in enumerate(zip(table.whole("sample"), table.text("tier"), strict=True)):
        sample, tier = key
        if not 0 <= sample < n_samples:
            raise table.refuse("sample", row, f"there is no sample {sample}")
        if tier not in tiers:
            raise table.refuse("tier", row, f"there is no tier {tier!r}")
        yield key


def _event(table: Columns, row: int, before: Annotation) -> Event:
    onset, apex, offset = (table.whole(name)[row] for name in ("onset", "apex", "offset"))
    source = Source(table.text("source", default=Source.DATA_SET.value)[row])
    apex_text = table.text("apex_source", default="")[row]
    apex_source = Source(apex_text) if apex_text else None
    if apex == NOTHING:
        # The number only keeps the place of an apex that nobody has set.
        apex, apex_source = (onset + offset) // 2, Source.NONE
    given = table.whole("id", default=0)[row]
    confidence = float(table.real("confidence", default=float("nan"))[row])
    return Event(
        given if given and before.find(given) is None else before.next_id(),
        Keyframes(onset, apex, offset),
        table.text("emotion", default="")[row],
        action_units.parse(table.text("action_units", default="")[row]),
        None if np.isnan(confidence) else confidence,
        table.text("notes", default="")[row],
        source,
        rejected_of(table.text("rejected", default="")[row]),
        table.text("kind", default="")[row],
        table.text("objective", default="")[row],
        apex_source,
    )
