"""Edits: functions from one annotation to the next, without side effects."""

from __future__ import annotations

from dataclasses import replace

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Edge, Event, Keyframes, Source


def add_event(annotation: Annotation, keyframes: Keyframes, emotion: str = "") -> Annotation:
    """Add an event with a fresh id."""
    event = Event(annotation.next_id(), keyframes, emotion)
    return _drafted(annotation.with_event(event))


def remove_event(annotation: Annotation, event_id: int) -> Annotation:
    """Remove one event; an annotation without events is unlabelled again."""
    left = annotation.without(event_id)
    return replace(left, status=Status.DRAFT if left.events else Status.UNLABELLED)


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
    now = annotation.event(event_id).keyframes
    low = {Edge.ONSET: 0, Edge.APEX: now.onset, Edge.OFFSET: now.apex}[edge]
    high = {Edge.ONSET: now.apex, Edge.APEX: now.offset, Edge.OFFSET: n_frames - 1}[edge]
    moved = min(max(frame, low), high)
    return set_keyframes(annotation, event_id, _with_edge(now, edge, moved))


def place_edge(
    annotation: Annotation, event_id: int, edge: Edge, frame: int, n_frames: int
) -> Annotation:
    """Put one keyframe exactly at ``frame``, as a key press asks; the others give way.

    An onset set behind the apex pushes the apex, and the offset if need be, so that what was asked
    for is what one gets. Only the clip's ends limit it.
    """
    now = annotation.event(event_id).keyframes
    frame = min(max(frame, 0), n_frames - 1)
    if edge is Edge.ONSET:
        placed = Keyframes(frame, max(now.apex, frame), max(now.offset, frame))
    elif edge is Edge.APEX:
        placed = Keyframes(min(now.onset, frame), frame, max(now.offset, frame))
    else:
        placed = Keyframes(min(now.onset, frame), min(now.apex, frame), frame)
    return set_keyframes(annotation, event_id, placed)


def move_event(annotation: Annotation, event_id: int, by: int, n_frames: int) -> Annotation:
    """Move a whole event by ``by`` frames, as far as the clip allows."""
    now = annotation.event(event_id).keyframes
    by = min(max(by, -now.onset), n_frames - 1 - now.offset)
    return set_keyframes(annotation, event_id, now.shifted(by))


def set_keyframes(
    annotation: Annotation, event_id: int, keyframes: Keyframes, source: Source = Source.MANUAL
) -> Annotation:
    """Replace the keyframes of one event; the same keyframes leave the annotation as it is."""
    event = annotation.event(event_id)
    if event.keyframes == keyframes:
        return annotation
    return _drafted(annotation.with_event(replace(event, keyframes=keyframes, source=source)))


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


def _replaced(annotation: Annotation, event: Event) -> Annotation:
    if annotation.event(event.id) == event:
        return annotation
    return _drafted(annotation.with_event(event))


def _drafted(annotation: Annotation) -> Annotation:
    """Whatever is touched is a draft until it is committed again."""
    return replace(annotation, status=Status.DRAFT)


def _with_edge(keyframes: Keyframes, edge: Edge, frame: int) -> Keyframes:
    if edge is Edge.ONSET:
        return replace(keyframes, onset=frame)
    if edge is Edge.APEX:
        return replace(keyframes, apex=frame)
    return replace(keyframes, offset=frame)
