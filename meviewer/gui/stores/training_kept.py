"""What a project keeps of a run beside its folder, and how that is read again."""

from __future__ import annotations

from datetime import datetime

from meviewer.core.errors import MeviewerError, ProjectError
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_text import from_toml
from meviewer.gui.stores.job_queue import JobSnapshot
from meviewer.present.training_runs import RESUMABLE, RunFacts
from meviewer.present.training_stored import short_scores
from meviewer.project.runs import Run


def facts_of(
    run: Run, job: JobSnapshot | None, *, stale: bool = False, place: int = 0, notes: str = ""
) -> RunFacts:
    """Return what is known of a run; ``job`` is the one that trains it, if there is one."""
    live = job is not None and not job.over
    state = job.word if live and job is not None else _state_without_job(run, stale)
    return RunFacts(
        run.id,
        run.name,
        _spec(run),
        state,
        run.scores,
        datetime.fromisoformat(run.created).astimezone(),
        str(run.scores.get("error", "")) if state in RESUMABLE else "",
        job.left_s if live and job is not None else None,
        place,
        notes,
    )


def kept(job: JobSnapshot) -> dict[str, object]:
    """Return what a project keeps of a job that is over: short scores, and what went wrong."""
    found = short_scores(job.training.scores) if job.training.scores else {}
    if job.error is not None:
        error = job.error
        found["error"] = str(error)
        found["problem"] = [error.what, error.where, error.why, error.now]
    return found


def stored_error(run: Run) -> MeviewerError | None:
    """Return what went wrong with a run of earlier."""
    parts = run.scores.get("problem")
    if run.state == "done" or not isinstance(parts, list) or len(parts) != 4:
        return None
    what, where, why, now = map(str, parts)
    return MeviewerError(what, where=where, why=why, now=now)


def no_project() -> ProjectError:
    """Return why nothing can be trained without a project."""
    return ProjectError(
        "There is nothing to train on",
        why="no project is open",
        now="open one, or write the demo project",
    )


def _state_without_job(run: Run, is_stale: bool) -> str:
    """Return the state; a run that nobody runs and that never came to an end was stopped."""
    if run.state in ("queued", "running"):
        return "stopped"
    return "stale" if is_stale and run.state == "done" else run.state


def _spec(run: Run) -> ExperimentSpec:
    try:
        return from_toml(run.spec, run.name)
    except MeviewerError:
        # Of another version: the row is still listed, its folder still says what it was.
        return ExperimentSpec()
