"""What other programs have no field for: written beside their own fields, under our name.

JSON formats get it as an object under the key ``meviewer``; formats with a comment get it as text
behind the comment: ``seen twice #meviewer {"frames":[10,15,22],"coder":"A"}``. The fields are
documented in the guide; a program that does not know them passes them over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from meviewer.core import action_units
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes, Source

KEY = "meviewer"
_MARK = f"#{KEY} "
_MAX_FRAME = 2**40


class Extension(msgspec.Struct, frozen=True, omit_defaults=True):
    """Fields of one event, as they are written.

    Attributes
    ----------
    frames : (int, int or None, int) or None
        Indices of onset, apex (null: there is none) and offset.
    id : int
        Number of the event among those of its coder; 0 if it has none.
    coder, emotion, notes, kind, objective : str
        None where the format's own field says it.
    action_units : str
        As ``"4B+L12"``.
    confidence : float or None
    source, apex_source : str or None
    rejected : tuple of (int, int, int)
    status : str or None
        How far the coder had come with the clip.
    """

    frames: tuple[int, int | None, int] | None = None
    id: int = 0
    coder: str | None = None
    emotion: str | None = None
    notes: str | None = None
    kind: str | None = None
    objective: str = ""
    action_units: str = ""
    confidence: float | None = None
    source: str | None = None
    apex_source: str | None = None
    rejected: tuple[tuple[int, int, int], ...] = ()
    status: str | None = None


def of_event(event: Event, coder: str, status: Status) -> Extension:
    """Return all that an event holds, and how far its coder had come."""
    apex = event.apex if event.has_apex else None
    return Extension(
        frames=(event.onset, apex, event.offset),
        id=event.id,
        coder=coder,
        emotion=event.emotion,
        notes=event.notes,
        kind=event.kind,
        objective=event.objective,
        action_units=action_units.format_units(event.action_units),
        confidence=event.confidence,
        source=event.source.value,
        apex_source=event.apex_source.value if event.apex_source and event.has_apex else None,
        rejected=tuple((k.onset, k.apex, k.offset) for k in event.rejected),
        status=status.value,
    )


def to_event(extension: Extension, keyframes: Keyframes, has_apex: bool) -> Event:
    """Return the event of these fields on keyframes that were settled by time.

    Fields that no program may have written (a source of another name, keyframes out of order) are
    left at what an import says of them.
    """
    confidence = extension.confidence
    apex_source = _source(extension.apex_source)
    return Event(
        id=extension.id,
        keyframes=keyframes,
        emotion=extension.emotion or "",
        action_units=action_units.parse(extension.action_units),
        confidence=confidence if confidence is not None and 0 <= confidence <= 1 else None,
        notes=extension.notes or "",
        source=_source(extension.source) or Source.MANUAL,
        rejected=tuple(Keyframes(*k) for k in extension.rejected if 0 <= k[0] <= k[1] <= k[2]),
        kind=extension.kind or "",
        objective=extension.objective,
        apex_source=apex_source if has_apex else Source.NONE,
    )


def usable_frames(extension: Extension, n_frames: int) -> tuple[int, int | None, int] | None:
    """Return the stored frames if they are in order and in the clip."""
    if extension.frames is None:
        return None
    onset, apex, offset = extension.frames
    inner = onset if apex is None else apex
    return extension.frames if 0 <= onset <= inner <= offset < n_frames else None


def visible(text: str) -> str:
    """Return a text on one line, without characters that cannot be seen."""
    seen = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(seen.split())


def believed(shown: str, stored: str | None) -> str:
    """Return the stored text if the file still shows it, else what the file shows now."""
    return stored if stored is not None and visible(stored) == visible(shown) else shown.strip()


def pack(extension: Extension) -> str:
    """Return a comment: the notes for a person, and behind them the fields as text."""
    notes = visible(extension.notes or "")
    kept = extension if notes != extension.notes else _without_notes(extension)
    # The mark must not occur in what it marks; outside its strings JSON has no such sign.
    fields = msgspec.json.encode(kept).decode().replace("#", "\\u0023")
    return f"{notes} {_MARK}{fields}".lstrip()


def unpack(comment: str) -> Extension | None:
    """Return the fields behind a comment, with its notes; None if there are none."""
    shown, mark, text = comment.rpartition(_MARK)
    if not mark:
        return None
    try:
        found = msgspec.json.decode(text.encode(), type=Extension)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return msgspec.structs.replace(found, notes=believed(shown, found.notes))


def annotation(events: Iterable[Event], status: Status) -> Annotation:
    """Return events in order; those whose id is missing or taken get a new one."""
    ordered = sorted(events, key=lambda e: (e.onset, e.offset, e.id))
    kept: dict[int, Event] = {}
    others = []
    for event in ordered:
        if 0 < event.id < _MAX_FRAME and event.id not in kept:
            kept[event.id] = event
        else:
            others.append(event)
    anew = (
        replace(event, id=number) for number, event in enumerate(others, max(kept, default=0) + 1)
    )
    found = (*kept.values(), *anew)
    return Annotation(tuple(sorted(found, key=lambda e: (e.onset, e.id))), status)


def status_of(text: object) -> Status | None:
    """Return the status of that name, if it is one."""
    return next((status for status in Status if status.value == text), None)


def _without_notes(extension: Extension) -> Extension:
    return msgspec.structs.replace(extension, notes=None)


def _source(text: str | None) -> Source | None:
    return Source(text) if text in tuple(Source) else None
