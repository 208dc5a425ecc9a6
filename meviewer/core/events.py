"""The micro-expression event: what a coder marks on a clip."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from meviewer.core.action_units import ActionUnit
from meviewer.core.errors import LabelError
from meviewer.core.frames import Span


class Edge(StrEnum):
    """Which of the three keyframes."""

    ONSET = "onset"
    APEX = "apex"
    OFFSET = "offset"


class Source(StrEnum):
    """Where a keyframe value came from."""

    MANUAL = "manual"
    GAMDSS = "gamdss"
    MODEL = "model"
    DATA_SET = "data-set"
    MIDDLE = "middle"
    TRUTH = "truth"
    NONE = "none"


@dataclass(frozen=True, slots=True, order=True)
class Keyframes:
    """Onset, apex and offset as frame indices of one clip, ``0 <= onset <= apex <= offset``.

    Raises
    ------
    LabelError
        If the order is broken or a frame is negative.
    """

    onset: int
    apex: int
    offset: int

    def __post_init__(self) -> None:
        if not 0 <= self.onset <= self.apex <= self.offset:
            raise LabelError(
                "Keyframes out of order",
                where=f"onset {self.onset}, apex {self.apex}, offset {self.offset}",
                why="a micro-expression rises from its onset to its apex and falls to its offset",
                now="check the three numbers",
            )

    def __getitem__(self, edge: Edge) -> int:
        return {Edge.ONSET: self.onset, Edge.APEX: self.apex, Edge.OFFSET: self.offset}[edge]

    @property
    def span(self) -> Span:
        """Frames from onset to offset, both included."""
        return Span(self.onset, self.offset)

    @property
    def rise(self) -> Span:
        """Frames from onset to apex, both included."""
        return Span(self.onset, self.apex)

    @property
    def fall(self) -> Span:
        """Frames from apex to offset, both included."""
        return Span(self.apex, self.offset)

    def shifted(self, by: int) -> Keyframes:
        """Return the keyframes moved by ``by`` frames."""
        return Keyframes(self.onset + by, self.apex + by, self.offset + by)


@dataclass(frozen=True, slots=True)
class Event:
    """One facial movement on inclusive 0-based frame indices.

    Attributes
    ----------
    id : int
        Identity within its annotation; survives every edit.
    keyframes : Keyframes
        Onset, apex, offset.
    emotion : str
        Emotion as the coder names it; empty while undecided.
    action_units : tuple of ActionUnit
    confidence : float or None
        The coder's own, 0 to 1.
    notes : str
    source : Source
        Where the present keyframes came from.
    rejected : tuple of Keyframes
        Suggestions that the coder has looked at and refused.
    kind : str
        ``"micro"``, ``"macro"`` or ``"blink"``; empty where nobody said.
    objective : str
        Objective class of Davison et al. (2018), ``"1"`` to ``"7"``; empty where nobody said.
    apex_source : Source or None
        Where the apex came from, if not from where the other two did. `Source.NONE`: there is no
        apex; the number in ``keyframes`` only keeps its place, and nothing may be computed from it.
    """

    id: int
    keyframes: Keyframes
    emotion: str = ""
    action_units: tuple[ActionUnit, ...] = ()
    confidence: float | None = None
    notes: str = ""
    source: Source = Source.MANUAL
    rejected: tuple[Keyframes, ...] = ()
    kind: str = ""
    objective: str = ""
    apex_source: Source | None = None

    @property
    def has_apex(self) -> bool:
        """Whether anybody, or any method, has said where the apex is."""
        return self.apex_source is not Source.NONE

    @property
    def onset(self) -> int:
        """Index of the onset frame."""
        return self.keyframes.onset

    @property
    def apex(self) -> int:
        """Index of the apex frame; a mere place-holder unless `has_apex`."""
        return self.keyframes.apex

    @property
    def offset(self) -> int:
        """Index of the offset frame."""
        return self.keyframes.offset
