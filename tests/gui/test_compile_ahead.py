"""The compiler that runs once after an installation, and never outlives the program."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, QProcess

from meviewer.gui.running import compile_ahead
from meviewer.gui.running.compile_ahead import CompileAhead


@pytest.fixture
def ahead(qapp, monkeypatch):
    monkeypatch.setattr(compile_ahead, "is_noted", lambda: False)
    parent = QObject()
    made = CompileAhead(parent)
    assert made.process.arguments() == ["-m", "meviewer", "compile", "--gently"]
    made.process.setProgram(sys.executable)
    made.process.setArguments(["-c", "import time; time.sleep(600)"])
    yield made
    made.stop()


def test_it_begins_in_a_new_installation_and_ends_with_the_program(ahead, qtbot):
    with qtbot.waitSignal(ahead.process.started):
        ahead.begin(0)
    with qtbot.waitSignal(ahead.process.finished):
        ahead.stop()
    assert ahead.process.state() is QProcess.ProcessState.NotRunning


def test_it_does_not_begin_where_all_is_compiled(ahead, qtbot, monkeypatch):
    monkeypatch.setattr(compile_ahead, "is_noted", lambda: True)
    with qtbot.assertNotEmitted(ahead.process.started, wait=100):
        ahead.begin(0)
