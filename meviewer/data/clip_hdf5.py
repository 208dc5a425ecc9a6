"""Clips in HDF5 files: exact frames, read at once in any order; `hdf5_writer` has the layout."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError, LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.core.frames import parse_rate
from meviewer.data import fingerprint
from meviewer.data.clip_base import ASSUMED_RATE, Clip, ClipFacts, Frame
from meviewer.data.frame_cache import FrameCache
from meviewer.data.hdf5_writer import write_hdf5

__all__ = ["Hdf5Clip", "write_hdf5"]


class Hdf5Clip(Clip):
    """A clip in an HDF5 file as `write_hdf5` writes it, or alike.

    Parameters
    ----------
    path : Path
    rate : Fraction, optional
        Frames per second; comes before the file's own.
    cache : FrameCache, optional

    Raises
    ------
    ClipError
        If the file is no HDF5 file, is cut off, or holds no ``/frames`` of that layout.
    """

    def __init__(
        self, path: Path, rate: Fraction | None = None, cache: FrameCache | None = None
    ) -> None:
        # h5py objects are of no declared type.
        self._file: Any = _open(path)
        self._lock = threading.Lock()
        try:
            self._frames: Any = _frames_of(path, self._file)
            facts = _facts(path, self._file, self._frames, rate)
        except BaseException:
            self._file.close()
            raise
        super().__init__(facts, cache)

    def close(self) -> None:
        """Close the file and forget its frames."""
        super().close()
        with self._lock:
            self._file.close()

    def _decode(self, index: int) -> Frame:
        try:
            with self._lock:
                stored: NDArray[np.uint8] = self._frames[index]
        except (OSError, ValueError, RuntimeError) as error:
            raise self._damage(index, f"HDF5 says: {error}") from error
        return np.repeat(stored[..., None], 3, axis=2) if stored.ndim == 2 else stored


def _open(path: Path) -> Any:
    import h5py

    try:
        return h5py.File(path, "r", locking="best-effort")
    except OSError as error:
        raise ClipError(
            "Not an HDF5 file that can be read",
            where=str(path),
            why=f"HDF5 says: {error}",
            now="restore it from its source, or choose another file",
        ) from error


def _frames_of(path: Path, file: Any) -> Any:
    import h5py

    with _layout_errors(path):
        frames = file.get("frames")
    why = ""
    if not isinstance(frames, h5py.Dataset):
        why = "it has no array /frames"
    elif frames.dtype != np.uint8 or not _is_stack(frames.shape):
        why = f"/frames is {frames.dtype} of shape {frames.shape}"
    if why:
        raise ClipError(
            "Not a clip",
            where=str(path),
            why=why,
            now="a clip has /frames: uint8, (frames, height, width, 3) or (frames, height, width)",
        )
    return frames


def _is_stack(shape: tuple[int, ...]) -> bool:
    return (len(shape) == 3 or (len(shape) == 4 and shape[3] == 3)) and min(shape) > 0


def _facts(path: Path, file: Any, frames: Any, rate: Fraction | None) -> ClipFacts:
    with _layout_errors(path):
        numbers = _numbers(path, file, len(frames))
        times = _stored(path, file, "pts_ms", len(frames))
        own_rate, findings = _stored_rate(frames.attrs.get("rate"))
        state = path.stat()
        known = rate or own_rate
        if known is None:
            text = f"The frame rate is unknown; {ASSUMED_RATE} frames per second are assumed"
            findings.append(Finding("rate-assumed", Severity.WARNING, text))
        if len(frames) == 1:
            text = "The clip has one frame only: there is no motion in it"
            findings.append(Finding("one-frame", Severity.WARNING, text, frame=0))
        place = (str(path.absolute()), state.st_size, state.st_mtime_ns)
        return ClipFacts(
            path=path,
            kind="HDF5",
            rate=known or ASSUMED_RATE,
            rate_known=known is not None,
            size=(int(frames.shape[1]), int(frames.shape[2])),
            numbers=numbers,
            fingerprint=_fingerprint(frames),
            place=fingerprint.of_place(place),
            pts_ms=None if times is None else tuple(map(float, times)),
            findings=tuple(findings),
        )


def _numbers(path: Path, file: Any, n_frames: int) -> tuple[int, ...]:
    stored = _stored(path, file, "numbers", n_frames)
    if stored is None:
        return tuple(range(n_frames))
    numbers = tuple(map(int, stored))
    if any(b <= a for a, b in pairwise(numbers)):
        raise ClipError(
            "Not a clip",
            where=f"{path}, /numbers",
            why="the frame numbers do not increase",
            now="write the file anew",
        )
    return numbers


def _stored(path: Path, file: Any, name: str, n_frames: int) -> NDArray[np.generic] | None:
    if name not in file:
        return None
    values: NDArray[np.generic] = np.asarray(file[name])
    if values.shape != (n_frames,) or values.dtype.kind not in "iuf":
        raise ClipError(
            "Not a clip",
            where=f"{path}, /{name}",
            why=f"it is {values.dtype} of shape {values.shape}, for {n_frames} frames",
            now="write the file anew",
        )
    return values


def _stored_rate(stored: Any) -> tuple[Fraction | None, list[Finding]]:
    if stored is None:
        return None, []
    text = stored.decode("utf-8", "replace") if isinstance(stored, bytes) else str(stored)
    try:
        return parse_rate(text), []
    except LabelError as error:
        return None, [Finding("rate-unreadable", Severity.WARNING, str(error))]


def _fingerprint(frames: Any) -> str:
    found = fingerprint.Fingerprint()
    for length in frames.shape:
        found.add_number(length)
    for index in fingerprint.sampled(len(frames)):
        found.add_bytes(frames[index].tobytes())
    return found.text()


@contextmanager
def _layout_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, KeyError) as error:
        raise ClipError(
            "Could not read the HDF5 file",
            where=str(path),
            why=f"HDF5 says: {error}",
            now="restore it from its source",
        ) from error
