"""A project with labels and no frames: enough to train on where nothing is computed."""

from __future__ import annotations

from fractions import Fraction

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes
from meviewer.project.project import Project

EMOTIONS = ("happiness", "disgust", "repression", "surprise", "others")


def make_project(folder, subjects=4, clips=5, tier="truth", unlabelled=1):
    """Write a project; the last ``unlabelled`` clips have no label in ``tier``."""
    project = Project.create(folder, "Demo")
    made = []
    with project.bulk():
        for subject in range(subjects):
            for clip in range(clips):
                made.append(
                    project.add_sample(
                        f"sub{subject + 1:02d}",
                        f"clip{clip + 1}",
                        folder / "clips" / f"s{subject}c{clip}",
                        fingerprint=f"{subject}-{clip}",
                        rate=Fraction(200),
                        n_frames=60,
                        first_number=101,
                        width=280,
                        height=340,
                    )
                )
        for number, sample in enumerate(made[: len(made) - unlabelled]):
            label(project, sample.id, tier, EMOTIONS[number % len(EMOTIONS)])
    return project


def label(project, sample_id, tier, emotion, keyframes=(10, 20, 30)):
    """Give a sample one event."""
    event = Event(1, Keyframes(*keyframes), emotion)
    project.set_tier(sample_id, tier, Annotation((event,), Status.COMMITTED), "for the test")
