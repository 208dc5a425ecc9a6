"""The lane of a run: what it says of each event of the clip, with these very keyframes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from meviewer.core.events import Event, Keyframes
from meviewer.present.timeline import Lane, LaneEvent, LaneModel
from meviewer.present.training_words import percent
from meviewer.present.what_if import Guess, askable, shares_words

_ROLE = "prediction"
_MOST_LETTERS = 48


def run_lane(
    run: str,
    events: Sequence[Event],
    known: Mapping[Keyframes, Guess],
    selected: int | None,
    why_not: str = "",
    asked: Collection[Keyframes] = (),
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
    asked : collection of Keyframes
        Those whose answers are on their way.
    """
    name = f"Run {run}"
    drawn, reasons = [], []
    for event in () if why_not else filter(askable, events):
        guess = known.get(event.keyframes)
        if guess is None:
            drawn.append(_waiting(event, event.id == selected, event.keyframes in asked))
        elif guess.reason:
            reasons.append(guess.reason)
        else:
            drawn.append(_bar(event, guess, event.id == selected))
    if drawn:
        return Lane(name, _ROLE, tuple(drawn), machine=True)
    words = why_not or (reasons or ["no event with an apex inside"])[0]
    # Whole sentences are for the tip; the lane itself has room for a few words.
    short = words if len(words) <= _MOST_LETTERS else "cannot say"
    return Lane(name, _ROLE, (), machine=True, model=LaneModel(waiting=short, words=words))


def _waiting(event: Event, selected: bool, asked: bool) -> LaneEvent:
    """Keep the place of an event, empty: a lane that comes and goes in a drag is hard to watch."""
    label, words = (
        ("asking…", "") if asked else ("", "not asked: others lie nearer to the selected")
    )
    return LaneEvent(
        event.id, event.onset, None, event.offset, label, selected, share=0.0, words=words
    )


def _bar(event: Event, guess: Guess, selected: bool) -> LaneEvent:
    share = guess.shares[guess.best]
    words = f"{guess.model}: {shares_words(guess)}"
    label = f"{guess.classes[guess.best]} {percent(share)}"
    return LaneEvent(
        event.id, event.onset, None, event.offset, label, selected, share=share, words=words
    )
