"""A small demo project, made once, and a screen to use it on."""

from __future__ import annotations

import shutil

import pytest
from e2e.screen import MISSING, Screen


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
