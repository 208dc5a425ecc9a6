"""A project out of a data set in one HDF5 file.

Nothing in the file is trusted: links to other files are refused, and what is told of frames is
checked against the disk before anything is written.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ProjectError, StorageError
from meviewer.data.atomic import storage_error
from meviewer.data.clip import open_clip
from meviewer.data.hdf5_writer import write_hdf5
from meviewer.project.clips import add_clip
from meviewer.project.dataset_columns import DatasetFile, open_dataset
from meviewer.project.dataset_hdf5 import Progress, cancelled_error, clip_group
from meviewer.project.dataset_hdf5_reading import StoredDataset, StoredSample, read_open
from meviewer.project.project import Project

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME = 60
_SPARE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class ImportedDataset:
    """What was made of a file."""

    folder: Path
    n_samples: int
    n_clips: int
    n_events: int


def import_dataset(
    path: Path,
    folder: Path,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImportedDataset:
    """Make a project in a new folder: its clips become HDF5 clips inside it, frame by frame.

    Parameters
    ----------
    path : Path
        A file that was exported with frames.
    folder : Path
        Must not exist, or be empty.
    progress, cancelled : callable, optional

    Raises
    ------
    LabelError
        If the file is no such file, is damaged, or holds no frames.
    ProjectError
        If there is something in the folder.
    DatasetCancelledError
        If ``cancelled`` says so; nothing is left behind.
    StorageError
        If the disk refuses or is too small; nothing is left behind.
    """
    with open_dataset(path) as file:
        stored = read_open(file)
        if stored.what != "frames":
            raise file.refuse("what", f"it holds {stored.what}, not frames", "export the frames")
        with _unfinished(folder) as beside:
            work = _Import(file, stored, beside, progress, cancelled)
            work.check_space()
            with Project.create(beside, stored.title or path.stem) as project, project.bulk():
                work.fill(project)
    n_events = sum(map(len, stored.labels.values()))
    return ImportedDataset(folder, len(stored.samples), work.n_clips, n_events)


class _Import:
    """A file on its way to a project."""

    def __init__(
        self,
        file: DatasetFile,
        stored: StoredDataset,
        folder: Path,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._file, self._stored, self._folder = file, stored, folder
        self._progress, self._cancelled = progress, cancelled
        self._made: dict[int, Path] = {}
        self._done = 0
        self._frames = {n: self._frames_of(n) for n in dict.fromkeys(self._clips())}
        self._total = sum(map(len, self._frames.values())) or 1

    @property
    def n_clips(self) -> int:
        """Clips that were written."""
        return len(self._made)

    def check_space(self) -> None:
        """Raise `StorageError` if the frames do not fit on the disk."""
        needed = sum(int(np.prod(frames.shape)) for frames in self._frames.values())
        free = shutil.disk_usage(self._folder).free
        if needed + _SPARE_BYTES > free:
            raise StorageError(
                "The disk is too small for these clips",
                where=str(self._folder),
                why=f"they take {needed >> 20} MiB, and {free >> 20} MiB are free",
                now="free some space, or choose another disk",
            )

    def fill(self, project: Project) -> None:
        """Write every clip, and add its sample with all labels."""
        for tier, machine in self._stored.machines.items():
            project.add_coder(tier, machine)
        for at, sample in enumerate(self._stored.samples):
            path = self._made.get(sample.clip) or self._write(sample)
            with open_clip(path, rate=sample.rate) as clip:
                names = (sample.subject, sample.name)
                added = add_clip(project, *names, clip, sample.emotion, sample.dataset)
            for tier in self._stored.machines:
                annotation = self._stored.labels.get((at, tier))
                if annotation is not None:
                    project.set_tier(added.id, tier, annotation, "import")

    def _clips(self) -> Iterator[int]:
        for sample in self._stored.samples:
            if sample.clip < 0:
                where = f"{sample.subject}/{sample.name}"
                raise self._file.refuse("samples/clip", f"{where} has no frames in the file")
            yield sample.clip

    def _frames_of(self, number: int) -> Any:
        name = f"{clip_group(number)}/frames"
        frames = self._file.array(name)
        is_stack = len(frames.shape) in (3, 4) and frames.shape[3:] in ((), (3,))
        if frames.dtype != np.uint8 or not is_stack or min(frames.shape) < 1:
            raise self._file.refuse(name, f"it is {frames.dtype} of shape {frames.shape}")
        return frames

    def _write(self, sample: StoredSample) -> Path:
        group, frames = clip_group(sample.clip), self._frames[sample.clip]
        if len(frames) != sample.n_frames:
            why = f"it has {len(frames)} frames, the table says {sample.n_frames}"
            raise self._file.refuse(f"{group}/frames", why)
        numbers = self._file.optional(f"{group}/numbers", "i", len(frames))
        times = self._file.optional(f"{group}/pts_ms", "f", len(frames))
        slug = _NOT_IN_NAMES.sub("-", f"{sample.subject}-{sample.name}")[:_LONGEST_NAME]
        path = self._folder / "clips" / f"{sample.clip:04d}-{slug}.h5"
        _make_folder(path.parent)
        write_hdf5(
            path,
            _Watched(frames, lambda: self._frame_done(sample), self._file),
            sample.rate,
            None if numbers is None else [int(n) for n in numbers],
            None if times is None else [float(t) for t in times],
        )
        self._made[sample.clip] = path
        return path

    def _frame_done(self, sample: StoredSample) -> None:
        if self._cancelled is not None and self._cancelled():
            raise cancelled_error(f"{sample.subject}/{sample.name}")
        self._done += 1
        if self._progress is not None:
            self._progress(min(self._done / self._total, 1.0), sample.name)


class _Watched(Sequence[NDArray[np.uint8]]):
    """Frames that are read one at a time, and say so."""

    def __init__(self, frames: Any, tell: Callable[[], None], file: DatasetFile) -> None:
        self._frames, self._tell, self._file = frames, tell, file

    def __len__(self) -> int:
        return len(self._frames)

    def __getitem__(self, index: Any) -> Any:
        with self._file.reading(self._frames.name):
            return self._frames[index]

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        for index in range(len(self)):
            self._tell()
            yield self[index]


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Give a folder beside ``folder`` that takes its place when all went well."""
    _check_free(folder)
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}.part")
    try:
        _make_folder(beside)
        yield beside
        try:
            with suppress(FileNotFoundError):
                folder.rmdir()
            beside.rename(folder)
        except OSError as error:
            raise storage_error(folder, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _check_free(folder: Path) -> None:
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise storage_error(folder, error) from error
    if taken:
        raise ProjectError(
            "There is something in this folder",
            where=str(folder),
            why="an import makes a new project and changes none that is there",
            now="choose a folder that does not exist yet, or an empty one",
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(folder, error) from error
