"""What is said of a clip that has changed under its labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meviewer.core.annotation import Annotation
from meviewer.present.wording import counted
from meviewer.project.repair import Repair, Shifted


@dataclass(frozen=True, slots=True)
class ShiftNotice:
    """A notice and what may be done about it.

    Attributes
    ----------
    tone : str
        ``warn`` if labels are on wrong frames or may be, ``accent`` if all is well.
    what, why : str
    move : str
        Name of the step that puts labels right; empty if none is offered.
    leave : str
        Name of the decision to keep them; empty if there is nothing to decide.
    """

    tone: str
    what: str
    why: str
    move: str = ""
    leave: str = ""


def notice(
    shifted: Shifted | None,
    news: str,
    annotation: Annotation,
    n_frames: int,
    *,
    read_only: bool = False,
) -> ShiftNotice | None:
    """Return what to say of the open clip; None if there is nothing.

    Parameters
    ----------
    n_frames : int
        Of the clip as it is now.
    """
    if shifted is None:
        return ShiftNotice("accent", "The clip has changed, its labels fit", news) if news else None
    moved = shifted.moved
    repair = shifted.repaired(annotation, n_frames) if moved.moves else Repair(annotation)
    offered = moved.moves and repair.annotation != annotation
    parts = [moved.text, *_exceptions(repair, shifted, annotation)]
    if read_only:
        parts.append("The project is open for reading only.")
    return ShiftNotice(
        "accent" if moved.known and not moved.moves else "warn",
        _title(shifted),
        " ".join(parts),
        "" if read_only or not offered else shifted.step,
        "" if read_only else "Leave as it is" if offered else "Keep the labels where they are",
    )


def _title(shifted: Shifted) -> str:
    if not shifted.moved.known:
        return "The labels may not belong to this clip"
    if not shifted.moved.moves:
        return "The clip was encoded anew since it was labelled"
    return "The clip has changed since it was labelled: its labels are on other frames now"


def _exceptions(repair: Repair, shifted: Shifted, annotation: Annotation) -> list[str]:
    """Name the events that a repair does not put right as a whole."""
    number = {mark.frame: mark.number for mark in shifted.was.clip.labels}

    def named(ids: Sequence[int]) -> str:
        spans = [annotation.event(each).keyframes.span for each in ids]
        places = [f"{number.get(s.first, s.first)}–{number.get(s.last, s.last)}" for s in spans]
        return f"{counted(len(ids), 'event')} ({', '.join(places)})"

    said = []
    if repair.gone:
        said.append(f"No longer in the clip, left where it was: {named(repair.gone)}.")
    if repair.cut:
        said.append(f"Partly outside the clip now, cut at its end: {named(repair.cut)}.")
    if repair.later:
        said.append(f"Set or changed since then, left where it is: {named(repair.later)}.")
    return said
