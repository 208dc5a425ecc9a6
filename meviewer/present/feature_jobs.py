"""The job that fills the feature store, how far it is, and what came of it in words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from meviewer.experiment.records import AnyRecord, Featured, FeaturesDone, Preparing
from meviewer.jobs.protocol import Job

FEATURES = "features"
"""Name of the task."""


def features_job(project: Path, tier: str) -> Job:
    """Return the job that computes the motion of all events of a tier, as the command does."""
    return Job(FEATURES, {"project": str(project), "tier": tier})


def share_of(job: Job, preparing: Preparing | None) -> float | None:
    """Return how far it is, 0 to 1; None for other jobs, and before it knows."""
    if job.task != FEATURES or preparing is None or not preparing.total:
        return None
    return preparing.done / preparing.total


def outcome(records: Iterable[AnyRecord]) -> str:
    """Return what came of it in a line; where something failed, the first reason with it."""
    kept = tuple(records)
    done = next((one for one in kept if isinstance(one, FeaturesDone)), None)
    if done is None:
        return "Stopped; what was computed is kept"
    parts = [f"{done.computed} computed", f"{done.known} there already"]
    parts += [f"{done.skipped} skipped"] if done.skipped else []
    parts += [f"{done.failed} failed"] if done.failed else []
    return "Features: " + ", ".join(parts)


def failures(records: Iterable[AnyRecord]) -> tuple[str, ...]:
    """Return a line for each event of which something is missing that should be there."""
    return tuple(
        f"{one.subject}/{one.clip}: {one.reason}"
        for one in records
        if isinstance(one, Featured) and one.state == "failed"
    )
