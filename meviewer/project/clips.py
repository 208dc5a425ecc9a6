"""Adding an open clip to a project: what the project stores of it is read off the clip."""

from __future__ import annotations

from meviewer.data.clip_base import Clip
from meviewer.project.project import Project, Sample


def add_clip(
    project: Project, subject: str, name: str, clip: Clip, emotion: str = "", dataset: str = ""
) -> Sample:
    """Add a sample on a clip.

    Raises
    ------
    ProjectError
        If the subject has a sample of that name.
    """
    height, width = clip.size
    return project.add_sample(
        subject,
        name,
        clip.path,
        fingerprint=clip.fingerprint,
        rate=clip.rate,
        n_frames=clip.n_frames,
        first_number=clip.first_number,
        width=width,
        height=height,
        emotion=emotion,
        dataset=dataset,
        numbers=clip.numbers,
        pts_ms=clip.pts_ms,
    )
