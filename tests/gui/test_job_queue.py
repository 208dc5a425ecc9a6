"""Jobs in real child processes: order, records, cancelling, crashes, and nothing left behind."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from meviewer.core.errors import ExperimentError, JobError
from meviewer.experiment.records import Device, EpochDone
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Job

FAKE = [sys.executable, str(Path(__file__).parents[1] / "fake_training.py")]


@pytest.fixture
def queue(qapp):
    made = JobQueue(make_process=lambda: WorkerProcess(FAKE))
    yield made
    made.shutdown()


def train(**arguments):
    return Job("train", arguments)


def wait_ended(qtbot, queue, job_id):
    qtbot.waitUntil(lambda: queue.job(job_id).over, timeout=20_000)
    return queue.job(job_id)


def test_a_job_tells_its_records_and_its_end_on_the_ui_thread(queue, qtbot):
    threads, updates, ends = set(), [], []
    queue.updated.connect(lambda n: (threads.add(threading.get_ident()), updates.append(n)))
    queue.ended.connect(lambda n: (threads.add(threading.get_ident()), ends.append(n)))
    job_id = queue.add(train(subjects=3, epochs=4), "run 1")
    assert queue.job(job_id).state == "running"
    found = wait_ended(qtbot, queue, job_id)
    assert found.state == "done"
    assert found.error is None
    assert sum(isinstance(one, EpochDone) for one in found.records) == 12
    assert found.training.finished
    assert found.share == 1.0
    assert threads == {threading.get_ident()}
    assert ends == [job_id]
    assert set(updates) == {job_id}
    assert not queue.busy


def test_one_job_at_a_time_in_the_order_in_which_they_were_added(queue, qtbot):
    order = []
    queue.ended.connect(order.append)
    ids = [queue.add(train(subjects=2, epochs=1), f"run {k}") for k in range(3)]
    assert [queue.job(n).state for n in ids] == ["running", "queued", "queued"]
    assert queue.current.id == ids[0]
    for n in ids:
        assert wait_ended(qtbot, queue, n).state == "done"
    assert order == ids


def test_a_short_job_does_not_wait_for_its_turn(queue, qtbot):
    long = queue.add(train(stop_at=3, end="hang"), "run 1")
    short = queue.add(Job("devices"), "devices", aside=True)
    found = wait_ended(qtbot, queue, short)
    assert [one.name for one in found.records if isinstance(one, Device)] == ["cuda", "cpu"]
    assert queue.job(long).state == "running"
    assert queue.current.id == long


def test_a_cancelled_job_ends_as_cancelled_and_the_next_begins(queue, qtbot):
    first = queue.add(train(stop_at=3, end="hang"), "run 1")
    second = queue.add(train(subjects=2, epochs=1), "run 2")
    qtbot.waitUntil(lambda: len(queue.job(first).records) >= 3, timeout=20_000)
    queue.cancel(first)
    assert queue.job(first).stopping
    assert wait_ended(qtbot, queue, first).state == "cancelled"
    assert not queue.job(first).stopping
    assert wait_ended(qtbot, queue, second).state == "done"


def test_a_job_that_waits_is_taken_out_of_the_line(queue, qtbot):
    first = queue.add(train(stop_at=3, end="hang"), "run 1")
    second = queue.add(train(), "run 2")
    with qtbot.waitSignal(queue.ended) as ended:
        queue.cancel(second)
    assert ended.args == [second]
    assert queue.job(second).state == "cancelled"
    assert queue.job(second).records == ()
    assert queue.job(first).state == "running"


def test_a_crash_is_told_with_the_last_words_of_the_process(queue, qtbot):
    found = wait_ended(qtbot, queue, queue.add(train(stop_at=6, end="crash"), "run 1"))
    assert found.state == "crashed"
    assert isinstance(found.error, JobError)
    assert "out of luck" in found.error.why
    assert len(found.records) == 6


def test_an_error_of_the_task_arrives_as_that_error(queue, qtbot):
    found = wait_ended(qtbot, queue, queue.add(train(stop_at=0, end="fail"), "run 1"))
    assert found.state == "failed"
    assert isinstance(found.error, ExperimentError)
    assert found.error.where == "sub01"


def test_a_line_that_is_no_record_ends_the_job_and_not_the_window(queue, qtbot):
    found = wait_ended(qtbot, queue, queue.add(train(stop_at=2, end="garbage"), "run 1"))
    assert found.state == "failed"
    assert isinstance(found.error, JobError)
    assert "garbage" in found.error.where


def test_a_process_that_cannot_be_started_is_an_error_of_the_job(qapp, qtbot):
    queue = JobQueue(make_process=lambda: WorkerProcess(["/nowhere/at/all"]))
    found = queue.job(queue.add(train(), "run 1"))
    assert found.state == "failed"
    assert "/nowhere/at/all" in found.error.where


def test_shutting_down_kills_the_children_and_starts_no_other(qapp, qtbot):
    made = []

    def make():
        made.append(WorkerProcess(FAKE))
        return made[-1]

    queue = JobQueue(make_process=make)
    first = queue.add(train(stop_at=3, end="hang"), "run 1")
    second = queue.add(train(), "run 2")
    qtbot.waitUntil(lambda: len(queue.job(first).records) >= 3, timeout=20_000)
    pid = made[0].pid
    queue.shutdown()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert made[1].pid is None
    assert {queue.job(n).state for n in (first, second)} == {"cancelled"}
    assert not queue.busy
