"""The Train perspective on a small project, with a worker that makes its records up."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import msgspec
from PySide6.QtCore import Qt
from training_project import make_project

from meviewer.gui.panels.train_runs import _COLUMNS
from meviewer.gui.perspectives.train import TrainPerspective
from meviewer.gui.running.background import Background
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.gui.stores.workspace import Workspace
from meviewer.gui.theme import Theme
from meviewer.jobs.local import WorkerProcess

FAKE = [sys.executable, str(Path(__file__).parent / "fake_training.py")]


class FakeProcess(WorkerProcess):
    """A real child process whose training takes what the test wants beside its real arguments."""

    def __init__(self, asked, extra):
        super().__init__(FAKE)
        self._asked, self._extra = asked, extra

    def start(self, job, on_line, on_end):
        self._asked.append(job)
        arguments = dict(job.arguments) | self._extra.get(job.task, {})
        if job.task == "predict":
            clips = [clip["path"] for clip in job.arguments["clips"]]
            rough = [clip["keyframes"] is None for clip in job.arguments["clips"]]
            arguments = {"clip": clips[0], "clips_asked": clips, "rough": rough}
            arguments |= self._extra.get("predict", {})
        super().start(msgspec.structs.replace(job, arguments=arguments), on_line, on_end)


def make_bench(qtbot, tmp_path):
    """Yield the perspective on a project of 4 subjects, with the jobs it asked for in ``asked``."""
    made = SimpleNamespace(asked=[], extra={"train": {}}, qtbot=qtbot, folder=tmp_path / "project")
    made.project = make_project(made.folder)
    made.background = Background()
    made.workspace = Workspace(made.background)
    made.workspace._project = made.project
    made.jobs = JobQueue(make_process=lambda: FakeProcess(made.asked, made.extra))
    made.theme = Theme("dark")
    made.view = TrainPerspective(made.theme, made.workspace, made.jobs)
    qtbot.addWidget(made.view)
    made.view.resize(1280, 676)
    made.view.show()
    qtbot.waitExposed(made.view)
    qtbot.waitUntil(lambda: not made.jobs.busy and not made.view.background.busy, timeout=20_000)
    yield made
    made.view.shutdown()
    made.background.shutdown()
    made.project.close()


def idle(bench):
    bench.qtbot.waitUntil(
        lambda: not bench.jobs.busy and not bench.view.background.busy, timeout=30_000
    )


def press(bench, button):
    assert button.isEnabled()
    bench.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def rows(bench):
    """Return the table of runs by column."""
    return [
        {c.head: cell.text for c, cell in zip(_COLUMNS, line, strict=True)}
        for line in bench.view.table._table.rows
    ]
