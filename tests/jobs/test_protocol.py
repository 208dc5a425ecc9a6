"""Lines of jobs and ends, and that the window's side loads nothing heavy."""

import subprocess
import sys

import pytest

from meviewer.core.errors import ClipError, JobError
from meviewer.jobs import protocol, tasks
from meviewer.jobs.protocol import Cancelled, Done, Failed, Job


def test_jobs_and_ends_survive_the_pipe():
    job = Job("train", {"project": "/a b/ü", "resume": True})
    assert protocol.decode_job(protocol.encode(job).rstrip()) == job
    for end in (Done(), Cancelled(), Failed(kind="X", what="y", trace="a\nb")):
        line = protocol.encode(end)
        assert line.count(b"\n") == 1
        assert protocol.decode_end(line) == end


@pytest.mark.parametrize("line", [b"", b"x", b'{"record":"EpochDone"}', b'{"end":"Killed"}'])
def test_other_lines_are_no_end(line):
    assert protocol.decode_end(line) is None


def test_errors_keep_their_class():
    error = ClipError("Damaged", where="a.png", why="cut short", now="restore it")
    again = protocol.failed(error).error()
    assert type(again) is ClipError
    assert str(again) == str(error)
    # A name in a message may not become any class that happens to be called so.
    assert type(Failed(kind="annotations", what="x").error()) is JobError


def test_every_task_is_there_and_takes_a_struct():
    for name in tasks.names():
        with pytest.raises(JobError, match="arguments"):
            tasks.records(name, {"no such argument": 1})


def test_the_side_of_the_window_stays_light():
    code = (
        "import sys, meviewer.jobs.local, meviewer.jobs.tasks, meviewer.experiment.records,"
        " meviewer.experiment.spec_text, meviewer.experiment.runs, meviewer.nn.registry;"
        "meviewer.nn.registry.form('fmanet');"
        "heavy = {'torch', 'numba', 'scipy', 'cv2', 'h5py', 'av', 'PySide6'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
