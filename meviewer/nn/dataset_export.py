"""A project as one HDF5 file for other people's training code: frames or motion, labels, splits.

The layout is `resources/docs/guide/hdf5-dataset.md`. Frames are written one after the other, so
that memory does not grow with the project; what cannot be read is left out and listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from meviewer import __version__
from meviewer.core.errors import ExperimentError
from meviewer.core.labels import ClassScheme
from meviewer.data.atomic import replacing
from meviewer.data.hdf5_file import NewHdf5, new_hdf5
from meviewer.data.scheme_text import to_toml
from meviewer.experiment.records import Skipped
from meviewer.experiment.splits import leave_one_subject_out
from meviewer.nn import dataset_motion
from meviewer.nn.dataset_frames import ClipWriter
from meviewer.nn.dataset_options import DEFAULT_SIZE_PX, WHATS, DatasetOptions, check
from meviewer.nn.dataset_rows import Gathered, gather
from meviewer.project import dataset_hdf5 as layout
from meviewer.project.dataset_hdf5 import NOTHING, EventRow, Progress
from meviewer.project.project import Project

__all__ = ["WHATS", "DatasetOptions", "DatasetSummary", "write_dataset"]


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """What was written.

    Attributes
    ----------
    path : Path
    n_bytes : int
    n_samples, n_clips, n_events, n_folds : int
        ``n_clips`` counts those with frames in the file.
    counts : tuple of (str, int)
        Events of each class.
    unmapped : tuple of (str, int)
        Emotions (or objective classes) that map to nothing, with their events.
    skipped : tuple of Skipped
        Clips and events that are not in the file, and why.
    """

    path: Path
    n_bytes: int
    n_samples: int
    n_clips: int
    n_events: int
    n_folds: int
    counts: tuple[tuple[str, int], ...]
    unmapped: tuple[tuple[str, int], ...]
    skipped: tuple[Skipped, ...]


def write_dataset(
    project: Project,
    target: Path,
    options: DatasetOptions | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> DatasetSummary:
    """Write a project's clips, labels and splits into one HDF5 file, whole or not at all.

    Parameters
    ----------
    project : Project
        May be open for reading only.
    target : Path
        File to create or replace.
    options : DatasetOptions, optional
    progress : callable, optional
        Called with the share done, 0 to 1, and the clip at hand.
    cancelled : callable, optional
        Asked before each frame.

    Raises
    ------
    ExperimentError
        If an option is impossible, there is no such tier or scheme, or nothing could be written.
    DatasetCancelledError
        If ``cancelled`` says so; nothing is left behind.
    StorageError
        If the disk refuses; nothing is left behind.
    """
    options = options or DatasetOptions()
    check(project, options)
    work = gather(project, options.tiers, options.scheme)
    with replacing(target) as beside, new_hdf5(beside) as new:
        writer = ClipWriter(new, options.size_px, options.compression, cancelled)
        file = _File(project, options, work, new, writer)
        if options.what == "frames":
            _write_frames(file, progress)
        else:
            _write_motion(file, progress)
        if not file.samples or (options.what != "frames" and not file.events):
            raise _nothing(project, file.skipped)
        n_folds = _write_tables(file)
    return _summary(target, file, n_folds)


@dataclass(slots=True)
class _File:
    """A file on its way, with the rows that its tables will have."""

    project: Project
    options: DatasetOptions
    work: Gathered
    new: NewHdf5
    writer: ClipWriter
    samples: list[layout.SampleRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.skipped += self.work.skipped

    @property
    def root(self) -> Any:
        """The file itself; h5py declares no types."""
        return self.new.root

    @property
    def scheme(self) -> ClassScheme:
        """The class scheme."""
        return self.work.scheme


def _write_frames(file: _File, progress: Progress | None) -> None:
    rows = file.work.samples
    total, done = sum(row.sample.n_frames for row in rows) or 1, 0
    for row in rows:
        sample = row.sample

        def report(index: int, done: int = done, name: str = sample.name) -> None:
            if progress is not None:
                progress(min((done + index) / total, 1.0), name)

        written = file.writer.write(sample, report)
        done += sample.n_frames
        if isinstance(written, Skipped):
            file.skipped.append(written)
            continue
        number = len(file.samples)
        file.samples.append(layout.SampleRow(sample, written.number, written.size))
        file.events += [event.on(number) for event in row.events]


def _write_motion(file: _File, progress: Progress | None) -> None:
    size_px = file.options.size_px or DEFAULT_SIZE_PX
    stacked = dataset_motion.Stacked(file.new, file.options.what, size_px, file.options.method)
    store = dataset_motion.store_of(file.project)
    for at, row in enumerate(file.work.samples):
        if progress is not None:
            progress(at / len(file.work.samples), row.sample.name)
        check_wanted = partial(file.writer.check_wanted, row.sample)
        check_wanted()
        found, skipped = stacked.add(row, store, check_wanted)
        file.skipped += skipped
        if found:
            number = len(file.samples)
            file.samples.append(layout.SampleRow(row.sample, NOTHING, (size_px, size_px)))
            file.events += [event.on(number) for event in found]
    stacked.finish()


def _write_tables(file: _File) -> int:
    root, options, scheme = file.root, file.options, file.scheme
    root.attrs["format"] = layout.FORMAT
    root.attrs["version"] = layout.VERSION
    root.attrs["written_by"] = f"meviewer {__version__}"
    root.attrs["title"] = file.project.name
    root.attrs["what"] = options.what
    root.attrs["size_px"] = options.size_px or (0 if options.what == "frames" else DEFAULT_SIZE_PX)
    root.attrs["face_crop"] = "none"
    root.attrs["scheme"] = scheme.name
    root.attrs["scheme_toml"] = to_toml(scheme)
    subjects, folds = _folds(file)
    layout.write_samples(root, file.samples)
    layout.write_events(root, file.events, folds)
    layout.write_annotations(root, _annotations(file))
    layout.write_table(root, "classes", {"name": ("text", scheme.classes)})
    layout.write_table(root, "folds", {"subject": ("text", subjects)})
    tiers = file.work.tiers
    machines = [file.project.is_machine(tier) for tier in tiers]
    layout.write_table(root, "tiers", {"name": ("text", tiers), "machine": ("?", machines)})
    columns = ("subject", "clip", "reason")
    left = {name: ("text", [getattr(one, name) for one in file.skipped]) for name in columns}
    layout.write_table(root, "skipped", left)
    file.new.check()
    return len(subjects)


def _folds(file: _File) -> tuple[tuple[str, ...], list[int]]:
    """Return whom each fold holds out, and the fold of each event; no folds for one subject."""
    subjects = [file.samples[row.sample].sample.subject for row in file.events]
    usable = [at for at, row in enumerate(file.events) if row.class_number != NOTHING]
    of_event = [NOTHING] * len(file.events)
    try:
        folds = leave_one_subject_out([subjects[at] for at in usable])
    except ExperimentError:
        return (), of_event
    for fold in folds:
        for at in fold.test:
            of_event[usable[at]] = fold.number
    return tuple(fold.subject for fold in folds), of_event


def _annotations(file: _File) -> list[layout.AnnotationRow]:
    place = {row.sample.id: at for at, row in enumerate(file.samples)}
    return [
        layout.AnnotationRow(place[row.sample.id], tier, status)
        for row in file.work.samples
        if row.sample.id in place
        for tier, status in row.statuses
    ]


def _summary(target: Path, file: _File, n_folds: int) -> DatasetSummary:
    scheme = file.scheme
    by_class = Counter(row.class_number for row in file.events)
    words = Counter(
        file.work.word(file.samples[row.sample].sample, row.event)
        for row in file.events
        if row.class_number == NOTHING
    )
    return DatasetSummary(
        target,
        target.stat().st_size,
        len(file.samples),
        file.writer.n_clips,
        len(file.events),
        n_folds,
        tuple((name, by_class[number]) for number, name in enumerate(scheme.classes)),
        tuple(sorted(words.items(), key=lambda item: (-item[1], item[0]))),
        tuple(file.skipped),
    )


def _nothing(project: Project, skipped: list[Skipped]) -> ExperimentError:
    first = skipped[0] if skipped else None
    return ExperimentError(
        "There is nothing to export",
        where=project.name,
        why=f"{first.subject}/{first.clip}: {first.reason}" if first else "there are no clips",
        now="check that the clips are there, and label some",
    )
