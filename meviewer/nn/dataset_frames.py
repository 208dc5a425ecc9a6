"""Frames of clips into an HDF5 data set, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError, MeviewerError
from meviewer.core.frames import rate_text
from meviewer.data.clip_base import Clip
from meviewer.data.frame_cache import FrameCache
from meviewer.data.hdf5_file import NewHdf5
from meviewer.experiment.records import Skipped
from meviewer.nn.dataset_rows import skipped_sample
from meviewer.project.dataset_hdf5 import DatasetCancelledError, cancelled_error, clip_group
from meviewer.project.samples import Sample

# Frames are read once and in order: keeping more of a long clip would only cost memory.
_CACHE_BYTES = 64 << 20
_OPTIONS: dict[str, dict[str, object]] = {
    "none": {},
    "gzip": {"compression": "gzip", "compression_opts": 1},
}


@dataclass(frozen=True, slots=True)
class Written:
    """A clip in the file: the number of its group, and (height, width) of its frames, px."""

    number: int
    size: tuple[int, int]


class ClipWriter:
    """Writes clips into groups; samples on the same clip share one.

    Parameters
    ----------
    new : NewHdf5
    size_px : int or None
        Width and height of the frames; None leaves them as they are.
    compression : str
        ``"none"`` or ``"gzip"``.
    cancelled : callable, optional
    """

    def __init__(
        self,
        new: NewHdf5,
        size_px: int | None,
        compression: str,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._new, self._size_px = new, size_px
        self._options = _OPTIONS[compression]
        self._cancelled = cancelled
        self._known: dict[tuple[Path, str], Written | str] = {}
        self.n_clips = 0

    def check_wanted(self, sample: Sample) -> None:
        """Raise `DatasetCancelledError` if the user wants no more."""
        if self._cancelled is not None and self._cancelled():
            raise cancelled_error(f"{sample.subject}/{sample.name}")

    def write(self, sample: Sample, report: Callable[[int], None]) -> Written | Skipped:
        """Write the clip of a sample; ``report`` gets the index of each frame that is written.

        Raises
        ------
        DatasetCancelledError
            If the user wants no more.
        OSError
            If the disk refuses.
        """
        self.check_wanted(sample)
        key = (sample.clip_path, sample.fingerprint)
        if key not in self._known:
            self._known[key] = self._write(sample, report)
        found = self._known[key]
        return skipped_sample(sample, found) if isinstance(found, str) else found

    def _write(self, sample: Sample, report: Callable[[int], None]) -> Written | str:
        group = clip_group(self.n_clips)
        try:
            with open_unchanged(sample) as clip:
                size = self._copy(sample, clip, group, report)
        except DatasetCancelledError:
            raise
        except MeviewerError as error:
            if group in self._new.root:
                del self._new.root[group]  # HDF5 gives its space to the clips that follow
            return str(error)
        self.n_clips += 1
        return Written(self.n_clips - 1, size)

    def _copy(
        self, sample: Sample, clip: Clip, name: str, report: Callable[[int], None]
    ) -> tuple[int, int]:
        shape = self._sized(clip.frame(0)).shape
        group = self._new.root.create_group(name)
        stored = group.create_dataset(
            "frames",
            (clip.n_frames, *shape),
            dtype=np.uint8,
            chunks=(1, *shape),
            **self._options,
        )
        for index in range(clip.n_frames):
            self.check_wanted(sample)
            frame = self._sized(clip.frame(index))
            if frame.shape != shape:
                raise _differ(clip, index, frame.shape, shape)
            stored[index] = frame
            self._new.check()
            report(index + 1)
        stored.attrs["rate"] = rate_text(sample.rate)
        group["numbers"] = np.asarray(clip.numbers, np.int64)
        if clip.pts_ms is not None:
            group["pts_ms"] = np.asarray(clip.pts_ms, np.float64)
        return int(shape[0]), int(shape[1])

    def _sized(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        size = self._size_px
        if size is None or frame.shape[:2] == (size, size):
            return frame
        import cv2

        shrinks = frame.shape[0] >= size and frame.shape[1] >= size
        way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(frame, (size, size), interpolation=way), np.uint8)


def open_unchanged(sample: Sample) -> Clip:
    """Open the clip of a sample.

    Raises
    ------
    ClipError
        If it cannot be read, or is another one than when it was added to the project.
    """
    from meviewer.data.clip import open_clip

    clip = open_clip(sample.clip_path, rate=sample.rate, cache=FrameCache(_CACHE_BYTES))
    if clip.fingerprint != sample.fingerprint or clip.n_frames != sample.n_frames:
        clip.close()
        raise ClipError(
            "The clip has changed since it was added to the project",
            where=str(sample.clip_path),
            now="restore it from its source, or add it anew",
        )
    return clip


def _differ(clip: Clip, index: int, one: tuple[int, ...], other: tuple[int, ...]) -> ClipError:
    return ClipError(
        "The frames differ",
        where=f"{clip.path}, frame {clip.numbers[index]}",
        why=f"it is of shape {one}, the first one of {other}",
        now="bring all frames to one size, or export at a size",
    )
