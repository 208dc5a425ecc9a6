"""The compiler that runs once after an installation, and never outlives the program."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, QProcess

from meviewer.gui.running.compile_ahead import CompileAhead


@pytest.fixture
def ahead(qapp, tmp_path):
    parent = QObject()
    made = CompileAhead(parent, tmp_path / "cache")
    yield made
    made.stop()


def stand_in(ahead, code):
    ahead.process.setProgram(sys.executable)
    ahead.process.setArguments(["-c", code])


def test_it_runs_the_command_once_for_each_version(ahead, qtbot, tmp_path):
    assert ahead.process.arguments() == ["-m", "meviewer", "compile", "--gently"]
    stand_in(ahead, "")
    with qtbot.waitSignal(ahead.process.finished):
        ahead.begin(0)
    assert [path.name[:9] for path in (tmp_path / "cache").iterdir()] == ["compiled-"]
    again = CompileAhead(ahead, tmp_path / "cache")
    with qtbot.assertNotEmitted(again.process.started, wait=100):
        again.begin(0)


def test_a_failure_is_tried_again(ahead, qtbot, tmp_path):
    stand_in(ahead, "raise SystemExit(3)")
    with qtbot.waitSignal(ahead.process.finished):
        ahead.begin(0)
    assert not (tmp_path / "cache").exists()


def test_it_ends_with_the_program(ahead, qtbot, tmp_path):
    stand_in(ahead, "import time; time.sleep(600)")
    with qtbot.waitSignal(ahead.process.started):
        ahead.begin(0)
    ahead.stop()
    assert ahead.process.state() is QProcess.ProcessState.NotRunning
    assert not (tmp_path / "cache").exists()
