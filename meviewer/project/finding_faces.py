"""The faces of all clips of a project, found one clip after the other; what is there is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from meviewer.core.errors import (
    MeviewerError,
    MissingExtraError,
    ProjectError,
    ReadOnlyError,
    StorageError,
)
from meviewer.core.events import Event
from meviewer.data.clip import Clip, open_clip
from meviewer.data.face.clip_face import ClipFace, FaceSource
from meviewer.data.face.crop import Crop
from meviewer.data.face.finder import (
    N_FRAMES,
    FaceFinder,
    find_in_clip,
    frames_to_look_at,
    models_text,
)
from meviewer.project.project import Project
from meviewer.project.samples import Sample

Reference = Literal["median", "onset"]
Outcome = Literal["found", "not found", "there", "by hand", "failed"]


@dataclass(frozen=True, slots=True)
class FaceOptions:
    """How faces are looked for.

    Attributes
    ----------
    reference : {"median", "onset"}
        Landmarks as the median over the frames, or those of the onset frame of the first event.
    n_frames : int
        Frames to look at beside the keyframes.
    again : bool
        Look on clips too where models have looked already. Faces set by hand always stay.
    crop : Crop or None
        How aligned pictures are cut out; None keeps what a clip has.
    """

    reference: Reference = "median"
    n_frames: int = N_FRAMES
    again: bool = False
    crop: Crop | None = None


@dataclass(frozen=True, slots=True)
class FaceRecord:
    """What came of one clip.

    Attributes
    ----------
    done, total : int
        Clips so far, this one included, and clips in all.
    outcome : {"found", "not found", "there", "by hand", "failed"}
    share : float
        Share of the frames looked at in which the face was found, 0 to 1.
    reason : str
        Why it failed; else empty.
    """

    done: int
    total: int
    subject: str
    clip: str
    outcome: Outcome
    score: float = 0.0
    share: float = 0.0
    reason: str = ""


def find_all(project: Project, options: FaceOptions) -> Iterator[FaceRecord]:
    """Look for the face of each clip and store it at once: stopped, the next run goes on.

    A clip that cannot be read is said and passed over.

    Raises
    ------
    MissingExtraError
        If a model or OpenCV is not installed.
    ReadOnlyError
        If the project is open for reading only.
    """
    finder = FaceFinder()
    clips = _by_clip(project)
    for done, samples in enumerate(clips, 1):
        sample = samples[0]
        head = (done, len(clips), sample.subject, sample.name)
        outcome, face, reason = _of_clip(project, finder, samples, options)
        score, share = (0.0, 0.0) if face is None else (face.score, face.share_found)
        yield FaceRecord(*head, outcome, round(score, 3), round(share, 3), reason)


def find_one(
    finder: FaceFinder,
    clip: Clip,
    events: Sequence[Event],
    options: FaceOptions,
    report: Callable[[int, int], bool] = lambda _done, _total: True,
) -> ClipFace | None:
    """Look for the face of an open clip at its keyframes and between; None if it was stopped.

    Parameters
    ----------
    report : callable
        Takes how many frames are done, and of how many; False stops.
    """
    keyframes = [k for event in events for k in (event.onset, event.apex, event.offset)]
    indices = frames_to_look_at(clip.n_frames, keyframes, options.n_frames)
    onset = events[0].onset if events and options.reference == "onset" else None
    return find_in_clip(finder, clip, indices, reference=onset, crop=options.crop, report=report)


def _of_clip(
    project: Project, finder: FaceFinder, samples: Sequence[Sample], options: FaceOptions
) -> tuple[Outcome, ClipFace | None, str]:
    sample = samples[0]
    try:
        before = _known(project, sample.id)
        if before is not None and before.by_hand:
            return "by hand", before, ""
        if before is not None and not options.again and before.models == models_text():
            return "there", before, ""
        crop = options.crop or (None if before is None else before.crop)
        with open_clip(sample.clip_path, rate=sample.rate) as clip:
            events = [event for each in samples for event in _events(project, each.id)]
            found = find_one(finder, clip, events, replace(options, crop=crop))
        if found is not None:
            project.set_face(sample.id, found)
    except (MissingExtraError, ReadOnlyError):
        raise
    except MeviewerError as error:
        return "failed", None, str(error)
    is_found = found is not None and found.source is not FaceSource.NONE
    return "found" if is_found else "not found", found, ""


def _known(project: Project, sample_id: int) -> ClipFace | None:
    """Return what is stored; what cannot be read is looked for again."""
    try:
        return project.face(sample_id)
    except StorageError:
        raise
    except ProjectError:
        return None


def _events(project: Project, sample_id: int) -> tuple[Event, ...]:
    """Return what people labelled on a sample."""
    return tuple(
        event
        for coder, labels in project.annotations(sample_id).items()
        if not project.is_machine(coder)
        for event in labels
    )


def _by_clip(project: Project) -> list[list[Sample]]:
    """Return the samples in groups of one clip each, in the order in which they were added."""
    groups: dict[tuple[Path, str], list[Sample]] = {}
    for sample in project.samples():
        groups.setdefault((sample.clip_path, sample.fingerprint), []).append(sample)
    return list(groups.values())
