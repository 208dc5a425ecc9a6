"""A small project on disk and a window on it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from factories import annotation, event, moving_frames, write_clip


@pytest.fixture
def small_project(tmp_path) -> Path:
    """Two subjects with two clips each; coder A has labelled all but the last."""
    from meviewer.core.annotation import Status
    from meviewer.data.clip import open_clip
    from meviewer.project.project import Project

    folder = tmp_path / "project"
    frames = moving_frames(60, 96, 80, onset=10, apex=30, offset=50)
    with Project.create(folder, "small", tmp_path) as made:
        for subject in ("s01", "s02"):
            for name in ("c01", "c02"):
                path = write_clip(tmp_path / subject / name, frames)
                with open_clip(path) as clip:
                    sample = made.add_sample(
                        subject,
                        name,
                        path,
                        fingerprint=clip.fingerprint,
                        rate=Fraction(200),
                        n_frames=clip.n_frames,
                        first_number=clip.first_number,
                        width=80,
                        height=96,
                    )
                if (subject, name) != ("s02", "c02"):
                    label = annotation(event(1, 12, 26, 50), status=Status.DRAFT)
                    made.set_tier(sample.id, "A", label, "import")
    return folder


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
