"""Edits: functions from one annotation to the next, without side effects."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import replace

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Edge, Event, Keyframes, Source
from meviewer.core.frames import Span


def add_event(annotation: Annotation, keyframes: Keyframes, emotion: str = "") -> Annotation:
    """Add an event with a fresh id."""
    event = Event(annotation.next_id(), keyframes, emotion)
    return _drafted(annotation.with_event(event))


def remove_event(annotation: Annotation, event_id: int) -> Annotation:
    """Remove one event; an annotation without events is unlabelled again."""
    left = annotation.without(event_id)
    begun = left.events or left.no_event
    return replace(left, status=Status.DRAFT if begun else Status.UNLABELLED)


def say_no_event(annotation: Annotation, span: Span) -> Annotation:
    """Note that there is no event in these frames, whatever others have marked there."""
    if span in annotation.no_event:
        return annotation
    return _drafted(replace(annotation, no_event=(*annotation.no_event, span)))


def unsay_no_event(annotation: Annotation, span: Span) -> Annotation:
    """Take back what `say_no_event` has noted."""
    if span not in annotation.no_event:
        return annotation
    left = tuple(one for one in annotation.no_event if one != span)
    return _drafted(replace(annotation, no_event=left))


def drag_edge(
    annotation: Annotation, event_id: int, edge: Edge, frame: int, n_frames: int
) -> Annotation:
    """Move one keyframe as a dragged handle does: its neighbours and the clip's ends stop it.

    Parameters
    ----------
    frame : int
        Wished frame index, anything.
    n_frames : int
        Frames of the clip.
    """
    event = annotation.event(event_id)
    now = event.keyframes
    # An apex that nobody has set stops nothing.
    low = {Edge.ONSET: 0, Edge.APEX: now.onset, Edge.OFFSET: _inner(event, Edge.ONSET)}
    high = {
        Edge.ONSET: _inner(event, Edge.OFFSET),
        Edge.APEX: now.offset,
        Edge.OFFSET: n_frames - 1,
    }
    moved = min(max(frame, low[edge]), high[edge])
    return _with_moved(annotation, event, edge, _with_edge(now, edge, moved, event.has_apex))


def place_edge(
    annotation: Annotation, event_id: int, edge: Edge, frame: int, n_frames: int
) -> Annotation:
    """Put one keyframe exactly at ``frame``, as a key press asks; the others give way.

    An onset set behind the apex pushes the apex, and the offset if need be, so that what was asked
    for is what one gets. Only the clip's ends limit it.
    """
    event = annotation.event(event_id)
    now = event.keyframes
    frame = min(max(frame, 0), n_frames - 1)
    if edge is Edge.ONSET:
        placed = Keyframes(frame, max(now.apex, frame), max(now.offset, frame))
    elif edge is Edge.APEX:
        placed = Keyframes(min(now.onset, frame), frame, max(now.offset, frame))
    else:
        placed = Keyframes(min(now.onset, frame), min(now.apex, frame), frame)
    if not event.has_apex and edge is not Edge.APEX:
        placed = _centred(placed)
    return _with_moved(annotation, event, edge, placed)


def move_event(annotation: Annotation, event_id: int, by: int, n_frames: int) -> Annotation:
    """Move a whole event by ``by`` frames, as far as the clip allows."""
    now = annotation.event(event_id).keyframes
    by = min(max(by, -now.onset), n_frames - 1 - now.offset)
    return set_keyframes(annotation, event_id, now.shifted(by))


def set_keyframes(
    annotation: Annotation, event_id: int, keyframes: Keyframes, source: Source = Source.MANUAL
) -> Annotation:
    """Replace all three keyframes of one event; the same ones leave the annotation as it is."""
    event = annotation.event(event_id)
    if event.keyframes == keyframes and event.has_apex:
        return annotation
    same = event.keyframes.apex == keyframes.apex and event.has_apex
    changed = replace(
        event,
        keyframes=keyframes,
        source=source,
        apex_source=event.apex_source if same else None,
    )
    return _drafted(annotation.with_event(changed))


def shift_events(annotation: Annotation, by: int, n_frames: int) -> Annotation:
    """Move every event by ``by`` frames: the clip has lost or won frames in front of them.

    An event that would leave the clip keeps what is inside of it; one that lies outside altogether
    stays where it was, for a person to decide.
    """
    return place_events(annotation, lambda frame: frame + by, n_frames)


def place_events(
    annotation: Annotation,
    place: Callable[[int], int],
    n_frames: int,
    only: Container[int] | None = None,
) -> Annotation:
    """Put every event where its frames are now, what was refused for it included.

    Parameters
    ----------
    place : callable
        From a frame then to the frame now, which may lie outside the clip; never decreasing.
    only : container of int, optional
        Ids of the events meant; all of them if not given.
    """
    moved = annotation if only is not None else _with_spans_placed(annotation, place, n_frames)
    for event in annotation:
        if only is not None and event.id not in only:
            continue
        keyframes = _placed(event.keyframes, place, n_frames)
        if keyframes is not None:
            refused = (_placed(each, place, n_frames) for each in event.rejected)
            rejected = tuple(each for each in refused if each is not None)
            moved = moved.with_event(replace(event, keyframes=keyframes, rejected=rejected))
    return moved


def set_emotion(annotation: Annotation, event_id: int, emotion: str) -> Annotation:
    """Name the emotion of one event."""
    return _replaced(annotation, replace(annotation.event(event_id), emotion=emotion))


def set_action_units(
    annotation: Annotation, event_id: int, units: tuple[ActionUnit, ...]
) -> Annotation:
    """Replace the action units of one event."""
    event = replace(annotation.event(event_id), action_units=tuple(sorted(set(units))))
    return _replaced(annotation, event)


def set_confidence(annotation: Annotation, event_id: int, confidence: float | None) -> Annotation:
    """Set the coder's confidence, 0 to 1, or None."""
    return _replaced(annotation, replace(annotation.event(event_id), confidence=confidence))


