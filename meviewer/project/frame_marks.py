"""The frames that labels name, as they looked when the labels were set.

A tier has marks for each content of its clip (fingerprint) that its labels were set on. Labels
whose frames are marked for the present content stand; labels that are marked for another content
only still await a decision, and their marks are left alone until it has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meviewer.core.annotation import Annotation
from meviewer.data.clip_base import Clip
from meviewer.data.frame_identity import MarkedClip, anchor_frames, mark_frames
from meviewer.project import mark_rows
from meviewer.project.mark_rows import Marked

if TYPE_CHECKING:
    from meviewer.project.project import Project

ANCHORS = ""
"""In place of a coder: frames spread over the clip, which belong to nobody."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Labels that were set on another content of their clip than it has now.

    Attributes
    ----------
    clip : MarkedClip
        The clip as it was; without marks if nobody ever looked at it.
    frames : frozenset of int
        Frames that were named then: labels on other frames were set later.
    """

    clip: MarkedClip
    frames: frozenset[int]


def label_frames(annotation: Annotation) -> frozenset[int]:
    """Return every frame that an annotation names: onset, offset, and apex where there is one."""
    return frozenset(
        frame
        for event in annotation
        for frame in (event.onset, event.offset, event.apex if event.has_apex else event.onset)
    )


def mark(project: Project, sample_id: int, coder: str, clip: Clip) -> None:
    """Say that a coder's labels, as stored, were set on this very clip, and remember its looks.

    For whoever writes the labels of many clips, such as an import: only the label frames are
    decoded, the anchors follow when the clip is opened. Damaged frames are passed over.

    Raises
    ------
    ClipError
        If the clip is closed.
    """
    frames = label_frames(project.annotation(sample_id, coder))
    looked = mark_frames(clip, frames)
    with project.database.writing() as connection:
        mark_rows.delete(connection, sample_id, coder)
        mark_rows.insert(connection, sample_id, coder, clip, looked, frames)


def mark_anchors(project: Project, sample_id: int, clip: Clip) -> None:
    """Remember frames spread over the clip, unless that was done; forget those of no use."""
    kept = mark_rows.stored(project, sample_id, ANCHORS)
    if set(kept) == {clip.fingerprint}:
        return
    missing = clip.fingerprint not in kept
    looked = mark_frames(clip, anchor_frames(clip.n_frames)) if missing else ()
    with project.database.writing() as connection:
        mark_rows.insert(connection, sample_id, ANCHORS, clip, looked, ())
        connection.execute(
            "DELETE FROM frame_marks WHERE sample_id = ?1 AND coder = '' AND fingerprint <> ?2"
            " AND fingerprint NOT IN (SELECT fingerprint FROM frame_marks"
            " WHERE sample_id = ?1 AND coder <> '')",
            (sample_id, clip.fingerprint),
        )


def keep_up(project: Project, sample_id: int, coder: str, clip: Clip) -> bool:
    """Bring the marks of a tier up to date after an edit, or where a kill has left them behind.

    Returns
    -------
    bool
        False if the tier awaits a decision: then nothing is marked.

    Raises
    ------
    ClipError
        If the clip is closed meanwhile.
    """
    frames = label_frames(project.annotation(sample_id, coder))
    marked = mark_rows.stored(project, sample_id, coder)
    if pending(project, sample_id, coder, clip.fingerprint) is not None:
        if clip.fingerprint in marked:
            # The repair was taken back: what it had marked are not the frames of the labels.
            with project.database.writing() as connection:
                mark_rows.delete(connection, sample_id, coder, clip.fingerprint)
        return False
    known = marked[clip.fingerprint].frames if clip.fingerprint in marked else frozenset()
    if known == frames:
        mark_anchors(project, sample_id, clip)
        return True
    looked = mark_frames(clip, frames - known)
    with project.database.writing() as connection:
        mark_rows.delete(connection, sample_id, coder, clip.fingerprint, known - frames)
        mark_rows.insert(connection, sample_id, coder, clip, looked, frames - known)
    mark_anchors(project, sample_id, clip)
    return True


def renew(project: Project, sample_id: int, coder: str, clip: Clip, keep: str = "") -> None:
    """Say that a coder's labels are right on this very clip; marks of ``keep`` stay beside.

    Raises
    ------
    ClipError
        If the clip is closed.
    """
    frames = label_frames(project.annotation(sample_id, coder))
    looked = mark_frames(clip, frames)
    with project.database.writing() as connection:
        for fingerprint in set(mark_rows.stored(project, sample_id, coder)) - {keep}:
            mark_rows.delete(connection, sample_id, coder, fingerprint)
        mark_rows.insert(connection, sample_id, coder, clip, looked, frames)
    mark_anchors(project, sample_id, clip)


def note_unseen(project: Project, sample_id: int, was: MarkedClip) -> None:
    """Keep apart which labels were set on a clip before it changed, though nobody looked at it.

    Called before the project learns of another content: labels of tiers without a single mark
    would be taken for labels on that one.
    """
    with project.database.writing() as connection:
        rows = connection.execute(
            "SELECT id FROM samples WHERE clip_id = (SELECT clip_id FROM samples WHERE id = ?)",
            (sample_id,),
        ).fetchall()
        for (sample,) in rows:
            for coder, annotation in project.annotations(sample).items():
                if not mark_rows.stored(project, sample, coder):
                    mark_rows.insert_unseen(
                        connection, sample, coder, was, label_frames(annotation)
                    )


def pending(project: Project, sample_id: int, coder: str, fingerprint: str) -> Pending | None:
    """Return what a coder's labels were set on, if that is another content than this one."""
    frames = label_frames(project.annotation(sample_id, coder))
    if not frames:
        return None
    marked = mark_rows.stored(project, sample_id, coder)
    fitting = [one for one in marked.values() if one.frames == frames]
    if fingerprint in marked and (not fitting or marked[fingerprint] in fitting):
        return None
    if not marked:
        return _never_marked(project, sample_id, fingerprint, frames)
    was = (fitting or list(marked.values()))[-1]
    anchors = mark_rows.stored(project, sample_id, ANCHORS).get(was.fingerprint)
    return Pending(_clip(was, anchors), was.frames)


def _clip(was: Marked, anchors: Marked | None) -> MarkedClip:
    spread = () if anchors is None else anchors.marks
    return MarkedClip(was.fingerprint, was.n_frames, was.rate, was.marks, spread)


def _never_marked(
    project: Project, sample_id: int, fingerprint: str, frames: frozenset[int]
) -> Pending | None:
    sample = project.sample(sample_id)
    if sample.fingerprint == fingerprint:
        return None
    anchors = mark_rows.stored(project, sample_id, ANCHORS).get(sample.fingerprint)
    was = Marked(sample.fingerprint, sample.n_frames, sample.rate, frames, ())
    return Pending(_clip(was, anchors), frames)
