"""The inspector: one event, its keyframes against the suggested ones, and its history in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from meviewer.core.events import Edge, Event
from meviewer.core.frames import frames_to_ms
from meviewer.motion.gamdss import Reselection
from meviewer.present.wording import frame_number
from meviewer.project.project import JournalRow


@dataclass(frozen=True, slots=True)
class KeyframeRow:
    """One keyframe, by hand and as suggested.

    Attributes
    ----------
    edge : Edge
    manual, suggested : str
        Frame numbers of the data set; suggested is a dash when there is none.
    shift_frames, shift_ms : str
        From the label to the suggestion, with sign; empty without one.
    differs : bool
        Whether there is something to accept.
    """

    edge: Edge
    manual: str
    suggested: str
    shift_frames: str
    shift_ms: str
    differs: bool


@dataclass(frozen=True, slots=True)
class InspectorState:
    """What the inspector shows of one event."""

    title: str
    emotion: str
    frames: str
    duration: str
    rows: tuple[KeyframeRow, ...]
    gain: str
    confidence: float | None
    verdict: str
    can_accept: bool


def inspector_state(
    event: Event,
    place: tuple[int, int],
    numbers: tuple[int, ...],
    rate: Fraction,
    suggestion: Reselection | None,
) -> InspectorState:
    """Put one event beside its suggestion.

    Parameters
    ----------
    place : (int, int)
        Which event it is, counted from 1, and how many there are.
    numbers : tuple of int
        The data set's number of each frame of the clip.
    suggestion : Reselection or None
        None while it is computed, or when there is nothing to compute it from.
    """
    rows = tuple(_row(edge, event, numbers, rate, suggestion) for edge in Edge)
    onset, offset = (frame_number(at, numbers) for at in (event.onset, event.offset))
    return InspectorState(
        title=f"Event {place[0]} of {place[1]}",
        emotion=event.emotion or "no emotion yet",
        frames=f"{onset} – {offset}",
        duration=f"{frames_to_ms(len(event.keyframes.span), rate):.0f} ms",
        rows=rows,
        gain="" if suggestion is None else _signed(f"{suggestion.gain:+.0%}"),
        confidence=None if suggestion is None else suggestion.confidence,
        verdict="" if suggestion is None else suggestion.verdict,
        can_accept=any(row.differs for row in rows),
    )


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of the history: what was done, and by whom and when."""

    text: str
    who: str
    taken_back: bool


def history_rows(rows: Iterable[JournalRow], limit: int = 60) -> tuple[HistoryRow, ...]:
    """Return the newest lines first."""
    newest = list(rows)[::-1][:limit]
    return tuple(
        HistoryRow(_why(row), f"{row.coder} · {_when(row.time)}", row.kind == "undo")
        for row in newest
    )


def what_and_when(row: JournalRow) -> tuple[str, str]:
    """Return what a row of the journal did, and when, in the reader's own time zone."""
    moment = datetime.fromisoformat(row.time).astimezone()
    return _what(row), moment.strftime("%d %b %H:%M:%S")


def _row(
    edge: Edge,
    event: Event,
    numbers: tuple[int, ...],
    rate: Fraction,
    suggestion: Reselection | None,
) -> KeyframeRow:
    manual = event.keyframes[edge]
    is_set = edge is not Edge.APEX or event.has_apex
    label = str(frame_number(manual, numbers)) if is_set else "not set"
    if suggestion is None:
        return KeyframeRow(edge, label, "–", "", "", differs=False)
    suggested = suggestion.keyframes[edge]
    if not is_set:
        return KeyframeRow(edge, label, str(numbers[suggested]), "new", "", differs=True)
    by = suggested - manual
    ms = frames_to_ms(abs(by), rate) * (1 if by >= 0 else -1)
    return KeyframeRow(
        edge,
        label,
        str(numbers[suggested]),
        _signed(f"{by:+d} f") if by else "same",
        _signed(f"{ms:+.0f} ms") if by else "",
        differs=by != 0,
    )


def _what(row: JournalRow) -> str:
    if row.kind == "undo":
        return f"Undo: {row.text}"
    return f"Redo: {row.text}" if row.kind == "redo" else row.text


def _why(row: JournalRow) -> str:
    return f"{_what(row)} – {row.reason}" if row.reason else _what(row)


def _when(time: str) -> str:
    """Return the hour today and the day before that, in the reader's own time zone."""
    moment = datetime.fromisoformat(time).astimezone()
    today = datetime.now().astimezone().date()
    return moment.strftime("%H:%M" if moment.date() == today else "%d %b")


def _signed(text: str) -> str:
    return text.replace("-", "−")
