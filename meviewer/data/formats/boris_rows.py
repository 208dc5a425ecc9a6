"""Events as BORIS knows them: states that start and stop, points, behaviours and modifiers.

BORIS pairs the rows of a state by their order in time among those of the same subject, behaviour
and modifiers. Labels that overlap or touch would be paired wrongly, so they get a third modifier,
a track; the others have ``None`` there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import msgspec

from meviewer.core import action_units
from meviewer.core.annotation import Annotation
from meviewer.data.exchange import TimeBase
from meviewer.data.formats.extension import Extension, of_event, pack, unpack, visible

APEX = "apex"
NOTHING = "None"
CODES = {
    "micro": "micro-expression",
    "macro": "macro-expression",
    "blink": "blink",
    "": "expression",
}
"""Behaviour by kind of event."""

_KINDS = {code: kind for kind, code in CODES.items()}
_FORBIDDEN = re.compile(r"[(|),`~]")
_UNIT_CODE = re.compile(r"(?:AU\s*\d{1,2}[A-E]?\s*[+]?\s*)+", re.IGNORECASE)
_SETS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an observation.

    Attributes
    ----------
    ms : Fraction or None
        Time in the clip.
    subject, code, modifiers, comment : str
        ``modifiers``: sets separated by ``|``.
    number : int
        Row of the file or number of the event, for findings.
    status : str
        ``"START"``, ``"STOP"``, ``"POINT"``, or empty where the order says it.
    """

    ms: Fraction | None
    subject: str
    code: str
    modifiers: str
    comment: str
    number: int = 0
    status: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A state from its start to its stop, with the apex inside it."""

    start: Fraction
    end: Fraction
    subject: str
    code: str
    modifiers: str
    comment: str
    apex: Fraction | None = None
    number: int = 0


def states_of(annotation: Annotation, coder: str, subject: str, time: TimeBase) -> list[State]:
    """Return the labels of one coder as states, rounded to whole ms."""
    tracks: dict[str, list[int]] = defaultdict(list)
    found = []
    for event in sorted(annotation, key=lambda e: (e.onset, e.offset)):
        extension = of_event(event, coder, annotation.status)
        start, end = round(time.start_ms(event.onset)), round(time.end_ms(event.offset))
        shown = _shown(extension)
        ends = tracks[shown]
        track = next((i for i, before in enumerate(ends) if before < start), len(ends))
        ends[track:] = [end, *ends[track + 1 :]]
        modifiers = f"{shown}|{track + 1 if track else NOTHING}"
        code = code_of(event.kind)
        apex = Fraction(round(time.start_ms(event.apex))) if event.has_apex else None
        comment = pack(extension)
        found.append(State(Fraction(start), Fraction(end), subject, code, modifiers, comment, apex))
    return found


def modifier(text: str) -> str:
    """Return a text that BORIS allows as a modifier."""
    return visible(_FORBIDDEN.sub(" ", text)) or NOTHING


def extension_of(state: State) -> Extension:
    """Return the fields of a state; what the file shows now counts, the comment fills the rest."""
    stored = unpack(state.comment)
    if stored is None and state.code not in _KINDS:
        return _foreign(state)
    found = stored or Extension(notes=state.comment, kind=_KINDS[state.code])
    sets = [part.strip() for part in state.modifiers.split("|")] + [""] * _SETS
    emotion, units = ("" if part == NOTHING else part for part in sets[:2])
    expected = _shown(found).split("|")
    told = stored is not None
    return msgspec.structs.replace(
        found,
        kind=found.kind if state.code == code_of(found.kind) else _KINDS.get(state.code),
        emotion=found.emotion if told and visible(sets[0]) == expected[0] else emotion,
        action_units=found.action_units if told and sets[1] == expected[1] else _plus(units),
    )


def code_of(kind: str | None) -> str:
    """Return the behaviour that stands for a kind of event."""
    return CODES.get(kind or "") or modifier(kind or "")


def paired(rows: Iterable[Row], points: set[str]) -> tuple[list[State], list[tuple[int, str]]]:
    """Return the states of one observation, and the rows that belong to none.

    Parameters
    ----------
    rows : iterable of Row
    points : set of str
        Behaviours that have no duration.
    """
    ordered = sorted((row for row in rows if row.ms is not None), key=lambda row: row.ms or 0)
    peaks = [row for row in ordered if _is_point(row, points) and row.code == APEX]
    left = [(r.number, _point(r)) for r in ordered if _is_point(r, points) and r.code != APEX]
    states: list[State] = []
    open_rows: dict[tuple[str, str, str], Row] = {}
    for row in ordered:
        if _is_point(row, points):
            continue
        key = (row.subject, row.code, row.modifiers)
        first = open_rows.pop(key, None)
        if first is None or row.status == "START":
            left += [(first.number, _unpaired(first))] if first else []
            if row.status == "STOP":
                left.append((row.number, _unpaired(row)))
            else:
                open_rows[key] = row
            continue
        states.append(_state(first, row))
    left += [(row.number, _unpaired(row)) for row in open_rows.values()]
    return _with_peaks(states, peaks, left), left


def _with_peaks(states: list[State], peaks: list[Row], left: list[tuple[int, str]]) -> list[State]:
    # Those of the same modifiers never overlap, so the last that starts before is the one.
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in sorted(range(len(states)), key=lambda i: states[i].start):
        places[states[place].subject, states[place].modifiers].append(place)
    for peak in peaks:
        ms, own = peak.ms or Fraction(0), places[peak.subject, peak.modifiers]
        at = bisect_right(own, ms, key=lambda place: states[place].start) - 1
        if at < 0 or ms > states[own[at]].end or states[own[at]].apex is not None:
            left.append((peak.number, f"the apex at {_s(ms)} s lies in no label of its own"))
        else:
            states[own[at]] = replace(states[own[at]], apex=ms)
    return states


def _state(first: Row, last: Row) -> State:
    start, end = first.ms or Fraction(0), last.ms or Fraction(0)
    comments = [c for c in (first.comment, last.comment) if c]
    comment = next((c for c in comments if unpack(c)), "; ".join(comments))
    names = (first.subject, first.code, first.modifiers)
    return State(start, end, *names, comment, number=first.number)


def _is_point(row: Row, points: set[str]) -> bool:
    return row.status == "POINT" or (not row.status and row.code in points)


def _point(row: Row) -> str:
    return f"{row.code!r} at {_s(row.ms)} s is a point without a duration"


def _unpaired(row: Row) -> str:
    return f"the state {row.code!r} at {_s(row.ms)} s has no other end"


def _s(ms: Fraction | None) -> str:
    return f"{float(ms or 0) / 1000:.3f}"


def _foreign(state: State) -> Extension:
    """Return what a state of somebody's own ethogram says."""
    said = [part.strip() for part in state.modifiers.split("|")]
    notes = "; ".join(part for part in (*said, state.comment) if part and part != NOTHING)
    if _UNIT_CODE.fullmatch(state.code):
        units = action_units.format_units(action_units.parse(state.code))
        return Extension(action_units=units, notes=notes)
    return Extension(emotion=state.code, notes=notes)


def _shown(extension: Extension) -> str:
    units = extension.action_units.replace("+", ",") or NOTHING
    return f"{modifier(extension.emotion or '')}|{units}"


def _plus(units: str) -> str:
    return action_units.format_units(action_units.parse(units))
