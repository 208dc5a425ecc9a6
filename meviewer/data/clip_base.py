"""What every clip is: an exact, numbered sequence of RGB frames with a rate."""

from __future__ import annotations

import operator
import threading
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError, LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data.frame_cache import FrameCache

Frame: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) uint8 RGB, read-only."""

ASSUMED_RATE = Fraction(200)
"""Frames per second of a clip that does not say: that of the most used data sets."""


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What is known about a clip once it is open.

    Attributes
    ----------
    path : Path
    kind : str
        For a person: ``"PNG folder"``, ``"H.264 video"``, ``"HDF5"``.
    rate : Fraction
        Frames per second.
    rate_known : bool
        False if `ASSUMED_RATE` stands in.
    size : tuple of int
        (H, W) in px.
    numbers : tuple of int
        Frame numbers of the data set, strictly increasing, one a frame.
    fingerprint : str
        Hash of the content; see `meviewer.data.fingerprint`.
    place : str
        Hash of path, sizes and times: under it, frames of this very state of the file are cached.
    pts_ms : tuple of float or None
        Time of each frame in ms from the first one, if the source says.
    findings : tuple of Finding
    """

    path: Path
    kind: str
    rate: Fraction
    rate_known: bool
    size: tuple[int, int]
    numbers: tuple[int, ...]
    fingerprint: str
    place: str
    pts_ms: tuple[float, ...] | None = None
    findings: tuple[Finding, ...] = ()


