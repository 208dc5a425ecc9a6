"""Ticks of the frame axis and of a scale: round numbers, never closer than their words allow."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, log10

from meviewer.present import wording
from meviewer.present.timeline_range import Range

_LEAST_MAJOR_PX = 92.0
_LEAST_MINOR_PX = 5.0
_ROUND = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick with words: where, and what is written beside it."""

    frame: int
    number: str
    time: str


def ticks(
    shown: Range, px_per_frame: float, numbers: Sequence[int], rate: Fraction
) -> tuple[Tick, ...]:
    """Return the ticks in sight that carry words.

    They stand at round frame numbers of the data set. Where numbers are missing the tick moves to
    the next frame that exists, and says that frame's number.
    """
    return tuple(
        _tick(at, numbers[at], rate) for at in _in_sight(shown, numbers, _step(px_per_frame))
    )


def minor_ticks(shown: Range, px_per_frame: float, numbers: Sequence[int]) -> tuple[int, ...]:
    """Return the frames of the ticks between them, which carry no words."""
    step = _step(px_per_frame)
    minor = _minor(step, px_per_frame)
    if not minor:
        return ()
    majors = frozenset(_in_sight(shown, numbers, step))
    return tuple(at for at in _in_sight(shown, numbers, minor) if at not in majors)


def _in_sight(shown: Range, numbers: Sequence[int], step: int) -> Iterable[int]:
    first, last = max(ceil(shown.low), 0), min(floor(shown.high), len(numbers) - 1)
    return dict.fromkeys(_at_multiples(numbers, first, last, step)) if first <= last else ()


@lru_cache(maxsize=2048)  # while one looks along a clip most ticks stay in sight
def _tick(frame: int, number: int, rate: Fraction) -> Tick:
    return Tick(frame, str(number), wording.time(frame, rate))


def nice_top(peak: float, headroom: float = 1.12) -> float:
    """Return a round upper end of a scale with room above ``peak``; at least 1e-6."""
    wished = max(peak * headroom, 1e-6)
    power = 10.0 ** floor(log10(wished))
    return next(n * power for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * power >= wished * (1 - 1e-9))


def levels(top: float, height_px: float) -> tuple[float, ...]:
    """Return the values at which a scale from 0 to ``top`` is marked, without 0."""
    most = max(int(height_px // 16), 1)
    power = 10.0 ** floor(log10(top))
    steps = (n * power * factor for factor in (0.1, 1.0, 10.0) for n in _ROUND)
    step = next(step for step in steps if top / step <= most + 1e-9 or step >= top)
    return tuple(step * n for n in range(1, floor(top / step + 1e-9) + 1))


def level_text(value: float) -> str:
    """Return the words at a mark of a scale."""
    return f"{value:.3g}"


def _step(px_per_frame: float) -> int:
    """Return the least round number of frames whose ticks have room for words."""
    power = 1
    while True:
        for n in _ROUND:
            if n * power * px_per_frame >= _LEAST_MAJOR_PX:
                return n * power
        power *= 10


def _minor(step: int, px_per_frame: float) -> int:
    """Return a step that divides the major one, or 0 where there is no room."""
    choices = (step // n for n in (10, 5, 2) if step % n == 0)
    return next((choice for choice in choices if choice * px_per_frame >= _LEAST_MINOR_PX), 0)


def _at_multiples(numbers: Sequence[int], first: int, last: int, step: int) -> Iterator[int]:
    start = -(-numbers[first] // step) * step
    if numbers[last] - numbers[first] == last - first:  # none is missing
        yield from range(start - numbers[first] + first, last + 1, step)
        return
    for number in range(start, numbers[last] + 1, step):
        yield bisect_left(numbers, number, first, last + 1)
