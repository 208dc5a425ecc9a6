"""The lane of a run: what it says of each event of the clip, with these very keyframes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from meviewer.core.events import Event, Keyframes
from meviewer.present.timeline import Lane, LaneEvent, LaneModel
from meviewer.present.training_words import percent
from meviewer.present.what_if import Guess, askable, shares_words

_ROLE = "prediction"


def run_lane(
    run: str,
    events: Sequence[Event],
    known: Mapping[Keyframes, Guess],
    selected: int | None,
    why_not: str = "",
) -> Lane:
    """Return the lane of a run.

    Parameters
    ----------
    events : sequence of Event
        The coder's; those without an apex between onset and offset are left out.
    known : mapping of Keyframes to Guess
        What the run has said so far.
    why_not : str
        Why it can say nothing of this clip.
    """
    name = f"Run {run}"
    drawn, reasons, waiting = [], [], 0
    for event in events:
        if not askable(event):
            continue
        guess = known.get(event.keyframes)
        if guess is None:
            waiting += 1
        elif guess.reason:
            reasons.append(guess.reason)
        else:
            drawn.append(_bar(event, guess, event.id == selected))
    if drawn:
        return Lane(name, _ROLE, tuple(drawn), machine=True)
    words = why_not or ("asking…" if waiting else (reasons or ["no event with an apex inside"])[0])
    # Whole sentences are for the tip; the lane itself has room for a few words.
    short = words if len(words) <= _MOST_LETTERS else "cannot say"
    return Lane(name, _ROLE, (), machine=True, model=LaneModel(waiting=short, words=words))


_MOST_LETTERS = 48


def _bar(event: Event, guess: Guess, selected: bool) -> LaneEvent:
    share = guess.shares[guess.best]
    words = f"{guess.model}: {shares_words(guess)}"
    label = f"{guess.classes[guess.best]} {percent(share)}"
    return LaneEvent(
        event.id, event.onset, None, event.offset, label, selected, share=share, words=words
    )
