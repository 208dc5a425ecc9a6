"""An immutable set of events on one clip, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from meviewer.core.events import Event
from meviewer.core.frames import Span


class Status(StrEnum):
    """How far a coder has come with a clip."""

    UNLABELLED = "unlabelled"
    NONE_PRESENT = "none-present"
    DRAFT = "draft"
    COMMITTED = "committed"
    ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True)
class Annotation:
    """Events of one clip by one coder, sorted by onset; every edit returns a new value.

    Attributes
    ----------
    events : tuple of Event
    status : Status
    no_event : tuple of Span
        Where others saw an event and this coder has decided that there is none, in the order of
        the decisions.
    """

    events: tuple[Event, ...] = ()
    status: Status = Status.UNLABELLED
    no_event: tuple[Span, ...] = ()

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def event(self, event_id: int) -> Event:
        """Return the event with this id.

        Raises
        ------
        KeyError
            If there is none.
        """
        for event in self.events:
            if event.id == event_id:
                return event
        raise KeyError(event_id)

    def find(self, event_id: int | None) -> Event | None:
        """Return the event with this id, or None."""
        return next((event for event in self.events if event.id == event_id), None)

    def with_event(self, event: Event) -> Annotation:
        """Insert ``event``, or put it in place of the one with the same id."""
        kept = [e for e in self.events if e.id != event.id]
        ordered = sorted([*kept, event], key=lambda e: (e.onset, e.id))
        return replace(self, events=tuple(ordered))

    def without(self, event_id: int) -> Annotation:
        """Return the annotation without the event of this id."""
        return replace(self, events=tuple(e for e in self.events if e.id != event_id))

    def next_id(self) -> int:
        """Return an id that no event here has."""
        return max((event.id for event in self.events), default=0) + 1


@dataclass(frozen=True, slots=True)
class Change:
    """Ids of events that differ between two annotations, and whether the verdict does."""

    added: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    altered: frozenset[int] = frozenset()
    status: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.altered or self.status)


def diff(before: Annotation, after: Annotation) -> Change:
    """Say which events differ; identical objects are skipped by identity."""
    old, new = {e.id: e for e in before}, {e.id: e for e in after}
    return Change(
        added=frozenset(new.keys() - old.keys()),
        removed=frozenset(old.keys() - new.keys()),
        altered=frozenset(
            i for i in old.keys() & new.keys() if old[i] is not new[i] and old[i] != new[i]
        ),
        status=(before.status, before.no_event) != (after.status, after.no_event),
    )
