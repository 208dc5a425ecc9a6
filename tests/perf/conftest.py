"""Projects to be timed on, open in a window."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from factories import annotation, event, moving_frames

_N_FRAMES = 120


def write_project(root, height, width, n_frames=_N_FRAMES):
    """Write two subjects with two clips of JPEG images each; A has labelled all."""
    from meviewer.data.clip import open_clip
    from meviewer.project.project import Project

    with Project.create(root / "project", "timed", root) as made:
        for number, name in enumerate(("s01/c01", "s01/c02", "s02/c01", "s02/c02")):
            places = (n_frames * part // 6 for part in (1, 3, 5))
            frames = moving_frames(n_frames, height, width, *places, seed=number)
            (root / name).mkdir(parents=True)
            for k, frame in enumerate(frames):
                smooth = cv2.GaussianBlur(np.ascontiguousarray(frame[..., ::-1]), (0, 0), 2)
                assert cv2.imwrite(str(root / name / f"{k:04d}.jpg"), smooth)
            with open_clip(root / name, rate=Fraction(200)) as clip:
                sample = made.add_sample(
                    *name.split("/"),
                    clip.path,
                    fingerprint=clip.fingerprint,
                    rate=Fraction(200),
                    n_frames=clip.n_frames,
                    first_number=clip.first_number,
                    width=width,
                    height=height,
                )
            label = event(1, *(n_frames * part // 60 for part in (11, 26, 49)))
            made.set_tier(sample.id, "A", annotation(label), "import")
    return root / "project"


@pytest.fixture(scope="session")
def large_project(tmp_path_factory):
    """A project with clips of 640x480."""
    return write_project(tmp_path_factory.mktemp("large"), 480, 640)


@pytest.fixture(scope="session")
def cropped_project(tmp_path_factory):
    """A project with clips of the size that data sets crop faces to."""
    return write_project(tmp_path_factory.mktemp("cropped"), 340, 280)


@pytest.fixture(scope="session")
def light_project(tmp_path_factory):
    """A project with small clips, for what is done many times."""
    return write_project(tmp_path_factory.mktemp("light"), 96, 128)


@pytest.fixture(scope="session")
def short_project(tmp_path_factory):
    """A project with small clips of 30 frames, for what is done thousands of times."""
    return write_project(tmp_path_factory.mktemp("short"), 96, 128, n_frames=30)


@pytest.fixture
def window_on(qtbot, qapp):
    """Maker of a window on a project, with everything computed."""
    from meviewer.gui.main_window import MainWindow
    from meviewer.gui.theme import Theme
    from meviewer.project.settings import Settings

    theme = Theme("dark")
    theme.apply(qapp)
    made = MainWindow(theme, Settings())
    qtbot.addWidget(made)

    def open_project(folder):
        made.resize(1600, 1000)
        made.show()
        made.context.workspace.open_path(folder)
        qtbot.waitUntil(lambda: made.context.analysis.curves is not None, timeout=60_000)
        qtbot.waitUntil(lambda: not made.busy, timeout=60_000)
        made.activateWindow()
        made.setFocus()
        qtbot.waitUntil(made.isActiveWindow)
        return made

    yield open_project
    made.close()


@pytest.fixture
def window(window_on, large_project):
    """A window on the project with clips of 640x480."""
    return window_on(large_project)
