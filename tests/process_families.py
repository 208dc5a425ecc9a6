"""Processes and all that is below them: trainings whose parent is killed, and who is left."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
from flow_patterns import SPEC

from meviewer.experiment import records
from meviewer.experiment.records import EpochDone
from meviewer.experiment.spec_text import to_toml
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Job, encode
from meviewer.nn.tasks import TrainArguments

BOUND_S = 30
"""Five seconds are promised; a machine that is busy with other things is given more."""

LONG = msgspec.structs.replace(
    SPEC, representation="flow-dis", epochs=5000, precision="float32", reference=False
)
_PATIENCE_S = 180
_PARENT = Path(__file__).parent / "nn" / "training_parent.py"


def endless(project, out, parallel="off", engine="local"):
    """Return a training that ends with nobody's patience."""
    threads = 0 if parallel == "processes" else 1  # two workers, also where there are two cores
    spec = msgspec.structs.replace(LONG, parallel=parallel, threads=threads)
    arguments = TrainArguments(str(project), to_toml(spec), str(out), engine=engine)
    return Job("train", msgspec.to_builtins(arguments))


def trains(job, variables=None):
    """Start a training and return its process once the first epoch is done."""
    worker, at_work, ends = WorkerProcess(variables=variables), threading.Event(), []

    def hear(line):
        if isinstance(records.decode(line), EpochDone):
            at_work.set()

    worker.start(job, hear, lambda end: (ends.append(end), at_work.set()))
    assert at_work.wait(_PATIENCE_S)
    assert not ends
    return worker


def parents():
    """Return the parent and the start of each process by its id."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if entry.name.isdigit() and after_name[0] != "Z":
            found[int(entry.name)] = (int(after_name[1]), after_name[19])
    return found


def family(pid):
    """Return the start of a process and of all below it, by their ids."""
    every = parents()
    found = {pid: every[pid][1]}
    while more := {p: s for p, (above, s) in every.items() if above in found and p not in found}:
        found.update(more)
    return found


def title(pid):
    """Return the command line of a process, which it may have changed itself."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def left_of(found):
    every = parents()
    return [pid for pid, start in found.items() if pid in every and every[pid][1] == start]


def wait_for_none_of(found):
    until = time.monotonic() + BOUND_S
    while left_of(found) and time.monotonic() < until:
        threading.Event().wait(0.05)
    left = left_of(found)
    assert not left, [title(pid) for pid in left]


def trains_until_its_parent_is_killed(job):
    """Start a training from another program, kill that after the first epoch.

    Returns the processes that were at work: the start of each by its id.
    """
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(_PARENT)], **pipes) as parent:
        parent.stdin.write(encode(job))
        parent.stdin.flush()
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == b"trains\n"
        below = family(child)
        os.kill(parent.pid, signal.SIGKILL)
    return below
