"""Makers of small values that many tests need."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes


def event(event_id=1, onset=10, apex=20, offset=30, emotion="disgust"):
    """An event with sensible defaults."""
    return Event(event_id, Keyframes(onset, apex, offset), emotion)


def annotation(*events, status=Status.DRAFT):
    """An annotation of these events, or of one default event."""
    return Annotation(tuple(events) or (event(),), status)


def moving_frames(n=40, height=48, width=40, onset=10, apex=20, offset=30, seed=0):
    """A textured picture in which a patch brightens from onset to apex and fades until offset."""
    rng = np.random.default_rng(seed)
    still = rng.integers(60, 160, (height, width, 3))
    times = np.arange(n)
    rise = np.clip((times - onset) / max(apex - onset, 1), 0, 1)
    fall = np.clip((offset - times) / max(offset - apex, 1), 0, 1)
    strength = np.minimum(rise, fall)
    frames = np.repeat(still[None], n, 0).astype(np.float64)
    frames[:, height // 3 : height // 2, width // 4 : width // 2] += (
        40 * strength[:, None, None, None]
    )
    frames += rng.normal(0, 0.6, frames.shape)
    return np.clip(frames.round(), 0, 255).astype(np.uint8)


def write_clip(folder: Path, frames=None, first_number=101, rate=Fraction(200)) -> Path:
    """Write frames as a folder of numbered PNG images with a rate, and return the folder."""
    import cv2

    frames = moving_frames() if frames is None else frames
    folder.mkdir(parents=True)
    for number, frame in enumerate(frames, first_number):
        assert cv2.imwrite(str(folder / f"img{number:04d}.png"), frame[..., ::-1])
    (folder / "clip.json").write_text(json.dumps({"rate": f"{rate.numerator}/{rate.denominator}"}))
    return folder


def write_project(folder: Path, root: Path, frames, unlabelled=()) -> Path:
    """Write two subjects with two clips each; coder A labels their apexes four frames early."""
    from meviewer.data.clip import open_clip
    from meviewer.project.clips import add_clip
    from meviewer.project.project import Project

    with Project.create(folder, "small", root) as made:
        for subject in ("s01", "s02"):
            for name in ("c01", "c02"):
                with open_clip(write_clip(root / subject / name, frames)) as clip:
                    sample = add_clip(made, subject, name, clip)
                if (subject, name) not in unlabelled:
                    label = annotation(event(1, 12, 26, 50), status=Status.DRAFT)
                    made.set_tier(sample.id, "A", label, "import")
    return folder
