"""A small demo project, made once, and a screen to use it on."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction

import pytest
from e2e.screen import MISSING, Screen
from factories import annotation, event, moving_frames, write_clip


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Two synthetic subjects with two clips each. Copy it before writing to it."""
    from meviewer.synth.demo import write_demo

    folder = tmp_path_factory.mktemp("demo") / "demo"
    for _ in write_demo(folder, subjects=2, clips=2):
        pass
    return folder


@pytest.fixture
def project_folder(demo, tmp_path):
    """A copy of the demo project to work on."""
    return shutil.copytree(demo, tmp_path / "demo")


@pytest.fixture
def screen(own_home):
    """A screen with a window manager."""
    if MISSING:
        pytest.skip(f"needs {', '.join(MISSING)} for a window with real keys")
    with Screen() as made:
        yield made


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 2 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount a small file system; refusals are injected elsewhere")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def make_project(tmp_path):
    """Maker of a project with one clip, s01/c01, that A has labelled."""

    def make(folder=None, label=None, frames=None):
        from meviewer.data.clip import open_clip
        from meviewer.project.project import Project

        frames = moving_frames(60, 96, 80, 10, 30, 50) if frames is None else frames
        path = write_clip(tmp_path / "clips" / "c01", frames)
        folder = tmp_path / "project" if folder is None else folder
        with Project.create(folder, "one clip", tmp_path) as made, open_clip(path) as clip:
            sample = made.add_sample(
                "s01",
                "c01",
                path,
                fingerprint=clip.fingerprint,
                rate=Fraction(200),
                n_frames=clip.n_frames,
                first_number=clip.first_number,
                width=clip.size[1],
                height=clip.size[0],
            )
            made.set_tier(sample.id, "A", label or annotation(event(1, 12, 26, 50)), "import")
        return folder

    return make


class Desk:
    """A window drawn off screen, and everything it has said went wrong."""

    def __init__(self, window, qtbot):
        self.window, self.context, self._qtbot = window, window.context, qtbot
        self.errors = []
        for source in (self.context.workspace, self.context.analysis, self.context.pictures):
            source.failed.connect(self.errors.append)
        self.context.background.failed.connect(self.errors.append)

    @property
    def session(self):
        return self.context.workspace.session

    @property
    def onset(self):
        return self.session.annotation.events[0].onset

    def open(self, path):
        """Open a path as a user does, and wait until all is read or refused."""
        self.window.begin(path, "annotate")
        self._qtbot.waitUntil(lambda: not self.window.busy, timeout=30_000)

    def settle(self):
        self._qtbot.waitUntil(lambda: not self.window.busy, timeout=30_000)

    def refused(self):
        """Return the only error: it says what, where, why and what now, and is in sight."""
        (error,) = self.errors
        assert all((error.what, error.where, error.why, error.now)), repr(error)
        card = self.window._card
        assert card.isVisible()
        assert error.what in card.accessibleName()
        self.errors.clear()
        return str(error)


@pytest.fixture
def desk(qtbot, qapp):
    """A window without a project."""
    from meviewer.gui.main_window import MainWindow
    from meviewer.gui.theme import Theme
    from meviewer.project.settings import Settings

    theme = Theme("dark")
    theme.apply(qapp)
    window = MainWindow(theme, Settings())
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    yield Desk(window, qtbot)
    window.close()
