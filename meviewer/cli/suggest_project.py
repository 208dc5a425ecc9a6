"""GAMDSS over a whole project: the suggestion tier, and how far it lies from the labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import MeviewerError
from meviewer.core.events import Edge, Event, Source
from meviewer.core.frames import frames_to_ms
from meviewer.data.clip import open_clip
from meviewer.motion.representation import ClipMotion
from meviewer.project.project import Project, Sample

TIER = "gamdss"


@dataclass(frozen=True, slots=True)
class Shifted:
    """How far the suggestion for one event lies from its label, in frames and ms, with sign."""

    subject: str
    clip: str
    event_id: int
    frames: dict[str, int]
    ms: dict[str, float]
    gain: float
    confidence: float
    reason: str = ""


def suggest_project(
    folder: Path, coder: str, variant: str, *, brightness_free: bool, wrapped_uint8: bool
) -> Iterator[tuple[int, int, Shifted | None]]:
    """Write the tier ``gamdss`` and yield (done, of how many, shift of an event or None).

    A clip that cannot be read is left out and said in ``reason``; the others go on.
    """
    with Project.open(folder) as project:
        if not project.read_only:
            project.add_coder(TIER, machine=True)
        labels = project.tier(coder)
        samples = [sample for sample in project.samples() if sample.id in labels]
        for done, sample in enumerate(samples, 1):
            tier: list[Event] = []
            for event, shifted in _of_sample(
                sample, labels[sample.id], variant, brightness_free, wrapped_uint8
            ):
                if event is not None:
                    tier.append(event)
                yield done, len(samples), shifted
            if tier and not project.read_only:
                made = Annotation(tuple(tier), Status.DRAFT)
                project.set_tier(sample.id, TIER, made, f"suggested, {variant}, from coder {coder}")
            if not labels[sample.id].events:
                yield done, len(samples), None


def summary(shifted: list[Shifted]) -> dict[str, dict[str, float]]:
    """Return, per keyframe: number, share moved, median and interquartile range in ms."""
    report = {}
    good = [one for one in shifted if not one.reason]
    for edge in Edge:
        ms = np.array([one.ms[edge.value] for one in good])
        if len(ms):
            low, middle, high = np.percentile(ms, (25, 50, 75))
            report[edge.value] = {
                "n": float(len(ms)),
                "moved": float(np.mean(ms != 0)),
                "median_ms": float(middle),
                "iqr_ms": float(high - low),
            }
    return report


def _of_sample(
    sample: Sample, labels: Annotation, variant: str, brightness_free: bool, wrapped: bool
) -> Iterator[tuple[Event | None, Shifted]]:
    try:
        with open_clip(sample.clip_path, rate=sample.rate) as clip:
            motion = ClipMotion(clip)
            motion.load()
    except MeviewerError as error:
        yield None, Shifted(sample.subject, sample.name, 0, {}, {}, 0.0, 0.0, str(error))
        return
    for event in labels:
        found = motion.reselect(
            event.keyframes,
            variant=variant if event.has_apex else "free",
            brightness_free=brightness_free,
            wrapped_uint8=wrapped,
        )
        frames = {e.value: found.keyframes[e] - event.keyframes[e] for e in Edge}
        ms = {name: by * frames_to_ms(1, sample.rate) for name, by in frames.items()}
        suggested = Event(event.id, found.keyframes, source=Source.GAMDSS)
        yield (
            suggested,
            Shifted(
                sample.subject, sample.name, event.id, frames, ms, found.gain, found.confidence
            ),
        )
