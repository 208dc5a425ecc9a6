"""Jobs in child processes: records, ends, cancelling, crashes; real processes throughout."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from meviewer.core.errors import ExperimentError, JobError
from meviewer.jobs import protocol
from meviewer.jobs.local import WorkerProcess, command
from meviewer.jobs.protocol import Cancelled, Crashed, Done, Failed, Job, Killed

HERE = Path(__file__).parent
START = f"import sys; sys.path.insert(0, {str(HERE)!r}); import job_tasks; "
ARGV = [sys.executable, "-c", START + "from meviewer.jobs.worker import main; sys.exit(main())"]
PATIENCE_S = 60


class Listener:
    """Collects what a worker process says."""

    def __init__(self, argv=ARGV):
        self.lines = []
        self.ends = []
        self.first = threading.Event()
        self.worker = WorkerProcess(argv)

    def start(self, task, **arguments):
        self.worker.start(Job(task, arguments), self._line, self.ends.append)
        return self

    def _line(self, line):
        self.lines.append(json.loads(line))
        self.first.set()

    def end(self):
        found = self.worker.wait(PATIENCE_S)
        assert self.ends == [found]
        assert not self.worker.running
        assert not [t for t in threading.enumerate() if t.name.startswith("job-")]
        return found


@pytest.fixture
def listener():
    made = Listener()
    yield made
    if made.worker.running:
        made.worker.cancel(kill_after_s=0)
        made.worker.wait(PATIENCE_S)


def test_all_records_arrive_in_order_and_then_the_end(listener):
    listener.start("count", n=200)
    assert listener.end() == Done()
    assert [line["number"] for line in listener.lines] == list(range(200))


def test_what_libraries_print_does_not_disturb_the_records(listener):
    listener.start("chatty", n=1)
    assert listener.end() == Done()
    assert listener.lines == [{"record": "Step", "number": 1}]


def test_cancel_closes_the_task(listener, tmp_path):
    note = tmp_path / "note"
    listener.start("count", n=100_000, pause_s=0.005, note=str(note))
    assert listener.first.wait(PATIENCE_S)
    listener.worker.cancel()
    listener.worker.cancel()
    assert listener.end() == Cancelled()
    assert note.read_text() == "closed"


def test_a_paused_job_waits_and_goes_on_where_it_was(listener):
    listener.start("count", n=30, pause_s=0.01)
    assert listener.first.wait(PATIENCE_S)
    listener.worker.pause()
    assert listener.worker.wait(1.0) is None
    assert len(listener.lines) < 30
    listener.worker.go_on()
    assert listener.end() == Done()
    assert [line["number"] for line in listener.lines] == list(range(30))


def test_a_paused_job_can_be_cancelled(listener, tmp_path):
    note = tmp_path / "note"
    listener.start("count", n=100_000, pause_s=0.005, note=str(note))
    assert listener.first.wait(PATIENCE_S)
    listener.worker.pause()
    listener.worker.cancel()
    assert listener.end() == Cancelled()
    assert note.read_text() == "closed"


@pytest.mark.parametrize("paused", [False, True])
def test_a_job_that_is_to_finish_stops_after_the_part_under_way(listener, paused):
    listener.start("parts", n=100_000, pause_s=0.005)
    assert listener.first.wait(PATIENCE_S)
    if paused:
        listener.worker.pause()
    listener.worker.finish()
    assert listener.end() == Cancelled()
    assert listener.lines[-1]["record"] == "Whole"


def test_a_worker_whose_parent_is_gone_does_not_stay_paused():
    start = protocol.encode(Job("count", {"n": 100_000, "pause_s": 0.005})) + b"pause\n"
    found = subprocess.run(ARGV, input=start, capture_output=True, timeout=PATIENCE_S)
    assert protocol.decode_end(found.stdout.splitlines()[-1]) == Cancelled()


def test_a_task_that_does_not_listen_is_killed(listener):
    listener.start("hangs", n=1)
    assert listener.first.wait(PATIENCE_S)
    listener.worker.cancel(kill_after_s=0.2)
    assert listener.end() == Killed()


def test_an_error_for_a_person_comes_whole(listener):
    listener.start("refuses", n=1)
    end = listener.end()
    assert isinstance(end, Failed)
    assert end.trace == ""
    error = end.error()
    assert isinstance(error, ExperimentError)
    assert str(error) == "Too few subjects: project. One is there. Add one."
    assert len(listener.lines) == 1


def test_a_fault_of_the_program_brings_its_traceback(listener):
    listener.start("breaks", n=1)
    end = listener.end()
    assert isinstance(end, Failed)
    assert end.kind == "ZeroDivisionError"
    assert "job_tasks.py" in end.trace
    assert isinstance(end.error(), JobError)


def test_a_crash_keeps_the_last_words(listener):
    listener.start("dies", n=1)
    end = listener.end()
    assert end == Crashed(status=17, stderr="something terrible")
    assert "something terrible" in str(end.error())


def test_a_kill_from_outside_is_a_crash_with_advice(listener):
    listener.start("hangs", n=1)
    assert listener.first.wait(PATIENCE_S)
    subprocess.run(["kill", "-9", str(listener.worker.pid)], check=True)
    end = listener.end()
    assert isinstance(end, Crashed)
    assert end.status == -9
    assert "memory" in str(end.error())


def test_a_task_cannot_end_its_own_job(listener):
    listener.start("lies", n=1)
    end = listener.end()
    assert isinstance(end, Failed)
    assert end.kind == "TypeError"


@pytest.mark.parametrize(
    ("task", "arguments", "words"),
    [
        ("nothing", {}, "no such task: nothing"),
        ("count", {"n": "three"}, "Expected `int`"),
        ("count", {}, "missing required field `n`"),
    ],
)
def test_jobs_that_do_not_fit_are_refused(listener, task, arguments, words):
    listener.start(task, **arguments)
    end = listener.end()
    assert isinstance(end, Failed)
    assert end.kind == "JobError"
    assert words in str(end.error())


def test_a_program_that_is_not_there_is_said_at_once():
    with pytest.raises(JobError, match="cannot be started"):
        WorkerProcess(["/nowhere/python"]).start(Job("count"), print, print)


def test_the_end_of_stdin_stops_the_worker():
    job = protocol.encode(Job("count", {"n": 100_000, "pause_s": 0.005}))
    done = subprocess.run(ARGV, input=job, capture_output=True, timeout=PATIENCE_S, check=False)
    assert protocol.decode_end(done.stdout.splitlines()[-1]) == Cancelled()
    assert done.returncode == 3


def test_a_worker_whose_listener_is_gone_stops():
    job = protocol.encode(Job("count", {"n": 100_000, "pause_s": 0.001}))
    with subprocess.Popen(
        ARGV, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        child.stdin.write(job)
        child.stdin.flush()
        child.stdout.readline()
        child.stdout.close()
        assert child.wait(PATIENCE_S) == 3
        assert b"Traceback" not in child.stderr.read()


def test_a_first_line_that_is_no_job():
    done = subprocess.run(ARGV, input=b"hello\n", capture_output=True, timeout=60, check=False)
    end = protocol.decode_end(done.stdout.splitlines()[-1])
    assert isinstance(end, Failed)
    assert "no job" in end.what
    assert done.returncode == 1


def test_the_real_entry_answers():
    listener = Listener(command())
    end = listener.start("nothing").end()
    assert isinstance(end, Failed)
    assert "train" in end.now
