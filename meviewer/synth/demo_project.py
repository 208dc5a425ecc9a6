"""The labels of the demo: the truth, and what two coders have done so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes, Source
from meviewer.data.clip import open_clip
from meviewer.project.project import Project
from meviewer.synth.coders import CAREFUL, HASTY, Coder
from meviewer.synth.demo_clips import FilmedClip
from meviewer.synth.demo_plan import EMOTIONS, RATE_HZ, ClipPlan, SubjectPlan

PROJECT_NAME = "Synthetic demo"
TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a coder has come: every n-th clip, counted from the k-th, is not finished."""

    coder: Coder
    todo: tuple[int, int]
    draft: tuple[int, int]

    def status(self, index: int) -> Status:
        if _every(index, self.todo):
            return Status.UNLABELLED
        return Status.DRAFT if _every(index, self.draft) else Status.COMMITTED


# A is the person who sits down at the window: most is done, some is begun, some is still to do.
_TIERS = (
    _Progress(CAREFUL, todo=(9, 4), draft=(7, 3)),
    _Progress(HASTY, todo=(36, 30), draft=(11, 6)),
)


def write_project(folder: Path, plans: Sequence[SubjectPlan], filmed: Sequence[FilmedClip]) -> None:
    """Write the project file into a folder that holds the clips, with all labels.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    done = {(clip.subject, clip.name): clip for clip in filmed}
    with Project.create(folder, PROJECT_NAME) as project, project.bulk():
        project.add_coder(TRUTH, machine=True)
        for tier in _TIERS:
            project.add_coder(tier.coder.name)
        index = 0
        for subject in plans:
            for clip in subject.clips:
                sample = _add(project, folder, clip, done[subject.name, clip.name])
                _label(project, sample, clip, done[subject.name, clip.name], index)
                index += 1


def _add(project: Project, folder: Path, plan: ClipPlan, filmed: FilmedClip) -> int:
    path = folder / "clips" / filmed.subject / filmed.name
    with open_clip(path) as clip:
        height, width = clip.size
        sample = project.add_sample(
            filmed.subject,
            filmed.name,
            path,
            fingerprint=clip.fingerprint,
            rate=clip.rate,
            n_frames=clip.n_frames,
            first_number=clip.first_number,
            width=width,
            height=height,
            emotion=plan.emotion,
        )
    return sample.id


def _label(
    project: Project, sample_id: int, plan: ClipPlan, filmed: FilmedClip, index: int
) -> None:
    keyframes = Keyframes(filmed.onset, filmed.apex, filmed.offset)
    units = tuple(ActionUnit(number) for number in filmed.units)
    truth = Event(1, keyframes, plan.emotion, units, source=Source.TRUTH)
    known = Annotation((truth,), Status.COMMITTED)
    project.set_tier(sample_id, TRUTH, known, "truth of the synthetic clip")
    for tier in _TIERS:
        status = tier.status(index)
        if status is not Status.UNLABELLED:
            event = _marked(tier.coder, truth, plan, draft=status is Status.DRAFT)
            labels = Annotation((event,), status)
            project.set_tier(sample_id, tier.coder.name, labels, "simulated coder")


def _marked(coder: Coder, truth: Event, plan: ClipPlan, *, draft: bool) -> Event:
    """Return what a coder makes of a clip; a draft has no action units yet."""
    rate = Fraction(RATE_HZ)
    keyframes = coder.mark(truth.keyframes, plan.n_frames, rate, plan.seed)
    emotion = coder.name_emotion(plan.emotion, EMOTIONS, plan.seed)
    return Event(1, keyframes, emotion, () if draft else truth.action_units)


def _every(index: int, rule: tuple[int, int]) -> bool:
    return index % rule[0] == rule[1]
