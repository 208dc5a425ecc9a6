"""From labels, curves and suggestions to what the timeline shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from meviewer.core.annotation import Annotation
from meviewer.core.events import Edge, Event, Keyframes
from meviewer.core.frames import Span
from meviewer.present import wording
from meviewer.present.coder_roles import coder_roles
from meviewer.present.curves import pyramid
from meviewer.present.timeline import (
    Curve,
    Handles,
    Lane,
    LaneEvent,
    Shade,
    Suggestion,
    TimelineState,
    Track,
)
from meviewer.present.timeline_ticks import nice_top

if TYPE_CHECKING:
    from meviewer.data.clip import Clip
    from meviewer.motion.gamdss import Reselection

_UNIT = "RMS grey levels"
_UNIT_OF_PREVIEW = "RMS grey, preview"  # has to fit beside the axis
_NAMES = {"truth": "Truth", "gamdss": "GAMDSS", "prediction": "Prediction"}


class DifferenceCurves(Protocol):
    """Difference curves of a clip, one value a frame."""

    @property
    def from_onset(self) -> NDArray[np.float64]:
        """Distance of each frame from the onset."""
        ...

    @property
    def neighbours(self) -> NDArray[np.float64]:
        """Distance of each frame from the one before."""
        ...

    @property
    def noise_floor(self) -> float:
        """What the camera alone does."""
        ...

    @property
    def preview(self) -> bool:
        """Whether they are rough, from a clip that is still being read."""
        ...


def timeline_state(
    clip: Clip,
    coder: str,
    annotation: Annotation,
    others: Mapping[str, Annotation],
    machines: Collection[str],
    curves: DifferenceCurves | None,
    found: Reselection | None,
    suggested: Keyframes | None,
    selected: int | None,
    frame: int,
    more: Sequence[Track] = (),
    model: Lane | None = None,
    run: Lane | None = None,
    people: Sequence[str] = (),
) -> TimelineState:
    """Put together what the timeline shows of the open clip.

    Parameters
    ----------
    coder : str
        Whose labels can be edited; they stand in the first lane.
    others : mapping of str to Annotation
        The other coders' and the machines' labels.
    machines : collection of str
        Which of ``others`` are made by machines.
    curves : DifferenceCurves or None
        None until the clip is decoded.
    found : Reselection or None
        The evidence for ``suggested``.
    suggested : Keyframes or None
        The suggestion for the selected event that is on show.
    selected : int or None
        Id of the selected event.
    frame : int
        Index of the current frame.
    more : sequence of Track
        Curves of other tools, below our own.
    model : Lane or None
        Our own estimate, below GAMDSS; None where it is switched off.
    run : Lane or None
        What a trained run says of the events, below that; None where it is switched off.
    people : sequence of str
        Everybody who has labelled in the project, in the order in which they came.
    """
    event = annotation.find(selected)
    seen = sorted(name for name in others if name not in machines)
    roles = coder_roles(people, coder, seen)
    own = lane(coder_words(coder), roles[coder], annotation, editable=True, selected=selected)
    persons = [lane(coder_words(name), roles[name], others[name]) for name in seen]
    live = suggested if event is not None else None
    return TimelineState(
        clip=clip.fingerprint,
        n_frames=clip.n_frames,
        numbers=clip.numbers,
        rate=clip.rate,
        tracks=() if curves is None else (difference_track(curves), *more),
        lanes=(own, *persons, *_machine_lanes(others, machines, live, (model, run))),
        handles=None if event is None else _handles(event),
        suggestions=_suggestions(event, found, suggested, clip.numbers, clip.rate),
        shades=gaps(clip.gaps),
        playhead=frame,
        waiting="reading frames" if curves is None else "",
    )


class _Same:
    """Values that are the same only if they are the same array."""

    def __init__(self, values: NDArray[np.float64]) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.values is self.values

    def __hash__(self) -> int:
        return id(self.values)


@lru_cache(maxsize=8)
def _curve(name: str, role: str, same: _Same) -> Curve:
    """Return a curve, the same one for the same values: what was drawn of it can then stay."""
    return Curve(name, role, pyramid(same.values))


def difference_track(curves: DifferenceCurves) -> Track:
    """Return the track of the difference from the onset and between neighbours."""
    lines = (
        _curve("from onset", "curve", _Same(curves.from_onset)),
        _curve("neighbours", "curve_2", _Same(curves.neighbours)),
    )
    top = nice_top(max(curve.line.peak for curve in lines))
    unit = _UNIT_OF_PREVIEW if curves.preview else _UNIT
    return Track("Difference", unit, lines, top, curves.noise_floor)


def lane(
    name: str,
    role: str,
    annotation: Annotation,
    *,
    machine: bool = False,
    editable: bool = False,
    selected: int | None = None,
) -> Lane:
    """Return the events of one source as a lane."""
    events = tuple(
        LaneEvent(
            event.id,
            event.onset,
            event.apex if event.has_apex else None,
            event.offset,
            event.emotion,
            event.id == selected,
        )
        for event in annotation
    )
    return Lane(name, role, events, machine, editable)


def coder_words(coder: str) -> str:
    """Return how a source is called on the screen."""
    return _NAMES.get(coder, f"Coder {coder}" if len(coder) <= 2 else coder)


def gaps(before: Sequence[int]) -> tuple[Shade, ...]:
    """Return the places in front of which frames of the data set are missing."""
    return tuple(Shade(Span(max(at - 1, 0), at), "missing") for at in before)


def _handles(event: Event) -> Handles:
    return Handles(event.id, 0, event.keyframes, event.has_apex)


def _machine_lanes(
    others: Mapping[str, Annotation],
    machines: Collection[str],
    live: Keyframes | None,
    more: Sequence[Lane | None],
) -> list[Lane]:
    lanes = [_gamdss_lane(others.get("gamdss", Annotation()), live)]
    lanes += [one for one in more if one is not None]
    return lanes + [
        lane(coder_words(name), "prediction", others[name], machine=True)
        for name in sorted(machines)
        if name in others and name != "gamdss"
    ]


def _gamdss_lane(stored: Annotation, live: Keyframes | None) -> Lane:
    """Put the live suggestion for the selected event beside those kept for the others."""
    kept = [e for e in stored if live is None or not _overlap(e.keyframes, live)]
    events = list(kept)
    if live is not None:
        events.append(Event(max((e.id for e in kept), default=0) + 1, live))
    events.sort(key=lambda event: event.onset)
    return lane(coder_words("gamdss"), "gamdss", Annotation(tuple(events)), machine=True)


def _overlap(one: Keyframes, other: Keyframes) -> bool:
    return one.onset <= other.offset and other.onset <= one.offset


def _suggestions(
    event: Event | None,
    found: Reselection | None,
    suggested: Keyframes | None,
    numbers: Sequence[int],
    rate: Fraction,
) -> tuple[Suggestion, ...]:
    if event is None or found is None or suggested is None:
        return ()
    speaks = _speaks(event.keyframes, suggested)
    searched = found.windows
    windows = {
        Edge.ONSET: searched.onset,
        Edge.APEX: searched.apex,
        Edge.OFFSET: searched.offset,
    }
    marks = []
    for edge in Edge:
        frame = suggested[edge]
        words = _words(event.keyframes[edge], frame, found, suggested, numbers, rate)
        number, shift, note = words if edge is speaks else ("", "", "")
        others = dict.fromkeys(one.keyframes[edge] for one in found.alternatives)
        alternatives = tuple(other for other in others if other != frame)
        marks.append(Suggestion(edge, frame, windows[edge], alternatives, number, shift, note))
    return tuple(marks)


def _speaks(label: Keyframes, suggested: Keyframes) -> Edge:
    """Return the keyframe that moves most; of equals the apex, which matters most."""
    return max(Edge, key=lambda edge: (abs(suggested[edge] - label[edge]), edge is Edge.APEX))


def _words(
    label: int,
    frame: int,
    found: Reselection,
    suggested: Keyframes,
    numbers: Sequence[int],
    rate: Fraction,
) -> tuple[str, str, str]:
    choices = [one.keyframes for one in found.alternatives]
    which = choices.index(suggested) + 1 if suggested in choices else 1
    gain = wording.signed_share(found.gain)
    note = f"gain {gain}   conf {found.confidence:.2f}"
    if choices:
        note += f"   {which} of {len(choices)}"
    return str(numbers[frame]), wording.shift(frame - label, rate), note
