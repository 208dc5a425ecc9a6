"""A process that stays to be asked: heard in the UI thread, dismissed, never left behind."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication
from what_if_runs import Oracle

from meviewer.core.errors import ExperimentError
from meviewer.gui.stores.resident import Resident
from meviewer.jobs.protocol import Job
from meviewer.nn.what_if_units import WhatIfArguments, WhatIfQuestion


def job_on(folder):
    return Job("what-if", msgspec.to_builtins(WhatIfArguments(str(folder))))


def question(number=1, marks=((1, 2, 3),)):
    return WhatIfQuestion(number, "clip", "s01", marks)


@pytest.fixture
def oracle():
    return Oracle()


@pytest.fixture
def resident(qapp, oracle):
    made = Resident(make_process=oracle)
    yield made
    made.shutdown()


def test_one_process_answers_many_questions(resident, oracle, qtbot, tmp_path):
    said = []
    resident.said.connect(said.append)
    for number in (1, 2):
        resident.ask(job_on(tmp_path), question(number))
    qtbot.waitUntil(lambda: len(said) == 2)
    assert [one.question for one in said] == [1, 2]
    assert len(oracle.started) == 1


def test_another_run_gets_a_process_of_its_own(resident, oracle, tmp_path):
    resident.ask(job_on(tmp_path / "a"), question())
    resident.ask(job_on(tmp_path / "b"), question())
    assert oracle.gone == 1
    assert [job.arguments["run"] for job in oracle.started] == [
        str(tmp_path / "a"),
        str(tmp_path / "b"),
    ]


def test_what_a_dismissed_process_has_said_is_not_heard(resident, oracle, tmp_path):
    said, failed = [], []
    resident.said.connect(said.append)
    resident.failed.connect(failed.append)
    resident.ask(job_on(tmp_path), question())
    resident.dismiss()
    QCoreApplication.processEvents()
    assert not resident.running
    assert (said, failed) == ([], [])
    assert oracle.gone == 1


def test_a_process_that_nobody_asks_any_more_goes(resident, oracle, tmp_path):
    resident.ask(job_on(tmp_path), question())
    assert resident._idle.isActive()
    resident._idle.timeout.emit()
    assert oracle.gone == 1
    assert not resident._idle.isActive()


def test_an_error_of_a_real_process_is_told_and_nothing_is_left_running(qtbot, tmp_path):
    resident = Resident()
    with qtbot.waitSignal(resident.failed, timeout=60_000) as told:
        resident.ask(job_on(tmp_path), question())
    assert isinstance(told.args[0], ExperimentError)
    assert "holds no run" in str(told.args[0])
    assert not resident.running
    resident.ask(job_on(tmp_path), question())
    process = resident._process
    resident.shutdown()
    assert not process.running
    resident.ask(job_on(tmp_path), question())
    assert not resident.running
