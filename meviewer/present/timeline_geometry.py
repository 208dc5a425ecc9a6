"""Where each part of the timeline lies, in px: one frame axis shared by every row."""

from __future__ import annotations

from dataclasses import dataclass, field

from meviewer.core.events import Edge
from meviewer.present.timeline import Handles, TimelineState
from meviewer.present.timeline_range import Range

GUTTER_PX = 148
OVERVIEW_PX = 30
RULER_PX = 22
FLAG_PX = 16
_LANE_PX, _LEAST_LANE_PX = 27, 18
_LEAST_TRACK_PX = 72
_RIGHT_MARGIN_PX = 12
_FLAG_FRAME_PX, _DIGIT_PX = 23.0, 7.2


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in px; right and bottom belong to what comes next."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Left edge of what comes after it."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Top edge of what comes below it."""
        return self.top + self.height

    def holds(self, x: float, y: float) -> bool:
        """Say whether a point lies inside."""
        return self.left <= x < self.right and self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Flag:
    """The flag of a handle: which keyframe, the box with its number, and where its line stands."""

    edge: Edge
    frame: int
    box: Box
    line_x: float


@dataclass(frozen=True, slots=True)
class Geometry:
    """Rows and axis of a timeline of one size that shows one range of frames.

    Attributes
    ----------
    plot_width : float
        Length of the frame axis.
    px_per_frame : float
        Scale of the frame axis. Both are asked for hundreds of times in one painting.
    """

    width: float
    height: float
    n_frames: int
    shown: Range
    n_tracks: int
    n_lanes: int
    plot_width: float = field(init=False, compare=False)
    px_per_frame: float = field(init=False, compare=False)

    def __post_init__(self) -> None:
        plot_width = max(self.width - GUTTER_PX - _RIGHT_MARGIN_PX, 1.0)
        object.__setattr__(self, "plot_width", plot_width)
        object.__setattr__(self, "px_per_frame", plot_width / self.shown.length)

    @property
    def plot_left(self) -> float:
        """Where the frame axis begins, right of the gutter."""
        return GUTTER_PX

    def x(self, frame: float) -> float:
        """Return where a frame lies."""
        return GUTTER_PX + (frame - self.shown.low) * self.px_per_frame

    def position(self, x: float) -> float:
        """Return which frame lies at ``x``, with fractions and beyond the ends."""
        return self.shown.low + (x - GUTTER_PX) / self.px_per_frame

    def frame(self, x: float) -> int:
        """Return the nearest frame of the clip."""
        return min(max(round(self.position(x)), 0), max(self.n_frames - 1, 0))

    def overview_x(self, frame: float) -> float:
        """Return where a frame lies in the overview, which always shows the whole clip."""
        return GUTTER_PX + (frame + 0.5) * self.plot_width / max(self.n_frames, 1)

    def overview_position(self, x: float) -> float:
        """Return which frame lies at ``x`` of the overview."""
        return (x - GUTTER_PX) * max(self.n_frames, 1) / self.plot_width - 0.5

    @property
    def overview(self) -> Box:
        """The row that always shows the whole clip."""
        return self._row(0, OVERVIEW_PX)

    @property
    def window(self) -> Box:
        """The range in sight, as a box within the overview; never too narrow to take hold of."""
        left, right = self.overview_x(self.shown.low), self.overview_x(self.shown.high)
        middle, half = (left + right) / 2, max((right - left) / 2, 5.0)
        return Box(middle - half, 3, 2 * half, OVERVIEW_PX - 6)

    @property
    def ruler(self) -> Box:
        """The row of frame numbers."""
        return self._row(OVERVIEW_PX, RULER_PX)

    @property
    def tracks(self) -> Box:
        """All curve tracks together."""
        top = OVERVIEW_PX + RULER_PX
        return self._row(top, max(self.height - top - self.n_lanes * self.lane_height, 0))

    def track(self, at: int) -> Box:
        """Return one curve track; they share their space evenly."""
        share = self.tracks.height / max(self.n_tracks, 1)
        return self._row(self.tracks.top + at * share, share)

    def plot(self, at: int) -> Box:
        """Return the part of a track that the scale spans; flags stand above the first one."""
        track = self.track(at)
        above = FLAG_PX + 10 if at == 0 else 10
        return Box(track.left, track.top + above, track.width, max(track.height - above - 6, 1))

    @property
    def lane_height(self) -> float:
        """Height of one lane: less where the timeline is low."""
        if self.n_lanes == 0:
            return _LANE_PX
        used = OVERVIEW_PX + RULER_PX + FLAG_PX + _LEAST_TRACK_PX * max(self.n_tracks, 1)
        return min(max((self.height - used) / self.n_lanes, _LEAST_LANE_PX), _LANE_PX)

    def lane(self, at: int) -> Box:
        """Return one lane; they stand at the bottom."""
        height = self.lane_height
        return self._row(self.height - (self.n_lanes - at) * height, height)

    def _row(self, top: float, height: float) -> Box:
        return Box(GUTTER_PX, top, max(self.width - GUTTER_PX, 0), height)


def geometry(state: TimelineState, shown: Range, width: float, height: float) -> Geometry:
    """Lay out a timeline."""
    n_tracks = max(len(state.tracks), 1)
    return Geometry(width, height, state.n_frames, shown, n_tracks, len(state.lanes))


def least_height(n_tracks: int, n_lanes: int) -> int:
    """Return the height in px below which rows would be cut."""
    tracks = FLAG_PX + _LEAST_TRACK_PX * max(n_tracks, 1)
    return OVERVIEW_PX + RULER_PX + tracks + n_lanes * _LEAST_LANE_PX


def flags(handles: Handles, numbers: dict[Edge, str], place: Geometry) -> tuple[Flag, ...]:
    """Return the flags of the selected event, moved apart where they would cover each other.

    The apex keeps its place, the onset gives way to the left and the offset to the right, so that
    each can be taken hold of even when all three keyframes lie on one frame.
    """
    frames = {edge: handles.keyframes[edge] for edge in Edge}
    lines = {edge: place.x(frame) for edge, frame in frames.items()}
    widths = {edge: _FLAG_FRAME_PX + _DIGIT_PX * len(numbers[edge]) for edge in Edge}
    lefts = {edge: lines[edge] - widths[edge] / 2 for edge in Edge}
    room = lefts[Edge.APEX] - widths[Edge.ONSET] - 2
    lefts[Edge.ONSET] = min(lefts[Edge.ONSET], room)
    lefts[Edge.OFFSET] = max(lefts[Edge.OFFSET], lefts[Edge.APEX] + widths[Edge.APEX] + 2)
    top = place.tracks.top + 2
    return tuple(
        Flag(edge, frames[edge], Box(lefts[edge], top, widths[edge], FLAG_PX), lines[edge])
        for edge in Edge
    )