def set_notes(annotation: Annotation, event_id: int, notes: str) -> Annotation:
    """Replace the notes of one event."""
    return _replaced(annotation, replace(annotation.event(event_id), notes=notes))


def reject_suggestion(annotation: Annotation, event_id: int, suggested: Keyframes) -> Annotation:
    """Note that the coder has refused a suggestion; the label itself stays as it is."""
    event = annotation.event(event_id)
    if suggested in event.rejected:
        return annotation
    return annotation.with_event(replace(event, rejected=(*event.rejected, suggested)))


def set_status(annotation: Annotation, status: Status) -> Annotation:
    """Say how far the coder has come."""
    return replace(annotation, status=status)


def _placed(keyframes: Keyframes, place: Callable[[int], int], n_frames: int) -> Keyframes | None:
    """Return keyframes where they are now, cut at the ends of the clip; None if outside it."""
    places = [place(frame) for frame in (keyframes.onset, keyframes.apex, keyframes.offset)]
    if places[-1] < 0 or places[0] > n_frames - 1:
        return None
    return Keyframes(*(min(max(frame, 0), n_frames - 1) for frame in places))


def _with_spans_placed(
    annotation: Annotation, place: Callable[[int], int], n_frames: int
) -> Annotation:
    """Move the spans without an event; one that lies outside the clip now says nothing."""
    ends = ((place(span.first), place(span.last)) for span in annotation.no_event)
    inside = tuple(
        Span(max(first, 0), min(last, n_frames - 1))
        for first, last in ends
        if last >= 0 and first <= n_frames - 1
    )
    return replace(annotation, no_event=inside)


def _replaced(annotation: Annotation, event: Event) -> Annotation:
    if annotation.event(event.id) == event:
        return annotation
    return _drafted(annotation.with_event(event))


def _drafted(annotation: Annotation) -> Annotation:
    """Whatever is touched is a draft until it is committed again."""
    return replace(annotation, status=Status.DRAFT)


def _with_moved(
    annotation: Annotation, event: Event, edge: Edge, keyframes: Keyframes
) -> Annotation:
    """Put one keyframe, as a person wished it, into an event."""
    apex_source = None if edge is Edge.APEX else event.apex_source
    if event.keyframes == keyframes and event.apex_source == apex_source:
        return annotation
    changed = replace(event, keyframes=keyframes, source=Source.MANUAL, apex_source=apex_source)
    return _drafted(annotation.with_event(changed))


def _inner(event: Event, other: Edge) -> int:
    """Return how far onset or offset may go: to the apex, or to the other end if there is none."""
    return event.apex if event.has_apex else event.keyframes[other]


def _centred(keyframes: Keyframes) -> Keyframes:
    """Keep the place-holder of an apex that is not set in the middle."""
    return replace(keyframes, apex=(keyframes.onset + keyframes.offset) // 2)


def _with_edge(keyframes: Keyframes, edge: Edge, frame: int, has_apex: bool) -> Keyframes:
    if edge is Edge.APEX:
        return replace(keyframes, apex=frame)
    onset = frame if edge is Edge.ONSET else keyframes.onset
    offset = frame if edge is Edge.OFFSET else keyframes.offset
    return Keyframes(onset, keyframes.apex if has_apex else (onset + offset) // 2, offset)
