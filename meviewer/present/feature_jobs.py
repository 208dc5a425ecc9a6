"""The job that fills the feature store, how far it is, and what came of it in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from meviewer.experiment.records import AnyRecord, Featured, FeaturesDone, Preparing
from meviewer.jobs.protocol import Job
from meviewer.nn.feature_plan import FeatureOptions
from meviewer.present.wording import counted

FEATURES = "features"
"""Name of the task."""


REPRESENTATION_WORDS = {
    "flow": "Flow of rise and fall (TV-L1)",
    "di": "Dynamic images of rise, fall and whole event",
    "mm-cof": "MM-COF",
}
"""What the representations are called in the window."""


def features_job(project: Path, options: FeatureOptions) -> Job:
    """Return the job that computes the motion of all events of a tier, as the command does."""
    return Job(FEATURES, {"project": str(project), **asdict(options)})


def amount(n_events: int, reasons: Sequence[str]) -> str:
    """Return in words how much there is to compute, and why some events are left out."""
    words = f"{counted(n_events, 'event')} to look at"
    if not reasons:
        return f"{words}."
    most = Counter(reasons).most_common()
    left_out = "; ".join(f"{reason} ({n})" if n > 1 else reason for reason, n in most[:2])
    more = "; and others" if len(most) > 2 else ""
    return f"{words}. {counted(len(reasons), 'event')} left out: {left_out}{more}."


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
