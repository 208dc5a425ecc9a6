"""One movement of a clip that is decided blind, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from meviewer.core.events import Edge, Event
from meviewer.experiment.adjudication import names
from meviewer.present.wording import MISSING, frame_number

HEADS = ("", *(edge.value for edge in Edge), "emotion", "units")
DECISION = "decided"

_NO_EVENT = "none"


def rows(
    events: Sequence[Event | None], decided: Event | None, is_none: bool, numbers: Sequence[int]
) -> list[tuple[str, ...]]:
    """Return a row a coder and one of the decision, under `HEADS`.

    Keyframes are in the data set's numbers.
    """
    coders = zip(names(len(events)), events, strict=True)
    found = [_row(name, event, numbers, event is None) for name, event in coders]
    return [*found, _row(DECISION, decided, numbers, is_none)]


def heading(at: int, n_events: int) -> str:
    """Return which event of how many is decided."""
    return f"Event {at + 1} of {n_events}" if n_events > 1 else "The event"


def keys_words(n_coders: int) -> str:
    """Return by which keys the word of a coder is taken, the actions in braces."""
    last = min(n_coders, 9)
    return f"{{take-1}} {'and' if last == 2 else 'to'} {{take-{last}}} take what a coder says"


def _row(name: str, event: Event | None, numbers: Sequence[int], is_none: bool) -> tuple[str, ...]:
    frames = [_frame(event, edge, numbers) for edge in Edge]
    if event is None:
        return (name, _NO_EVENT if is_none else MISSING, *frames[1:], MISSING, MISSING)
    units = " ".join(map(str, event.action_units))
    return (name, *frames, event.emotion or MISSING, units or MISSING)


def _frame(event: Event | None, edge: Edge, numbers: Sequence[int]) -> str:
    if event is None or (edge is Edge.APEX and not event.has_apex):
        return MISSING
    return str(frame_number(event.keyframes[edge], numbers))