class Clip(Sequence[Frame], ABC):
    """An exact sequence of frames; also a context manager. Safe to use from several threads.

    Parameters
    ----------
    facts : ClipFacts
    cache : FrameCache, optional
        Where decoded frames are kept; by default the clip has one of its own.
    """

    def __init__(self, facts: ClipFacts, cache: FrameCache | None = None) -> None:
        self._facts = facts
        self._cache = FrameCache() if cache is None else cache
        self._owns_cache = cache is None
        self._closed = False
        self._found_later: dict[tuple[str, int | None], Finding] = {}
        self._findings_lock = threading.Lock()
        self._gaps = tuple(
            index for index, (a, b) in enumerate(pairwise(facts.numbers), 1) if b != a + 1
        )

    @property
    def path(self) -> Path:
        """Folder or file."""
        return self._facts.path

    @property
    def name(self) -> str:
        """Name of the folder, or of the file without its ending."""
        path = self._facts.path
        return path.stem if path.is_file() else path.name

    @property
    def kind(self) -> str:
        """What it is, for a person: ``"PNG folder"``, ``"H.264 video"``, ``"HDF5"``."""
        return self._facts.kind

    @property
    def n_frames(self) -> int:
        """Number of frames, at least 1."""
        return len(self._facts.numbers)

    @property
    def rate(self) -> Fraction:
        """Frames per second."""
        return self._facts.rate

    @property
    def rate_known(self) -> bool:
        """Whether the source or the caller said the rate; otherwise 200/1 is assumed."""
        return self._facts.rate_known

    @property
    def size(self) -> tuple[int, int]:
        """(H, W) in px."""
        return self._facts.size

    @property
    def numbers(self) -> tuple[int, ...]:
        """Frame numbers of the data set, strictly increasing, one a frame."""
        return self._facts.numbers

    @property
    def first_number(self) -> int:
        """Number of the first frame in the data set."""
        return self._facts.numbers[0]

    @property
    def gaps(self) -> tuple[int, ...]:
        """Indices of the frames in front of which numbers are missing."""
        return self._gaps

    @property
    def pts_ms(self) -> tuple[float, ...] | None:
        """Time of each frame in ms from the first one, if the source says."""
        return self._facts.pts_ms

    @property
    def fingerprint(self) -> str:
        """Hash of the content, independent of path and file names."""
        return self._facts.fingerprint

    @property
    def closed(self) -> bool:
        """Whether it gives no frames any more."""
        return self._closed

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is doubtful: found on opening, then frames found damaged while reading."""
        known = {(finding.kind, finding.frame) for finding in self._facts.findings}
        with self._findings_lock:
            later = sorted(self._found_later.values(), key=lambda finding: finding.frame or 0)
        new = (finding for finding in later if (finding.kind, finding.frame) not in known)
        return (*self._facts.findings, *new)

    def frame(self, i: int) -> Frame:
        """Return one frame exactly as stored.

        Parameters
        ----------
        i : int
            Index, ``0 .. n_frames - 1``.

        Returns
        -------
        ndarray
            (H, W, 3) uint8 RGB, read-only.

        Raises
        ------
        ClipError
            If there is no such frame, if it is damaged (the message names file and frame), or if
            the clip has been closed.
        """
        index = operator.index(i)
        if not 0 <= index < self.n_frames:
            raise ClipError(
                "No such frame",
                where=f"{self.path}, frame index {index}",
                why=f"the clip has the frames 0 to {self.n_frames - 1}",
                now="choose one of them",
            )
        kept = self._cache.get(self._facts.place, index)
        return self._read(index) if kept is None else kept

    def effort(self, i: int) -> int:
        """Return how many frames have to be decoded to get one: 0 if it is kept."""
        return int(self._cache.get(self._facts.place, i) is None)

    def index_of(self, number: int) -> int:
        """Return the index of the frame that the data set numbers ``number``.

        Raises
        ------
        LabelError
            If no frame has that number; the message names the range.
        """
        index = bisect_left(self.numbers, number)
        if index < self.n_frames and self.numbers[index] == number:
            return index
        first, last = self.numbers[0], self.numbers[-1]
        inside = first < number < last
        raise LabelError(
            "No frame of that number",
            where=f"{self.path}, number {number}",
            why="it is missing among the frames" if inside else "it lies outside the clip",
            now=f"the clip has the numbers {first} to {last}",
        )

    def close(self) -> None:
        """Release files and memory. Closing twice is fine."""
        self._closed = True
        if self._owns_cache:
            self._cache.clear()

    @abstractmethod
    def _decode(self, index: int) -> Frame:
        """Return frame ``index`` from its source, or raise ClipError naming file and frame."""

    def _keep(self, index: int, frame: Frame) -> Frame:
        """Check the size, make the frame read-only, and keep it for the next time."""
        if frame.shape[:2] != self.size:
            height, width = frame.shape[:2]
            raise self._damage(
                index,
                f"it has {width}x{height} px, the clip {self.size[1]}x{self.size[0]} px",
            )
        frame.setflags(write=False)
        if not self._closed:
            self._cache.put(self._facts.place, index, frame)
        return frame

    def _damage(self, index: int, why: str, file: Path | None = None) -> ClipError:
        return ClipError(
            "A frame cannot be read",
            where=f"{file or self.path}, frame index {index}, number {self.numbers[index]}",
            why=why,
            now="restore the file from its source, or label around this frame",
        )

    def _read(self, index: int, decode: Callable[[int], Frame] | None = None) -> Frame:
        if self._closed:
            raise ClipError("The clip is closed", where=str(self.path), now="open it again")
        try:
            return self._keep(index, (decode or self._decode)(index))
        except ClipError as error:
            if not self._closed:
                self._note(Finding("frame-damaged", Severity.ERROR, str(error), frame=index))
            raise

    def _note(self, finding: Finding) -> None:
        """Add what was found while reading; the same thing twice counts once."""
        with self._findings_lock:
            self._found_later[finding.kind, finding.frame] = finding

    def __len__(self) -> int:
        return self.n_frames

    @overload
    def __getitem__(self, index: int) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Frame, ...]: ...
    def __getitem__(self, index: int | slice) -> Frame | tuple[Frame, ...]:
        if isinstance(index, slice):
            return tuple(self.frame(i) for i in range(*index.indices(self.n_frames)))
        return self.frame(range(self.n_frames)[index])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        height, width = self.size
        return f"<{self.kind} {self.path.name!r}: {self.n_frames} frames, {width}x{height} px>"
