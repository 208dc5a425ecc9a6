"""Labels on a clip that has changed: what happened to it, and putting the labels right."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meviewer.core import edits
from meviewer.core.annotation import Annotation
from meviewer.core.events import Event
from meviewer.data.clip import open_clip
from meviewer.data.clip_base import Clip
from meviewer.data.frame_cache import FrameCache
from meviewer.data.frame_identity import MarkedClip, Watcher
from meviewer.data.frame_moves import Moved, never_looked_at
from meviewer.data.frame_search import recognise
from meviewer.project import clip_facts, frame_marks
from meviewer.project.frame_marks import Pending, label_frames
from meviewer.project.journal import Entry

if TYPE_CHECKING:
    from meviewer.project.project import Project
    from meviewer.project.samples import Sample

_CACHE_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Shifted:
    """What happened to the clip under a coder's labels.

    Attributes
    ----------
    moved : Moved
    was : Pending
        What the labels were set on.
    """

    moved: Moved
    was: Pending

    def repaired(self, annotation: Annotation, n_frames: int) -> Repair:
        """Return labels on their frames again, as far as they are in the clip of ``n_frames``."""
        moved = {event.id for event in annotation if self.covers(event)}
        place = self.moved.placement
        after = edits.place_events(annotation, place, n_frames, only=moved)
        cut, gone = [], []
        for event in annotation:
            first, last = place(event.onset), place(event.offset)
            if event.id in moved and (last < 0 or first > n_frames - 1):
                gone.append(event.id)
            elif event.id in moved and (first < 0 or last > n_frames - 1):
                cut.append(event.id)
        later = tuple(event.id for event in annotation if event.id not in moved)
        return Repair(after, tuple(cut), tuple(gone), later)

    def covers(self, event: Event) -> bool:
        """Whether an event is as it was when the clip changed."""
        return label_frames(Annotation((event,))) <= self.was.frames

    def is_done(self, annotation: Annotation, n_frames: int) -> bool:
        """Whether the labels are on their frames already."""
        places = map(self.moved.placement, self.was.frames)
        wanted = {min(max(frame, 0), n_frames - 1) for frame in places}
        return self.moved.moves and label_frames(annotation) == wanted

    def is_open(self, annotation: Annotation) -> bool:
        """Whether the labels are all on the frames that they had before the clip changed."""
        return label_frames(annotation) == self.was.frames

    @property
    def step(self) -> str:
        """Name of the repair, as the undo menu shows it."""
        moved = self.moved
        if moved.ratio != 1:
            return f"Move labels to {float(moved.ratio):g} times the frames"
        by = int(moved.shift)
        return f"Move labels by {'−' if by < 0 else '+'}{abs(by)} frame{'s' * (abs(by) != 1)}"


@dataclass(frozen=True, slots=True)
class Repair:
    """Labels after a repair, and the ids of events for which it is not whole.

    Attributes
    ----------
    annotation : Annotation
    cut : tuple of int
        They reach over an end of the clip and keep what is inside.
    gone : tuple of int
        Their frames are not in the clip any more; they stay where they were.
    later : tuple of int
        They were set or changed after the clip had changed; they stay where they are.
    """

    annotation: Annotation
    cut: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    later: tuple[int, ...] = ()


def examine(project: Project, sample_id: int, coder: str, watcher: Watcher) -> Shifted | None:
    """Compare the clip of a sample with what a coder's labels were set on; nothing is written.

    The clip is opened anew with a small cache of its own: a whole clip may have to be looked at.

    Returns
    -------
    Shifted or None
        None if the labels were set on this very content, or nobody waits any more.

    Raises
    ------
    ClipError
        If the clip cannot be opened.
    """
    with reopened(project.sample(sample_id)) as clip:
        was = frame_marks.pending(project, sample_id, coder, clip.fingerprint)
        if was is None:
            return None
        moved = _moved(was.clip, clip, watcher)
    return None if moved is None else Shifted(moved, was)


def shifted_tiers(
    project: Project, sample_id: int, clip: Clip, watcher: Watcher
) -> dict[str, Shifted]:
    """Return what happened to the clip of a sample, by the coders whose labels it concerns.

    Marks of coders who labelled the same content are looked for together, in one go.
    """
    found = {}
    for coder in project.annotations(sample_id):
        was = frame_marks.pending(project, sample_id, coder, clip.fingerprint)
        if was is not None:
            found[coder] = was
    told: dict[str, Moved | None] = {}
    for fingerprint in {was.clip.fingerprint for was in found.values()}:
        alike = [was.clip for was in found.values() if was.clip.fingerprint == fingerprint]
        labels = {mark.frame: mark for one in alike for mark in one.labels}
        together = replace(alike[0], labels=tuple(labels[frame] for frame in sorted(labels)))
        told[fingerprint] = _moved(together, clip, watcher)
    return {
        coder: Shifted(moved, was)
        for coder, was in found.items()
        if (moved := told[was.clip.fingerprint]) is not None
    }


def reopened(sample: Sample) -> Clip:
    """Open the clip of a sample for looking at all of it, beside the one on show.

    Without the project's rate: that the clip has another one now is a hint.
    """
    return open_clip(sample.clip_path, cache=FrameCache(_CACHE_BYTES))


def repair(project: Project, sample_id: int, coder: str, clip: Clip, shifted: Shifted) -> Repair:
    """Move a coder's labels with their frames and take the clip as it is, in one transaction."""
    before = project.annotation(sample_id, coder)
    repaired = shifted.repaired(before, clip.n_frames)
    with project.bulk():
        if repaired.annotation != before:
            after, text = repaired.annotation, shifted.moved.text
            project.append(Entry(sample_id, coder, "edit", shifted.step, before, after, text))
        accept(project, sample_id, coder, clip, shifted, leave=repaired.annotation == before)
    return repaired


