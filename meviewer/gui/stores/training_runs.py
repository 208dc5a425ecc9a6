"""The trainings of the open project: started, followed, resumed, and one of them chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_text import from_toml, to_toml
from meviewer.gui.running.background import Background
from meviewer.gui.stores.job_queue import JobQueue, JobSnapshot
from meviewer.gui.stores.training_command import command_of
from meviewer.gui.stores.training_kept import facts_of, kept, no_project, stored_error
from meviewer.gui.stores.training_stale import stale_runs
from meviewer.gui.stores.workspace import Workspace
from meviewer.present.training_jobs import train_job
from meviewer.present.training_runs import RESUMABLE, RunFacts, next_name
from meviewer.present.training_state import TrainingState
from meviewer.present.training_stored import stored_state
from meviewer.project import run_keeping
from meviewer.project.project import Project, Run


@dataclass(frozen=True, slots=True)
class Chosen:
    """The run on show: how far it is, and what went wrong with it or with reading it."""

    run_id: int | None = None
    state: TrainingState = field(default_factory=TrainingState)
    error: MeviewerError | None = None


class TrainingRuns(QObject):
    """Owner of the list of runs and of the choice of one.

    Signals
    -------
    changed()
        A run was added, or the state or the words of one are other than before.
    progressed()
        The run on show, or what is known of it, is another.
    failed(MeviewerError)
        Something that was asked for could not be done.
    """

    changed = Signal()
    progressed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        jobs: JobQueue,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._background = workspace, jobs, background
        self._runs: tuple[Run, ...] = ()
        self._stale: frozenset[int] = frozenset()
        self._job_of: dict[int, int] = {}
        self._notes: dict[int, str] = {}
        self._chosen = Chosen()
        workspace.project_changed.connect(self._take_project)
        jobs.updated.connect(self._follow)
        jobs.ended.connect(self._ended)
        self._take_project()

    @property
    def runs(self) -> tuple[RunFacts, ...]:
        """All runs of the project, newest first."""
        return tuple(map(self._facts, self._runs))

    @property
    def project(self) -> Project | None:
        """The open project."""
        return self._workspace.project

    @property
    def has_project(self) -> bool:
        """Whether a project is open."""
        return self._workspace.project is not None

    @property
    def chosen(self) -> Chosen:
        """The run on show."""
        return self._chosen

    def facts(self, run_id: int | None) -> RunFacts | None:
        """Return what is known of a run, or None if there is none of this id."""
        return next((one for one in self.runs if one.id == run_id), None)

    def stored(self, run_id: int) -> Run | None:
        """Return a run as the project keeps it, or None if there is none of this id."""
        return next((run for run in self._runs if run.id == run_id), None)

    def folders(self, run_ids: Sequence[int]) -> tuple[tuple[str, Path], ...]:
        """Return name and folder of some runs."""
        project = self._workspace.project
        if project is None:
            return ()
        runs = (self._run(run_id) for run_id in run_ids)
        return tuple((run.name, project.run_folder(run)) for run in runs)

    def start(self, *specs: ExperimentSpec, control: bool = False) -> None:
        """Put trainings in line and show the first; ``control`` adds it with shuffled labels."""
        project = self._workspace.project
        if project is None:
            self.failed.emit(no_project())
            return
        self._workspace.flush()
        try:
            shown, *_ = [self._add(project, spec) for spec in specs]
            if control and not specs[0].shuffle_labels:
                self._add(project, msgspec.structs.replace(specs[0], shuffle_labels=True))
        except MeviewerError as error:
            self.failed.emit(error)
            return
        self._reread()
        self.choose(shown)

    def resume(self, run_id: int) -> None:
        """Go on with a run that did not come to its end; its finished folds are kept."""
        project, facts = self._workspace.project, self.facts(run_id)
        if project is None or facts is None or facts.state not in RESUMABLE:
            return
        self._workspace.flush()
        try:
            project.update_run(run_id, state="queued")
        except MeviewerError as error:
            self.failed.emit(error)
            return
        self._queue(project, self._run(run_id), resume=True)
        self._reread()
        self.choose(run_id)

    def cancel(self, run_id: int) -> None:
        """Stop a run, or take it out of the line."""
        self._with_job(run_id, self._jobs.cancel)

    def pause(self, run_id: int) -> None:
        """Let a run wait before its next step."""
        self._with_job(run_id, self._jobs.pause)

    def go_on(self, run_id: int) -> None:
        """Let a paused run go on."""
        self._with_job(run_id, self._jobs.go_on)

    def finish(self, run_id: int) -> None:
        """Stop a run when the fold under way is done."""
        self._with_job(run_id, self._jobs.finish)

    def move(self, run_id: int, by: int) -> None:
        """Let a run that waits have its turn later, or earlier if ``by`` is negative."""
        self._with_job(run_id, lambda job_id: self._jobs.move(job_id, by))

    def take_notes(self, run_id: int) -> None:
        """Read the notes of a run again."""
        project, run = self.project, self.stored(run_id)
        if project is not None and run is not None:
            self._notes[run_id] = run_keeping.notes(project.run_folder(run))
            self.changed.emit()

    def reread(self) -> None:
        """Look again which runs the project has; the run on show may be gone."""
        self._reread()
        if self._chosen.run_id is not None and self.stored(self._chosen.run_id) is None:
            self.choose(self._runs[0].id if self._runs else None)

    def command(self, run_id: int) -> str:
        """Return the command that goes on with a run in a terminal."""
        project = self._workspace.project
        return "" if project is None else command_of(project, self._run(run_id))

    def choose(self, run_id: int | None) -> None:
        """Show a run."""
        job = self._job(run_id)
        if job is not None and job.training.started is not None:
            self._show(Chosen(run_id, job.training, job.error))
            # What was trained before a resumed run went on is known to its folder alone.
            if job.over and job.training.started.finished:
                self._read_stored(run_id, job.error)
        elif job is not None and not job.over:
            self._show(Chosen(run_id, job.training))
        else:
            self._show(Chosen(run_id))
            self._read_stored(run_id, job.error if job else None)

    def refresh(self) -> None:
        """Look again which results are older than the labels they were learnt from."""
        project = self._workspace.project
        if project is None or not self._runs:
            return
        runs = tuple(run for run in self._runs if run.state == "done")
        self._background.run("stale-runs", lambda: stale_runs(project, runs), self._take_stale)

    def _take_project(self) -> None:
        for run_id in self._job_of:
            self.cancel(run_id)
        self._job_of, self._stale = {}, frozenset()
        self._reread()
        self.choose(self._runs[0].id if self._runs else None)

    def _reread(self) -> None:
        project = self._workspace.project
        self._runs = project.runs() if project is not None else ()
        if project is not None:
            folders = {run.id: project.run_folder(run) for run in self._runs}
            self._notes = {n: run_keeping.notes(folder) for n, folder in folders.items()}
        self.changed.emit()

    def _add(self, project: Project, spec: ExperimentSpec) -> int:
        run = project.add_run(next_name(run_keeping.names_taken(project)), to_toml(spec))
        self._queue(project, run, resume=False)
        return run.id

    def _queue(self, project: Project, run: Run, *, resume: bool) -> None:
        job = train_job(project.folder, from_toml(run.spec), project.run_folder(run), resume=resume)
        # The queue may start it at once and say so: the run has to be known by then.
        self._job_of[run.id] = len(self._jobs.jobs()) + 1
        self._job_of[run.id] = self._jobs.add(job, run.name)

    def _with_job(self, run_id: int, act: Callable[[int], None]) -> None:
        if run_id in self._job_of:
            act(self._job_of[run_id])

    def _facts(self, run: Run) -> RunFacts:
        return facts_of(
            run,
            self._job(run.id),
            stale=run.id in self._stale,
            place=self._place(run.id),
            notes=self._notes.get(run.id, ""),
        )

    def _place(self, run_id: int) -> int:
        """Return 1 for the run that is next in line, 0 for one that does not wait."""
        line = self._jobs.line
        job_id = self._job_of.get(run_id)
        return line.index(job_id) + 1 if job_id in line else 0

    def _job(self, run_id: int | None) -> JobSnapshot | None:
        job_id = self._job_of.get(run_id) if run_id is not None else None
        return None if job_id is None else self._jobs.job(job_id)

    def _run(self, run_id: int) -> Run:
        return next(run for run in self._runs if run.id == run_id)

    def _run_of_job(self, job_id: int) -> int | None:
        return next((run for run, job in self._job_of.items() if job == job_id), None)

    def _follow(self, job_id: int) -> None:
        run_id = self._run_of_job(job_id)
        if run_id is None:
            return
        job = self._jobs.job(job_id)
        if run_id == self._chosen.run_id:
            self._show(Chosen(run_id, job.training, job.error))
        self.changed.emit()

    def _ended(self, job_id: int) -> None:
        run_id, project = self._run_of_job(job_id), self._workspace.project
        if run_id is None or project is None:
            return
        job = self._jobs.job(job_id)
        try:
            project.update_run(run_id, state=job.word, scores=kept(job))
        except MeviewerError as error:
            self.failed.emit(error)
        self._reread()
        if run_id == self._chosen.run_id:
            self.choose(run_id)

    def _read_stored(self, run_id: int | None, error: MeviewerError | None) -> None:
        """Read a run of earlier from its folder; one that never began has none."""
        project = self._workspace.project
        run = None if run_id is None else self.stored(run_id)
        if project is None or run is None:
            self._background.cancel("stored-run")
            return
        folder = project.run_folder(run)
        if not folder.exists():
            self._background.cancel("stored-run")
            self._show(Chosen(run_id, TrainingState(), error or stored_error(run)))
            return
        self._background.run(
            "stored-run",
            lambda: stored_state(folder),
            lambda state: self._show(Chosen(run_id, state, error or stored_error(run))),
            lambda unread: self._show(Chosen(run_id, TrainingState(), error or unread)),
        )

    def _show(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self.progressed.emit()

    def _take_stale(self, stale: frozenset[int]) -> None:
        if stale != self._stale:
            self._stale = stale
            self.changed.emit()
