"""A labelled event beside the keyframes that were suggested for it, and how events are grouped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from meviewer.core.errors import ExperimentError
from meviewer.core.events import Edge, Keyframes
from meviewer.core.frames import frames_to_ms

GROUPINGS = ("data set", "subject", "class", "coder", "frame rate")
"""What events can be grouped by."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One event with its label and its suggestion.

    Attributes
    ----------
    data_set, subject, clip : str
        The data set is empty for clips of one's own.
    emotion : str
        As the coder names it, else as the data set does; empty if neither does.
    coder : str
    sample_id, event_id : int
        Identities within the project.
    rate : Fraction
        Frames per second.
    label, suggested : Keyframes
        Frame indices.
    gain : float
        Relative gain of the pair onset and apex over the labelled one.
    confidence : float
        0 to 1.
    has_evidence : bool
        Whether the gain stands out from the noise.
    is_noop : bool
        Nothing could be chosen: the windows are one frame wide.
    verdict : str
        The same in words.
    """

    data_set: str
    subject: str
    clip: str
    emotion: str
    coder: str
    sample_id: int
    event_id: int
    rate: Fraction
    label: Keyframes
    suggested: Keyframes
    gain: float
    confidence: float
    has_evidence: bool
    is_noop: bool = False
    verdict: str = ""

    def shift_frames(self, edge: Edge) -> int:
        """Return suggested less labelled, in frames; above 0: the suggestion is later."""
        return self.suggested[edge] - self.label[edge]

    def shift_ms(self, edge: Edge) -> float:
        """Return suggested less labelled, in ms."""
        return frames_to_ms(self.shift_frames(edge), self.rate)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An event, or a whole clip (``event_id`` 0), that takes no part, and why."""

    subject: str
    clip: str
    event_id: int
    reason: str


PUBLISHED_MS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"CASME II": (150, 150), "SAMM": (160, 200), "MMEW": (144, 244), "CAS(ME)^3": (200, 500)}
)
"""Measured medians of rise and fall of the labels of each data set, ms."""


def rise_ms(keyframes: Keyframes, rate: Fraction) -> float:
    """Return the time from onset to apex, in ms."""
    return frames_to_ms(keyframes.apex - keyframes.onset, rate)


def fall_ms(keyframes: Keyframes, rate: Fraction) -> float:
    """Return the time from apex to offset, in ms."""
    return frames_to_ms(keyframes.offset - keyframes.apex, rate)


def grouped(events: Iterable[Compared], by: str) -> dict[str, list[Compared]]:
    """Return the events of each group, groups in the order of their names.

    Parameters
    ----------
    by : str
        One of `GROUPINGS`.

    Raises
    ------
    ExperimentError
        If there is no such grouping.
    """
    if by not in GROUPINGS:
        raise ExperimentError(
            "There is no such grouping", where=repr(by), now=f"choose of {', '.join(GROUPINGS)}"
        )
    if by == "frame rate":
        return _by_rate(list(events))
    named: dict[str, list[Compared]] = {}
    for event in events:
        named.setdefault(group_of(event, by), []).append(event)
    # Events that nobody named a group for come last.
    unnamed = f"no {by}"
    return {name: named[name] for name in sorted(named, key=lambda name: (name == unnamed, name))}


def group_of(event: Compared, by: str) -> str:
    """Return the name of the group that an event is in."""
    if by == "frame rate":
        return f"{float(event.rate):g} fps"
    value = {
        "data set": event.data_set,
        "subject": event.subject,
        "class": event.emotion,
        "coder": event.coder,
    }[by]
    return value or f"no {by}"


def _by_rate(events: Sequence[Compared]) -> dict[str, list[Compared]]:
    named: dict[str, list[Compared]] = {}
    for event in sorted(events, key=lambda event: event.rate):
        named.setdefault(group_of(event, "frame rate"), []).append(event)
    return named
