"""Frames and time: inclusive spans, frame rates as fractions, and exact conversions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from meviewer.core.errors import LabelError

_NTSC = {Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120, 240)}
_MAX_RATE_HZ = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Frames ``first .. last``, both included.

    Raises
    ------
    ValueError
        If ``last < first``.
    """

    first: int
    last: int

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a span needs first <= last, got {self.first}..{self.last}")

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))

    def __contains__(self, frame: object) -> bool:
        return isinstance(frame, int) and self.first <= frame <= self.last

    def clamp(self, frame: int) -> int:
        """Return the frame of this span that is nearest to ``frame``."""
        return min(max(frame, self.first), self.last)

    def iou(self, other: Span) -> float:
        """Intersection over union in frames, 0 to 1, on inclusive spans."""
        common = min(self.last, other.last) - max(self.first, other.first) + 1
        return max(common, 0) / (len(self) + len(other) - max(common, 0))


def parse_rate(value: str | float | Fraction) -> Fraction:
    """Return frames per second as an exact fraction.

    Parameters
    ----------
    value : str, int, float or Fraction
        ``"200/1"``, ``"29.97"``, ``200``. Decimal NTSC rates become n*1000/1001 exactly.

    Raises
    ------
    LabelError
        If the value is no positive number, or above 100,000 per second.
    """
    try:
        rate = Fraction(value) if not isinstance(value, float) else Fraction(str(value))
    except (ValueError, ZeroDivisionError, OverflowError):
        rate = Fraction(0)
    if not 0 < rate <= _MAX_RATE_HZ:
        raise LabelError(
            "Not a frame rate",
            where=repr(value),
            why="a rate is a positive number of frames per second",
            now="write it as 200, 29.97 or 30000/1001",
        )
    near = [ntsc for ntsc in _NTSC if abs(ntsc - rate) < Fraction(6, 1000)]
    whole_or_exact = rate.denominator == 1 or rate in _NTSC
    return near[0] if near and not whole_or_exact else rate


def rate_text(rate: Fraction) -> str:
    """Return the rate as ``"200/1"``, the form used in files."""
    return f"{rate.numerator}/{rate.denominator}"


def frames_to_ms(n_frames: int, rate: Fraction) -> float:
    """Return the time that ``n_frames`` frames take, in ms."""
    return float(n_frames * 1000 / rate)


def frame_to_whole_ms(frame: int, rate: Fraction) -> int:
    """Return the start of a frame, rounded to a whole ms; `whole_ms_to_frame` says why."""
    return round(frame * 1000 / rate)


def whole_ms_to_frame(ms: int, rate: Fraction) -> int:
    """Return the frame whose start is nearest.

    Together with `frame_to_whole_ms` this is exact up to 500 frames per second; flooring on both
    ways misplaces two thirds of all frames at 30, 60 and 120 per second.
    """
    return round(ms * rate / 1000)
