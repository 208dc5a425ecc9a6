"""What the exchange formats have in common: labels with the time base of their clips."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Literal, Protocol

from meviewer.core.annotation import Annotation
from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding

Scope = Literal["project", "clip"]


@dataclass(frozen=True, slots=True)
class TimeBase:
    """How the frames of one clip are numbered and timed.

    Attributes
    ----------
    rate : Fraction
        Frames per second.
    n_frames : int
    numbers : sequence of int
        Frame number of the data set for each index, strictly increasing.
    pts_ms : tuple of float or None
        Start of each frame in ms from the first one, where the rate varies.
    """

    rate: Fraction
    n_frames: int
    numbers: Sequence[int]
    pts_ms: tuple[float, ...] | None = None

    @classmethod
    def uniform(cls, rate: Fraction, n_frames: int, first_number: int = 0) -> TimeBase:
        """Return the time base of frames without gaps at an even rate."""
        return cls(rate, n_frames, range(first_number, first_number + n_frames))

    def start_ms(self, index: int) -> Fraction:
        """Return when a frame begins, in ms from the start of the clip, exactly."""
        if self.pts_ms is not None and 0 <= index < self.n_frames:
            return Fraction(self.pts_ms[index])
        if self.pts_ms is not None and index >= self.n_frames:
            # Behind the last frame time goes on at the nominal rate.
            return Fraction(self.pts_ms[-1]) + (index - self.n_frames + 1) * 1000 / self.rate
        return index * 1000 / self.rate

    def end_ms(self, index: int) -> Fraction:
        """Return when a frame ends, which is when the next one begins."""
        return self.start_ms(index + 1)

    def index_at(self, ms: Fraction | float) -> int:
        """Return the frame whose start is nearest, within the clip.

        Times that were rounded to whole ms come back to their frame up to 500 frames per second.
        """
        if self.pts_ms is None:
            return self._clamped(floor(Fraction(ms) * self.rate / 1000 + Fraction(1, 2)))
        after = min(bisect_left(self.pts_ms, ms), self.n_frames - 1)
        before = max(after - 1, 0)
        earlier = float(ms) - self.pts_ms[before] < self.pts_ms[after] - float(ms)
        return before if earlier else after

    def last_before(self, ms: Fraction | float) -> int:
        """Return the last frame of an interval that ends at ``ms``, its end excluded.

        The inverse of `end_ms`: rounded, not floored, so that a whole ms suffices.
        """
        if self.pts_ms is None:
            return self._clamped(floor(Fraction(ms) * self.rate / 1000 + Fraction(1, 2)) - 1)
        beyond = self.end_ms(self.n_frames - 1)
        if float(ms) * 2 >= self.pts_ms[-1] + float(beyond):
            return self.n_frames - 1
        return max(self.index_at(ms) - 1, 0)

    def index_of(self, number: int) -> int:
        """Return the index of the frame that the data set numbers ``number``.

        Raises
        ------
        LabelError
            If no frame has that number.
        """
        at = bisect_left(self.numbers, number)
        if at < self.n_frames and self.numbers[at] == number:
            return at
        raise LabelError(
            "No frame of that number",
            where=f"number {number}",
            why=f"the clip has the numbers {self.numbers[0]} to {self.numbers[-1]}",
            now="check that the labels belong to this clip",
        )

    def _clamped(self, index: int) -> int:
        return min(max(index, 0), self.n_frames - 1)


@dataclass(frozen=True, slots=True)
class ExchangeClip:
    """One clip with the labels of its coders.

    Attributes
    ----------
    subject, name : str
        Together they name the clip within the document.
    media : str
        Path as the project stores it, with forward slashes; may be relative.
    time : TimeBase
    tiers : mapping of str to Annotation
        Labels by coder, on frame indices of this clip.
    """

    subject: str
    name: str
    media: str
    time: TimeBase
    tiers: Mapping[str, Annotation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExchangeDocument:
    """All that is exchanged at once: the labels of a project, or of some of its clips."""

    name: str
    clips: tuple[ExchangeClip, ...]

    def find(self, subject: str, name: str) -> ExchangeClip | None:
        """Return the clip of these names, or None."""
        return next((c for c in self.clips if (c.subject, c.name) == (subject, name)), None)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a format cannot hold, said before anything is written.

    Attributes
    ----------
    what : str
        What would be lost, as a noun: ``"the confidence"``.
    n_labels : int
        How many labels of the document it concerns, at least 1.
    text : str
        One sentence for a person.
    """

    what: str
    n_labels: int
    text: str


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What a file held.

    Attributes
    ----------
    document : ExchangeDocument
        Clips without labels are left out.
    findings : tuple of Finding
        Rows and labels that were doubtful or could not be taken over, with their row.
    """

    document: ExchangeDocument
    findings: tuple[Finding, ...] = ()


class Format(Protocol):
    """One exchange format; a new one is a module in ``data/formats`` and a line in `exchanges`."""

    @property
    def name(self) -> str:
        """Short name, as on the command line."""
        ...

    @property
    def title(self) -> str:
        """Name for a person."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File endings with their dot, the usual one first."""
        ...

    @property
    def scope(self) -> Scope:
        """Whether one file holds a whole document, or one clip each (the target is a folder)."""
        ...

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what of this document the format cannot hold."""
        ...

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write a file (scope ``"project"``) or a folder of files, and return what was written.

        Raises
        ------
        LabelError
            If the labels cannot be written at all.
        StorageError
            If the disk refuses; a file is whole or not there.
        """
        ...

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read labels back.

        Parameters
        ----------
        source : Path
            A file, or a folder of files of this format.
        known : ExchangeDocument
            The clips that labels may belong to, with their time bases; labels on other clips are
            findings, unless the file itself says rate and length.

        Raises
        ------
        LabelError
            If the file is not of this format, or damaged as a whole.
        """
        ...
