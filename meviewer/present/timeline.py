"""What the timeline shows, as values: curves, lanes, handles, suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Edge, Keyframes
from meviewer.core.frames import Span
from meviewer.present.curves import Pyramid


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One line of a track: its name in the legend, its colour role, its values."""

    name: str
    role: str
    line: Pyramid


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Curves on one fixed scale.

    Attributes
    ----------
    title, unit : str
    curves : tuple of Curve
        The first is the one that suggestions are drawn on.
    top, bottom : float
        Values at the ends of the scale; they do not follow what is in sight.
    noise_floor : float or None
        What the camera alone does, in the same unit.
    """

    title: str
    unit: str
    curves: tuple[Curve, ...]
    top: float
    noise_floor: float | None = None
    bottom: float = 0.0

    def share(self, value: float) -> float:
        """Return where a value stands on the scale: 0 at the lower end, 1 at the upper."""
        return (value - self.bottom) / (self.top - self.bottom)


@dataclass(frozen=True, slots=True)
class LaneEvent:
    """One event of a lane.

    Attributes
    ----------
    id, onset, offset : int
    apex : int or None
        None where a source gives none.
    label : str
    selected : bool
    share : float or None
        How sure the source is, 0 to 1: so much of the bar is filled. None where nobody says.
    words : str
        More about it, for the tip.
    """

    id: int
    onset: int
    apex: int | None
    offset: int
    label: str = ""
    selected: bool = False
    share: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A keyframe with its 5-95 % interval, in frames with fractions.

    Attributes
    ----------
    edge : Edge
    low, middle, high : float
    speaks : bool
        Whether the label lies so far off that it is worth a second look.
    """

    edge: Edge
    low: float
    middle: float
    high: float
    speaks: bool


@dataclass(frozen=True, slots=True, eq=False)
class LaneModel:
    """What a lane draws in place of bars: intervals over the course that was seen.

    Attributes
    ----------
    bands : tuple of Band
    first : int
        Frame that the course begins with.
    course : (n,) float64
        About 0 at rest and 1 at the apex.
    waiting : str
        Said in place of the bands.
    words : str
        For the tip.
    cells : (rows, columns) float64
        How much each cell of the picture has said of the course; empty if nothing is known.
    """

    bands: tuple[Band, ...] = ()
    first: int = 0
    course: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    waiting: str = ""
    words: str = ""
    cells: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """The events of one source.

    Attributes
    ----------
    name, role : str
        Who says so, in words and as a colour role.
    events : tuple of LaneEvent
    machine : bool
        Drawn hatched and dashed.
    editable : bool
        Whether its events can be changed here.
    model : LaneModel or None
        Drawn in place of bars.
    onsets, offsets : (n,) float64
        First and last frame of each event, for finding the ones in sight.
    chosen : (n,) bool
        Which events are selected.
    """

    name: str
    role: str
    events: tuple[LaneEvent, ...]
    machine: bool = False
    editable: bool = False
    model: LaneModel | None = None
    onsets: NDArray[np.float64] = field(init=False, repr=False)
    offsets: NDArray[np.float64] = field(init=False, repr=False)
    chosen: NDArray[np.bool_] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ends = np.array([(event.onset, event.offset) for event in self.events], np.float64)
        ends = ends.reshape(-1, 2)
        object.__setattr__(self, "onsets", ends[:, 0])
        object.__setattr__(self, "offsets", ends[:, 1])
        chosen = np.array([event.selected for event in self.events], bool)
        object.__setattr__(self, "chosen", chosen)


@dataclass(frozen=True, slots=True)
class Handles:
    """The keyframes of the selected event, which can be dragged.

    Attributes
    ----------
    event_id : int
    lane : int
        Index of the lane with the event.
    keyframes : Keyframes
    has_apex : bool
        Whether anybody has set the apex; else its handle only waits where it can be taken.
    """

    event_id: int
    lane: int
    keyframes: Keyframes
    has_apex: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where a machine would put one keyframe.

    Attributes
    ----------
    edge : Edge
    frame : int
    window : Span or None
        Frames it was looked for in.
    alternatives : tuple of int
        The next best frames.
    number, shift, note : str
        Words beside the mark: frame number, move from the label, evidence. Empty words are left
        out; only one suggestion carries them.
    """

    edge: Edge
    frame: int
    window: Span | None = None
    alternatives: tuple[int, ...] = ()
    number: str = ""
    shift: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shade:
    """Frames that are set off, with a word why: a blink, missing frames."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class TimelineState:
    """Everything the timeline shows of one clip.

    Attributes
    ----------
    clip : str
        Identity of the clip: the visible range is kept while it stays the same.
    n_frames : int
    numbers : sequence of int
        The data set's number of each frame.
    rate : Fraction
        Frames per second.
    tracks : tuple of Track
    lanes : tuple of Lane
    handles : Handles or None
    suggestions : tuple of Suggestion
    shades : tuple of Shade
    playhead : int
        Index of the current frame.
    waiting : str
        What is said in place of curves that are not there yet.
    """

    clip: str
    n_frames: int
    numbers: Sequence[int]
    rate: Fraction
    tracks: tuple[Track, ...] = ()
    lanes: tuple[Lane, ...] = ()
    handles: Handles | None = None
    suggestions: tuple[Suggestion, ...] = ()
    shades: tuple[Shade, ...] = ()
    playhead: int = 0
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class EdgeDrag:
    """A handle on its way: which event, which keyframe, where to, in which gesture."""

    event_id: int
    edge: Edge
    frame: int
    gesture: int


@dataclass(frozen=True, slots=True)
class TrackMove:
    """A track that was dropped elsewhere: which one, and its new place, counted from the top."""

    track: int
    to: int
