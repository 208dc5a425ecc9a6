"""A job of the window: as the queue keeps it, and as everybody else sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from meviewer.core.errors import MeviewerError
from meviewer.experiment.records import AnyRecord
from meviewer.gui.stores.inbox import Inbox
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Cancelled, Crashed, Done, End, Failed, Job, Killed
from meviewer.present.feature_jobs import share_of
from meviewer.present.training_jobs import has_final_model
from meviewer.present.training_progress import progress
from meviewer.present.training_state import TrainingState

JobState = Literal["queued", "running", "done", "failed", "cancelled", "crashed"]


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """A job as it stands at this moment.

    Attributes
    ----------
    id : int
    title : str
        For people, such as ``"run 7"``.
    task : str
        As in `meviewer.jobs.tasks`.
    state : str
        ``queued``, ``running``, ``done``, ``failed``, ``cancelled`` or ``crashed``.
    stopping : bool
        Cancelling was asked for and has not come to its end.
    paused : bool
        It waits before its next step until it is told to go on.
    finishing : bool
        It is to stop, or has stopped, when the part under way was whole.
    share : float or None
        0 to 1; None while the length is unknown.
    left_s : float or None
        Seconds it still takes; None while that is a guess.
    records : tuple of records
        All that it has said.
    training : TrainingState
        The same, folded into one value.
    error : MeviewerError or None
        Of a failed or crashed job.
    """

    id: int
    title: str
    task: str
    state: JobState
    stopping: bool
    paused: bool
    finishing: bool
    share: float | None
    left_s: float | None
    records: tuple[AnyRecord, ...]
    training: TrainingState
    error: MeviewerError | None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in ("queued", "running")

    @property
    def word(self) -> str:
        """State for people: also ``paused``, ``finishing``, ``stopping``, and ``stopped``."""
        if self.over:
            return "stopped" if self.state == "cancelled" and self.finishing else self.state
        for name in ("stopping", "paused", "finishing"):
            if getattr(self, name):
                return name
        return self.state


@dataclass(slots=True)
class Entry:
    """A job with its process."""

    id: int
    title: str
    job: Job
    aside: bool
    process: WorkerProcess
    inbox: Inbox = field(default_factory=Inbox)
    state: JobState = "queued"
    stopping: bool = False
    paused: bool = False
    finishing: bool = False
    records: list[AnyRecord] = field(default_factory=list)
    training: TrainingState = field(default_factory=TrainingState)
    error: MeviewerError | None = None

    @property
    def live(self) -> bool:
        """Whether it runs and nobody has asked it to stop at once."""
        return self.state == "running" and not self.stopping

    def snapshot(self) -> JobSnapshot:
        """Return the job as it stands."""
        known = self.training.started is not None
        found = progress(self.training, has_final_model(self.job)) if known else None
        return JobSnapshot(
            id=self.id,
            title=self.title,
            task=self.job.task,
            state=self.state,
            stopping=self.stopping,
            paused=self.paused,
            finishing=self.finishing,
            share=found.share if found else share_of(self.job, self.training.preparing),
            left_s=found.left_s if found else None,
            records=tuple(self.records),
            training=self.training,
            error=self.error,
        )


def outcome(end: End) -> tuple[JobState, MeviewerError | None]:
    """Return the state that an end leads to, and its error."""
    match end:
        case Done():
            return "done", None
        case Cancelled() | Killed():
            return "cancelled", None
        case Failed():
            return "failed", end.error()
        case Crashed():
            return "crashed", end.error()
