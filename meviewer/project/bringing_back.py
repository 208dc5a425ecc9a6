"""Bring back the labels of a coder as they were at some row of the journal."""

from __future__ import annotations

from meviewer.core.annotation import Annotation
from meviewer.project.project import Project


def changed_since(project: Project, coder: str, n: int) -> dict[int, Annotation]:
    """Return the labels as they were after row ``n``, of samples where they are others now."""
    now = project.tier(coder)
    then = {at: project.annotation_at(at, coder, n) for at in now}
    return {at: labels for at, labels in then.items() if labels != now[at]}


def bring_back(project: Project, coder: str, n: int, reason: str) -> int:
    """Put all labels of a coder back as they were after row ``n``; return of how many samples.

    Durable at once or not at all. On each sample it is one step that undo takes back.
    """
    changed = changed_since(project, coder, n)
    with project.bulk():
        for sample_id, labels in changed.items():
            project.set_tier(sample_id, coder, labels, reason)
    return len(changed)
