"""A small project on disk and a window on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import moving_frames, write_project


@pytest.fixture
def small_project(tmp_path) -> Path:
    """Two subjects with two clips each; coder A has labelled all but the last."""
    frames = moving_frames(60, 96, 80, onset=10, apex=30, offset=50)
    return write_project(tmp_path / "project", tmp_path, frames, unlabelled=[("s02", "c02")])


@pytest.fixture
def bench(qtbot, tmp_path):
    """The Train perspective, with a worker that makes its records up."""
    from train_bench import make_bench

    yield from make_bench(qtbot, tmp_path)


@pytest.fixture
def theme(qapp):
    """The dark theme, in force."""
    from meviewer.gui.theme import Theme

    made = Theme("dark")
    made.apply(qapp)
    return made


@pytest.fixture
def window(qtbot, theme):
    """A main window without a project."""
    from meviewer.gui.main_window import MainWindow
    from meviewer.project.settings import Settings

    made = MainWindow(theme, Settings())
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    yield made
    made.close()


@pytest.fixture
def opened(window, small_project, qtbot):
    """The window on the small project, with everything computed."""
    window.context.workspace.open_path(small_project)
    qtbot.waitUntil(lambda: window.context.analysis.curves is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    window.activateWindow()
    window.setFocus()
    qtbot.waitUntil(window.isActiveWindow)
    return window
