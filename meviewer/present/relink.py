"""What is shown of clips that were moved, and where they were found."""

from __future__ import annotations

from dataclasses import dataclass

from meviewer.present.wording import counted
from meviewer.project.relink import RelinkPlan


@dataclass(frozen=True, slots=True)
class RelinkRow:
    """One clip, or one of the places that it may be at.

    Attributes
    ----------
    state : str
        In two words at most.
    tone, icon : str
        What colours it, and the sign that says the same.
    clip, place : str
    """

    state: str
    tone: str
    icon: str
    clip: str
    place: str


def rows(plan: RelinkPlan) -> tuple[RelinkRow, ...]:
    """Return what was looked for: what is missing or in doubt first."""
    missing = [
        RelinkRow("missing", "error", "error", clip.name, f"was {clip.path}")
        for clip in plan.missing
    ]
    doubtful = [
        RelinkRow("ambiguous", "warn", "warn", doubt.clip.name, str(path))
        for doubt in plan.doubtful
        for path in doubt.paths
    ]
    found = [
        RelinkRow("found", "ok", "done", place.clip.name, str(place.path))
        if place.same
        else RelinkRow("found, changed", "warn", "warn", place.clip.name, str(place.path))
        for place in sorted(plan.found, key=lambda place: place.same)
    ]
    return (*missing, *doubtful, *found)


def summary(plan: RelinkPlan, *, looked: bool) -> str:
    """Say in a sentence what is missing, or what was found.

    Parameters
    ----------
    looked : bool
        Whether the plan comes of looking somewhere; else it only says what is missing.
    """
    if not looked:
        if not plan.missing:
            return "All clips are where the project looks for them"
        return f"{len(plan.missing)} of {counted(plan.n_clips, 'clip')} missing"
    if not plan.n_clips:
        return "No clip is missing"
    changed = sum(not place.same for place in plan.found)
    parts = [f"{len(plan.found)} of {counted(plan.n_clips, 'clip')} found"]
    if changed:
        parts.append(f"{changed} of them with other content")
    if plan.doubtful:
        parts.append(f"{len(plan.doubtful)} ambiguous and left alone")
    if not plan.complete:
        parts.append("not everything was looked at")
    return "; ".join(parts)
