"""Numbers and times in words: real minus signs, frame numbers first, milliseconds second."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from meviewer.core.frames import frames_to_ms

MISSING = "–"
_LONG_MS = 10_000


def frame_number(frame: int, numbers: Sequence[int]) -> int:
    """Return the data set's number of a frame.

    Behind the last frame it counts on: the number of a label that lies outside its clip has to
    look like one.
    """
    beyond = frame - (len(numbers) - 1)
    return numbers[frame] if beyond <= 0 else numbers[-1] + beyond


def signed(value: float, decimals: int = 0) -> str:
    """Return a number with its sign and a real minus; zero has none."""
    text = f"{value:+.{decimals}f}"
    if float(text) == 0:
        return f"{0:.{decimals}f}"
    return text.replace("-", "−")


def signed_share(value: float) -> str:
    """Return a share as a signed percentage: 0.09 is ``+9%``."""
    return f"{signed(100 * value)}%"


def shift(by_frames: int, rate: Fraction) -> str:
    """Return a move in frames and ms, such as ``+4 f +20 ms``; no move is ``same``."""
    if by_frames == 0:
        return "same"
    ms = frames_to_ms(abs(by_frames), rate) * (1 if by_frames > 0 else -1)
    return f"{signed(by_frames)} f  {signed(ms)} ms"


def time(frame: int, rate: Fraction) -> str:
    """Return the time of a frame from the first one: whole ms, seconds from ten on."""
    ms = frames_to_ms(frame, rate)
    return f"{ms:.0f} ms" if ms < _LONG_MS else f"{ms / 1000:.2f} s"


def duration(n_frames: int, rate: Fraction) -> str:
    """Return how long some frames take together."""
    return time(n_frames, rate)


def counted(n: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun: ``1 event``, ``3 events``."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
