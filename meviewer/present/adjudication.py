"""One movement of a clip that is decided blind, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from meviewer.core.events import Edge, Event
from meviewer.present.wording import MISSING, frame_number

HEADS = ("", "1", "2", "decision")

_NO_EVENT = "no event"


def rows(
    events: Sequence[Event | None], decided: Event | None, is_none: bool, numbers: Sequence[int]
) -> list[tuple[str, ...]]:
    """Return keyframes (in the data set's numbers), emotion and action units under `HEADS`."""
    found = [
        (
            edge.value,
            *(_frame(event, edge, numbers) for event in events),
            _frame(decided, edge, numbers),
        )
        for edge in Edge
    ]
    for name, words in (("emotion", _emotion), ("units", _units)):
        found.append((name, *(words(event) for event in events), words(decided)))
    if decided is None and is_none:
        found[0] = (*found[0][:-1], _NO_EVENT)
    for at, event in enumerate(events, 1):
        if event is None:
            found[0] = (*found[0][:at], _NO_EVENT, *found[0][at + 1 :])
    return found


def heading(at: int, n_events: int) -> str:
    """Return which event of how many is decided."""
    return f"Event {at + 1} of {n_events}" if n_events > 1 else "The event"


def _frame(event: Event | None, edge: Edge, numbers: Sequence[int]) -> str:
    if event is None or (edge is Edge.APEX and not event.has_apex):
        return MISSING
    return str(frame_number(event.keyframes[edge], numbers))


def _emotion(event: Event | None) -> str:
    return MISSING if event is None else event.emotion or MISSING


def _units(event: Event | None) -> str:
    return MISSING if event is None else " ".join(map(str, event.action_units)) or MISSING
