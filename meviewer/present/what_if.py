"""What a run would say if the apex lay elsewhere: columns of a strip, and each of them in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from meviewer.core.events import Event, Keyframes
from meviewer.core.frames import frames_to_ms
from meviewer.present import wording
from meviewer.present.training_words import percent

REACHES = (3, 6, 9, 12, 15)
"""How many columns the strip may have on each side of the labelled apex."""

USUAL_REACH = 6
_STEP_MS = 5.0
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """What a run says of an event with these keyframes, or why it can say nothing.

    Attributes
    ----------
    classes : tuple of str
    shares : tuple of float
        Probabilities, one a class.
    model : str
        Which network answered, in words.
    reason : str
    """

    classes: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    model: str = ""
    reason: str = ""

    @property
    def best(self) -> int:
        """Number of the most probable class."""
        return max(range(len(self.shares)), key=self.shares.__getitem__)


@dataclass(frozen=True, slots=True)
class Column:
    """One place of the apex.

    Attributes
    ----------
    frame : int
        Index in the clip.
    guess : Guess or None
        None until it is known.
    outside : str
        Why the apex cannot lie here; empty if it can.
    stale : bool
        The guess is for an onset or offset that has been moved since.
    """

    frame: int
    guess: Guess | None = None
    outside: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class PlaceMark:
    """An apex that somebody proposes: ``role`` of its colour, frame, and who says so."""

    role: str
    frame: int
    words: str


@dataclass(frozen=True, slots=True)
class WhatIfState:
    """Everything the strip draws.

    Attributes
    ----------
    classes : tuple of str
        One row each.
    columns : tuple of Column
        The labelled apex is the one in the middle.
    step : int
        Frames from one column to the next.
    keyframes : Keyframes
        As labelled.
    numbers : sequence of int
        The data set's number of each frame.
    rate : Fraction
    marks : tuple of PlaceMark
        Suggested places that are on show.
    """

    classes: tuple[str, ...]
    columns: tuple[Column, ...]
    step: int
    keyframes: Keyframes
    numbers: Sequence[int]
    rate: Fraction
    marks: tuple[PlaceMark, ...] = ()

    @property
    def middle(self) -> int:
        """Number of the column of the labelled apex."""
        return len(self.columns) // 2

    @property
    def n_known(self) -> int:
        """Columns with an answer that is up to date."""
        return sum(one.guess is not None and not one.stale for one in self.columns)

    @property
    def n_wanted(self) -> int:
        """Columns in which the apex can lie."""
        return sum(not one.outside for one in self.columns)

    def place(self, frame: float) -> float:
        """Return where a frame lies in columns: 0 is the middle of the first."""
        return (frame - self.columns[0].frame) / self.step

    def nearest(self, frame: int) -> int:
        """Return the column nearest to a frame."""
        return min(max(round(self.place(frame)), 0), len(self.columns) - 1)


def step_frames(rate: Fraction) -> int:
    """Return how many frames lie between two columns: one, or about 5 ms at high rates."""
    return max(1, round(float(rate) * _STEP_MS / 1000))


def reach_words(reach: int, rate: Fraction) -> str:
    """Say how far the strip reaches: ``±6 frames (±30 ms)``."""
    frames = reach * step_frames(rate)
    return f"±{frames} frames (±{frames_to_ms(frames, rate):.0f} ms)"


def askable(event: Event) -> bool:
    """Whether a run can be asked about an event: its apex is set, and both phases last."""
    return event.has_apex and event.onset < event.apex < event.offset


def event_words(event: Event | None) -> str:
    """Say why there are no places of the apex to ask about; empty if there are."""
    if event is None:
        return "Select an event: the strip is about its apex."
    if not event.has_apex:
        return "Nobody has set the apex of this event yet."
    if event.offset - event.onset < 2:
        return "Between onset and offset there is no place for an apex."
    return ""


def supposed(keyframes: Keyframes, reach: int, step: int) -> tuple[Keyframes, ...]:
    """Return the keyframes of all columns in which the apex can lie, the nearest ones first."""
    at = [by * step for far in range(reach + 1) for by in dict.fromkeys((-far, far))]
    apexes = (keyframes.apex + by for by in at)
    onset, offset = keyframes.onset, keyframes.offset
    return tuple(Keyframes(onset, apex, offset) for apex in apexes if onset < apex < offset)


def what_if_state(
    keyframes: Keyframes,
    reach: int,
    numbers: Sequence[int],
    rate: Fraction,
    known: Mapping[Keyframes, Guess],
    before: Mapping[int, Guess],
    classes: tuple[str, ...],
    marks: Sequence[PlaceMark] = (),
) -> WhatIfState:
    """Put together what the strip draws.

    Parameters
    ----------
    known : mapping of Keyframes to Guess
    before : mapping of int to Guess
        By apex: what was said before onset or offset were moved, for columns not known yet.
    """
    step = step_frames(rate)
    columns = []
    for by in range(-reach, reach + 1):
        apex = keyframes.apex + by * step
        if not keyframes.onset < apex < keyframes.offset:
            side = "onset" if apex <= keyframes.onset else "offset"
            beyond = "not after the onset" if side == "onset" else "not before the offset"
            columns.append(Column(apex, outside=beyond))
            continue
        now = known.get(Keyframes(keyframes.onset, apex, keyframes.offset))
        old = before.get(apex)
        columns.append(Column(apex, now or old, stale=now is None and old is not None))
    return WhatIfState(classes, tuple(columns), step, keyframes, numbers, rate, tuple(marks))


def column_words(state: WhatIfState, at: int, *, whole: bool = True) -> str:
    """Say what one column shows: which frame, how far from the label, and the probabilities.

    Parameters
    ----------
    whole : bool
        Of every class; else of the three most probable, and of the rest together.
    """
    column = state.columns[at]
    where = _where(state, column.frame)
    said = [mark.words for mark in state.marks if mark.frame == column.frame]
    where += f" ({', '.join(said)})" if said else ""
    if column.outside:
        return f"{where}: no apex can lie here, {column.outside}"
    if column.guess is None:
        return f"{where}: being computed"
    if column.guess.reason:
        return f"{where}: {column.guess.reason}"
    late = ", for the keyframes before" if column.stale else ""
    return f"{where}{late}: {shares_words(column.guess, whole=whole)}"


def shares_words(guess: Guess, *, whole: bool = True) -> str:
    """Return the probabilities in words, the most probable first; see `column_words`."""
    found = sorted(zip(guess.classes, guess.shares, strict=True), key=lambda one: -one[1])
    if not whole and len(found) > _TOLD + 1:
        rest = sum(share for _name, share in found[_TOLD:])
        found = [*found[:_TOLD], ("rest", rest)]
    # The sign must not stand at the beginning of the next line.
    return ", ".join(f"{name} {percent(share)}" for name, share in found).replace(" %", "\u00a0%")


def summary(state: WhatIfState) -> str:
    """Say in one line whether the answer depends on where the apex lies."""
    sure = [one for one in state.columns if one.guess is not None and not one.guess.reason]
    middle = state.columns[state.middle].guess
    if middle is None or middle.reason or state.n_known < state.n_wanted:
        return ""
    best = middle.classes[middle.best]
    others = [one for one in sure if one.guess is not None and one.guess.best != middle.best]
    if not others:
        return f"{best} {percent(middle.shares[middle.best])}, the same wherever the apex lies here"
    first = min(others, key=lambda one: abs(one.frame - state.keyframes.apex))
    guess = first.guess
    assert guess is not None
    return (
        f"{best} {percent(middle.shares[middle.best])}; {guess.classes[guess.best]} already"
        f" {_away(state, first.frame)}"
    )


def progress_words(state: WhatIfState) -> str:
    """Say how far the answers are; empty when all are there."""
    known, wanted = state.n_known, state.n_wanted
    if known >= wanted:
        return ""
    stale = any(one.stale for one in state.columns)
    words = f"asking, {known} of {wanted}"
    return f"keyframes have moved: {words}" if stale else words


def _where(state: WhatIfState, frame: int) -> str:
    number = wording.frame_number(max(frame, 0), state.numbers)
    if frame == state.keyframes.apex:
        return f"Frame {number}, the labelled apex"
    return f"Frame {number}, {_away(state, frame)}"


def _away(state: WhatIfState, frame: int) -> str:
    by = frame - state.keyframes.apex
    ms = frames_to_ms(abs(by), state.rate)
    side = "earlier" if by < 0 else "later"
    return f"{wording.counted(abs(by), 'frame')} ({ms:.0f} ms) {side}"


def edge_words(state: WhatIfState) -> tuple[str, str, str]:
    """Return what stands below the first, the middle and the last column."""
    by = state.columns[-1].frame - state.keyframes.apex
    ms = wording.signed(frames_to_ms(by, state.rate))
    number = wording.frame_number(state.keyframes.apex, state.numbers)
    return ms.replace("+", "−") + " ms", f"apex {number}", f"{ms} ms"
