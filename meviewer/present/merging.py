"""What another person's project brings, in words."""

from __future__ import annotations

from types import MappingProxyType

from meviewer.core.annotation import Annotation
from meviewer.present.wording import counted
from meviewer.project.merging import Choice, MergePlan

HEADS = ("clip", "coder", "here", "there", "what to do")

CHOICES = MappingProxyType(
    {
        Choice.BOTH: "keep both",
        Choice.KEEP: "keep what is here",
        Choice.TAKE: "take what is there",
    }
)
"""What can be done about a conflict; the first one loses nothing."""

_MOST_EVENTS = 3
_MOST_CLIPS = 6


def plan_words(found: MergePlan) -> str:
    """Return in a sentence what would come in."""
    n_events = sum(len(one.theirs) for one in found.new)
    coders = sorted({one.coder for one in found.new})
    by = f" by {', '.join(coders)}" if coders else ""
    parts = [f"{found.name}: {counted(n_events, 'new label')}{by}"]
    if found.conflicts:
        parts.append(f"{counted(len(found.conflicts), 'clip')} labelled otherwise here")
    if found.same:
        parts.append(f"{counted(found.same, 'tier')} equal")
    return "; ".join(parts)


def left_out_words(found: MergePlan) -> str:
    """Return which clips take no part, and why; empty if all do."""
    parts = []
    if found.unknown:
        parts.append(f"Not in this project: {_some(found.unknown)}.")
    if found.doubtful:
        parts.append(f"Of the same name, but with other frames: {_some(found.doubtful)}.")
    return " ".join(parts)


def conflict_rows(found: MergePlan) -> list[tuple[str, str, str, str]]:
    """Return a row a conflict under `HEADS`, without the last column."""
    return [
        (one.clip, one.coder, events_words(one.ours), events_words(one.theirs))
        for one in found.conflicts
    ]


def events_words(annotation: Annotation) -> str:
    """Return the events of a tier in a line; frames are indices from 0."""
    if not annotation.events:
        return f"no event, {annotation.status.value}"
    shown = [
        f"{e.onset}–{e.apex}–{e.offset} {e.emotion}".strip()
        if e.has_apex
        else f"{e.onset}–{e.offset} {e.emotion}".strip()
        for e in annotation.events[:_MOST_EVENTS]
    ]
    more = len(annotation) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_CLIPS
    return ", ".join(names[:_MOST_CLIPS]) + (f" and {more} more" if more > 0 else "")
