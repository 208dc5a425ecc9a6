"""Film the clips of the demo into folders of numbered JPEG images."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from meviewer.synth.demo_plan import RATE_HZ, ClipPlan, SubjectPlan
from meviewer.synth.take import Take, direct

JPEG_QUALITY = 97
"""With whole colour resolution, brightness changes by less than the sensor noise. PNG would take
three times the space and ten times the time."""


class FilmedClip(msgspec.Struct, frozen=True, tag=True):
    """A clip that has been written, with its truth.

    Attributes
    ----------
    subject, name : str
    n_frames : int
    onset, apex, offset : int
        True keyframes as frame indices.
    units : tuple of int
        Action units of the expression.
    """

    subject: str
    name: str
    n_frames: int
    onset: int
    apex: int
    offset: int
    units: tuple[int, ...]


def film_subject(plan: SubjectPlan, folder: Path) -> Iterator[FilmedClip]:
    """Write all clips of a subject into ``folder/<subject>/<clip>``, one after another."""
    for clip in plan.clips:
        take = _directed(plan, clip)
        _write(take, clip, folder / plan.name / clip.name)
        key = take.keyframes
        units = tuple(unit.number for unit in take.action_units)
        yield FilmedClip(
            plan.name, clip.name, clip.n_frames, key.onset, key.apex, key.offset, units
        )


def _directed(plan: SubjectPlan, clip: ClipPlan) -> Take:
    return direct(
        clip.seed,
        clip.emotion,
        subject=plan.identity,
        size=plan.size,
        rate=RATE_HZ,
        n_frames=clip.n_frames,
        max_px=clip.max_px,
        left=clip.left,
        right=clip.right,
        noise=clip.noise,
        flicker_percent=clip.flicker_percent,
        head_px=clip.head_px,
        blink=clip.blink,
    )


def _write(take: Take, clip: ClipPlan, folder: Path) -> None:
    folder.mkdir(parents=True)
    for index in range(clip.n_frames):
        image = encoded(take.shoot(index))
        (folder / f"img{clip.first_number + index:04d}.jpg").write_bytes(image)
    about = {"rate": f"{RATE_HZ}/1", "subject": take.subject, "synthetic": True}
    (folder / "clip.json").write_text(json.dumps(about), encoding="utf-8")


def encoded(frame: NDArray[np.uint8]) -> bytes:
    """Return a frame (H, W, 3) as JPEG."""
    import cv2

    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        JPEG_QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    done, image = cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise OSError("the JPEG encoder failed")
    return bytes(image.data)
