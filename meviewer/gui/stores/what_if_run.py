"""Which run of the open project is asked: found in its runs folder, remembered for each project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from meviewer.gui.running.background import Background
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.gui.stores.preferences import Preferences
from meviewer.gui.stores.workspace import Workspace
from meviewer.project.project import Project

if TYPE_CHECKING:
    from meviewer.present.what_if_runs import KnownRun

_SLOT = "what-if-runs"
_CHOSEN = "what-if.runs"
_MOST_PROJECTS = 50

_NO_RUN = (
    "Choose a run: the strip then shows what it would say of this event if the apex lay some frames"
    " earlier or later."
)
_NOTHING = (
    "Shows what a trained network would say if the apex lay earlier or later. This project has no"
    " run yet: train one in Train."
)


class WhatIfRun(QObject):
    """The runs of the project, and the choice of one of them.

    Signals
    -------
    runs_changed()
        Other runs are there, or more is known of them.
    chosen_changed()
        Another run is chosen, or the one that is chosen has changed on disk.
    """

    runs_changed = Signal()
    chosen_changed = Signal()

    def __init__(
        self,
        workspace: Workspace,
        jobs: JobQueue,
        background: Background,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._jobs, self._background = workspace, jobs, background
        self._preferences = preferences
        self._runs: tuple[KnownRun, ...] = ()
        self._chosen: KnownRun | None = None
        self._wanted = False
        self._read_of: Project | None = None
        workspace.project_changed.connect(self._project_changed)
        jobs.ended.connect(self._job_ended)

    @property
    def runs(self) -> tuple[KnownRun, ...]:
        """Runs of the project, the newest first; none until anybody wants to know."""
        return self._runs

    @property
    def chosen(self) -> KnownRun | None:
        """The run that is asked, or None."""
        return self._chosen

    def none_words(self) -> str:
        """Say what would be seen with a run, and how to get one."""
        return _NO_RUN if self._runs else _NOTHING

    def want(self, on: bool) -> None:
        """Look which runs there are as soon as anybody wants to see what they say."""
        self._wanted = on
        if on and self._workspace.project is not self._read_of:
            self.reread()

    def reread(self) -> None:
        """Look again which runs the project has."""
        project = self._workspace.project
        self._read_of = project
        if project is None:
            self._take(())
            return
        folder = project.runs_folder

        def read() -> tuple[KnownRun, ...]:
            from meviewer.present.what_if_runs import known_runs

            return known_runs(folder)

        self._background.run(
            _SLOT, read, lambda found: self._take(found) if self._read_of is project else None
        )

    def choose(self, name: str) -> None:
        """Ask this run from now on, and in this project the next time, too; empty: none.

        A run that is chosen once more is asked anew.
        """
        self._keep(name)
        self._chosen = next((one for one in self._runs if one.name == name), None)
        self.chosen_changed.emit()

    def _project_changed(self) -> None:
        if self._workspace.project is self._read_of:
            return
        self._runs, had, self._chosen, self._read_of = (), self._chosen, None, None
        self.runs_changed.emit()
        if had is not None:
            self.chosen_changed.emit()
        if self._wanted:
            self.reread()

    def _job_ended(self, job_id: int) -> None:
        if self._wanted and self._jobs.job(job_id).task == "train":
            self.reread()

    def _take(self, runs: tuple[KnownRun, ...]) -> None:
        self._runs = runs
        name = self._kept().get(self._key(), "")
        found = next((one for one in runs if one.name == name), None)
        self.runs_changed.emit()
        if found != self._chosen:
            self._chosen = found
            self.chosen_changed.emit()

    def _key(self) -> str:
        project = self._workspace.project
        return "" if project is None else str(project.folder.resolve())

    def _kept(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._preferences[_CHOSEN] or "{}", type=dict[str, str])
        except msgspec.DecodeError:
            return {}  # of another version, or written by hand

    def _keep(self, name: str) -> None:
        kept = {key: run for key, run in self._kept().items() if key != self._key()}
        if name and self._key():
            kept[self._key()] = name
        newest = list(kept.items())[-_MOST_PROJECTS:]
        self._preferences[_CHOSEN] = msgspec.json.encode(dict(newest)).decode()
