"""Where a label lies: by its times in the file, with the stored frames as a witness."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from meviewer.core.events import Keyframes
from meviewer.data.exchange import TimeBase

WHOLE_MS = Fraction(1, 2)
"""How far times that were rounded to whole ms may be off, in ms."""

AS_WRITTEN = Fraction(1, 1000)
"""How far decimal fractions of a second may be off, in ms."""

Frames = tuple[int, int | None, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label lies on its clip.

    Attributes
    ----------
    keyframes : Keyframes
    has_apex : bool
        False: the apex in ``keyframes`` only keeps its place.
    doubts : tuple of (str, str)
        Kind and text of what was noticed.
    """

    keyframes: Keyframes
    has_apex: bool
    doubts: tuple[tuple[str, str], ...] = ()


def interval_fault(time: TimeBase, start: Fraction, end: Fraction) -> str:
    """Return why an interval in ms cannot be a label of a clip; empty if it can."""
    if end < start:
        return f"it ends at {float(end):g} ms, before its start at {float(start):g} ms"
    length = time.end_ms(time.n_frames - 1)
    if start >= length or end < 0 or start < end == 0:
        return f"it lies outside the clip, which ends at {float(length):g} ms"
    return ""


def settle(
    time: TimeBase,
    start: Fraction,
    end: Fraction,
    stored: Frames | None,
    rounding: Fraction,
    apex: Fraction | None = None,
) -> Placed:
    """Place a label of which `interval_fault` found nothing.

    The frames that an export stored count only as long as the times are still theirs: whoever
    moved the label in the other program is believed.

    Parameters
    ----------
    time : TimeBase
    start, end : Fraction
        In ms from the start of the clip, the end excluded.
    stored : (int, int or None, int) or None
        Frames that were written with the label, within the clip.
    rounding : Fraction
        How far rounding alone may put times off, in ms.
    apex : Fraction or None
        Time of the apex, where the format has one of its own.
    """
    doubts: list[tuple[str, str]] = []
    onset, offset = _edges(time, start, end, stored, rounding)
    if stored is not None and (onset, offset) != (stored[0], stored[2]):
        text = (
            f"The label was moved from frames {stored[0]}-{stored[2]} to {onset}-{offset} since "
            "it was exported; its times count"
        )
        doubts.append(("exchange-moved", text))
    peak = _apex(time, (onset, offset), stored, rounding, apex)
    if peak is not None and not onset <= peak <= offset:
        doubts.append(("exchange-apex", "The apex lies outside its label and was left out"))
        peak = None
    middle = (onset + offset) // 2
    keyframes = Keyframes(onset, middle if peak is None else peak, offset)
    return Placed(keyframes, peak is not None, (*doubts, *_cut(time, start, end)))


def _edges(
    time: TimeBase, start: Fraction, end: Fraction, stored: Frames | None, rounding: Fraction
) -> tuple[int, int]:
    onset = time.index_at(start)
    offset = max(time.last_before(end), onset)
    if stored is None:
        return onset, offset
    same_onset = abs(time.start_ms(stored[0]) - start) <= rounding
    same_offset = abs(time.end_ms(stored[2]) - end) <= rounding
    onset, offset = stored[0] if same_onset else onset, stored[2] if same_offset else offset
    return onset, max(offset, onset)


def _apex(
    time: TimeBase,
    edges: tuple[int, int],
    stored: Frames | None,
    rounding: Fraction,
    apex: Fraction | None,
) -> int | None:
    kept = None if stored is None else stored[1]
    if apex is not None:
        by_store = kept is not None and abs(time.start_ms(kept) - apex) <= rounding
        return kept if by_store else time.index_at(apex)
    if stored is None or kept is None:
        return None
    # A label that was moved as a whole took its apex along.
    by = edges[0] - stored[0]
    return kept + by if by == edges[1] - stored[2] else kept


def _cut(time: TimeBase, start: Fraction, end: Fraction) -> tuple[tuple[str, str], ...]:
    frame = 1000 / time.rate
    if start < -frame / 2 or end > time.end_ms(time.n_frames - 1) + frame / 2:
        return (("exchange-cut", "The label reaches beyond the clip and was cut at its end"),)
    return ()
