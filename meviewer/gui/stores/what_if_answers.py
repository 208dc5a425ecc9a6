"""What runs have said about keyframes of clips, kept as long as the window has room for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from meviewer.core.events import Event, Keyframes
from meviewer.present.what_if import Guess

_KEPT = 4096  # answers on one clip
_KEPT_CLIPS = 8


@dataclass(frozen=True, slots=True)
class Place:
    """What an answer belongs to, beside its keyframes: run by name, clip by fingerprint."""

    run: str
    clip: str


class Answers:
    """Answers by place and keyframes, and the last ones about one event by their apex."""

    def __init__(self) -> None:
        self._known: OrderedDict[Place, dict[Keyframes, Guess]] = OrderedDict()
        self._about: tuple[Place, int] | None = None
        self._by_apex: dict[int, Guess] = {}

    def of(self, place: Place | None) -> Mapping[Keyframes, Guess]:
        """Return what a run has said of a clip."""
        return {} if place is None else self._known.get(place, {})

    def before(self, place: Place, event_id: int) -> Mapping[int, Guess]:
        """Return by apex what was last said of an event, also before its ends were moved."""
        return self._by_apex if self._about == (place, event_id) else {}

    def keep(self, place: Place, keyframes: Keyframes, guess: Guess, event: Event | None) -> None:
        """Keep an answer; ``event`` is the one on show, which it may be about."""
        known = self._known.setdefault(place, {})
        self._known.move_to_end(place)
        known[keyframes] = guess
        if len(known) > _KEPT:
            del known[next(iter(known))]
        if len(self._known) > _KEPT_CLIPS:
            self._known.popitem(last=False)
        ends = (keyframes.onset, keyframes.offset)
        if event is None or guess.reason or ends != (event.onset, event.offset):
            return
        if self._about != (place, event.id):
            self._about, self._by_apex = (place, event.id), {}
        self._by_apex[keyframes.apex] = guess

    def forget(self) -> None:
        """Forget everything."""
        self._known.clear()
        self._about, self._by_apex = None, {}