def accept(
    project: Project,
    sample_id: int,
    coder: str,
    clip: Clip,
    shifted: Shifted,
    *,
    leave: bool = False,
) -> None:
    """Take the clip as it is now for the one that a coder's labels are on.

    What the project knows of the clip is brought up to date in one transaction with a row in the
    journal, and then the marks are. Where labels were moved, the marks of the clip as it was are
    kept, so that a repair that is taken back is offered again; one that was taken back before this
    is called leaves everything as it was.

    Parameters
    ----------
    leave : bool
        The labels are right where they are, whatever the measurement says.

    Raises
    ------
    ClipError
        If the clip is closed.
    """
    moved, was = shifted.moved, shifted.was
    to_move = moved.moves and not leave
    if to_move and shifted.is_open(project.annotation(sample_id, coder)):
        return
    sample = project.sample(sample_id)
    rate = sample.rate * moved.ratio if sample.fingerprint != clip.fingerprint else sample.rate
    # Marks come after the facts, not with them: frames are decoded for them, and an edit would
    # have to wait. A kill in between is made up for when the clip is opened again.
    with nullcontext(clip) if rate == clip.rate else open_clip(clip.path, rate=rate) as now:
        if sample.fingerprint != now.fingerprint:
            was_clip = MarkedClip(sample.fingerprint, sample.n_frames, sample.rate, ())
            with project.bulk():
                frame_marks.note_unseen(project, sample_id, was_clip)
                clip_facts.renew(project, sample, now, was.clip, moved)
        keep = was.clip.fingerprint if to_move else ""
        frame_marks.renew(project, sample_id, coder, now, keep=keep)


def catch_up(project: Project, sample_id: int, clip: Clip) -> str:
    """Make marks that are missing, and take over new numbers of frames that are the same.

    Returns
    -------
    str
        What is new about the numbers, in words; empty if nothing is.

    Raises
    ------
    ClipError
        If the clip is closed meanwhile.
    """
    news = clip_facts.renumbered(project, sample_id, clip)
    if not project.read_only:
        if news:
            clip_facts.take_numbers(project, sample_id, clip, news)
        for coder, annotation in project.annotations(sample_id).items():
            if annotation.events:
                frame_marks.keep_up(project, sample_id, coder, clip)
    return news


def _moved(was: MarkedClip, clip: Clip, watcher: Watcher) -> Moved | None:
    return recognise(was, clip, watcher) if was.marks else never_looked_at(was)
